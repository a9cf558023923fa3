"""The layout: everything has room at the smallest size, docks move and come back, nothing is lost on the way."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from attention_viewer.model.contract.api import Kind
from attention_viewer.viewer.look.theme import PALETTES, Style, apply, style_for
from attention_viewer.viewer.state.specs import CONVENTION, Chip
from attention_viewer.viewer.widgets.card import Card
from attention_viewer.viewer.widgets.main_window import MainWindow
from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMainWindow, QMenu, QMessageBox, QWidget
from pytestqt.qtbot import QtBot
from support.finding import child

OFFSCREEN_CANNOT_RAISE = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    widget = MainWindow()
    qtbot.addWidget(widget)
    widget.resize(1280, 720)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def docks(window: MainWindow) -> dict[str, Card]:
    return {dock.objectName(): dock for dock in window.findChildren(Card)}


def box(window: MainWindow, widget: QWidget) -> tuple[int, int, int, int]:
    corner = widget.mapTo(window, widget.rect().topLeft())
    return corner.x(), corner.y(), corner.x() + widget.width(), corner.y() + widget.height()


def test_all_panels_have_room_at_the_smallest_size(window: MainWindow) -> None:
    assert (window.width(), window.height()) == (1280, 720)
    left_edges = [box(window, panel)[0] for panel in window.panels.values()]
    assert left_edges == sorted(left_edges) and len(set(left_edges)) == 3
    for panel in window.panels.values():
        left, top, right, bottom = box(window, panel)
        assert right - left > 300 and bottom - top > 280 and bottom < 720
    assert box(window, window.positions)[1] > box(window, window.panels[Kind.CROSS])[3]
    assert box(window, window.positions)[3] < 720
    assert box(window, window.candidates)[2] < left_edges[0]


@pytest.fixture
def dress(qapp: QApplication) -> Iterator[Callable[[float], Style]]:
    """Dresses the whole application in text of some size."""
    before = qapp.font(), qapp.palette(), qapp.styleSheet()
    yield lambda scale: apply(qapp, PALETTES["dark"], scale)
    qapp.setStyleSheet(before[2])
    qapp.setFont(before[0])
    qapp.setPalette(before[1])


def panels_shown(window: MainWindow) -> int:
    return sum(not panel.visibleRegion().isEmpty() for panel in window.panels.values())


def strip_lines(window: MainWindow) -> float:
    strip = window.source_strip
    return strip.height() / strip.field.chip_rect(0).height()


def test_large_text_still_fits_the_smallest_window(qtbot: QtBot, dress: Callable[[float], Style]) -> None:
    window = MainWindow()
    qtbot.addWidget(window)
    window.set_style(dress(2.0))
    window.resize(1280, 720)
    window.show()
    assert (window.width(), window.height()) == (1280, 720)
    assert panels_shown(window) == 2
    subtitles = [window.candidates.header.subtitle, *(panel.header.subtitle for panel in window.panels.values())]
    assert all(subtitle.isHidden() for subtitle in subtitles)
    window.set_style(dress(1.0))
    qtbot.waitUntil(lambda: panels_shown(window) == 3)
    assert not any(subtitle.isHidden() for subtitle in subtitles)
    assert {dock.objectName() for dock in docks(window).values()} == {
        "next", "encoder", "decoder", "cross", "positions", "laboratory", "hypotheses", "beam",
    }  # fmt: skip


def test_text_that_grows_and_shrinks_again(qtbot: QtBot, dress: Callable[[float], Style]) -> None:
    window = MainWindow()
    qtbot.addWidget(window)
    window.set_style(dress(1.0))
    for name in ("File", "Edit", "View"):
        window.menuBar().addMenu(name)
    window.set_model_line("en → fr · 9.4 M parameters · 4 + 4 layers × 8 heads")
    window.resize(1280, 720)
    window.show()
    window.source_strip.set_chips(tuple(Chip(f"token{index}", "") for index in range(80)))
    qtbot.waitUntil(lambda: panels_shown(window) == 3 and strip_lines(window) > 2)
    before = [box(window, panel) for panel in window.panels.values()]

    style = dress(2.0)
    window.set_style(style)
    qtbot.waitUntil(lambda: panels_shown(window) == 2)
    assert (window.width(), window.height()) == (1280, 720)
    assert box(window, window.panels[Kind.CROSS])[3] < 720
    qtbot.waitUntil(lambda: window.panels[Kind.CROSS].height() > 6 * style.em)
    assert strip_lines(window) < 2
    label = child(window, QLabel, lambda label: label.objectName() == "modelLine")
    assert label.width() >= label.sizeHint().width()

    window.set_style(dress(1.0))
    qtbot.waitUntil(lambda: panels_shown(window) == 3 and strip_lines(window) > 2)

    def are_as_before() -> None:
        for old, panel in zip(before, window.panels.values(), strict=True):
            assert box(window, panel) == pytest.approx(old, rel=0.05)

    qtbot.waitUntil(are_as_before)
    titles = [window.candidates.header.title, *(panel.header.title for panel in window.panels.values())]
    qtbot.waitUntil(lambda: len({box(window, title)[1::2] for title in titles}) == 1)


def test_a_closed_panel_stays_closed_when_text_shrinks_again(qtbot: QtBot, dress: Callable[[float], Style]) -> None:
    window = MainWindow()
    qtbot.addWidget(window)
    window.set_style(dress(1.0))
    window.resize(1280, 720)
    window.show()
    docks(window)["decoder"].close()
    for scale, shown in ((2.0, 2), (1.0, 2)):
        window.set_style(dress(scale))
        qtbot.wait(50)
        assert docks(window)["decoder"].isHidden() and panels_shown(window) == shown


def test_a_remembered_layout_outlives_the_start_with_large_text(qtbot: QtBot, dress: Callable[[float], Style]) -> None:
    windows = MainWindow(), MainWindow()
    for window in windows:
        qtbot.addWidget(window)
        window.set_style(dress(2.0))
        window.resize(1280, 720)
    windows[0].show()
    docks(windows[0])["decoder"].raise_()
    qtbot.waitUntil(lambda: not windows[0].panels[Kind.DECODER].visibleRegion().isEmpty())
    assert windows[1].restoreState(windows[0].saveState())
    windows[1].show()
    qtbot.wait(50)
    assert not windows[1].panels[Kind.DECODER].visibleRegion().isEmpty()
    assert windows[1].panels[Kind.ENCODER].visibleRegion().isEmpty()


def test_text_that_still_has_room_moves_no_panel(qtbot: QtBot, dress: Callable[[float], Style]) -> None:
    window = MainWindow()
    qtbot.addWidget(window)
    window.set_style(dress(1.0))
    window.resize(1600, 1000)
    window.show()
    qtbot.waitUntil(lambda: panels_shown(window) == 3)
    narrow, wide = docks(window)["encoder"], docks(window)["next"]
    child(window, QMainWindow).resizeDocks([wide, narrow], [500, 300], Qt.Orientation.Horizontal)
    qtbot.waitUntil(lambda: docks(window)["next"].width() > 450)
    window.set_style(dress(1.25))
    qtbot.wait(50)
    assert docks(window)["next"].width() > 450 and panels_shown(window) == 3


def test_another_theme_moves_no_panel(window: MainWindow, qtbot: QtBot) -> None:
    docks(window)["next"].close()
    qtbot.waitUntil(lambda: box(window, window.panels[Kind.ENCODER])[0] < 100)
    before = [box(window, panel) for panel in window.panels.values()]
    window.set_style(style_for(PALETTES["dark"], window.font()))
    qtbot.wait(20)
    assert docks(window)["next"].isHidden()
    assert [box(window, panel) for panel in window.panels.values()] == before


def test_three_hundred_tokens_leave_the_panels_their_room(window: MainWindow) -> None:
    before = window.panels[Kind.CROSS].height()
    window.source_strip.set_chips(tuple(Chip(f"token{index}", "") for index in range(300)))
    window.set_translation("mot " * 300)
    QApplication.processEvents()
    assert (window.width(), window.height()) == (1280, 720)
    assert window.panels[Kind.CROSS].height() > before - 80


@OFFSCREEN_CANNOT_RAISE
def test_panels_float_close_and_come_back(window: MainWindow) -> None:
    state = window.saveState()
    docks(window)["cross"].close()
    docks(window)["next"].setFloating(True)
    assert window.restoreState(state)
    assert not docks(window)["cross"].isHidden() and not docks(window)["next"].isFloating()
    docks(window)["encoder"].close()
    window.reset_layout()
    assert all(not dock.isHidden() and not dock.isFloating() for dock in docks(window).values())


def test_a_damaged_layout_changes_nothing(window: MainWindow) -> None:
    before = box(window, window.panels[Kind.DECODER])
    assert not window.restoreState(QByteArray(b"nonsense"))
    assert box(window, window.panels[Kind.DECODER]) == before


@OFFSCREEN_CANNOT_RAISE
def test_a_panel_offers_to_float_and_close(window: MainWindow) -> None:
    card = docks(window)["cross"]
    float_it, close_it = card.menu().actions()
    assert (float_it.text(), close_it.text()) == ("Float", "Close")
    float_it.trigger()
    assert card.isFloating() and card.menu().actions()[0].text() == "Dock"
    card.menu().actions()[0].trigger()
    assert not card.isFloating()


def test_the_panels_menu_shows_and_hides_each(window: MainWindow) -> None:
    menu = QMenu(window)
    window.add_dock_menu(menu)
    toggles = child(menu, QMenu).actions()
    assert len(toggles) == 8
    toggles[0].trigger()
    assert docks(window)["next"].isHidden()
    toggles[0].trigger()
    assert not docks(window)["next"].isHidden()


def test_closing_is_told_before_it_happens(window: MainWindow, qtbot: QtBot) -> None:
    seen: list[bool] = []
    window.closing.connect(lambda: seen.append(window.isVisible()))
    window.close()
    assert seen == [True] and not window.isVisible()


def test_the_translation_can_be_selected_but_not_changed(window: MainWindow, qtbot: QtBot) -> None:
    window.set_translation("Le chat était là.")
    line = child(window.header, QLineEdit, lambda line: line.isReadOnly())
    qtbot.keyClick(line, Qt.Key.Key_A)
    assert window.header.translation() == "Le chat était là."
    line.selectAll()
    line.copy()
    assert QApplication.clipboard().text() == "Le chat était là."


def test_status_model_line_and_convention_are_on_show(window: MainWindow) -> None:
    window.set_status("Ready")
    window.set_timing("1.6 ms per step")
    window.set_model_line("en → fr")
    texts = [label.text() for label in window.findChildren(QWidget) if hasattr(label, "text") and label.isVisible()]
    for text in ("Ready", "1.6 ms per step", "en → fr", CONVENTION):
        assert text in [each if isinstance(each, str) else "" for each in texts]


def test_errors_are_said_without_blocking(window: MainWindow) -> None:
    window.show_error("The folder cannot be written.")
    message = child(window, QMessageBox)
    assert message.text() == "The folder cannot be written."
    message.close()


def test_actions_with_shortcuts_are_the_windows_own(window: MainWindow) -> None:
    plain, keyed = QAction("Plain", window), QAction("Keyed", window)
    keyed.setShortcut("Ctrl+E")
    assert window.actions_with_shortcuts() == [keyed]
    assert plain not in window.actions_with_shortcuts()


def test_the_keyboard_goes_from_the_sentence_to_the_panels(window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    window.source_bar.edit()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    window.panels[Kind.DECODER].set_active(True)
    window.focus_panels()
    assert QApplication.focusWidget() is window.panels[Kind.DECODER].map


def test_every_theme_and_size_can_be_put_on_and_painted(window: MainWindow) -> None:
    pictures = []
    for name, scale in (("light", 1.0), ("dark", 1.0), ("dark", 1.5)):
        window.set_style(style_for(PALETTES[name], window.font(), scale))
        pictures.append(window.panels[Kind.CROSS].map.grab().toImage())
    assert pictures[0] != pictures[1] != pictures[2]


def test_pyqtgraph_is_imported_only_after_the_window_has_been_built() -> None:
    code = "import sys; from PySide6.QtWidgets import QApplication; app = QApplication([]); "
    code += "from attention_viewer.viewer.widgets.main_window import MainWindow; MainWindow(); "
    code += "sys.exit('pyqtgraph' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
