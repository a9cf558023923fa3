"""Files that are dragged from outside onto a window."""

from __future__ import annotations

from attention_viewer.viewer.window.app import Parts
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication

Action = Qt.DropAction


def drag_events(data: QMimeData, where: QPoint, actions: Qt.DropAction) -> list[QDropEvent]:
    buttons = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier
    return [
        QDragEnterEvent(where, actions, data, *buttons),
        QDragMoveEvent(where, actions, data, *buttons),
        QDropEvent(QPointF(where), actions, data, *buttons),
    ]


def drop(
    parts: Parts, *names: str, actions: Qt.DropAction = Action.MoveAction | Action.CopyAction
) -> list[Qt.DropAction | None]:
    """Drag files from outside over the window and let go, as a file manager that proposes to move them.

    Gives the answers to entering, moving and letting go, as far as it came to that; None is a refusal.
    """
    data = QMimeData()
    data.setUrls([QUrl(name) if "://" in name else QUrl.fromLocalFile(name) for name in names])
    answers: list[Qt.DropAction | None] = []
    for event in drag_events(data, QPoint(9, 9), actions):
        assert event.proposedAction() is Action.MoveAction
        event.ignore()
        QApplication.sendEvent(parts.window, event)
        answers.append(event.dropAction() if event.isAccepted() else None)
        if answers[-1] is None:
            break
    return answers
