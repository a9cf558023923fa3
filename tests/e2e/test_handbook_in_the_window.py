"""The handbook from the window: F1 opens it to search, the "?" of a panel opens its page."""

from __future__ import annotations

import re

from attention_viewer.viewer.look.assets import ASSETS
from attention_viewer.viewer.state.handbook import pages
from attention_viewer.viewer.window.app import Parts
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

KEY = re.compile(r"(?:(?:Ctrl|Alt|Shift)\+)+(?:F\d+|[A-Z][a-z]+(?:Up|Down)?\b|[a-z]+|[A-Z0-9]\b|[+.=-]|[←→])|\bF\d+\b")
ELSEWHERE = {"Ctrl+C", "Ctrl+arrows", "Ctrl+click", "F2", "Alt+A", "Alt+N", "Alt+P", "Alt+S"}
"""In a shell; arrows, each of which is an action; with the mouse; in the list of hypotheses; the tour's buttons."""


def test_f1_opens_it_and_every_question_mark_opens_a_page_of_its_own(toy_window: Parts, qtbot: QtBot) -> None:
    window, actions = toy_window.window, toy_window.menu_actions
    qtbot.keyClick(window, Qt.Key.Key_F1)
    handbook = actions.handbook
    assert handbook.isVisible() and handbook.current == "index" and not handbook.isModal()
    opened = []
    for panel in window.entries:
        buttons = [each for each in window.findChildren(QToolButton) if each.accessibleName() == f"{panel.title}: help"]
        assert len(buttons) == 1
        buttons[0].click()
        opened.append(handbook.current)
    assert opened == [f"panel-{panel.name}" for panel in window.entries] and not handbook.show_me.isVisible()
    actions.show_handbook("architecture")
    handbook.show_me.click()
    stop = actions.touring.stop
    assert stop is not None and stop.stop.name == "parallel" and not handbook.isVisible()
    assert window.workspaces.current == "tour"
    actions.show_handbook("architecture")
    handbook.page.anchorClicked.emit(QUrl("panel-tour.md#width"))
    stop = actions.touring.stop
    assert stop is not None and stop.stop.name == "width"
    actions.show_handbook("tour")
    handbook.close()
    actions.show_handbook()
    assert actions.handbook is handbook and handbook.current == opened[-1]
    handbook.close()
    assert [each for each in keys_named() if QKeySequence(each) not in keys_of(toy_window)] == []


def keys_of(parts: Parts) -> set[QKeySequence]:
    """What the keys of the window's actions are."""
    return {keys for action in parts.window.actions_with_shortcuts() for keys in action.shortcuts()}


def keys_named() -> list[str]:
    """Every combination of keys that the handbook and the README name, but for those of the mouse and of parts."""
    texts = [page.text for page in pages()] + [(ASSETS.parent / "README.md").read_text(encoding="utf-8")]
    found = {each for text in texts for each in KEY.findall(re.sub(r"```.*?```", "", text, flags=re.DOTALL))}
    assert len(found) > 40 and found >= ELSEWHERE
    return sorted(found - ELSEWHERE)
