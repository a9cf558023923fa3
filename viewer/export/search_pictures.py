"""What was searched and ranked, as figures: the beam's tree, the hypotheses, the ranking of heads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from attention_viewer.model.analysis import measures
from attention_viewer.model.contract.beam import BeamTree
from attention_viewer.model.contract.maps import HeadId
from attention_viewer.viewer.export.block import Block, Device, reduced
from attention_viewer.viewer.export.figure import Figure, Look, figure
from attention_viewer.viewer.export.writing import ExportError
from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.listing import (
    Listing,
    is_cut,
    listing_height,
    listing_width,
    paint_listing,
)
from attention_viewer.viewer.painting.tree import paint_steps, paint_tree, tree_layout
from attention_viewer.viewer.resolve import resolve_laboratory as laboratory
from attention_viewer.viewer.resolve.naming import named
from attention_viewer.viewer.resolve.resolve_heads import heads_table
from attention_viewer.viewer.state import conditions
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.plain_text import isolated
from attention_viewer.viewer.state.results import BEAM
from attention_viewer.viewer.state.specs import BeamSpec, HypothesesSpec
from attention_viewer.viewer.state.table_spec import BY_FIRST, TableSpec
from attention_viewer.viewer.state.view_state import ViewState
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

LEAST_SHARE = 0.25
"""Letters of a tree become no smaller than this share of their size."""
ALIGNS = "Aligns: agreement with all heads' links, r: a row is the token read, p: predicted · †: taught to align words"
MOST_ROWS = 30
"""Lines of a ranking that are pictured."""


def tree_figure(loaded: Loaded, look: Look) -> Figure:
    """All that a beam search considered, drawn as on the screen; reduced as a whole where the width asks for it."""
    tree = loaded.found(BEAM)
    spec = laboratory.beam_spec(tree, None, laboratory.no_beam(loaded))
    if tree is None or not isinstance(spec, BeamSpec):
        raise ExportError(laboratory.no_beam(loaded).reason)
    spec = _with_word_starts(spec, tree)
    legend = "from left to right, a column a step; numbered: complete hypotheses, best first; faint: discarded"
    caption = (isolated(loaded.sentence), f"{legend} · score = ln p ÷ tokens{_model(loaded)}", *_changed(loaded))
    return figure(spec.title, _tree_block(spec, look.style), caption, look)


def hypotheses_figure(loaded: Loaded, look: Look) -> Figure:
    """The continuations that were kept, as a table; the current one stands out."""
    spec = laboratory.hypotheses_spec(loaded)
    if not isinstance(spec, HypothesesSpec):
        raise ExportError(spec.reason)
    rows = tuple(
        (str(number), isolated(row.text), _ln(row.log_probability),
         str(row.tokens), " · ".join(each for each in (row.name, row.how) if each))
        for number, row in enumerate(spec.rows, 1)
    )  # fmt: skip
    strong = frozenset(index for index, row in enumerate(spec.rows) if row.current)
    listing = Listing(("", "hypothesis", "ln p", "tokens", "how"), rows, frozenset({0, 2, 3}), 1, strong)
    return figure("Hypotheses", _listing_block(listing, look.style), _caption(loaded), look)


def ranking_figure(loaded: Loaded, look: Look) -> Figure:
    """The heads whose absence changes most, as a table."""
    spec = laboratory.ranking_spec(loaded)
    if not spec.rows:
        raise ExportError(laboratory.no_ranking(loaded).reason)
    names = {each.kind: each.short for each in loaded.maps}
    rows = tuple(
        (str(rank), names.get(row.kind, row.kind), f"L{row.head.layer + 1} H{row.head.head + 1}",
         f"{row.divergence:.4f}", _signed(row.log_probability, 4))
        for rank, row in enumerate(spec.rows[:MOST_ROWS], 1)
    )  # fmt: skip
    listing = Listing(("", "kind", "head", "KL, nats", "Δ ln p"), rows, frozenset({0, 3, 4}), 1)
    left_out = f"the {MOST_ROWS} first of {len(spec.rows)} heads · " if len(spec.rows) > MOST_ROWS else ""
    said = f"{left_out}each head silenced by itself: mean KL(before ‖ after) of a row, and ln p of the translation"
    return figure("Heads by effect", _listing_block(listing, look.style), (*_caption(loaded)[:1], said,
                  *_caption(loaded)[1:]), look)  # fmt: skip


def measures_figure(loaded: Loaded, view: ViewState, look: Look) -> Figure:
    """The heads of the active map with their measures and roles, as a table in the order that they are sorted by."""
    spec = heads_table(loaded, view)
    if not isinstance(spec, TableSpec):
        raise ExportError(spec.reason)
    # The last column compares with the selected head, which a figure does not show.
    columns = spec.columns[:-1]
    rows = tuple(
        tuple(cell.text for cell in spec.rows[row][:-1])
        for row in spec.order
        if isinstance(key := spec.keys[row], HeadId) and key.kind == view.active
    )
    numbers = frozenset(index for index, each in enumerate(columns) if each.numeric)
    listing = Listing(tuple(each.heading for each in columns), rows, numbers, 1)
    told = [f"{each.title}: {each.words}, in {each.units}" for each in measures.MEASURES]
    aligns = (ALIGNS,) if any(each.heading == "Aligns" for each in columns) else ()
    units = " · ".join((*told, *aligns, *_order_of(spec)))
    name = next((each.name for each in loaded.maps if each.kind == view.active), view.active)
    caption = (*_caption(loaded)[:1], units, *_caption(loaded)[1:])
    return figure(f"Heads of {name.lower()}", _listing_block(listing, look.style), caption, look)


def _order_of(spec: TableSpec) -> Sequence[str]:
    """How the lines of a table are sorted, where it is not as they come."""
    column = spec.columns[spec.sorted_by]
    ways = ("smallest first", "largest first") if column.numeric else ("first to last", "last to first")
    return () if spec.sorting == BY_FIRST else (f"sorted by {column.heading}, {ways[spec.sorting.descending]}",)


def _tree_block(spec: BeamSpec, style: Style) -> Block:
    layout = tree_layout(spec, style)
    natural, high = layout.size.width(), layout.size.height()

    def paint(painter: QPainter, rect: QRectF, vector: bool) -> None:
        whole = QRectF(rect.topLeft(), layout.size)
        paint_tree(painter, whole, layout, spec, style)
        paint_steps(painter, whole, rect.left(), layout, style)

    return reduced(natural, natural, LEAST_SHARE, lambda width: high, paint)


def _listing_block(spec: Listing, style: Style) -> Block:
    def notes(width: float, device: Device) -> tuple[str, ...]:
        return ("long texts are shortened",) if is_cut(spec, style, width) else ()

    natural, least = listing_width(spec, style), listing_width(spec, style, least=True)
    high = listing_height(spec, style)
    return Block(natural, natural, least, lambda width: high,
                 lambda painter, rect, vector: paint_listing(painter, rect, spec, style), notes)  # fmt: skip


def _with_word_starts(spec: BeamSpec, tree: BeamTree) -> BeamSpec:
    dots = zip(spec.dots, tree.nodes, strict=True)
    return replace(spec, dots=tuple(replace(dot, label=isolated(named(node.token).text)) for dot, node in dots))


def _caption(loaded: Loaded) -> Sequence[str]:
    return (f"{isolated(loaded.sentence)}{_model(loaded)}", *_changed(loaded))


def _ln(value: float | None) -> str:
    return "" if value is None else _signed(value, 3).removeprefix("+")


def _signed(value: float, digits: int) -> str:
    """A number with its sign, a minus as long as a plus; one that is 0 when rounded has none."""
    text = f"{value:+.{digits}f}".replace("-", "−")
    return text[1:] if float(text[1:]) == 0.0 else text


def _model(loaded: Loaded) -> str:
    return f" · model {loaded.info.name}" if loaded.info else ""


def _changed(loaded: Loaded) -> tuple[str, ...]:
    line = conditions.of_loaded(loaded)
    return (line,) if line else ()
