"""What tests of work that must not be lost do in a window: force, press, click, choose files."""

from __future__ import annotations

from pathlib import Path

from attention_viewer.model.contract.document import Document
from attention_viewer.viewer.intents import choosing
from attention_viewer.viewer.state.view_state import ViewState
from attention_viewer.viewer.storage import session_file
from attention_viewer.viewer.storage.session_file import SavedSession
from attention_viewer.viewer.window.app import Parts
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QMessageBox,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from support.waiting import settle


def force(qtbot: QtBot, parts: Parts) -> Document:
    """Force a token at the first place."""
    parts.actions["step"].trigger()
    settle(qtbot, parts)
    trace = parts.controller.loaded.trace
    assert trace is not None
    chosen = {token.id for token in trace.output_tokens}
    ids = [candidate.token.id for candidate in trace.steps[-1].candidates]
    parts.controller.run(choosing.force, next(each for each in ids if each not in chosen))
    settle(qtbot, parts)
    assert parts.controller.document is not None
    return parts.controller.document


def press(parts: Parts, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.ControlModifier) -> None:
    # Without a window manager nothing activates the window again once a dialog has gone.
    parts.window.activateWindow()
    assert QTest.qWaitForWindowActive(parts.window)
    QTest.keyClick(parts.window, key, modifiers)


def box(parts: Parts) -> QMessageBox:
    (found,) = [each for each in parts.window.findChildren(QMessageBox) if each.isVisible()]
    return found


def click(dialog: QDialog | QWidget, text: str) -> None:
    button = next(each for each in dialog.findChildren(QPushButton) if each.text().replace("&", "") == text)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def file_dialog(parts: Parts) -> QFileDialog:
    (found,) = [each for each in parts.window.findChildren(QFileDialog) if each.isVisible()]
    return found


def choose(parts: Parts, path: Path) -> None:
    dialog = file_dialog(parts)
    dialog.selectFile(str(path))
    dialog.accept()


def session(path: Path, document: Document) -> bytes:
    session_file.write(path, SavedSession(document, ViewState()))
    return path.read_bytes()


def sentence_of(path: Path) -> str:
    return session_file.read(path).document.source


def opened(qtbot: QtBot, parts: Parts, path: Path) -> None:
    parts.menu_actions.sessions.open(path)
    settle(qtbot, parts)
