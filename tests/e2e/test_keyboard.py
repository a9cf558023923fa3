"""All of the window by keyboard: where Tab goes, which keys step, what Escape and Enter do; no key is double."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from attention_viewer.model.contract.choosing import Decoding, Method
from attention_viewer.model.contract.maps import CROSS, ENCODER
from attention_viewer.viewer.intents import switching
from attention_viewer.viewer.menus.action_specs import panel_specs, workspace_specs
from attention_viewer.viewer.menus.action_table import ACTIONS
from attention_viewer.viewer.state import options
from attention_viewer.viewer.widgets import tab_order
from attention_viewer.viewer.widgets.decoding_dialog import DecodingDialog
from attention_viewer.viewer.widgets.mnemonics import mark_menu, marked, plain
from attention_viewer.viewer.widgets.recovery_dialog import LeftRow, RecoveryDialog
from attention_viewer.viewer.widgets.target_dialog import TargetDialog
from attention_viewer.viewer.window.app import Parts
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QScrollArea,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot
from support.finding import child
from support.waiting import settle

Key = Qt.Key
VIEWER = Path(__file__).parents[2] / "viewer"


def active(parts: Parts) -> Parts:
    parts.window.activateWindow()
    assert QTest.qWaitForWindowActive(parts.window)
    return parts


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def press(key: Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(focused(), key, modifiers)
    QApplication.processEvents()


def walk(key: Key) -> list[QWidget]:
    """What has the focus, press by press, until it comes round."""
    seen = [focused()]
    for _ in range(200):
        press(key)
        if focused() is seen[0]:
            return seen
        seen.append(focused())
    raise AssertionError([describe(each) for each in seen])


def describe(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.accessibleName() or widget.objectName()}"


def wanted(parts: Parts) -> set[QWidget]:
    """What the keyboard has to reach: by Qt's own properties, not by our order."""
    found = set()
    for each in parts.window.findChildren(QWidget):
        empty = isinstance(each, QTabBar) and not each.count()
        seen = not each.visibleRegion().isEmpty() and each.isEnabled() and each.window() is parts.window
        if seen and each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.focusProxy() is None and not empty:
            found.add(each)
    return found


@pytest.mark.slow
def test_tab_goes_everywhere_and_comes_round_in_every_workspace(toy_window: Parts, qtbot: QtBot) -> None:
    parts = active(toy_window)
    parts.window.resize(1600, 1000)
    parts.controller.step()
    parts.controller.run(switching.selected_head)
    settle(qtbot, parts)
    for name in ("attention", "experiment", "beam", "positions"):
        parts.window.workspaces.use(name)
        settle(qtbot, parts)
        parts.window.source_bar.edit()
        forward = walk(Key.Key_Tab)
        missed = wanted(parts) - set(forward)
        assert not missed, (name, [describe(each) for each in missed])
        assert len(set(forward)) == len(forward)
        backward = walk(Key.Key_Backtab)
        there = [describe(each) for each in forward]
        assert [describe(each) for each in backward] == [there[0], *reversed(there[1:])], name
    assert child(parts.window.source_bar, QLineEdit) is forward[0]


def test_what_is_folded_or_behind_is_passed_over(toy_window: Parts) -> None:
    parts = active(toy_window)
    order = tab_order.reachable(parts.window)
    assert (
        parts.window.widget("positions").length not in order
        and parts.window.widget("laboratory").causal_mask not in order
    )
    parts.window.show_card("laboratory")
    QApplication.processEvents()
    assert parts.window.widget("laboratory").causal_mask in tab_order.reachable(parts.window)


