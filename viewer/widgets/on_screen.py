"""Windows no larger than their screen, and where all of them is seen."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

FRAME = QSize(8, 40)
"""Room for the frame around a window that has none yet: it gets it when it is shown."""


def fitting(window: QWidget, size: QSize) -> QSize:
    """`size`, or as much of it as the screen has room for with the frame around the window."""
    screen = window.screen() or QGuiApplication.primaryScreen()
    frame = window.frameGeometry().size() - window.geometry().size() if window.isVisible() else FRAME
    return size.boundedTo(screen.availableGeometry().size() - frame)


def keep(window: QWidget) -> None:
    """Make a window no larger than its screen, and put it where all of it is seen."""
    if window.isMaximized() or window.isFullScreen():
        return
    window.resize(fitting(window, window.size()))
    room = window.screen().availableGeometry()
    frame = window.frameGeometry()
    left = max(room.left(), min(frame.left(), room.right() + 1 - frame.width()))
    top = max(room.top(), min(frame.top(), room.bottom() + 1 - frame.height()))
    if (left, top) != (frame.left(), frame.top()):
        window.move(left, top)
