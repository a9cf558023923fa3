"""Parts that Qt makes between and around docks."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow, QStyle, QTabBar


def tab_bars(host: QMainWindow) -> list[QTabBar]:
    """The bars of docks that share a place; Qt keeps others, empty, for later."""
    bars = host.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return [bar for bar in bars if bar.count()]


def separator_width(host: QMainWindow) -> int:
    """Pixels between two docks."""
    return host.style().pixelMetric(QStyle.PixelMetric.PM_DockWidgetSeparatorExtent, None, host)
