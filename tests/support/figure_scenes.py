"""Scenes of whole figures as they are exported, and of tables and numbers in them; each is wrong in one thing, too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.maps import CROSS
from attention_viewer.viewer.export.figure import Figure, Look
from attention_viewer.viewer.export.map_views import links_figure, text_figure
from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.listing import Listing, paint_listing
from attention_viewer.viewer.resolve.other_views import word_links
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.options import Numbers
from attention_viewer.viewer.state.specs import HeatmapSpec
from attention_viewer.viewer.state.view_state import Head, ViewState
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter
from support import traces
from support.golden_scenes import AREA, RECT, Scene, cross, signed
from support.heatmaps import paint_heatmap

TABLE = Listing(
    ("", "hypothesis", "ln p", "tokens", "how"),
    (
        ("1", "Le chat dort ici.", "−1.482", "6", "beam"),
        ("2", "Le chat est en train de dormir par ici.", "−4.077", "11", "beam"),
        ("3", "Un chat dort.", "−6.310", "5", "forced"),
    ),
    frozenset({0, 2, 3}),
    1,
    frozenset({2}),
)
"""One row stands out, and one text is shortened."""


def figure_scene(make: Callable[[Look], Figure], caption: bool = True) -> Scene:
    """A figure as wide as the picture, with its title and perhaps its caption."""

    def paint(painter: QPainter, style: Style) -> None:
        made = make(Look(style, RECT.width(), caption=caption))
        assert made.size.height() <= RECT.height()
        made.paint(painter, QRectF(QPointF(), made.size), False)

    return Scene(paint)


def links(head: Head) -> Scene:
    """Where each word of the translation looks most."""
    loaded = Loaded(traces.info(), traces.trace(4), "The mat is", "Le tapis", document=Document("The mat is", step=4))
    view = replace(ViewState(), heads={**ViewState().heads, CROSS: head})
    spec = word_links(loaded, view, CROSS)
    assert isinstance(spec, HeatmapSpec)
    return figure_scene(lambda look: links_figure(spec, look))


def text(spec: HeatmapSpec, *chosen: int) -> Scene:
    """The keys shaded by what some rows look at, beside the colour bar."""
    return figure_scene(lambda look: text_figure(spec, look, chosen), caption=False)


def listing(spec: Listing) -> Scene:
    """A table of text."""
    return Scene(lambda painter, style: paint_listing(painter, AREA, spec, style))


def few(spec: HeatmapSpec) -> HeatmapSpec:
    """The first rows and columns of a map."""
    rows, columns = (replace(each, labels=each.labels[:most]) for each, most in ((spec.rows, 3), (spec.columns, 4)))
    return replace(spec, rows=rows, columns=columns, values=spec.values[:3, :4])


def numbers(spec: HeatmapSpec, shown: Numbers = Numbers.ALWAYS) -> Scene:
    """A map with its weights in the cells."""
    return Scene(lambda painter, style: paint_heatmap(painter, AREA, replace(spec, numbers=shown), style))


FIGURES: Mapping[str, Scene] = {
    "links": links(Head(0, 0)),
    "text-figure": text(cross(), 1),
    "listing": listing(TABLE),
    "numbers": numbers(few(signed())),
}

WRONG_FIGURES: Mapping[str, tuple[str, Scene]] = {
    "links of another head": ("links", links(Head(0, 1))),
    "text of another row": ("text-figure", text(cross(), 2)),
    "numbers at the left": ("listing", listing(replace(TABLE, numbers=frozenset()))),
    "nothing stands out": ("listing", listing(replace(TABLE, strong=frozenset()))),
    "no numbers": ("numbers", numbers(few(signed()), Numbers.OFF)),
    "another number": ("numbers", numbers(replace(few(signed()), values=few(signed()).values + 0.1))),
}
