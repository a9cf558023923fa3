"""From what was computed and what is looked at to what is painted: pure functions, no Qt, no torch.

Every label a reader sees on a map is decided here. Shape letters as in `model.contract.api`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape

import numpy as np
from attention_viewer.model.contract.api import Booleans, Ended, Floats, Kind, ModelInfo, Token, Trace
from attention_viewer.model.contract.choosing import Method
from attention_viewer.model.contract.maps import MapInfo, Stream
from attention_viewer.viewer.resolve import resolve_laboratory as laboratory
from attention_viewer.viewer.resolve.provenance import step_words
from attention_viewer.viewer.resolve.sampling import drawn_from
from attention_viewer.viewer.state import conditions
from attention_viewer.viewer.state.comparing import Other, difference, without_difference
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.options import COLOR_RANGE, COLORMAP, NUMBERS, ROW_LABELS, ColorRange, RowLabels
from attention_viewer.viewer.state.plain_text import ARROW, isolated
from attention_viewer.viewer.state.reading import weight_text
from attention_viewer.viewer.state.specs import (
    Axis,
    BarsSpec,
    Chip,
    GridSpec,
    HeatmapSpec,
    Pending,
    Scale,
    Unavailable,
    probability_text,
    scale_for,
)
from attention_viewer.viewer.state.view_state import Head, Side, ViewState, clamp

ROW_CONVENTIONS = {
    RowLabels.BOTH: "reads → predicts",
    RowLabels.READS: "token read",
    RowLabels.PREDICTS: "token predicted",
}
FIRST_STEP = Unavailable("Press Step (→) to compute the first decoder row.")
SIGNED_COLORMAP = "diverging"
EQUAL = 1e-6
"""Weights that differ by less are the same but for rounding."""

Missing = Pending | Unavailable


def heatmap(loaded: Loaded, view: ViewState, kind: Kind) -> HeatmapSpec | Missing:
    """The selected head of a kind as a map with tokens on both axes."""
    shown = _shown(loaded, view, kind)
    if not isinstance(shown, ShownMaps):
        return shown
    head = clamp(view.heads[kind], shown.weights.shape[:2])
    values = shown.weights[head.layer, head.head]
    scale = _signed(values) if shown.signed else scale_for(view[COLOR_RANGE], values)
    off = head in _off(loaded, view, kind)
    return HeatmapSpec(
        kind=kind,
        head=head,
        title=f"{head_title(shown.sides, head)}{shown.suffix}{' · off' if off else ''}",
        rows=shown.rows,
        columns=shown.columns,
        values=values,
        mask=shown.mask,
        scale=scale,
        colormap=SIGNED_COLORMAP if shown.signed else view[COLORMAP],
        caption=_caption(shown, loaded, view, kind, _taught(loaded, kind, head) + scale.note),
        leaked=shown.leaked,
        badge=" · ".join(word for word in (shown.side, "off" if off else "") if word),
        numbers=view[NUMBERS],
    )


def grid(loaded: Loaded, view: ViewState, kind: Kind) -> GridSpec | Missing:
    """All layers and heads of a kind as small maps."""
    shown = _shown(loaded, view, kind)
    if not isinstance(shown, ShownMaps):
        return shown
    scale = _signed(shown.weights) if shown.signed else None
    note = scale.note if scale else _grid_note(view[COLOR_RANGE])
    return GridSpec(
        kind=kind,
        title=f"{shown.sides.title} · all layers and heads{shown.suffix}",
        rows=shown.rows,
        columns=shown.columns,
        values=shown.weights,
        mask=shown.mask,
        color_range=view[COLOR_RANGE],
        colormap=SIGNED_COLORMAP if shown.signed else view[COLORMAP],
        selected=clamp(view.heads[kind], shown.weights.shape[:2]),
        caption=_caption(shown, loaded, view, kind, note, masked="grey = masked"),
        off=_off(loaded, view, kind),
        scale=scale,
        taught=loaded.taught(kind),
    )


@dataclass(frozen=True, eq=False)
class ShownMaps:
    """What the maps of a kind show: one trace's weights, or (`signed`) the difference of two."""

    sides: MapInfo
    weights: Floats
    mask: Booleans | None
    leaked: Booleans | None
    rows: Axis
    columns: Axis
    sentence: str
    translation: str
    suffix: str = ""
    side: str = ""
    signed: bool = False


