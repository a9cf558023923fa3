"""A sentence as a row of chips: pieces of one word stand together; hovering and clicking tell which one."""

from __future__ import annotations

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.chips import (
    GAP_EMS,
    LINE_EMS,
    PlacedChip,
    chip_text,
    paint_chip,
    place_chips,
    words,
)
from attention_viewer.viewer.state.specs import Chip
from attention_viewer.viewer.widgets.message import KEYBOARD_REASONS, paint_focus
from attention_viewer.viewer.widgets.plain import plain_label, show_tip
from PySide6.QtCore import QEvent, QMetaMethod, QObject, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QFontMetricsF,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QMenu,
    QScrollArea,
    QSizePolicy,
    QWidget,
)

MOST_LINES = 2
"""Lines of chips shown before the strip scrolls, unless it is told to show fewer."""
PADDING_EMS = 0.5
TITLE_EMS = 4.2


class ChipField(QWidget):
    """The chips themselves, painted; as high as its width makes it."""

    hovered = Signal(object)
    clicked = Signal(int)
    resized = Signal()

    def __init__(self, style: Style, clickable: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style, self._clickable = style, clickable
        self._chips: tuple[Chip, ...] = ()
        self._placed: list[PlacedChip] = []
        self._lit: frozenset[int] = frozenset()
        self._under: int | None = None
        self._focused = False
        self._placeholder = ""
        self.setMouseTracking(True)

    def set_chips(self, chips: tuple[Chip, ...]) -> None:
        """Show other chips."""
        self._chips = chips
        self._place()

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        self._style = style
        self._place()

    def set_highlight(self, lit: frozenset[int]) -> None:
        """Light the chips of these indices; others are ignored."""
        self._lit = lit
        self.update()

    def set_placeholder(self, text: str) -> None:
        """What stands here while there are no chips."""
        self._placeholder = text
        self.update()

    def set_focused(self, focused: bool) -> None:
        """Draw the ring of the focus, or not."""
        self._focused = focused
        self.update()

    def chip_at(self, point: QPointF) -> int | None:
        """The index of the chip at a point of this widget."""
        return next((index for index, chip in enumerate(self._placed) if chip.rect.contains(point)), None)

    def chip(self, index: int) -> Chip:
        """The chip of an index."""
        return self._chips[index]

    def chip_rect(self, index: int) -> QRectF:
        """Where a chip stands in this widget."""
        return self._placed[index].rect

    def hovered_chip(self) -> int | None:
        """The index of the chip under the mouse."""
        return self._under if self._under is not None and self._under < len(self._chips) else None

    def content_height(self, width: int) -> int:
        """How high all chips are in `width` pixels; one line at least."""
        placed = self._place_in(width)
        return round(placed[-1].rect.bottom() if placed else LINE_EMS * self._style.em) + 1

    def text(self) -> str:
        """All chips as text, the pieces of a word joined."""
        return " ".join("".join(chip.text for chip in self._chips[a : b + 1]) for a, b in words(self._chips))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew."""
        super().resizeEvent(event)
        self._place()
        if event.size().width() != event.oldSize().width():
            self.resized.emit()

    def event(self, event: QEvent) -> bool:
        """Show the tool tip of the chip under the mouse."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self.chip_at(QPointF(event.pos()))
            show_tip(event.globalPos(), "" if index is None else self._chips[index].tooltip, self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which chip the mouse is on, when that changes."""
        self._hover(self.chip_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that the mouse is on no chip."""
        self._hover(None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell which chip was clicked."""
        index = self.chip_at(event.position())
        if event.button() is Qt.MouseButton.LeftButton and index is not None:
            self.clicked.emit(index)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the chips that are to be seen."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._chips:
            painter.setFont(self._style.font)
            painter.setPen(QColor(self._style.palette.muted))
            line = QRectF(0, 0, self.width(), LINE_EMS * self._style.em)
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, self._placeholder)
        painter.setFont(self._style.mono)
        seen = QRectF(event.rect())
        for index, (chip, placed) in enumerate(zip(self._chips, self._placed, strict=True)):
            if placed.rect.intersects(seen):
                paint_chip(painter, chip, placed, index in self._lit, self._style)
        if self._focused:
            paint_focus(painter, QRectF(self.visibleRegion().boundingRect()), self._style)

    def _hover(self, index: int | None) -> None:
        if index == self._under:
            return
        self._under = index
        pointing = self._clickable and index is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if pointing else Qt.CursorShape.ArrowCursor)
        self.hovered.emit(index)

    def _place_in(self, width: int) -> list[PlacedChip]:
        metrics = QFontMetricsF(self._style.mono)
        padding = 2 * PADDING_EMS * self._style.em
        widths = [metrics.horizontalAdvance(chip_text(chip)) + padding for chip in self._chips]
        return place_chips(self._chips, widths, width - 1, self._style)

    def _place(self) -> None:
        self._placed = self._place_in(self.width())
        self.update()


class TokenStrip(QWidget):
    """A titled strip of chips that grows to a few lines and scrolls beyond them.

    `context_requested` carries a chip's index and a place on the screen; who is connected to it shows the menu.
    """

    hovered = Signal(object)
    clicked = Signal(int)
    context_requested = Signal(int, QPoint)

    def __init__(self, title: str, style: Style, clickable: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._predicted: int | None = None
        self._lines = MOST_LINES
        self._title = plain_label(title)
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
        self._scroll.verticalScrollBar().rangeChanged.connect(self._reveal)
        self._scroll.viewport().setAutoFillBackground(False)
        self._scroll.installEventFilter(self)
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
        """Show the focus where it came by the keyboard; the keys that step the decoder go on doing so."""
        if isinstance(event, QFocusEvent):
            self.field.set_focused(event.gotFocus() and event.reason() in KEYBOARD_REASONS)
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
            self._fit()

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
        self.field.setMinimumHeight(needed)
        self._scroll.setFixedHeight(min(needed, most))

    def _reveal(self) -> None:
        """Scroll to the predicted chip."""
        if self._predicted is not None:
            middle = self.field.chip_rect(self._predicted).center().toPoint()
            self._scroll.ensureVisible(middle.x(), middle.y(), 0, self._scroll.viewport().height() // 2)
