"""A card: a movable dock with a title of our own, so that panels look like one sheet of an instrument."""

from __future__ import annotations

from collections.abc import Sequence

from attention_viewer.viewer.look.theme import Style
from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QDockWidget, QFrame, QHBoxLayout, QLabel, QMenu, QSizePolicy, QVBoxLayout, QWidget

TITLE_ROW_EMS = 2.0
"""Height of a title's line, with or without controls beside it, so that neighbouring titles stand level."""
MOVING_TIP = "Drag to move this panel, double-click to let it float, right-click for more"


class ElidedLabel(QLabel):
    """A line of text that is cut with an ellipsis where there is no room, the whole of it in its tool tip."""

    def __init__(self, role: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._full = ""
        self.setProperty("tone", role)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_full_text(self, text: str) -> None:
        """Show `text`, as much of it as fits."""
        self._full = text
        self.setAccessibleName(text)
        self._elide()

    def set_role(self, role: str) -> None:
        """What kind of text this is, as the style sheet knows it."""
        if self.property("tone") != role:
            self.setProperty("tone", role)
            self.style().unpolish(self)
            self.style().polish(self)

    def full_text(self) -> str:
        """The text, whether or not all of it fits."""
        return self._full

    def sizeHint(self) -> QSize:
        """Room for the whole text."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._full) + 2, metrics.height())

    def minimumSizeHint(self) -> QSize:
        """A line's height; QLabel's own hint would remember an earlier, larger minimum height."""
        return QSize(0, self.fontMetrics().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut anew."""
        super().resizeEvent(event)
        self._elide()

    def changeEvent(self, event: QEvent) -> None:
        """Cut anew in another font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._elide()

    def _elide(self) -> None:
        shown = self.fontMetrics().elidedText(self._full, Qt.TextElideMode.ElideRight, self.width())
        if shown != self.text():
            self.setText(shown)
        self.setToolTip(self._full if shown != self._full else "")


class TitleBlock(QWidget):
    """A title with controls at its right end, and below them a subtitle over the whole width."""

    def __init__(self, title: str = "", controls: Sequence[QWidget] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = ElidedLabel("title")
        self.subtitle = ElidedLabel("muted")
        self._row = QHBoxLayout()
        self._row.addWidget(self.title, 1)
        for control in controls:
            self._row.addWidget(control)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addLayout(self._row)
        lines.addWidget(self.subtitle)
        self.set_titles(title, "")

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        self.title.setMinimumHeight(round(TITLE_ROW_EMS * style.em))
        self._row.setSpacing(round(0.3 * style.em))

    def set_titles(self, title: str, subtitle: str) -> None:
        """Both lines; an empty subtitle keeps its room, so that nothing jumps when it comes."""
        self.title.set_full_text(title)
        self.subtitle.set_full_text(subtitle)

    def set_compact(self, compact: bool) -> None:
        """Leave the subtitle's line to the picture below, or not."""
        self.subtitle.setVisible(not compact)


class Card(QDockWidget):
    """A dock whose title bar is `header` and whose content is `body`, drawn as one sheet.

    `name` is the object name under which the layout is remembered, `title` what menus call the panel.
    """

    def __init__(self, name: str, title: str, header: QWidget, body: QWidget) -> None:
        super().__init__(title)
        self.setObjectName(name)
        self._header, self._header_box = _framed("cardHeader", header)
        self._header.setToolTip(MOVING_TIP)
        self._header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._header.customContextMenuRequested.connect(self._show_menu)
        self._body, self._body_box = _framed("cardBody", body)
        self.setTitleBarWidget(self._header)
        self.setWidget(self._body)

    def set_padding(self, padding: int) -> None:
        """The space between the sheet's edge and what is on it, in pixels."""
        self._header_box.setContentsMargins(padding, padding, padding, padding // 2)
        self._body_box.setContentsMargins(padding, 0, padding, padding)

    def menu(self) -> QMenu:
        """What the title bar offers: float or dock, and close."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        floating = self.isFloating()
        menu.addAction("Dock" if floating else "Float", lambda: self.setFloating(not floating))
        menu.addAction("Close", self.close)
        return menu

    def _show_menu(self, point: QPoint) -> None:
        self.menu().popup(self._header.mapToGlobal(point))


def _framed(name: str, content: QWidget) -> tuple[QFrame, QVBoxLayout]:
    frame = QFrame()
    frame.setObjectName(name)
    box = QVBoxLayout(frame)
    box.addWidget(content)
    return frame, box