def _shown(loaded: Loaded, view: ViewState, kind: Kind) -> ShownMaps | Missing:
    trace, other = loaded.trace, loaded.results.other
    if trace is None:
        return loaded.waiting
    if kind not in trace.attention:
        return Unavailable(f"This model has no {kind} attention: look at {_listed(trace)}.")
    if other is None or view.side is Side.A:
        side, suffix = ("", "") if other is None else ("A", " · A")
        return _one(trace, kind, view, loaded.sentence, loaded.translation, suffix, side)
    if view.side is Side.B:
        return _one(other.trace, kind, view, other.sentence, other.translation, f" · B, {other.name}", "B")
    return _difference(trace, other, loaded, view, kind)


def _listed(trace: Trace) -> str:
    *others, last = (each.name for each in trace.maps)
    return f"{', '.join(others)} or {last}" if others else last


def _one(
    trace: Trace, kind: Kind, view: ViewState, sentence: str, translation: str, suffix: str, side: str
) -> ShownMaps | Missing:
    sides = trace.map(kind)
    if sides.decodes and not trace.steps:
        return FIRST_STEP
    weights, mask, leaked = trace.weights(kind), trace.mask(kind), trace.leaks(kind)
    rows, columns = axes(trace, kind, view[ROW_LABELS])
    return ShownMaps(sides, weights, mask, leaked, rows, columns, sentence, translation, suffix, side)


def _difference(trace: Trace, other: Other, loaded: Loaded, view: ViewState, kind: Kind) -> ShownMaps | Missing:
    found = difference(trace, other.trace, kind)
    if found is None:
        return Unavailable(f"A and B, {other.name}, have no row and column in common here. Choose A or B.")
    if not np.abs(found.values).max(initial=0.0) > EQUAL:
        return Unavailable(without_difference(trace, other.trace, kind))
    rows, columns = (
        _both(mine, theirs, count)
        for mine, theirs, count in zip(
            axes(trace, kind, view[ROW_LABELS]),
            axes(other.trace, kind, view[ROW_LABELS]),
            found.values.shape[2:],
            strict=True,
        )
    )
    suffix = " · A − B" if found.whole else " · A − B, common beginning"
    said = (loaded.sentence, loaded.translation, suffix, "A − B")
    return ShownMaps(trace.map(kind), found.values, found.mask, None, rows, columns, *said, signed=True)


def _both(mine: Axis, theirs: Axis, count: int) -> Axis:
    """The labels of A, with those of B where they differ."""
    pairs = zip(mine.labels[:count], theirs.labels[:count], strict=True)
    return Axis(mine.title, tuple(a if a == b else f"{a} | {b}" for a, b in pairs))


def _signed(values: Floats) -> Scale:
    most = float(np.abs(values).max(initial=0.0)) or 1.0
    return Scale(-most, most, note=f"colour from {-most:.3g} to {most:.3g}")


def _off(loaded: Loaded, view: ViewState, kind: Kind) -> frozenset[Head]:
    """The heads of a kind that are off in what is shown; none in a difference, whose sides may differ in them."""
    other = loaded.results.other
    if loaded.document is None or (other is not None and view.side is Side.DIFFERENCE):
        return frozenset()
    shown = other if other is not None and view.side is Side.B else loaded.document
    heads = shown.interventions.heads_off
    return frozenset(Head(head.layer, head.head) for head in heads if head.kind == kind)


