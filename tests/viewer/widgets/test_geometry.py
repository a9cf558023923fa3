"""Where everything stands in windows, texts and sentences of every size: nothing outside, or over another."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest
from attention_viewer.model.contract.api import Kind
from attention_viewer.model.contract.maps import CROSS, DECODER, ENCODER, EXPECTED
from attention_viewer.viewer.look.theme import PALETTES, apply
from attention_viewer.viewer.painting.labels import Side, apart, elided, is_labelled, label_size, stride
from attention_viewer.viewer.state.options import ColorRange
from attention_viewer.viewer.state.specs import Axis, Chip, GridSpec, HeatmapSpec, Pending, scale_for
from attention_viewer.viewer.state.view_state import Head
from attention_viewer.viewer.widgets.card import Card, ElidedLabel
from attention_viewer.viewer.widgets.dock_parts import tab_bars
from attention_viewer.viewer.widgets.main_window import MainWindow
from attention_viewer.viewer.widgets.map_view import MapView
from attention_viewer.viewer.window.panels import WORKSPACES, panels_for
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QGraphicsView,
    QLabel,
    QScrollArea,
    QTabBar,
    QTabWidget,
    QWidget,
)

PANELS = panels_for(EXPECTED)
SIZES = ((1024, 640), (1280, 720), (1600, 1000), (1920, 1080))
TEXTS = (1.0, 1.5, 2.0)
TOKENS = (1, 14, 60)
SOURCE = ("The", "cat", "sat", "on", "the", "ma", "t", "be", "cause", "it", "was", "tired", ".", "</s>")
TARGET = (
    "<start>",
    "Le",
    "chat",
    "s",
    "'",
    "assit",
    "sur",
    "le",
    "tapis",
    "parce",
    "qu",
    "il",
    "était",
    "fatigué",
    ".",
)
LAYERS, HEADS = 4, 8


@pytest.fixture(scope="module")
def window(qapp: QApplication) -> Iterator[MainWindow]:
    """One window for all sizes, so that what one leaves behind shows in the next."""
    before = qapp.font(), qapp.palette(), qapp.styleSheet()
    widget = MainWindow(PANELS, WORKSPACES)
    for name in ("File", "Edit", "Decode", "Experiment", "View", "Model", "Help"):
        widget.menuBar().addMenu(name)
    widget.set_model_line("en → fr · 9.4 M parameters · 4 + 4 layers × 8 heads")
    widget.show()
    yield widget
    widget.close()
    widget.deleteLater()
    qapp.setStyleSheet(before[2])
    qapp.setFont(before[0])
    qapp.setPalette(before[1])


def words(names: tuple[str, ...], count: int) -> tuple[str, ...]:
    return tuple(names[index % len(names)] for index in range(count))


def specs(kind: Kind, tokens: int) -> tuple[HeatmapSpec, GridSpec]:
    source = words(SOURCE, tokens)
    target = words(TARGET, tokens + 1)
    rows = source if kind == ENCODER else tuple(f"{a} → {b}" for a, b in pairwise(target))
    columns = target[:tokens] if kind == DECODER else source
    weights = np.random.default_rng(tokens).dirichlet(np.ones(tokens), (LAYERS, HEADS, tokens)).astype(np.float32)
    mask = np.triu(np.ones((tokens, tokens), dtype=np.bool_), 1) if kind == DECODER else None
    axes = Axis("queries: reads → predicts", rows), Axis("keys: source (encoder output)", columns)
    scale = scale_for(ColorRange.UNIT, weights)
    large = HeatmapSpec(kind, Head(1, 2), "", *axes, weights[1, 2], mask, scale, "viridis")
    return large, GridSpec(kind, "", *axes, weights, mask, ColorRange.UNIT, "viridis", Head(1, 2))


def dress(window: MainWindow, text: float) -> None:
    """Use a text size; the application's style sheet takes its time, and is not put on twice."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    if window.property("text") != text:
        window.setProperty("text", text)
        window.set_style(apply(application, PALETTES["light"], text))


def show(window: MainWindow, size: tuple[int, int], text: float, tokens: int) -> None:
    """Bring the window into a state, and wait until the layout has followed."""
    dress(window, text)
    window.resize(*size)
    window.source_strip.set_chips(tuple(Chip(each, "") for each in words(SOURCE, tokens)))
    window.target_strip.set_chips(tuple(Chip(each, "") for each in words(TARGET, tokens)[1:]))
    window.step_controls.set_step(f"step {tokens} · ended")
    for kind, panel in window.panels.items():
        panel.set_head_counts(LAYERS, HEADS)
        large, grid = specs(kind, tokens)
        panel.set_grid(grid)
        panel.set_heatmap(large)
        panel.set_axes(f"{large.rows.title} · {large.columns.title}")
    window.panels[CROSS].set_active(True)
    settle()


def settle() -> None:
    for _ in range(4):
        QApplication.sendPostedEvents()
        QApplication.processEvents()


def cards(window: MainWindow) -> list[Card]:
    """The cards to be seen."""
    found = window.findChildren(Card)
    return [card for card in found if card.isVisible() and card.geometry().bottomRight().x() >= 0 and card.height() > 1]


