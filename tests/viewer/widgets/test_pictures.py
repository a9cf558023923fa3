"""Thumbnails and bars: hit testing, selection, tool tips, empty states, and no needless painting."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from attention_viewer.viewer.look.theme import PALETTES, Style, style_for
from attention_viewer.viewer.painting.grid import grid_layout, paint_grid
from attention_viewer.viewer.state.specs import Bar, BarsSpec, GridSpec, Pending, Unavailable
from attention_viewer.viewer.state.view_state import Head
from attention_viewer.viewer.widgets.candidates import CandidatesPanel
from attention_viewer.viewer.widgets.head_grid import HeadGrid
from PySide6.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot

BARS = BarsSpec("Next token", "softmax after “le”", (Bar("car", 0.58, True, "id 7"), Bar("et", 0.3, False, "id 8")))


@pytest.fixture
def grid(qtbot: QtBot, style: Style, heads: GridSpec) -> HeadGrid:
    widget = HeadGrid("Cross-attention: all heads", style)
    qtbot.addWidget(widget)
    widget.resize(320, 140)
    widget.set_spec(heads)
    widget.show()
    return widget


@pytest.fixture
def candidates(qtbot: QtBot, style: Style) -> CandidatesPanel:
    widget = CandidatesPanel(style)
    qtbot.addWidget(widget)
    widget.resize(220, 300)
    widget.set_spec(BARS)
    widget.show()
    return widget


def slot(grid: HeadGrid, heads: GridSpec, style: Style, layer: int, head: int) -> QPoint:
    return grid_layout(grid.rect().toRectF(), heads, style).slot(layer, head).center().toPoint()


def test_clicking_a_thumbnail_selects_its_head(grid: HeadGrid, heads: GridSpec, style: Style, qtbot: QtBot) -> None:
    for layer, head in ((0, 0), (1, 3), (0, 2)):
        with qtbot.waitSignal(grid.selected) as selected:
            qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=slot(grid, heads, style, layer, head))
        assert selected.args == [layer, head]
    assert grid.head_at(QPointF(1, 1)) is None
    assert grid.head_at(QPointF(slot(grid, heads, style, 1, 2))) == Head(1, 2)


def test_the_mosaic_is_painted_only_when_something_changed(grid: HeadGrid, heads: GridSpec, style: Style) -> None:
    with patch("attention_viewer.viewer.widgets.head_grid.paint_grid", wraps=paint_grid) as paint:
        grid.set_spec(heads)
        for _ in range(3):
            grid.grab()
        assert paint.call_count == 1
        grid.set_style(style_for(PALETTES["dark"], style.font))
        grid.grab()
        assert paint.call_count == 2


def test_an_empty_grid_says_why_and_selects_nothing(grid: HeadGrid, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(grid.selected):
        grid.set_spec(Pending("Loading the model"))
        loading = grid.grab().toImage()
        qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.rect().center())
    grid.set_spec(Unavailable("Press Step to begin"))
    assert grid.grab().toImage() != loading
    assert grid.message() == grid.accessibleDescription() == "Press Step to begin"


def test_bars_have_titles_tips_and_words(candidates: CandidatesPanel) -> None:
    assert candidates.header.subtitle.full_text() == "softmax after “le”"
    assert "car 0.58" in candidates.bars.accessibleDescription()
    assert candidates.bars.tip_at(QPointF(20, 5)) == "id 7"
    assert candidates.bars.tip_at(QPointF(20, candidates.bars.height() - 5)) == ""


def test_bars_that_do_not_fit_are_left_out_worst_first(candidates: CandidatesPanel, style: Style) -> None:
    bars = tuple(Bar(str(index), 0.1, False, f"tip {index}") for index in range(10))
    candidates.set_spec(BarsSpec("Next token", "", bars))
    above = candidates.height() - candidates.bars.height()
    candidates.resize(220, above + round(4.2 * style.line))
    tips = {candidates.bars.tip_at(QPointF(20, y)) for y in range(candidates.bars.height())}
    assert tips - {""} == {"tip 0", "tip 1", "tip 2", "tip 3"}


def test_no_candidates_leave_no_old_title(candidates: CandidatesPanel) -> None:
    candidates.set_spec(Unavailable("Encode a sentence first"))
    assert candidates.header.subtitle.full_text() == ""
    assert candidates.message() == "Encode a sentence first"
    assert candidates.bars.tip_at(QPointF(20, 5)) == ""