def test_the_line_of_the_sentence_never_takes_the_keyboard_by_itself(toy_window: Parts, qtbot: QtBot) -> None:
    parts = active(toy_window)
    window, line = parts.window, child(parts.window.source_bar, QLineEdit)
    for name in ("experiment", "beam", "positions", "tour", "attention"):
        window.go_to("laboratory")
        assert window.widget("laboratory").isAncestorOf(focused())
        parts.actions[f"workspace_{name}"].trigger()
        settle(qtbot, parts)
        assert focused() is not line and focused().isVisible(), name
    parts.actions["tour"].trigger()
    tour = window.widget("tour")
    qtbot.waitUntil(lambda: bool(tour.stops.count()))
    tour.answer.setFocus(Qt.FocusReason.MouseFocusReason)
    qtbot.mouseClick(tour.answer, Qt.MouseButton.LeftButton)
    assert not tour.answer.isEnabled() and tour.isAncestorOf(focused()), describe(focused())


def rows(parts: Parts) -> int:
    trace = parts.controller.loaded.trace
    assert trace is not None
    return len(trace.steps)


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_step_keys_act_on_chips_steps_and_window_and_the_focused_control_wins(toy_window: Parts, qtbot: QtBot) -> None:
    parts = active(toy_window)
    window = parts.window
    strips = [child(strip, QScrollArea) for strip in (window.source_strip, window.target_strip)]
    for number, place in enumerate((*strips, window.panels[CROSS].map), start=1):
        place.setFocus(Qt.FocusReason.OtherFocusReason)
        press(Key.Key_Right)
        settle(qtbot, parts)
        assert rows(parts) == number, describe(place)
    combos = [each for each in window.findChildren(QComboBox) if each.isVisible() and each.isEnabled()]
    assert len(combos) >= 7
    for combo in combos:
        combo.setFocus(Qt.FocusReason.TabFocusReason)
        for key in (Key.Key_Home, Key.Key_P, Key.Key_O, Key.Key_Space):
            press(key)
        settle(qtbot, parts)
        assert combo.view().isVisible(), "Space opens the list"
        combo.hidePopup()
        QApplication.processEvents()
        assert rows(parts) == 3 and not parts.controller.player.playing, describe(combo)
        document = parts.controller.document
        assert document is not None and not document.interventions
        combo.setFocus()
        press(Key.Key_Escape)
        assert window.step_controls.isAncestorOf(focused())
    press(Key.Key_Left)
    settle(qtbot, parts)
    assert rows(parts) == 2, "after Escape the keys step again"


def test_enter_and_escape_in_the_line_of_the_sentence(toy_window: Parts, qtbot: QtBot) -> None:
    parts = active(toy_window)
    line = child(parts.window.source_bar, QLineEdit)
    parts.controller.step()
    settle(qtbot, parts)
    sentence = line.text()
    parts.window.source_bar.edit()
    press(Key.Key_Return)
    settle(qtbot, parts)
    assert rows(parts) == 1 and focused() is not line, "an unchanged sentence stays where it is"
    parts.window.source_bar.edit()
    QTest.keyClicks(line, "something else")
    press(Key.Key_Escape)
    assert line.text() == sentence and parts.window.step_controls.isAncestorOf(focused())


def test_ctrl_and_a_digit_move_the_focus_with_the_panel_and_menus_and_dialogs_give_it_back(toy_window: Parts) -> None:
    parts = active(toy_window)
    window, control = parts.window, Qt.KeyboardModifier.ControlModifier
    QTest.mouseClick(window.panels[ENCODER].map, Qt.MouseButton.LeftButton)
    assert parts.controller.view.active == ENCODER
    press(Key.Key_3, control)
    assert parts.controller.view.active == CROSS and focused() is window.panels[CROSS].map
    window.panels[ENCODER].map.setFocus(Qt.FocusReason.ActiveWindowFocusReason)
    window.panels[ENCODER].map.setFocus(Qt.FocusReason.PopupFocusReason)
    assert parts.controller.view.active == CROSS, "a closed dialog or menu chooses nothing"
    parts.actions["teacher"].trigger()
    dialog = child(window, TargetDialog)
    QTest.keyClick(dialog, Key.Key_Escape)
    active(parts)
    assert parts.controller.view.active == CROSS
    parts.actions["panel_ranking"].trigger()
    QApplication.processEvents()
    assert window.widget("ranking").isAncestorOf(focused()) and "ranking" in window.shown()


