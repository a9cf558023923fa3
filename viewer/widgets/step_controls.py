"""The buttons that step the decoder: first, back, step, last, play, and how fast playing goes."""

from __future__ import annotations

from collections.abc import Mapping

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.widgets.plain import plain_label
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QIcon, QPainter, QPixmap, QPolygonF
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QToolButton, QWidget

SPEEDS = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Steps a second that can be chosen."""
BUTTONS = ("first", "back", "step", "last")
FORWARD = {"first": False, "back": False, "step": True, "last": True}
WITH_BAR = frozenset({"first", "last"})
SUPERSAMPLING = 3.0


class StepControls(QWidget):
    """Where decoding stands; buttons for the actions first, back, step, last and play; and the speed."""

    speed_changed = Signal(float)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions: dict[str, QAction] = {}
        self._buttons = {name: self._make_button(name) for name in BUTTONS}
        self._play = QPushButton("Play")
        self._play.setEnabled(False)
        self._speed = self._make_speed()
        self._step = plain_label()
        self._step.setProperty("tone", "muted")
        self._step.setAccessibleName("Step")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        for widget in (self._step, *self._buttons.values(), self._play, self._speed):
            self._row.addWidget(widget)
        self.setFocusProxy(self._buttons["step"])
        self.set_style(style)

    def set_actions(self, actions: Mapping[str, QAction]) -> None:
        """Let the buttons trigger the actions "first", "back", "step", "last" and "play"."""
        self._actions = dict(actions)
        for name, button in self._buttons.items():
            actions[name].setIconVisibleInMenu(False)
            button.setDefaultAction(actions[name])
            button.setAccessibleName(actions[name].text())
        self._play.clicked.connect(actions["play"].trigger)
        actions["play"].changed.connect(self._show_play)
        self._show_icons()
        self._show_play()

    def set_step(self, text: str) -> None:
        """Say where decoding stands, as "step 8" or "step 12 · ended"."""
        self._step.setText(text)

    def set_speed(self, speed: float) -> None:
        """Show a speed in steps a second without emitting; the nearest that is offered."""
        nearest = min(range(len(SPEEDS)), key=lambda index: abs(SPEEDS[index] - speed))
        self._speed.setCurrentIndex(nearest)

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        self._style = style
        self._row.setSpacing(round(0.4 * style.em))
        self._show_icons()

    def _make_button(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setEnabled(False)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setProperty("primary", name == "step")
        return button

    def _make_speed(self) -> QComboBox:
        combo = QComboBox()
        for speed in SPEEDS:
            combo.addItem(f"{speed:g}/s", speed)
        combo.setToolTip("Steps a second while playing")
        combo.setAccessibleName("Steps a second while playing")
        combo.activated.connect(lambda index: self.speed_changed.emit(SPEEDS[index]))
        return combo

    def _show_play(self) -> None:
        action = self._actions["play"]
        self._play.setText("Stop" if action.isChecked() else "Play")
        self._play.setEnabled(action.isEnabled())
        self._play.setToolTip(action.toolTip())

    def _show_icons(self) -> None:
        palette = self._style.palette
        for name, action in self._actions.items():
            if name in self._buttons:
                ink = palette.on_accent if name == "step" else palette.text
                action.setIcon(step_icon(name, QColor(ink), QColor(palette.muted), self._style.em))
        side = round(self._style.em)
        for button in self._buttons.values():
            button.setIconSize(QSize(side, side))


def step_icon(name: str, ink: QColor, disabled: QColor, side: float) -> QIcon:
    """A triangle pointing the way the step goes, with a bar where it goes to the end."""
    icon = QIcon(_step_pixmap(name, ink, side))
    icon.addPixmap(_step_pixmap(name, disabled, side), QIcon.Mode.Disabled)
    return icon


def _step_pixmap(name: str, ink: QColor, side: float) -> QPixmap:
    pixels = round(side * SUPERSAMPLING)
    pixmap = QPixmap(pixels, pixels)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(pixels, pixels)
    if not FORWARD[name]:
        painter.translate(1.0, 0.0)
        painter.scale(-1.0, 1.0)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    painter.drawPolygon(QPolygonF([QPointF(0.2, 0.1), QPointF(0.8, 0.5), QPointF(0.2, 0.9)]))
    if name in WITH_BAR:
        painter.drawRect(QRectF(0.8, 0.1, 0.1, 0.8))
    painter.end()
    pixmap.setDevicePixelRatio(SUPERSAMPLING)
    return pixmap