def head_title(sides: MapInfo, head: Head) -> str:
    """The map, layer and head in words; layers and heads count from 1."""
    return f"{sides.title} · layer {head.layer + 1}, head {head.head + 1}"


def axes(trace: Trace, kind: Kind, row_labels: RowLabels) -> tuple[Axis, Axis]:
    """The row axis (queries) and the column axis (keys) of a kind of attention."""
    sides = trace.map(kind)
    columns = tuple(isolated(token.text) for token in trace.tokens(sides.columns))
    if sides.decodes:
        rows = Axis(f"queries: {ROW_CONVENTIONS[row_labels]}", decoder_rows(trace, row_labels))
    else:
        rows = Axis("queries: source", tuple(isolated(token.text) for token in trace.tokens(sides.rows)))
    if sides.columns is Stream.SOURCE:
        return rows, Axis("keys: source (encoder output)" if sides.crosses else "keys: source", columns)
    if not sides.causal:
        return rows, Axis("keys: target", columns)
    return rows, Axis("keys: target so far, masked" if trace.causal else "keys: whole target, causal mask off", columns)


def decoder_rows(trace: Trace, row_labels: RowLabels) -> tuple[str, ...]:
    """The label of each decoder row: the token it reads, the token it predicts, or both."""
    if row_labels is RowLabels.READS:
        return tuple(isolated(step.reads.text) for step in trace.steps)
    if row_labels is RowLabels.PREDICTS:
        return tuple(isolated(step.output.text) for step in trace.steps)
    return tuple(f"{isolated(step.reads.text)}{ARROW}{isolated(step.output.text)}" for step in trace.steps)


def readout(spec: HeatmapSpec | Missing, cell: tuple[int, int] | None) -> str:
    """What the weight under the mouse says, as rich text; "" for no map, a hint for no cell."""
    if not isinstance(spec, HeatmapSpec):
        return ""
    if cell is None or cell[0] >= len(spec.rows.labels) or cell[1] >= len(spec.columns.labels):
        return "hover a cell for its weight"
    row, column = cell
    where = f"layer {spec.head.layer + 1} head {spec.head.head + 1}"
    query, key = (f"<b>{escape(label)}</b>" for label in (spec.rows.labels[row], spec.columns.labels[column]))
    if spec.mask is not None and spec.mask[row, column]:
        return f"{where} · {query} may not look at {key}: masked"
    if spec.colormap == SIGNED_COLORMAP:
        return f"{where} · {query} to {key}, A − B: {float(spec.values[row, column]):+.4f}"
    if spec.leaked is not None and spec.leaked[row, column]:
        return f"{where} · {query} looks ahead at {key}: {weight_text(float(spec.values[row, column]))}"
    return f"{where} · {query} attends to {key}: {weight_text(float(spec.values[row, column]))}"


def bars(loaded: Loaded, view: ViewState) -> BarsSpec | Missing:
    """The next-token distribution of the current step."""
    if loaded.trace is None:
        return loaded.waiting
    if not loaded.trace.steps:
        return FIRST_STEP
    read = [isolated(token.text) for token in loaded.trace.input_tokens[-3:]]
    before = "… " if len(loaded.trace.steps) > len(read) else ""
    subtitle = f"softmax after “{before}{' '.join(read)}”"
    return drawn_from(laboratory.bars(loaded.trace.steps[-1], subtitle, loaded, view), loaded, view)


def source_chips(loaded: Loaded) -> tuple[Chip, ...]:
    """The source tokens; pieces of one word joined."""
    if loaded.trace is None:
        return ()
    tokens = loaded.trace.source_tokens
    return tuple(
        Chip(token.text, _source_tooltip(token), _source_state(loaded.trace, index), _joined(index, token))
        for index, token in enumerate(tokens)
    )


