"""The beam's tree as a widget: clicks, keys, tool tips, zoom, scroll place, empty states."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import patch

import pytest
from attention_viewer.viewer.look.theme import PALETTES, Style, style_for
from attention_viewer.viewer.state.specs import BeamDot, BeamSpec, Pending, Unavailable
from attention_viewer.viewer.widgets.beam_view import BeamView
from attention_viewer.viewer.widgets.card import ElidedLabel
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from support.finding import child

STEPS = 30


def beam(selected: int | None = None) -> BeamSpec:
    """A best hypothesis (even indices) with a discarded continuation at every step."""
    dots: list[BeamDot] = []
    for step in range(1, STEPS + 1):
        parent = None if step == 1 else 2 * (step - 2)
        ends = step == STEPS
        dots.append(BeamDot("kept", parent, step, -step, "finished" if ends else "survived", int(ends), f"kept {step}"))
        dots.append(BeamDot("lost", parent, step, -2.0 * step, "discarded", 0, f"lost {step}"))
    return BeamSpec("Beam search, 1 wide", "scores", tuple(dots), selected)


LAST = 2 * (STEPS - 1)


@pytest.fixture
def view(qtbot: QtBot, style: Style) -> BeamView:
    widget = BeamView(style)
    qtbot.addWidget(widget)
    qtbot.addWidget(widget.header)
    widget.resize(500, 300)
    widget.set_spec(beam())
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def middle(view: BeamView, index: int) -> QPoint:
    return view.tree.node_rect(index).center().toPoint()


def seen(view: BeamView, index: int) -> bool:
    return view.tree.viewport().rect().contains(view.tree.node_rect(index).toAlignedRect())


def wheel(view: BeamView, at: QPoint, notches: int, modifier: Qt.KeyboardModifier) -> None:
    event = QWheelEvent(
        QPointF(at),
        view.tree.viewport().mapToGlobal(QPointF(at)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        modifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view.tree.viewport(), event)


def test_clicking_a_node_chooses_it(view: BeamView, qtbot: QtBot) -> None:
    for index in (2, 3, 0):
        with qtbot.waitSignal(view.node_chosen) as chosen:
            qtbot.mouseClick(view.tree.viewport(), Qt.MouseButton.LeftButton, pos=middle(view, index))
        assert chosen.args == [index]
    with qtbot.assertNotEmitted(view.node_chosen):
        qtbot.mouseClick(view.tree.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(3, 200))
        qtbot.mouseClick(view.tree.viewport(), Qt.MouseButton.RightButton, pos=middle(view, 2))


def test_the_mouse_is_told_what_a_node_is(view: BeamView) -> None:
    assert view.tree.tip_at(QPointF(middle(view, 3))) == "lost 2"
    assert view.tree.tip_at(QPointF(3, 200)) == ""


def test_arrows_move_and_enter_chooses(view: BeamView, qtbot: QtBot) -> None:
    view.set_spec(beam(selected=4))
    with qtbot.waitSignal(view.node_chosen) as chosen:
        for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Down, Qt.Key.Key_Return):
            qtbot.keyClick(view.tree, key)
    assert chosen.args == [7]
    assert view.tree.cursor_node() == 7
    assert view.tree.accessibleDescription() == "lost 4"


def test_the_first_arrow_goes_to_the_end_of_the_best_and_shows_it(view: BeamView, qtbot: QtBot) -> None:
    assert not seen(view, LAST)
    with qtbot.assertNotEmitted(view.node_chosen):
        qtbot.keyClick(view.tree, Qt.Key.Key_Enter)
        qtbot.keyClick(view.tree, Qt.Key.Key_Up)
    assert view.tree.cursor_node() == LAST and seen(view, LAST)


def test_the_windows_shortcuts_do_not_take_the_arrows(view: BeamView) -> None:
    def claimed(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> bool:
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, modifier)
        event.ignore()
        QApplication.sendEvent(view.tree, event)
        return event.isAccepted()

    assert claimed(Qt.Key.Key_Left) and claimed(Qt.Key.Key_Return)
    assert not claimed(Qt.Key.Key_Space) and not claimed(Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    view.set_spec(Unavailable("Run a beam search"))
    assert not claimed(Qt.Key.Key_Left)


def test_ctrl_and_the_wheel_zoom_about_the_mouse(view: BeamView) -> None:
    view.tree.horizontalScrollBar().setValue(300)
    index = next(number for number in range(8, LAST, 2) if seen(view, number))
    at = middle(view, index)
    width = view.tree.node_rect(index).width()
    wheel(view, at, 2, Qt.KeyboardModifier.ControlModifier)
    assert view.tree.node_rect(index).width() == pytest.approx(1.44 * width)
    assert abs(middle(view, index).x() - at.x()) <= 2
    assert view.tree.node_at(QPointF(middle(view, index))) == index
    wheel(view, at, -60, Qt.KeyboardModifier.ControlModifier)
    assert 0.1 < view.tree.zoom < 0.2


def test_the_wheel_scrolls_sideways_where_there_is_nothing_below(view: BeamView) -> None:
    assert view.tree.verticalScrollBar().maximum() == 0
    wheel(view, QPoint(50, 50), -3, Qt.KeyboardModifier.NoModifier)
    assert view.tree.horizontalScrollBar().value() > 0 and view.tree.zoom == 1.0


def test_dragging_the_background_moves_the_tree(view: BeamView, qtbot: QtBot) -> None:
    viewport = view.tree.viewport()
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=QPoint(300, 200))
    qtbot.mouseMove(viewport, QPoint(220, 200))
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=QPoint(220, 200))
    qtbot.mouseMove(viewport, QPoint(100, 200))
    assert view.tree.horizontalScrollBar().value() == 80


def test_the_same_tree_keeps_its_place_and_another_begins_anew(view: BeamView, qtbot: QtBot) -> None:
    view.tree.set_zoom(1.5)
    view.tree.horizontalScrollBar().setValue(200)
    with qtbot.assertNotEmitted(view.node_chosen):
        view.set_spec(beam())
        view.set_style(style_for(PALETTES["dark"], view.font()))
    assert (view.tree.zoom, view.tree.horizontalScrollBar().value()) == (1.5, 200)
    view.set_spec(replace(beam(), dots=beam().dots[:-2]))
    assert view.tree.horizontalScrollBar().value() == 0


def test_what_is_selected_comes_into_view_even_before_the_panel_does(qtbot: QtBot, style: Style) -> None:
    view = BeamView(style)
    qtbot.addWidget(view)
    qtbot.addWidget(view.header)
    view.set_spec(beam(selected=20))
    view.resize(500, 300)
    view.show()
    qtbot.waitExposed(view)
    assert seen(view, 20)
    view.set_spec(beam(selected=LAST))
    assert seen(view, LAST) and not seen(view, 0)


def test_discarded_nodes_can_be_hidden(view: BeamView, qtbot: QtBot) -> None:
    view.hide_discarded.click()
    assert view.tree.node_rect(3).isEmpty() and not view.tree.node_rect(2).isEmpty()
    with qtbot.waitSignal(view.node_chosen) as chosen:
        qtbot.mouseClick(view.tree.viewport(), Qt.MouseButton.LeftButton, pos=middle(view, 4))
    assert chosen.args == [4]
    view.hide_discarded.click()
    assert not view.tree.node_rect(3).isEmpty()


def test_only_what_is_exposed_is_asked_for(view: BeamView) -> None:
    view.tree.horizontalScrollBar().setValue(100)
    asked: list[QRectF] = []
    painter = "attention_viewer.viewer.widgets.tree_canvas.paint_tree"
    with patch(painter, lambda painter, rect, *rest: asked.append(rect)):
        view.tree.viewport().grab()
    (exposed,) = asked
    assert exposed.left() == 100 and exposed.width() == view.tree.viewport().width()


def test_titles_and_reasons(view: BeamView, qtbot: QtBot) -> None:
    assert view.header.title.full_text() == "Beam search, 1 wide"
    assert view.header.subtitle.full_text() == "scores"
    assert view.message() == "" and view.hide_discarded.isEnabled()
    with qtbot.assertNotEmitted(view.node_chosen):
        view.set_spec(Pending("Searching"))
        searching = view.grab().toImage()
        qtbot.mouseClick(view.tree.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(60, 45))
        qtbot.keyClick(view.tree, Qt.Key.Key_Right)
        qtbot.keyClick(view.tree, Qt.Key.Key_Return)
    view.set_spec(Unavailable("Run a beam search"))
    assert view.grab().toImage() != searching
    assert view.message() == view.tree.accessibleDescription() == "Run a beam search"
    assert view.header.title.full_text() == "Beam search" and view.header.subtitle.full_text() == ""
    assert not view.hide_discarded.isEnabled()


def test_an_empty_tree_is_no_trouble(view: BeamView, qtbot: QtBot) -> None:
    view.set_spec(BeamSpec("Beam search", "", ()))
    qtbot.keyClick(view.tree, Qt.Key.Key_Right)
    view.grab()
    assert view.tree.cursor_node() is None


def test_a_low_panel_is_all_tree(view: BeamView, style: Style, qtbot: QtBot) -> None:
    legend = child(view, ElidedLabel)
    assert legend.isVisible() and "discarded" in legend.full_text()
    assert view.minimumSizeHint().height() <= 5 * style.em
    view.resize(500, view.minimumSizeHint().height())
    qtbot.waitUntil(lambda: not legend.isVisible() and view.tree.height() == view.height() <= 5 * style.em)
