"""The order in which Tab goes through a window: header, then column by column, each panel from its title down.

Qt's own chain follows the order in which widgets were put into each other, which docks change all the time.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QScrollArea, QTabBar, QWidget


def reachable(window: QWidget) -> list[QWidget]:
    """What Tab visits in a window as it stands, in order."""
    parts = [each for each in window.findChildren(QWidget) if each.window() is window and is_reachable(each)]
    return sorted(parts, key=lambda each: _rank(each, window))


def is_reachable(widget: QWidget) -> bool:
    """Whether a widget takes part: it can have the focus, itself and not through another, and some of it is seen."""
    takes = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.focusProxy() is None
    if isinstance(widget, QTabBar) and not widget.count():
        # Qt keeps bars without tabs for later.
        return False
    return takes and widget.isEnabled() and widget.isVisible() and not _is_behind(widget)


def neighbour(window: QWidget, focused: QWidget | None, forward: bool) -> QWidget | None:
    """What comes after (or before) the focused widget, which may have been disabled just now; the ends meet.

    None where nothing does, or where the focused widget has been hidden and has no place.
    """
    order = reachable(window)
    if not order or (focused is not None and not focused.isVisible()):
        return None
    within: QWidget | None = focused
    while within is not None and within not in order:
        within = within.parentWidget()
    if within is not None:
        return order[(order.index(within) + (1 if forward else -1)) % len(order)]
    before = 0 if focused is None else sum(_rank(each, window) < _rank(focused, window) for each in order)
    return order[(before if forward else before - 1) % len(order)]


def _rank(widget: QWidget, window: QWidget) -> tuple[tuple[int, int, int], tuple[tuple[int, int], ...]]:
    """What a widget's place in the order follows from."""
    return _block(widget, window), _place(widget, window)


def _dock_of(widget: QWidget) -> QDockWidget | None:
    above: QWidget | None = widget
    while above is not None and not isinstance(above, QDockWidget):
        above = above.parentWidget()
    return above


def _is_behind(widget: QWidget) -> bool:
    """Whether a widget stands in a dock that is behind another one; what is merely scrolled away does not."""
    dock = _dock_of(widget)
    return dock is not None and (dock.geometry().right() < 0 or dock.height() <= 1)


def _block(widget: QWidget, window: QWidget) -> tuple[int, int, int]:
    """The part of the window that a widget belongs to: the header, then docks by columns, those below them last."""
    dock = _dock_of(widget)
    block = dock or (widget if isinstance(widget, QTabBar) else None)
    if block is None:
        return 0, 0, 0
    corner = block.mapTo(window, block.rect().topLeft())
    host = block.parentWidget()
    if not isinstance(host, QMainWindow):
        return 1, corner.x(), corner.y()
    docks = [each for each in host.findChildren(QDockWidget) if _shares(each, block)] if dock is None else [dock]
    area = host.dockWidgetArea(docks[0]) if docks else None
    return (2 if area is Qt.DockWidgetArea.BottomDockWidgetArea else 1), corner.x(), corner.y()


def _shares(dock: QDockWidget, bar: QWidget) -> bool:
    """Whether a dock is among those of a bar of tabs."""
    return isinstance(bar, QTabBar) and dock.windowTitle() in [bar.tabText(index) for index in range(bar.count())]


def _place(widget: QWidget, window: QWidget) -> tuple[tuple[int, int], ...]:
    """Row from the top and pixels from the left, on each level of what scrolls: scrolling changes no order."""
    line = max(1, 2 * window.fontMetrics().height())
    area = widget.parentWidget()
    while area is not None and not isinstance(area, QScrollArea):
        area = area.parentWidget()
    inside = area.widget() if isinstance(area, QScrollArea) else None
    if area is None or inside is None or not (inside is widget or inside.isAncestorOf(widget)):
        inside = None
    above = () if area is None or inside is None else _place(area, window)
    within = inside or window
    corner = widget.mapTo(within, widget.rect().topLeft())
    return (*above, (corner.y() // line, corner.x()))