@pytest.mark.slow
def test_text_size_has_the_keys_it_has_everywhere(toy_window: Parts) -> None:
    parts = active(toy_window)
    control = Qt.KeyboardModifier.ControlModifier
    sizes = []
    for key in (Key.Key_Plus, Key.Key_Equal, Key.Key_Minus, Key.Key_0):
        press(key, control)
        sizes.append(parts.menu_actions.text_size)
    assert sizes == [1.25, 1.5, 1.25, 1.0]
    document = parts.controller.document
    assert document is not None and not document.interventions


def test_no_key_is_given_twice(toy_window: Parts) -> None:
    window = toy_window.window
    specs = (*ACTIONS, *panel_specs(window), *workspace_specs(window))
    keys = Counter(QKeySequence(each).toString() for spec in specs for each in spec.shortcuts)
    assert [each for each, count in keys.items() if count > 1] == []
    assert all(keys), "every shortcut is one that Qt knows"
    # Alt and a letter opens a menu: none of our keys may be one of them.
    letters = {mnemonic(action.text()) for action in window.menuBar().actions()}
    assert not {f"Alt+{letter.upper()}" for letter in letters} & set(keys)
    # Keys that mean something in every line of text, list or dialog.
    standard = (QKeySequence.StandardKey.Copy, QKeySequence.StandardKey.Paste, QKeySequence.StandardKey.Cut,
                QKeySequence.StandardKey.SelectAll, QKeySequence.StandardKey.Close)  # fmt: skip
    reserved = {each.toString() for key in standard for each in QKeySequence.keyBindings(key)}
    assert not (reserved | {"Tab", "Shift+Tab", "Esc", "Alt+F4", "Return", "Enter"}) & set(keys)
    # Shortcuts of their own that widgets and dialogs make are none of the window's.
    made = [
        argument.value
        for path in VIEWER.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "QShortcut"
        for argument in ast.walk(call)
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]
    assert not set(made) & set(keys)


def mnemonic(text: str) -> str:
    place = text.replace("&&", "__").find("&")
    return text[place + 1].casefold() if place >= 0 else ""


def menus(parts: Parts) -> Iterator[QMenu]:
    for menu in parts.window.menuBar().findChildren(QMenu):
        menu.aboutToShow.emit()
        yield menu


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_every_entry_of_a_menu_has_a_letter_of_its_own(toy_window: Parts) -> None:
    bar = [mnemonic(action.text()) for action in toy_window.window.menuBar().actions()]
    assert all(bar) and len(set(bar)) == len(bar)
    found = list(menus(toy_window))
    titles = {plain(action.text()) for menu in found for action in menu.actions()}
    assert {option.title for option in options.OPTIONS if option.setting} <= titles, "whatever letters are in a title"
    assert len(found) > 10
    for menu in found:
        entries = [action for action in menu.actions() if action.isVisible() and action.text()]
        letters = [mnemonic(action.text()) for action in entries]
        assert all(letters) and len(set(letters)) == len(letters), [action.text() for action in entries]
    toy_window.actions["menus"].trigger()
    assert toy_window.window.menuBar().activeAction() is toy_window.window.menuBar().actions()[0]


def test_the_fields_and_buttons_of_a_dialog_have_letters_of_their_own(qtbot: QtBot) -> None:
    dialogs: list[QDialog] = [
        TargetDialog("a", "b"),
        DecodingDialog(Decoding(Method.SAMPLING)),
        RecoveryDialog([LeftRow("a", "b", "c")]),
    ]
    for dialog in dialogs:
        qtbot.addWidget(dialog)
        labels = [each.text() for each in dialog.findChildren(QLabel) if each.buddy() is not None]
        texts = [*labels, *(each.text() for each in dialog.findChildren(QAbstractButton) if each.text())]
        letters = [mnemonic(text) for text in texts]
        assert all(letters) and len(set(letters)) == len(letters), texts


