"""The handbook from the window: F1 opens it to search, the "?" of a panel opens its page."""

from __future__ import annotations

import re

from attention_viewer.viewer.look.assets import ASSETS
from attention_viewer.viewer.menus.action_table import MENUS
from attention_viewer.viewer.state.handbook import pages
from attention_viewer.viewer.widgets.mnemonics import plain
from attention_viewer.viewer.window.app import Parts
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QToolButton
from pytestqt.qtbot import QtBot

KEY = re.compile(r"(?:(?:Ctrl|Alt|Shift)\+)+(?:F\d+|[A-Z][a-z]+(?:Up|Down)?\b|[a-z]+|[A-Z0-9]\b|[+.=-]|[←→])|\bF\d+\b")
ELSEWHERE = {"Ctrl+C", "Ctrl+arrows", "Ctrl+click", "F2", "Alt+A", "Alt+B", "Alt+C", "Alt+N", "Alt+P", "Alt+S", "Alt+W"}
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
    entries = {name: texts_of(toy_window.actions.menu(name)) for name in MENUS}
    unknown = [f"{menu} > {rest}" for menu, rest in menus_named() if not rest.startswith(entries[menu])]
    assert not unknown, "\n".join(unknown)


def keys_of(parts: Parts) -> set[QKeySequence]:
    """What the keys of the window's actions are."""
    return {keys for action in parts.window.actions_with_shortcuts() for keys in action.shortcuts()}


def texts_of(menu: QMenu) -> tuple[str, ...]:
    """What stands in a menu, and in the menus inside it."""
    submenus = [submenu for each in menu.actions() if isinstance(submenu := each.menu(), QMenu)]
    inner = [text for each in submenus for text in texts_of(each)]
    own = [plain(each.text()).removesuffix(" …").partition(":")[0] for each in menu.actions() if each.text()]
    return (*own, *inner)


def menus_named() -> list[tuple[str, str]]:
    """Every menu that the handbook and the README name, and what they say stands there."""
    found = re.findall(
        rf"\b({'|'.join(MENUS)}) > ([^|*]{{3,60}})", " ".join(" ".join(texts()).replace("`", "").split())
    )
    assert len(found) > 20
    return found


def texts() -> list[str]:
    """The handbook and the README."""
    return [page.text for page in pages()] + [(ASSETS.parent / "README.md").read_text(encoding="utf-8")]


def keys_named() -> list[str]:
    """Every combination of keys that the handbook and the README name, but for those of the mouse and of parts."""
    found = {each for text in texts() for each in KEY.findall(re.sub(r"```.*?```", "", text, flags=re.DOTALL))}
    assert len(found) > 40 and found >= ELSEWHERE
    return sorted(found - ELSEWHERE)
