"""Workspaces: each is left and found again as it was, one's own among them, from one start to the next."""

from __future__ import annotations

import pytest
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.maps import EXPECTED
from attention_viewer.viewer.widgets.card import Card
from attention_viewer.viewer.widgets.main_window import MainWindow
from attention_viewer.viewer.widgets.panel import places_in
from attention_viewer.viewer.widgets.workspaces import MOST_OWN, OWN
from attention_viewer.viewer.window.panels import WORKSPACES, panels_for
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

PANELS = panels_for(EXPECTED)


def settle() -> None:
    for _ in range(3):
        QApplication.processEvents()


def card(window: MainWindow, name: str) -> Card:
    return next(each for each in window.findChildren(Card) if each.objectName() == name)


def geometry(window: MainWindow) -> dict[str, tuple[int, int, int, int]]:
    settle()
    boxes = ((name, card(window, name).geometry()) for name in window.shown())
    return {name: (box.x(), box.y(), box.width(), box.height()) for name, box in boxes}


def test_each_workspace_shows_what_it_is_for(window: MainWindow) -> None:
    shown = {}
    for each in WORKSPACES:
        window.workspaces.use(each.name)
        settle()
        shown[each.name] = window.shown()
        assert (window.width(), window.height()) == (1280, 720)
    maps = {"encoder", "decoder", "cross"}
    assert shown["attention"] == {"next", *maps}
    assert shown["experiment"] == {"next", "encoder", "cross", "laboratory", "ranking"}
    assert shown["beam"] == {"next", "beam", "cross"}
    assert shown["heads"] == {"heads", "cross"}
    assert shown["positions"] >= {"positions", "laboratory"} and not shown["positions"] & maps
    lists = card(window, "laboratory").geometry()
    window.workspaces.use("experiment")
    settle()
    lists = card(window, "laboratory").geometry().united(card(window, "ranking").geometry())
    assert lists.height() > 1.5 * lists.width(), "lists want a tall column"


EVERY = {each.name for each in PANELS}
PLACES = {each.name: places_in(each, PANELS) for each in WORKSPACES}