def test_letters_are_those_of_words_first_and_an_ampersand_is_none() -> None:
    assert marked(["Save", "Save as", "Sea && sand"]) == ["&Save", "Save &as", "S&ea && sand"]
    # An earlier entry gives way where a later one has no other letter.
    assert marked(["Save", "Save as", "…", "aa", "a"]) == ["&Save", "Sa&ve as", "…", "&aa", "a"]
    assert plain("Sea && &sand") == "Sea & sand"
    menu = QMenu()
    menu.addAction("One")
    mark_menu(menu)
    mark_menu(menu)
    assert menu.actions()[0].text() == "&One"


def test_ctrl_enter_confirms_teacher_forcing(qtbot: QtBot) -> None:
    dialog = TargetDialog("The cat sat.", "")
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.activateWindow()
    assert QTest.qWaitForWindowActive(dialog)
    text = child(dialog, QPlainTextEdit)
    with qtbot.assertNotEmitted(dialog.chosen):
        QTest.keyClick(text, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(text, "Le chat")
    with qtbot.waitSignal(dialog.chosen) as told:
        QTest.keyClick(text, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert told.args == ["Le chat"]


@pytest.mark.parametrize("said", ["undo", "O", "zzzz"])
def test_f1_fits_scrolls_and_searches(toy_window: Parts, said: str) -> None:
    from attention_viewer.viewer.widgets.shortcuts_dialog import ShortcutsDialog

    toy_window.actions["shortcuts"].trigger()
    dialog = child(toy_window.window, ShortcutsDialog)
    room = dialog.screen().availableGeometry().size()
    assert dialog.height() <= room.height() and dialog.width() <= room.width()
    everything = dialog.shown()
    assert len(everything) > 40 and all(keys for _, keys in everything)
    QTest.keyClicks(dialog.search, said)
    found = dialog.shown()
    assert len(found) < len(everything)
    assert any(said.casefold() in " ".join(each).casefold() for each in found) is (said != "zzzz")
    dialog.search.clear()
    assert dialog.shown() == everything
    dialog.close()


def status(parts: Parts) -> str:
    return parts.window._foot.doing.full_text()


def test_a_key_that_does_nothing_says_why_where_one_looks(toy_window: Parts, qtbot: QtBot) -> None:
    parts = active(toy_window)
    parts.window.focus_panels()
    for key, modifiers, said in (
        (Key.Key_Left, Qt.KeyboardModifier.NoModifier, "This is the start"),
        (Key.Key_Z, Qt.KeyboardModifier.ControlModifier, "nothing to undo"),
        (Key.Key_2, Qt.KeyboardModifier.AltModifier, "Nothing is compared yet"),
        (Key.Key_R, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier, "Nothing is changed"),
    ):
        press(key, modifiers)
        assert said in status(parts)
    parts.actions["last"].trigger()
    settle(qtbot, parts)
    press(Key.Key_Right)
    assert "come to its end" in status(parts) and "come to its end" in parts.actions["step"].toolTip()
    assert "come to its end" in parts.actions["step"].statusTip() and parts.actions.menu("Decode").toolTipsVisible()
    parts.actions["mask"].trigger()
    settle(qtbot, parts)
    parts.window.focus_panels()
    press(Key.Key_Right)
    assert "Without the causal mask" in status(parts) and "causal mask off" in parts.window.step_controls._step.text()


def test_the_lock_shows_where_layer_and_head_are_chosen(toy_window: Parts) -> None:
    panels = toy_window.window.panels.values()
    assert all(panel.layer.itemIcon(0).isNull() for panel in panels)
    toy_window.actions["lock"].trigger()
    assert all(not panel.layer.itemIcon(0).isNull() and "Ctrl+K" in panel.head.toolTip() for panel in panels)
    toy_window.actions["lock"].trigger()
    assert all(panel.layer.itemIcon(0).isNull() for panel in panels)
