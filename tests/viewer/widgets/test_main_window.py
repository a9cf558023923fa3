"""The layout: everything has room at the smallest size, docks move and come back, nothing is lost on the way."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from attention_viewer.model.contract.maps import CROSS, DECODER, ENCODER, EXPECTED
from attention_viewer.viewer.look.theme import PALETTES, Style, apply, style_for
from attention_viewer.viewer.state.specs import CONVENTION, Chip
from attention_viewer.viewer.widgets import on_screen
from attention_viewer.viewer.widgets.card import Card, ElidedLabel
from attention_viewer.viewer.widgets.main_window import MainWindow
from attention_viewer.viewer.window.panels import WORKSPACES, panels_for
from PySide6.QtCore import QByteArray, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QMessageBox, QScrollArea, QTabBar, QWidget
from pytestqt.qtbot import QtBot
from support.finding import child

PANELS = panels_for(EXPECTED)
MAP_NAMES = ("encoder", "decoder", "cross")
OFFSCREEN_CANNOT_RAISE = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


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
    assert not window.widget("positions").isVisible()
    tabs = child(window.host, QTabBar, lambda bar: bar.isVisible())
    assert [tabs.tabText(index) for index in range(5)] == [
        "Positions", "Laboratory", "Ranking", "Hypotheses", "Beam search",
    ]  # fmt: skip
    assert box(window, tabs)[1] > box(window, window.panels[CROSS])[3] and box(window, tabs)[3] < 720
    assert box(window, window.widget("next"))[2] < left_edges[0]


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


@pytest.mark.slow
def test_large_text_still_fits_the_smallest_window(qtbot: QtBot, dress: Callable[[float], Style]) -> None:
    window = MainWindow(PANELS, WORKSPACES)
    qtbot.addWidget(window)
    window.set_style(dress(2.0))
    window.resize(1280, 720)
    window.show()
    assert (window.width(), window.height()) == (1280, 720)
    assert panels_shown(window) == 1
    assert window.widget("next").header.subtitle.isHidden()
    window.set_style(dress(1.0))
    qtbot.waitUntil(lambda: panels_shown(window) == 3)
    assert not window.widget("next").header.subtitle.isHidden()
    assert {dock.objectName() for dock in docks(window).values()} == {panel.name for panel in PANELS}


@pytest.mark.slow
def test_text_that_grows_and_shrinks_again(qtbot: QtBot, dress: Callable[[float], Style]) -> None:
    window = MainWindow(PANELS, WORKSPACES)
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
    qtbot.waitUntil(lambda: panels_shown(window) == 1)
    assert (window.width(), window.height()) == (1280, 720)
    assert box(window, window.panels[CROSS])[3] < 720
    qtbot.waitUntil(lambda: window.panels[CROSS].height() > 6 * style.em)
    assert strip_lines(window) < 2
    label = child(window, ElidedLabel, lambda label: label.objectName() == "modelLine")
    last = window.menuBar().actionGeometry(window.menuBar().actions()[-1])
    assert last.width() > 0 and label.geometry().left() >= last.right()

    window.set_style(dress(1.0))
    qtbot.waitUntil(lambda: panels_shown(window) == 3 and strip_lines(window) > 2)

    def are_as_before() -> None:
        for old, panel in zip(before, window.panels.values(), strict=True):
            assert box(window, panel) == pytest.approx(old, rel=0.05)

    qtbot.waitUntil(are_as_before)
    titles = [window.widget("next").header.title, *(panel.header.title for panel in window.panels.values())]
    qtbot.waitUntil(lambda: len({box(window, title)[1::2] for title in titles}) == 1)


@pytest.mark.slow
def test_a_closed_panel_stays_closed_when_text_shrinks_again(qtbot: QtBot, dress: Callable[[float], Style]) -> None:
    window = MainWindow(PANELS, WORKSPACES)
    qtbot.addWidget(window)
    window.set_style(dress(1.0))
    window.resize(1280, 720)
    window.show()
    docks(window)["decoder"].close()
    for scale, shown in ((2.0, 1), (1.0, 2)):
        window.set_style(dress(scale))
        qtbot.wait(50)
        assert docks(window)["decoder"].isHidden() and panels_shown(window) == shown


@pytest.mark.slow
def test_a_remembered_layout_outlives_the_start_with_large_text(qtbot: QtBot, dress: Callable[[float], Style]) -> None:
    windows = MainWindow(PANELS, WORKSPACES), MainWindow(PANELS, WORKSPACES)
    for window in windows:
        qtbot.addWidget(window)
        window.set_style(dress(2.0))
        window.resize(1280, 720)
    windows[0].show()
    docks(windows[0])["decoder"].raise_()
    qtbot.waitUntil(lambda: not windows[0].panels[DECODER].visibleRegion().isEmpty())
    assert windows[1].restoreState(windows[0].saveState())
    windows[1].show()
    qtbot.wait(50)
    assert not windows[1].panels[DECODER].visibleRegion().isEmpty()
    assert windows[1].panels[ENCODER].visibleRegion().isEmpty()


def drag_splitter(qtbot: QtBot, window: MainWindow, distance: int) -> None:
    """Drag the splitter right of the next token, taken at its very edge."""
    QApplication.processEvents()
    host = window.host
    card = docks(window)["next"].geometry()
    start = QPoint(card.right() + 9, card.center().y())
    assert docks(window)["encoder"].geometry().left() > start.x()
    qtbot.mousePress(host, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(host, start + QPoint(distance, 0))
    # Qt moves splitters by a timer.
    qtbot.wait(50)
    qtbot.mouseRelease(host, Qt.MouseButton.LeftButton, pos=start + QPoint(distance, 0))


def test_text_that_still_has_room_moves_no_panel(qtbot: QtBot, dress: Callable[[float], Style]) -> None:
    window = MainWindow(PANELS, WORKSPACES)
    qtbot.addWidget(window)
    window.set_style(dress(1.0))
    window.resize(1600, 1000)
    window.show()
    qtbot.waitUntil(lambda: panels_shown(window) == 3)
    drag_splitter(qtbot, window, 300)
    assert docks(window)["next"].width() > 430
    window.set_style(dress(1.25))
    qtbot.wait(50)
    assert docks(window)["next"].width() > 430 and panels_shown(window) == 3
    window.resize(1500, 1000)
    window.resize(1600, 1000)
    assert docks(window)["next"].width() > 430
    window.reset_layout()
    assert docks(window)["next"].width() < 300


def test_another_theme_moves_no_panel(window: MainWindow, qtbot: QtBot) -> None:
    docks(window)["next"].close()
    qtbot.waitUntil(lambda: box(window, window.panels[ENCODER])[0] < 100)
    before = [box(window, panel) for panel in window.panels.values()]
    window.set_style(style_for(PALETTES["dark"], window.font()))
    qtbot.wait(20)
    assert docks(window)["next"].isHidden()
    assert [box(window, panel) for panel in window.panels.values()] == before


def test_three_hundred_tokens_leave_the_panels_their_room(window: MainWindow) -> None:
    before = window.panels[CROSS].height()
    window.source_strip.set_chips(tuple(Chip(f"token{index}", "") for index in range(300)))
    window.set_translation("mot " * 300)
    QApplication.processEvents()
    assert (window.width(), window.height()) == (1280, 720)
    assert window.panels[CROSS].height() > before - 80


@OFFSCREEN_CANNOT_RAISE
def test_panels_float_close_and_come_back(window: MainWindow) -> None:
    state = window.saveState()
    docks(window)["cross"].close()
    docks(window)["next"].setFloating(True)
    assert window.restoreState(state)
    assert not docks(window)["cross"].isHidden() and not docks(window)["next"].isFloating()
    docks(window)["encoder"].close()
    window.reset_layout()
    placed = {panel.name for panel in PANELS if WORKSPACES[0].name in panel.places}
    here = [dock for name, dock in docks(window).items() if name in placed]
    assert all(not dock.isHidden() and not dock.isFloating() for dock in here)


def test_a_damaged_layout_changes_nothing(window: MainWindow) -> None:
    before = box(window, window.panels[DECODER])
    assert not window.restoreState(QByteArray(b"nonsense"))
    assert box(window, window.panels[DECODER]) == before


@OFFSCREEN_CANNOT_RAISE
def test_a_panel_offers_to_float_and_close(window: MainWindow) -> None:
    card = docks(window)["cross"]
    large, float_it, close_it = card.menu().actions()
    assert (large.text(), float_it.text(), close_it.text()) == ("Large", "Float", "Close")
    float_it.trigger()
    assert card.isFloating() and card.menu().actions()[0].text() == "Dock"
    card.menu().actions()[0].trigger()
    assert not card.isFloating()


@OFFSCREEN_CANNOT_RAISE
def test_a_floating_panel_has_a_frame_a_title_and_a_way_back(window: MainWindow, qtbot: QtBot) -> None:
    card = docks(window)["cross"]
    card.setFloating(True)
    qtbot.waitUntil(lambda: not card.windowFlags() & Qt.WindowType.FramelessWindowHint)
    assert card.isVisible() and card.windowTitle() == "Cross"
    assert card.dock_button.isVisible() and not card.large_button.isVisible()
    card.dock_button.click()
    assert not card.isFloating() and card.large_button.isVisible() and not card.dock_button.isVisible()


def shown(window: MainWindow) -> set[str]:
    return {name for name, card in docks(window).items() if card.isVisible() and card.geometry().right() >= 0}


def test_one_panel_fills_the_window_and_goes_back_to_its_place(window: MainWindow) -> None:
    before = {name: box(window, card) for name, card in docks(window).items() if name in shown(window)}
    docks(window)["decoder"].large_button.click()
    QApplication.processEvents()
    assert shown(window) == {"decoder"} and window.large() == "decoder"
    assert docks(window)["decoder"].width() > 1250 and docks(window)["decoder"].height() > 620
    window.toggle_large("decoder")
    QApplication.processEvents()
    assert {name: box(window, card) for name, card in docks(window).items() if name in shown(window)} == before


def test_a_presentation_shows_the_maps_alone_and_one_of_them_large(window: MainWindow) -> None:
    before = window.saveState()
    window.set_presentation(True)
    assert window.isFullScreen() and shown(window) == {"encoder", "decoder", "cross"} and window.header.isVisible()
    window.toggle_large("cross")
    assert shown(window) == {"cross"}
    assert window.saveState() == before
    window.toggle_large("cross")
    assert shown(window) == {"encoder", "decoder", "cross"}
    window.set_presentation(False)
    assert not window.isFullScreen() and "next" in shown(window)


def opened(window: MainWindow) -> set[str]:
    return {name for name in shown(window) if docks(window)[name].height() > 1} - {"next", *MAP_NAMES}


def test_a_click_on_a_tab_opens_the_lower_panels_and_another_folds_them(window: MainWindow, qtbot: QtBot) -> None:
    height = docks(window)["cross"].height()
    tabs = child(window.host, QTabBar, lambda bar: bar.isVisible())

    def is_open(expected: set[str]) -> Callable[[], bool]:
        return lambda: opened(window) == expected

    for index, name in ((4, "beam"), (4, ""), (1, "laboratory"), (0, "positions"), (0, "")):
        qtbot.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(index).center())
        qtbot.waitUntil(is_open({name} if name else set()))
        assert (docks(window)["cross"].height() == height) is (name == "")


def test_the_window_is_no_larger_than_the_screen(window: MainWindow) -> None:
    room = window.screen().availableGeometry()
    window.resize(3200, 2000)
    window.move(room.right() - 20, room.bottom() - 20)
    on_screen.keep(window)
    assert room.contains(window.frameGeometry())
    fresh = MainWindow(PANELS, WORKSPACES)
    assert room.size().expandedTo(fresh.size()) == room.size()
    fresh.deleteLater()


def test_what_has_no_room_in_a_small_window_scrolls(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1, 1)
    QApplication.processEvents()
    area = child(window, QScrollArea, lambda area: area.findChild(QWidget, "content") is not None)
    assert (window.width(), window.height()) == (window.minimumWidth(), window.minimumHeight())
    assert area.verticalScrollBar().isVisible()
    assert window.panels[CROSS].map.height() > 80
    host = window.host
    assert host.height() >= host.minimumSizeHint().height() and host.width() >= host.minimumSizeHint().width()


def test_the_panels_menu_shows_and_hides_each(window: MainWindow) -> None:
    menu = QMenu(window)
    window.add_dock_menu(menu)
    toggles = child(menu, QMenu).actions()
    assert len(toggles) == len(PANELS)
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
    window.panels[DECODER].set_active(True)
    window.focus_panels()
    assert QApplication.focusWidget() is window.panels[DECODER].map


def test_every_theme_and_size_can_be_put_on_and_painted(window: MainWindow) -> None:
    pictures = []
    for name, scale in (("light", 1.0), ("dark", 1.0), ("dark", 1.5)):
        window.set_style(style_for(PALETTES[name], window.font(), scale))
        pictures.append(window.panels[CROSS].map.grab().toImage())
    assert pictures[0] != pictures[1] != pictures[2]


def test_pyqtgraph_is_imported_only_after_the_window_has_been_built() -> None:
    code = "import sys; from PySide6.QtWidgets import QApplication; app = QApplication([]); "
    code += "from attention_viewer.viewer.widgets.main_window import MainWindow; "
    code += "from attention_viewer.viewer.window.panels import WORKSPACES, panels_for; "
    code += "from attention_viewer.model.contract.maps import EXPECTED; MainWindow(panels_for(EXPECTED), WORKSPACES); "
    code += "sys.exit('pyqtgraph' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
