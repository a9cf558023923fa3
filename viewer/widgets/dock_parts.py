"""Parts that Qt makes between and around docks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import pairwise

from attention_viewer.viewer.widgets.panel_form import Arrangement, Column
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow, QStyle, QTabBar


def soon(host: QMainWindow, act: Callable[[], None]) -> QTimer:
    """A timer that lets `act` follow once, when what happens now has happened."""
    timer = QTimer(host)
    timer.setSingleShot(True)
    timer.setInterval(0)
    timer.timeout.connect(act)
    return timer


def tab_bars(host: QMainWindow) -> list[QTabBar]:
    """The bars of docks that share a place; Qt keeps others, empty, for later."""
    bars = host.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return [bar for bar in bars if bar.count()]


def hide_stray_bars(host: QMainWindow, docks: Mapping[str, QDockWidget]) -> None:
    """Hide the bars that Qt leaves behind when docks are put elsewhere while it lays out: they belong to nothing.

    A bar belongs to the docks that its tabs name, below the one in front; of two alike the newest is theirs.
    """
    places = {(_titles_beside(host, dock), dock.x(), dock.geometry().bottom() + 1) for dock in _in_front(host, docks)}
    groups, bars = {titles for titles, _, _ in places}, [bar for bar in tab_bars(host) if bar.isVisible()]
    in_place = {_tabs(bar): bar for bar in bars if (_tabs(bar), bar.x(), bar.y()) in places}
    for bar in bars:
        if _tabs(bar) not in groups or in_place.get(_tabs(bar), bar) is not bar:
            bar.hide()


def _tabs(bar: QTabBar) -> frozenset[str]:
    return frozenset(bar.tabText(index) for index in range(bar.count()))


def _in_front(host: QMainWindow, docks: Mapping[str, QDockWidget]) -> list[QDockWidget]:
    return [dock for dock in docks.values() if is_docked(host, dock) and not is_behind(dock)]


def _titles_beside(host: QMainWindow, dock: QDockWidget) -> frozenset[str]:
    beside = (each for each in host.tabifiedDockWidgets(dock) if is_docked(host, each))
    return frozenset((dock.windowTitle(), *(each.windowTitle() for each in beside)))


def tab_height(host: QMainWindow) -> int:
    """Pixels that the tabs of docks take: what a bar wants, since one out of use keeps its size of long ago."""
    return max((bar.sizeHint().height() for bar in tab_bars(host)), default=0)


def separator_width(host: QMainWindow) -> int:
    """Pixels between two docks."""
    return host.style().pixelMetric(QStyle.PixelMetric.PM_DockWidgetSeparatorExtent, None, host)


def is_docked(host: QMainWindow, dock: QDockWidget) -> bool:
    """Whether a dock has a place in its window, in front or behind."""
    elsewhere = dock.isHidden() or dock.isFloating()
    return not elsewhere and host.dockWidgetArea(dock) != Qt.DockWidgetArea.NoDockWidgetArea


def is_behind(dock: QDockWidget) -> bool:
    """Whether another dock stands in front of one; Qt puts it out of sight, to the left of and above everything."""
    return dock.geometry().bottomRight().x() < 0


def front(host: QMainWindow, docks: Mapping[str, QDockWidget], names: Sequence[str]) -> str | None:
    """The one of some docks sharing a place that is in front; None where all are closed or float."""
    there = [name for name in names if is_docked(host, docks[name])]
    seen = [name for name in there if not is_behind(docks[name])]
    return next(iter(seen or there), None)


def fronts(host: QMainWindow, docks: Mapping[str, QDockWidget], arrangement: Arrangement) -> list[tuple[str, Column]]:
    """The dock in front of each column that is not closed altogether, and the column."""
    found = ((front(host, docks, (each.names)) or front(host, docks, each.under), each) for each in arrangement.columns)
    return [(name, column) for name, column in found if name is not None]


def stacks(host: QMainWindow, docks: Mapping[str, QDockWidget], arrangement: Arrangement) -> list[tuple[str, str]]:
    """The docks in front of the two parts of each column that has two."""
    found = ((front(host, docks, each.names), front(host, docks, each.under)) for each in arrangement.columns)
    return [(upper, under) for upper, under in found if upper is not None and under is not None]


def raise_tab(host: QMainWindow, dock: QDockWidget) -> None:
    """Put a dock in front of those it shares a place with."""
    dock.raise_()
    # Qt does not look at its tabs where the dock is the uppermost widget already.
    for bar in tab_bars(host):
        for index in range(bar.count()):
            if bar.tabText(index) == dock.windowTitle():
                bar.setCurrentIndex(index)


def stand_elsewhere(host: QMainWindow, docks: Mapping[str, QDockWidget], arrangement: Arrangement) -> bool:
    """Whether any dock is not in the area, or not among the tabs, that an arrangement has for it."""
    for name, dock in docks.items():
        below = name in arrangement.below
        wanted = Qt.DockWidgetArea.BottomDockWidgetArea if below else Qt.DockWidgetArea.TopDockWidgetArea
        beside = {each.objectName() for each in host.tabifiedDockWidgets(dock)}
        astray = beside - set(arrangement.group_of(name)) or host.dockWidgetArea(dock) != wanted
        if astray and not dock.isFloating():
            return True
    return False


def put(
    host: QMainWindow, docks: Mapping[str, QDockWidget], arrangement: Arrangement, closed: Collection[str]
) -> list[list[QDockWidget]]:
    """Put docks where an arrangement has them, those first that are not closed; returns those that share a place."""
    for name, dock in docks.items():
        if name in closed:
            # Not shown even for a moment: what it would begin then was not asked for.
            dock.hide()
        host.addDockWidget(Qt.DockWidgetArea.TopDockWidgetArea, dock)
        if name not in closed:
            dock.show()

    def there(names: Sequence[str]) -> list[QDockWidget]:
        return [docks[name] for name in sorted(names, key=lambda name: name in closed) if name in docks]

    columns = [(there(column.names), there(column.under)) for column in arrangement.columns]
    columns = [(upper or under, under if upper else []) for upper, under in columns if upper or under]
    for (left, _), (right, _) in pairwise(columns):
        host.splitDockWidget(left[0], right[0], Qt.Orientation.Horizontal)
    for upper, under in columns:
        if under:
            host.splitDockWidget(upper[0], under[0], Qt.Orientation.Vertical)
    lower = there(arrangement.below)
    if lower:
        host.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, lower[0])
    groups = [group for group in (*(each for column in columns for each in column), lower) if group]
    for group in groups:
        for dock in group[1:]:
            host.tabifyDockWidget(group[0], dock)
        group[0].raise_()
    return groups
