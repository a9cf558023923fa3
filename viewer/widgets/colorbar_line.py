"""The colour bar of a map on its side, for the line below a panel's title."""

from __future__ import annotations

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.colorbar import flat_colorbar_size, paint_flat_colorbar
from attention_viewer.viewer.state.specs import Scale
from attention_viewer.viewer.widgets.plain import set_tip
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget


class ColorbarLine(QWidget):
    """Shows what the colours of a map mean, with the numbers at both ends; nothing while there is no map."""

    def __init__(self, name: str, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._scale: Scale | None = None
        self._colormap = ""
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_scale(self, scale: Scale | None, colormap: str = "") -> None:
        """Show the bar of a scale, or none."""
        if (scale, colormap) != (self._scale, self._colormap):
            self._scale, self._colormap = scale, colormap
            note = "" if scale is None else scale.note
            set_tip(self, note)
            self.setAccessibleDescription(note)
            self.updateGeometry()
            self.update()

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        self._style = style
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the bar and its numbers."""
        if self._scale is None:
            return QSize(0, round(self._style.small_line))
        width, height = flat_colorbar_size(self._scale, self._style)
        return QSize(round(width) + 1, round(height))

    def minimumSizeHint(self) -> QSize:
        """All of it: a bar without numbers says nothing."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bar."""
        if self._scale is not None:
            painter = QPainter(self)
            paint_flat_colorbar(painter, QRectF(self.rect()), self._scale, self._colormap, self._style)
