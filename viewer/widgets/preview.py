"""What an export will look like: a picture no larger than it is, or words in its place."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPaintEvent, QPalette, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

HINT_EMS = QSizeF(44, 32)
LEAST_EMS = QSizeF(14, 12)
MARGIN_EMS = 1.2
RADIUS_EMS = 0.5
STATEMENT_SCALE = 1.3
WORDS_EMS = 30.0
"""Lines of a message are no longer than this."""


class Preview(QWidget):
    """Shows a picture scaled down to fit, or words; a pixel of the picture is at most one of the screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._scaled = QPixmap()
        self._words = ""
        self._role = QPalette.ColorRole.PlaceholderText
        self._size = 1.0
        self.setAccessibleName("Preview")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_picture(self, image: QImage, description: str) -> None:
        """Show a picture, which `description` puts in words."""
        self._image, self._scaled, self._words = image, QPixmap(), ""
        self.setAccessibleDescription(description)
        self.update()

    def show_statement(self, text: str) -> None:
        """Show what is written instead of a picture, in large letters."""
        self._say(text, QPalette.ColorRole.WindowText, STATEMENT_SCALE)

    def show_problem(self, text: str) -> None:
        """Show why there is no picture."""
        self._say(text, QPalette.ColorRole.BrightText, 1.0)

    def show_waiting(self, text: str) -> None:
        """Say that a picture is being made, where none is shown."""
        if self._image.isNull():
            self._say(text, QPalette.ColorRole.PlaceholderText, 1.0)

    def words(self) -> str:
        """What stands in the picture's place; "" where there is a picture."""
        return self._words

    def room(self) -> QSizeF:
        """What a picture can fill, in logical pixels."""
        return self._room().size()

    def picture_rect(self) -> QRectF:
        """Where the picture stands, in logical pixels; empty where there is none."""
        size, room = QSizeF(self._image.size()) / self.devicePixelRatioF(), self._room()
        if size.isEmpty():
            return QRectF()
        share = min(1.0, room.width() / size.width(), room.height() / size.height())
        # Whole pixels keep edges sharp, and a very flat or narrow picture visible.
        wide, high = (max(1.0, float(round(share * side))) for side in (size.width(), size.height()))
        left, top = room.left() + (room.width() - wide) / 2, room.top() + (room.height() - high) / 2
        return QRectF(float(round(left)), float(round(top)), wide, high)

    def sizeHint(self) -> QSize:
        """Room for an ordinary figure."""
        return (HINT_EMS * self._em()).toSize()

    def minimumSizeHint(self) -> QSize:
        """Room in which a figure can still be told from another."""
        return (LEAST_EMS * self._em()).toSize()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Put the picture, or the words, on a sunken sheet."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Mid)))
        painter.setBrush(self.palette().color(QPalette.ColorRole.AlternateBase))
        radius = RADIUS_EMS * self._em()
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        if self._words:
            self._paint_words(painter)
        elif not self._image.isNull():
            self._paint_picture(painter)

    def _paint_picture(self, painter: QPainter) -> None:
        place, ratio = self.picture_rect(), self.devicePixelRatioF()
        pixels = (place.size() * ratio).toSize()
        if self._scaled.size() != pixels:
            # A painter's own scaling looks at four pixels only and loses thin lines.
            self._scaled = QPixmap.fromImage(
                self._image.scaled(
                    pixels, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
                )
            )
            self._scaled.setDevicePixelRatio(1.0)
        painter.drawPixmap(place, self._scaled, QRectF(QPointF(), QSizeF(pixels)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(place.adjusted(-0.5, -0.5, 0.5, 0.5))

    def _paint_words(self, painter: QPainter) -> None:
        font = QFont(self.font())
        font.setPixelSize(round(self._em() * self._size))
        painter.setFont(font)
        painter.setPen(QColor(self.palette().color(self._role)))
        room = self._room()
        spare = max(0.0, room.width() - WORDS_EMS * font.pixelSize()) / 2
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(room.adjusted(spare, 0, -spare, 0), flags, self._words)

    def _say(self, text: str, role: QPalette.ColorRole, size: float) -> None:
        self._image, self._scaled = QImage(), QPixmap()
        self._words, self._role, self._size = text, role, size
        self.setAccessibleDescription(text)
        self.update()

    def _room(self) -> QRectF:
        margin = MARGIN_EMS * self._em()
        return QRectF(self.rect()).adjusted(margin, margin, -margin, -margin)

    def _em(self) -> float:
        return float(self.fontInfo().pixelSize())
