"""What stands in an empty place (what is being waited for, or what to do), and the ring of the focus."""

from __future__ import annotations

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.state.specs import Pending, Unavailable
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

MARGIN_EMS = 1.5
GIVEN_BACK = frozenset(
    {Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.MenuBarFocusReason}
)
"""Why the focus comes where nobody chose it: a menu or a dialog was closed."""
KEYBOARD_REASONS = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)


def paint_message(painter: QPainter, rect: QRectF, message: Pending | Unavailable, style: Style) -> None:
    """The reason of `message`, wrapped and centred in the upper half of `rect`."""
    margin = MARGIN_EMS * style.em
    box = rect.adjusted(margin, margin, -margin, -margin)
    box.setHeight(max(box.height() / 2, min(box.height(), 4 * style.em)))
    painter.save()
    font = QFont(style.font)
    if isinstance(message, Pending):
        font.setItalic(True)
    painter.setFont(font)
    painter.setPen(QColor(style.palette.muted))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, message.reason)
    painter.restore()


def paint_focus(painter: QPainter, rect: QRectF, style: Style) -> None:
    """A ring just inside `rect`, for a picture that has the keyboard's focus."""
    inset = 0.5 * style.stroke
    painter.setPen(QPen(QColor(style.palette.accent), style.stroke))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(rect.adjusted(inset, inset, -inset, -inset))