def map_views(window: MainWindow) -> list[tuple[Card, MapView]]:
    seen = {card.objectName(): card for card in cards(window)}
    return [(seen[kind], panel.map.map) for kind, panel in window.panels.items() if kind in seen]


def share(card: Card, view: MapView) -> float:
    cells = view.cells_rect()
    return cells.width() * cells.height() / (card.width() * card.height())


def place(widget: QWidget, window: QWidget) -> QRect:
    return QRect(widget.mapTo(window, widget.rect().topLeft()), widget.size())


def parts(widget: QWidget) -> list[QWidget]:
    """The widgets inside another one, down to those whose inside is not laid out by us or scrolls."""
    found = []
    for each in widget.children():
        if isinstance(each, QWidget) and each.isVisible() and not each.isWindow() and not each.size().isEmpty():
            found.append(each)
            ends = (QGraphicsView, QComboBox, QAbstractSpinBox, QAbstractItemView, QTabWidget, QScrollArea)
            if not isinstance(each, ends) and each.metaObject().className() not in ("QLineEdit", "Readout"):
                found += parts(each)
    return found


def faults(window: MainWindow) -> list[str]:
    """What stands outside its parent, over a sibling, or is cut without saying so."""
    said = []
    sheets: list[QWidget] = [*cards(window), window.header]
    for one, other in combinations([*sheets, *bars(window)], 2):
        if place(one, window).intersects(place(other, window)):
            said.append(f"{describe(one)} over {describe(other)}")
    for sheet in sheets:
        inside = parts(sheet)
        for each in inside:
            parent = each.parentWidget() or sheet
            if not parent.rect().contains(each.geometry()):
                said.append(f"{describe(each)} {each.geometry()} outside {describe(parent)} {parent.rect()}")
            if cut(each):
                said.append(f"{describe(each)} is cut")
        for one, other in combinations(inside, 2):
            if one.parentWidget() is other.parentWidget() and one.geometry().intersects(other.geometry()):
                said.append(f"{describe(one)} over {describe(other)}")
    return said


def bars(window: MainWindow) -> list[QTabBar]:
    """The tabs of cards to be seen."""
    return [bar for bar in tab_bars(window.host) if bar.isVisible()]


def cut(widget: QWidget) -> bool:
    if isinstance(widget, ElidedLabel):
        return widget.text() != widget.full_text() and widget.toolTip() != widget.full_text()
    fixed = (isinstance(widget, QLabel) and not widget.wordWrap()) or isinstance(widget, QAbstractButton | QComboBox)
    return fixed and widget.width() < widget.minimumSizeHint().width()


def describe(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.objectName() or widget.accessibleName()!r}"


def least_share(size: tuple[int, int], text: float) -> float:
    """The share of a card that its cells take at least, for a sentence of 14 tokens."""
    return 0.35 if text > 1.0 or size < (1280, 720) else 0.5


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: f"{text:.0%}")
def test_everything_has_its_place_and_the_cells_the_most_of_it(window: MainWindow, text: float) -> None:
    for size in SIZES:
        for tokens in TOKENS:
            show(window, size, text, tokens)
            where = f"{size}, text {text:.0%}, {tokens} tokens"
            assert (window.width(), window.height()) == size, where
            assert faults(window) == [], where
            shares = {card.objectName(): share(card, view) for card, view in map_views(window)}
            assert shares, where
            if tokens == 14:
                assert min(shares.values()) >= least_share(size, text), f"{where}: {shares}"


def test_every_label_is_shown_in_full_in_the_smallest_window_that_the_plan_names(window: MainWindow) -> None:
    show(window, (1280, 720), 1.0, 14)
    assert len(map_views(window)) == 3
    for _, view in map_views(window):
        spec, first = view._spec, view.cell_rect(0, 0)
        assert spec is not None
        assert stride(first.height(), view._look) == stride(apart(first.width(), Side.TOP), view._look) == 1
        assert all(elided(label, view._look) == label for label in (*spec.rows.labels, *spec.columns.labels))
        assert [view.tip_at(view.cell_rect(row, 0).center()) for row in range(3)] == [""] * 3
    assert not window.widget("positions").isVisible() and not any(
        panel.grid.isVisible() for panel in window.panels.values()
    )


def test_labels_of_a_long_sentence_thin_evenly(window: MainWindow) -> None:
    show(window, (1280, 720), 1.0, 60)
    for _, view in map_views(window):
        assert 1 < stride(view.cell_rect(0, 0).height(), view._look) <= 3
        assert 1 < stride(apart(view.cell_rect(0, 0).width(), Side.TOP), view._look) <= 5


