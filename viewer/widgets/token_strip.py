"""A sentence as a row of chips: pieces of one word stand together; hovering and clicking tell which one."""

from __future__ import annotations

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.chips import GAP_EMS, LINE_EMS
from attention_viewer.viewer.state.specs import Chip
from attention_viewer.viewer.widgets.chip_field import ChipField
from attention_viewer.viewer.widgets.message import KEYBOARD_REASONS
from attention_viewer.viewer.widgets.plain import plain_label, set_tip
from PySide6.QtCore import QEvent, QMetaMethod, QObject, QPoint, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QMenu, QScrollArea, QSizePolicy, QWidget

MOST_LINES = 2
"""Lines of chips shown before the strip scrolls, unless it is told to show fewer."""
TITLE_EMS = 4.2


class TokenStrip(QWidget):
    """A titled strip of chips that grows to a few lines and scrolls beyond them; one of one line scrolls sideways.

    `context_requested` carries a chip's index and a place on the screen; who is connected to it shows the menu.
    """

    hovered = Signal(object)
    clicked = Signal(int)
    context_requested = Signal(int, QPoint)

    def __init__(self, title: str, style: Style, clickable: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._predicted: int | None = None
        self._lines = MOST_LINES
        self._name, self._title = title, plain_label(title)
        self._title.setProperty("tone", "muted")
        self.field = ChipField(style, clickable)
        self.field.hovered.connect(self.hovered)
        self.field.clicked.connect(self.clicked)
        self.field.resized.connect(self._fit)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self.field)
        # The range follows the chips only once the layout has been done.
        for bar in (self._scroll.verticalScrollBar(), self._scroll.horizontalScrollBar()):
            bar.rangeChanged.connect(self._reveal)
        self._scroll.viewport().setAutoFillBackground(False)
        self._scroll.installEventFilter(self)
        self._scroll.viewport().installEventFilter(self)
        self.field.setAutoFillBackground(False)
        self._scroll.setAccessibleName(f"{title} tokens")
        self.setAccessibleName(f"{title} tokens")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self._title, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addWidget(self._scroll, 1)
        self.set_style(style)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show the focus where it came by the keyboard; the keys that step the decoder go on doing so.

        The wheel moves a strip of one line sideways.
        """
        if isinstance(event, QFocusEvent):
            self.field.set_focused(event.gotFocus() and event.reason() in KEYBOARD_REASONS)
        bar = self._scroll.horizontalScrollBar()
        if isinstance(event, QWheelEvent) and bar.maximum():
            bar.setValue(bar.value() - event.angleDelta().y() - event.angleDelta().x())
            return True
        return False

    def set_chips(self, chips: tuple[Chip, ...]) -> None:
        """Show other chips; the predicted one comes into view."""
        self.field.set_chips(chips)
        self._predicted = next((index for index, chip in enumerate(chips) if chip.state == "prediction"), None)
        self._scroll.setAccessibleDescription(self.field.text())
        self._fit()
        self._reveal()

    def set_highlight(self, lit: frozenset[int]) -> None:
        """Light the chips of these indices."""
        self.field.set_highlight(lit)

    def set_mark(self, mark: str, tip: str) -> None:
        """Add a mark to the title, and what it means; "" for none."""
        self._title.setText(f"{self._name} {mark}".strip())
        self._scroll.setAccessibleName(f"{self._name} tokens {mark}".strip())
        set_tip(self._title, tip)

    def title(self) -> str:
        """The title as it is shown."""
        return self._title.text()

    def set_placeholder(self, text: str) -> None:
        """What stands here while there are no chips."""
        self.field.set_placeholder(text)

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        self._style = style
        self.field.set_style(style)
        self._row.setSpacing(round(0.6 * style.em))
        self._title.setFixedSize(QSize(round(TITLE_EMS * style.em), round(LINE_EMS * style.em)))
        self._fit()

    def set_lines(self, lines: int) -> None:
        """Show at most so many lines of chips; the rest scrolls."""
        if lines != self._lines:
            self._lines = lines
            self.field.set_wrapped(lines > 1)
            self._fit()
            self._reveal()

    def text(self) -> str:
        """All chips as text."""
        return self.field.text()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for a chip's menu; where nobody would answer or there is no chip, offer to copy what the chips say."""
        by_keyboard = event.reason() is QContextMenuEvent.Reason.Keyboard
        point = self.field.mapFromGlobal(event.globalPos())
        index = self.field.hovered_chip() if by_keyboard else self.field.chip_at(QPointF(point))
        if by_keyboard and index is not None:
            point = self.field.chip_rect(index).bottomLeft().toPoint()
        place = self.field.mapToGlobal(point)
        if index is not None and self.isSignalConnected(QMetaMethod.fromSignal(self.context_requested)):
            self.context_requested.emit(index, place)
        else:
            self.menu(point).popup(place)

    def menu(self, point: QPoint) -> QMenu:
        """The context menu at a point of the field."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Copy the tokens", lambda: QApplication.clipboard().setText(self.text())).setEnabled(
            bool(self.text())
        )
        index = self.field.chip_at(QPointF(point))
        if index is not None:
            token = self.field.chip(index).text
            menu.addAction(f"Copy “{token}”".replace("&", "&&"), lambda: QApplication.clipboard().setText(token))
        return menu

    def _fit(self) -> None:
        """Take the height that the chips need, up to `MOST_LINES` lines."""
        most = round((self._lines * LINE_EMS + (self._lines - 1) * GAP_EMS) * self._style.em) + 1
        needed = self.field.content_height(self._scroll.width())
        if needed > most:
            # The scroll bar takes some of the width, so that more lines may be needed.
            needed = self.field.content_height(self.field.width())
        self.field.setMinimumSize(self.field.content_width(), needed)
        self._scroll.setFixedHeight(min(needed, most))

    def _reveal(self) -> None:
        """Scroll to the predicted chip."""
        if self._predicted is not None:
            chip = self.field.chip_rect(self._predicted)
            middle, beside = chip.center().toPoint(), round(chip.width() / 2) + 1
            self._scroll.ensureVisible(middle.x(), middle.y(), beside, self._scroll.viewport().height() // 2)
