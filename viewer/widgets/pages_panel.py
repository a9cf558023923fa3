"""A panel with several pictures, one at a time, and controls for what they show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.drawing import Drawable
from attention_viewer.viewer.state.specs import Pending, Unavailable
from attention_viewer.viewer.widgets.card import TitleBlock
from attention_viewer.viewer.widgets.picture import PictureScroll
from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QTabBar, QVBoxLayout, QWidget

LEAST_EMS = 18.0, 8.0


class PagesPanel(QWidget):
    """Tabs that say which picture is wanted (`page_changed`), the picture, and what was clicked in it (`picked`).

    `pages` are names and titles; with one page there are no tabs. `controls` stand above the picture.
    """

    page_changed = Signal(str)
    picked = Signal(object)

    def __init__(self, title: str, style: Style, pages: Mapping[str, str], controls: Sequence[QWidget] = ()) -> None:
        super().__init__()
        self._title, self._pages = title, tuple(pages)
        self._em = style.em
        self.header = TitleBlock(title)
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(True)
        self.tabs.setAccessibleName(f"{title}: pages")
        for name in pages.values():
            self.tabs.addTab(name)
        self.tabs.setVisible(len(pages) > 1)
        self.shown = PictureScroll(title, style)
        self.setAccessibleName(title)
        self._row = QHBoxLayout()
        for control in controls:
            self._row.addWidget(control)
        self._row.addStretch(1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.tabs)
        self._column.addLayout(self._row)
        self._column.addWidget(self.shown, 1)
        self.tabs.currentChanged.connect(self._change_page)
        self.shown.picked.connect(self.picked)
        self.shown.gave_up.connect(self._untitle)
        self.set_style(style)

    @property
    def pages(self) -> tuple[str, ...]:
        """The names of the pages."""
        return self._pages

    def set_page(self, name: str) -> None:
        """Show which page is open, without a signal."""
        blocked = self.tabs.blockSignals(True)
        self.tabs.setCurrentIndex(self._pages.index(name) if name in self._pages else 0)
        self.tabs.blockSignals(blocked)

    def set_picture(self, spec: Drawable | Pending | Unavailable) -> None:
        """The picture of the open page, with its titles."""
        if isinstance(spec, Unavailable):
            self._untitle()
        elif not isinstance(spec, Pending):
            self.header.set_titles(spec.title, spec.subtitle)
        self.shown.set_spec(spec)

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        self._em = style.em
        self.header.set_style(style)
        self.shown.set_style(style)
        self._column.setSpacing(round(0.3 * style.em))
        self._row.setSpacing(round(0.6 * style.em))

    def minimumSizeHint(self) -> QSize:
        """Small: what does not fit scrolls or is cut."""
        return QSize(round(LEAST_EMS[0] * self._em), round(LEAST_EMS[1] * self._em))

    def _untitle(self) -> None:
        """No picture, no title of one."""
        self.header.set_titles(self._title, "")

    def _change_page(self, index: int) -> None:
        self.page_changed.emit(self._pages[index])