def test_every_workspace_has_its_place_in_every_window(window: MainWindow) -> None:
    try:
        for text in (1.0, 2.0):
            for workspace in ("experiment", "beam", "positions"):
                window.workspaces.use(workspace)
                for size in SIZES:
                    show(window, size, text, 14)
                    where = f"{workspace}, {size}, text {text:.0%}"
                    assert (window.width(), window.height()) == size, where
                    assert faults(window) == [], where
                    assert {card.objectName() for card in cards(window)} == set(window.shown()), where
                    shares = {card.objectName(): share(card, view) for card, view in map_views(window)}
                    assert min(shares.values(), default=1.0) >= least_share(size, text), f"{where}: {shares}"
    finally:
        window.workspaces.use("attention")


def test_the_last_label_is_there_and_none_is_cut_at_the_edge(window: MainWindow) -> None:
    show(window, (1280, 720), 1.0, 32)
    for _, view in map_views(window):
        spec, first, look = view._spec, view.cell_rect(0, 0), view._look
        assert spec is not None
        for labels, pitch in (
            (spec.rows.labels, first.height()),
            (spec.columns.labels, apart(first.width(), Side.TOP)),
        ):
            step = stride(pitch, look)
            places = [index for index in range(len(labels)) if is_labelled(index, len(labels), step)]
            assert places[-1] == len(labels) - 1
            assert all(after - before >= step for before, after in pairwise(places))
        font = QFont(look.mono)
        font.setPixelSize(label_size(first.height(), look))
        widest = max(QFontMetricsF(font).horizontalAdvance(elided(label, look)) for label in spec.rows.labels)
        assert widest + look.gap <= view.cells_rect().left()


def test_few_rows_leave_no_room_unused(window: MainWindow) -> None:
    show(window, (1280, 720), 1.0, 14)
    panel = window.panels[CROSS]
    large, _ = specs(CROSS, 14)
    few = replace(large, rows=replace(large.rows, labels=large.rows.labels[:6]), values=large.values[:6])
    panel.set_heatmap(few)
    settle()
    view = panel.map.map
    assert view.cells_rect().bottom() >= view.height() - 8


def test_thumbnails_stand_there_where_the_window_is_large(window: MainWindow) -> None:
    for size in ((1600, 1000), (1920, 1080)):
        show(window, size, 1.0, 14)
        assert all(panel.grid.isVisible() for panel in window.panels.values()), size
        assert window.widget("positions").isVisible() == (size[1] > 1000), (
            "with both, half of a card would not be cells"
        )


def geometry(window: MainWindow) -> dict[str, QRect]:
    """Where every card and every map stands that is to be seen."""
    found = {card.objectName(): place(card, window) for card in cards(window)}
    maps = {f"{kind} map": place(panel.map, window) for kind, panel in window.panels.items() if kind in found}
    return {**found, **{name: rect for name, rect in maps.items() if not rect.isEmpty()}}


def disturb(window: MainWindow, dice: random.Random) -> None:
    """Bring the window into some other state, and use its tabs and buttons there."""
    size = dice.choice([(400, 300), (700, 900), *SIZES])
    show(window, size, dice.choice([1.0] * 9 + [2.0]), dice.choice([1, 3, 60, 200]))
    lower = dice.choice(["positions", "laboratory", "hypotheses", "beam"])
    card = next(each for each in window.findChildren(Card) if each.objectName() == lower)
    match dice.choice(["tab", "closed", "large"]):
        case "tab":
            window.show_card(lower)
        case "closed":
            card.close()
            settle()
            card.show()
        case "large":
            window.toggle_large("cross")
            settle()
            window.toggle_large("cross")
    settle()
    window.panels[ENCODER].set_heatmap(Pending("Computing"))
    # Back to what the room calls for: what the user chose would rightly stay.
    window.host.fold_lower(not window.host._form.open)


@pytest.mark.slow
def test_the_same_state_has_the_same_geometry_whatever_came_before(window: MainWindow) -> None:
    dice = random.Random(4)
    states = [((1280, 720), 1.0, 14), ((1920, 1080), 1.0, 14), ((1280, 720), 2.0, 14), ((1024, 640), 1.0, 60)]
    window.reset_layout()
    expected = []
    for state in states:
        show(window, *state)
        expected.append(geometry(window))
    for cycle in range(20):
        disturb(window, dice)
        index = dice.choice([0, 0, 0, 1, 1, 1, 2, 3, 3, 3])
        show(window, *states[index])
        for name in ("positions", "encoder", "cross"):
            window.host.bring_to_front(name)
        settle()
        assert geometry(window) == expected[index], f"cycle {cycle}, {states[index]}"
        assert faults(window) == [], f"cycle {cycle}, {states[index]}"
    for bar in bars(window):
        index = bar.count() - 1
        QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(index).center())
        settle()
        assert any(card.windowTitle() == bar.tabText(index) for card in cards(window)), "tabs are those in use"


def test_a_saved_layout_comes_back_the_same(window: MainWindow) -> None:
    window.reset_layout()
    show(window, (1600, 1000), 1.0, 14)
    expected, saved = geometry(window), window.saveState()
    for _ in range(3):
        show(window, (1024, 640), 1.0, 60)
        assert window.restoreState(window.saveState())
        show(window, (1600, 1000), 1.0, 14)
        assert window.restoreState(saved)
        settle()
        assert geometry(window) == expected