def target_chips(loaded: Loaded) -> tuple[Chip, ...]:
    """The committed tokens, the prediction of the last row, and tokens ahead that were computed before."""
    if loaded.trace is None:
        return ()
    steps, outputs = loaded.trace.steps, loaded.trace.output_tokens
    chips = []
    for index, token in enumerate(outputs + loaded.ahead):
        state = "plain" if index < len(outputs) - 1 else "prediction" if index == len(outputs) - 1 else "ahead"
        tooltip, mark, badge = f"token {index + 1} · {token.piece} · id {token.id}", "", ""
        if index < len(steps):
            mark = laboratory.mark(steps[index])
            tooltip += f" · {step_words(steps[index], loaded.document, index)}"
            badge = probability_text(math.exp(steps[index].log_probability)) if state == "prediction" else ""
        chips.append(Chip(token.text, tooltip, state, _joined(index, token), badge, mark))
    return tuple(chips)


def step_text(loaded: Loaded) -> str:
    """Where decoding stands, in words."""
    if loaded.trace is None:
        return ""
    ended = {Ended.EOS: " · ended", Ended.LIMIT: " · limit reached", None: ""}[loaded.trace.ended]
    return f"step {len(loaded.trace.steps)}{ended}{_sampling(loaded)}"


def _sampling(loaded: Loaded) -> str:
    """That tokens are sampled, which a new sentence keeps; "" where they are not."""
    decoding = loaded.document.decoding if loaded.document else None
    if decoding is None or decoding.method is not Method.SAMPLING:
        return ""
    return f" · sampling, T {decoding.temperature:g}"


def _joined(index: int, token: Token) -> bool:
    return index > 0 and not token.starts_word


def _source_state(trace: Trace, index: int) -> str:
    if index in trace.hidden:
        return "hidden"
    return "special" if trace.source_tokens[index].special else "plain"


def _source_tooltip(token: Token) -> str:
    where = "" if token.span is None else f" · characters {token.span[0] + 1}-{token.span[1]}"
    return f"{token.piece} · id {token.id}{where}"


def _caption(
    shown: ShownMaps, loaded: Loaded, view: ViewState, kind: Kind, note: str, masked: str = "hatched = masked"
) -> tuple[str, ...]:
    """The sentence; how to read the map; and, where anything is changed in the model, what."""
    translated = shown.translation and shown.sides.decodes
    translation = f"{ARROW}{isolated(shown.translation)}" if translated else ""
    model = f" · model {loaded.info.name}" if loaded.info else ""
    mask = f" · {masked}" if shown.mask is not None and shown.mask.any() else ""
    if shown.sides.causal and shown.leaked is None and not shown.signed:
        mask = f" · {masked}"
    leaked = " · causal mask off, marked cells look ahead" if shown.leaked is not None else ""
    changed = conditions.of_maps(loaded, view)
    return (
        f"{isolated(shown.sentence)}{translation}",
        f"rows are {shown.rows.title} · columns are {shown.columns.title}{mask}{leaked} · {note}{model}",
        *([changed] if changed else []),
    )


def _taught(loaded: Loaded, kind: Kind, head: Head) -> str:
    return "this head was taught to align words · " if loaded.taught(kind) == head else ""


def _grid_note(color_range: ColorRange) -> str:
    return {
        ColorRange.UNIT: "colour from 0 to 1",
        ColorRange.MAXIMUM: "colour from 0 to each map's maximum",
        ColorRange.SQUARE_ROOT: "colour from 0 to 1, square root",
    }[color_range]


def model_line(info: ModelInfo) -> str:
    """The model in one line: languages, parameters, layers and heads."""
    config = info.config
    languages = f"{info.source_language} → {info.target_language}" if info.source_language else info.name
    heads = f"{config.encoder_attention_heads}"
    if config.decoder_attention_heads != config.encoder_attention_heads:
        heads += f" and {config.decoder_attention_heads}"
    size = f"{info.parameters / 1e6:.1f} M parameters"
    return f"{languages} · {size} · {config.encoder_layers} + {config.decoder_layers} layers × {heads} heads"