class Shown(QObject):
    """Writes down which cards come to be shown, be it for a moment."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Show:
            self.names.append(watched.objectName())
        return False


def test_what_has_no_place_in_a_workspace_is_not_shown_for_a_moment(window: MainWindow) -> None:
    seen = Shown()
    for each in window.findChildren(Card):
        each.installEventFilter(seen)
    window.workspaces.use("beam")
    settle()
    in_neither = EVERY - {name for each in ("attention", "beam") for name in PLACES[each]}
    assert "tour" in in_neither and not in_neither & set(seen.names)
    window.show_card("hypotheses")
    settle()
    assert "hypotheses" in window.shown() and window.host.arrangement.below[0] not in window.shown()


def test_going_round_the_workspaces_leaves_each_as_it_was(window: MainWindow) -> None:
    expected: dict[str, dict[str, tuple[int, int, int, int]]] = {}
    for _ in range(3):
        for each in WORKSPACES:
            window.workspaces.use(each.name)
            assert expected.setdefault(each.name, geometry(window)) == geometry(window), each.name


def test_a_click_that_opens_a_menu_leaves_every_panel_its_width(window: MainWindow) -> None:
    window.resize(1900, 1000)
    window.workspaces.use("experiment")
    expected = geometry(window)
    window.workspaces.use("attention")
    header = card(window, "decoder").titleBarWidget()
    QTest.mousePress(header, Qt.MouseButton.RightButton)
    # As the menu does that opens, which takes the release.
    QTest.mouseRelease(window.menuBar(), Qt.MouseButton.RightButton)
    card(window, "decoder").close()
    window.workspaces.save_as("Mine")
    window.workspaces.use("experiment")
    assert geometry(window) == expected


def test_no_panel_is_narrower_than_its_switches(window: MainWindow) -> None:
    laboratory = window.widget("laboratory")
    window.workspaces.use("experiment")
    sides = laboratory.encoder_positions.minimumSizeHint().width()
    labels = laboratory.fontMetrics().horizontalAdvance("Encoder positions")
    assert card(window, "laboratory").minimumSizeHint().width() > sides + labels


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_a_panel_that_floats_in_one_workspace_leaves_the_others_as_they_are(window: MainWindow) -> None:
    window.workspaces.use("experiment")
    expected = geometry(window)
    window.workspaces.use("attention")
    card(window, "cross").setFloating(True)
    settle()
    window.workspaces.use("experiment")
    assert geometry(window) == expected
    window.workspaces.use("attention")
    assert card(window, "cross").isFloating()
    window.reset_layout()
    settle()


def test_what_was_closed_and_moved_in_one_workspace_stays_there(window: MainWindow) -> None:
    card(window, "decoder").close()
    window.host.fold_lower(False)
    before = geometry(window)
    window.workspaces.use("experiment")
    settle()
    assert window.shown() >= {"laboratory"}
    window.show_card("positions")
    settle()
    assert "positions" in window.shown(), "a panel that has no place here stands below"
    window.workspaces.use("attention")
    assert geometry(window) == before
    window.reset_layout()
    settle()
    assert "decoder" in window.shown()
    window.workspaces.use("experiment")
    settle()
    assert "positions" in window.shown(), "only the workspace in use is reset"


def test_one_s_own_is_kept_under_its_name_and_removed(window: MainWindow, qtbot: QtBot) -> None:
    spaces = window.workspaces
    first = geometry(window)
    card(window, "encoder").close()
    settle()
    with qtbot.waitSignal(spaces.changed):
        spaces.save_as(" Tuesday & class ")
    mine = geometry(window)
    assert spaces.current == OWN + "Tuesday & class" and list(spaces.own.values()) == ["Tuesday & class"]
    card(window, "decoder").close()
    spaces.use("beam")
    spaces.reset()
    spaces.use(OWN + "Tuesday & class")
    settle()
    assert "decoder" not in window.shown(), "it is found as it was left"
    spaces.reset()
    assert geometry(window) == mine != first, "and reset to what was saved"
    spaces.remove()
    assert spaces.own == {} and spaces.current == "attention"


def test_all_workspaces_outlive_the_window(window: MainWindow, qtbot: QtBot) -> None:
    window.workspaces.use("experiment")
    card(window, "hypotheses").raise_()
    window.workspaces.save_as("Mine")
    window.workspaces.use("beam")
    saved, expected = window.saveState(), geometry(window)
    again = MainWindow(PANELS, WORKSPACES)
    qtbot.addWidget(again)
    again.resize(1280, 720)
    assert again.restoreState(saved)
    again.show()
    assert again.workspaces.current == "beam" and geometry(again) == expected
    again.workspaces.use(OWN + "Mine")
    settle()
    assert "laboratory" in again.shown()


@pytest.mark.parametrize("damage", [b"", b"{}", b"[]", b"\xff", b'{"workspace": "gone", "layouts": {}, "own": []}'])
def test_damaged_bytes_change_nothing(window: MainWindow, damage: bytes) -> None:
    window.workspaces.use("experiment")
    before = geometry(window)
    assert not window.restoreState(damage)
    assert window.workspaces.current == "experiment" and geometry(window) == before


def test_a_name_must_be_ones_own_and_there_is_an_end_to_them(window: MainWindow) -> None:
    for name in ("", "  ", "Attention"):
        with pytest.raises(InputError, match="a name of its own"):
            window.workspaces.save_as(name)
    for number in range(MOST_OWN):
        window.workspaces.save_as(f"mine {number}")
    window.workspaces.save_as("mine 0")
    with pytest.raises(InputError, match="remove one first"):
        window.workspaces.save_as("one too many")
