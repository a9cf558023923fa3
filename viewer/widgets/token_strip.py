"""A sentence as a row of chips: pieces of one word stand together; hovering and clicking tell which one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetricsF,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QScrollArea,
    QSizePolicy,
    QToolTip,
    QWidget,
)

from viewer.specs import Chip
from viewer.theme import Style

MOST_LINES = 2
"""Lines of chips shown before the strip scrolls, unless it is told to show fewer."""
PADDING_EMS = 0.5
GAP_EMS = 0.35
RADIUS_EMS = 0.3
LINE_EMS = 1.9
"""Height of a chip, in ems of the body text."""
TITLE_EMS = 4.2


@dataclass(frozen=True)
class PlacedChip:
    """Where a chip stands; `starts` and `ends` say whether a word begins or ends with it."""

    rect: QRectF
    starts: bool
    ends: bool


def place_chips(chips: Sequence[Chip], widths: Sequence[float], room: float, style: Style) -> list[PlacedChip]:
    """Chips from left to right and line by line in `room` pixels; words are kept whole where they fit a line."""
    gap, line = GAP_EMS * style.em, LINE_EMS * style.em
    placed: list[PlacedChip] = []
    x = y = 0.0
    for first, last in _words(chips):
        word = sum(widths[first : last + 1])
        if x > 0 and x + word > room:
            x, y = 0.0, y + line + gap
        for index in range(first, last + 1):
            if x > 0 and x + widths[index] > room:
                x, y = 0.0, y + line + gap
            placed.append(PlacedChip(QRectF(x, y, widths[index], line), index == first, index == last))
            x += widths[index]
        x += gap
    return placed


def _words(chips: Sequence[Chip]) -> list[tuple[int, int]]:
    """First and last index of each word."""
    starts = [index for index, chip in enumerate(chips) if index == 0 or not chip.joined]
    stops = [start - 1 for start in starts[1:]] + [len(chips) - 1]
    return list(zip(starts, stops, strict=False))


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

    def chip_at(self, point: QPointF) -> int | None:
        """The index of the chip at a point of this widget."""
        return next((index for index, chip in enumerate(self._placed) if chip.rect.contains(point)), None)

    def chip(self, index: int) -> Chip:
        """The chip of an index."""
        return self._chips[index]

    def chip_rect(self, index: int) -> QRectF:
        """Where a chip stands in this widget."""
        return self._placed[index].rect

    def content_height(self, width: int) -> int:
        """How high all chips are in `width` pixels; one line at least."""
        placed = self._place_in(width)
        return round(placed[-1].rect.bottom() if placed else LINE_EMS * self._style.em) + 1

    def text(self) -> str:
        """All chips as text, the pieces of a word joined."""
        return " ".join("".join(chip.text for chip in self._chips[a : b + 1]) for a, b in _words(self._chips))

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
            QToolTip.showText(event.globalPos(), "" if index is None else self._chips[index].tooltip, self)
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


def chip_text(chip: Chip) -> str:
    """What is written on a chip."""
    return f"{chip.text} {chip.badge}" if chip.badge else chip.text


def paint_chip(painter: QPainter, chip: Chip, placed: PlacedChip, lit: bool, style: Style) -> None:
    """One chip in its place; the painter's font is the chips' font."""
    palette = style.palette
    is_prediction = chip.state == "prediction"
    accented = lit or is_prediction
    path = _outline(placed, RADIUS_EMS * style.em)
    painter.setOpacity(0.5 if chip.state == "ahead" else 1.0)
    painter.fillPath(path, QColor(palette.accent_soft if accented else palette.chip))
    if accented:
        pen = QPen(QColor(palette.accent), style.stroke)
        if is_prediction:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.strokePath(path, pen)
    elif not placed.starts:
        painter.setPen(QPen(QColor(palette.border), style.stroke))
        painter.drawLine(placed.rect.topLeft(), placed.rect.bottomLeft())
    quiet = chip.state in ("special", "ahead")
    painter.setPen(QColor(palette.accent if accented else palette.muted if quiet else palette.text))
    painter.drawText(placed.rect, Qt.AlignmentFlag.AlignCenter, chip_text(chip))
    painter.setOpacity(1.0)


def _outline(placed: PlacedChip, radius: float) -> QPainterPath:
    """A rectangle, rounded where a word begins or ends."""
    rect = placed.rect.adjusted(0.5, 0.5, -0.5, -0.5)
    left, right = radius if placed.starts else 0.0, radius if placed.ends else 0.0
    path = QPainterPath(QPointF(rect.left() + left, rect.top()))
    path.lineTo(rect.right() - right, rect.top())
    path.arcTo(QRectF(rect.right() - 2 * right, rect.top(), 2 * right, 2 * right), 90, -90)
    path.lineTo(rect.right(), rect.bottom() - right)
    path.arcTo(QRectF(rect.right() - 2 * right, rect.bottom() - 2 * right, 2 * right, 2 * right), 0, -90)
    path.lineTo(rect.left() + left, rect.bottom())
    path.arcTo(QRectF(rect.left(), rect.bottom() - 2 * left, 2 * left, 2 * left), 270, -90)
    path.lineTo(rect.left(), rect.top() + left)
    path.arcTo(QRectF(rect.left(), rect.top(), 2 * left, 2 * left), 180, -90)
    path.closeSubpath()
    return path


class TokenStrip(QWidget):
    """A titled strip of chips that grows to a few lines and scrolls beyond them."""

    hovered = Signal(object)
    clicked = Signal(int)

    def __init__(self, title: str, style: Style, clickable: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._predicted: int | None = None
        self._lines = MOST_LINES
        self._title = QLabel(title)
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
        self.field.setAutoFillBackground(False)
        self._scroll.setAccessibleName(f"{title} tokens")
        self.setAccessibleName(f"{title} tokens")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self._title, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addWidget(self._scroll, 1)
        self.set_style(style)

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
        """Offer to copy what the chips say."""
        self.menu(self.field.mapFromGlobal(event.globalPos())).popup(event.globalPos())

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
