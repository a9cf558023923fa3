"""A picture that may be larger than its place: it scrolls, says what is under the mouse, and is walked by key."""

from __future__ import annotations

from textwrap import fill

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.drawing import Drawable, drawing_of
from attention_viewer.viewer.painting.spots import Spot, spot_at
from attention_viewer.viewer.state.sheets import Hit
from attention_viewer.viewer.state.specs import Pending, Unavailable
from attention_viewer.viewer.widgets.canvas import Canvas
from attention_viewer.viewer.widgets.plain import show_tip
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

PATIENCE = 250
"""Milliseconds for which the picture before is kept while the next is computed."""
MARGIN_EMS = 0.5
TIP_LETTERS = 48
"""Letters in a line of a tool tip: plain ones are not wrapped."""
STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Home: -(10**6), Qt.Key.Key_End: 10**6}
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Picture(Canvas[Drawable]):
    """The picture itself; `picked` has what was clicked, `pointed` where the keyboard stands."""

    picked = Signal(object)
    pointed = Signal(object)

    def __init__(self, name: str, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(name, style, parent)
        self._pointed: Hit = ()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def spec(self) -> Drawable | None:
        """What is shown."""
        return self._spec

    def spots(self) -> tuple[Spot, ...]:
        """What can be chosen or says more, and where it stands."""
        return () if self._spec is None else drawing_of(self._spec).spots(self._area(), self._spec, self._look)

    def needed(self, room: QSize) -> QSize:
        """The size in which all of the picture is seen, at least the room that there is."""
        if self._spec is None:
            return room
        drawing, margin = drawing_of(self._spec), 2 * MARGIN_EMS * self._look.em
        width = max(room.width(), round(drawing.width(self._spec, self._look) + margin))
        height = drawing.height(width - margin, self._spec, self._look) + margin
        return QSize(width, max(room.height(), round(height)))

    def tip_at(self, point: QPointF) -> str:
        """What is said about a point."""
        spot = spot_at(self.spots(), point)
        return fill(spot.tip, TIP_LETTERS) if spot is not None else ""

    def event(self, event: QEvent) -> bool:
        """Say what is under the mouse."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            show_tip(event.globalPos(), self.tip_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show what a click would choose."""
        spot = spot_at(self.spots(), event.position())
        self._point(spot.hit if spot is not None else ())
        self.setCursor(Qt.CursorShape.PointingHandCursor if self._pointed else Qt.CursorShape.ArrowCursor)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the mouse."""
        self._point(())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what was clicked."""
        spot = spot_at(self.spots(), event.position())
        if event.button() is Qt.MouseButton.LeftButton and spot is not None and spot.hit:
            self.picked.emit(spot.hit)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """What was clicked was chosen when it was pressed."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk from one thing that can be chosen to the next, and choose it."""
        hits = list(dict.fromkeys(spot.hit for spot in self.spots() if spot.hit))
        key = Qt.Key(event.key())
        if key in STEPS and hits:
            opened = next((hits.index(spot.hit) for spot in self.spots() if spot.hit and spot.opened), -1)
            now = hits.index(self._pointed) if self._pointed in hits else opened
            self._point(hits[min(max(now + STEPS[key], 0), len(hits) - 1)])
            self.pointed.emit(self._pointed)
            self._tell_pointed()
        elif key in ENTER and self._pointed in hits:
            self.picked.emit(self._pointed)
        else:
            super().keyPressEvent(event)

    def _tell_pointed(self) -> None:
        """Say of what the keyboard stands on what the mouse would be told."""
        spot = next((each for each in self.spots() if each.hit == self._pointed), None)
        if spot is not None:
            show_tip(self.mapToGlobal(spot.rect.bottomLeft().toPoint()), self.tip_at(spot.rect.center()), self)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The keyboard points at nothing any more."""
        super().focusOutEvent(event)
        self._point(())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is seen of the picture; a message as any canvas does."""
        if self._spec is None:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setClipRect(event.rect())
        self._paint(painter, self._area(), self._spec)

    def _point(self, hit: Hit) -> None:
        if hit != self._pointed:
            self._pointed = hit
            self._repaint()

    def _area(self) -> QRectF:
        margin = MARGIN_EMS * self._look.em if self._spec is not None else 0.0
        return super()._area().adjusted(margin, margin, -margin, -margin)

    def _paint(self, painter: QPainter, area: QRectF, spec: Drawable) -> None:
        drawing_of(spec).paint(painter, area, spec, self._look, self._pointed)

    def _describe(self, spec: Drawable) -> str:
        return spec.text()


class PictureScroll(QScrollArea):
    """Shows a picture in whatever room there is. A picture that is being computed anew stays for a moment.

    `gave_up` tells that it is shown no longer.
    """

    picked = Signal(object)
    gave_up = Signal()

    def __init__(self, name: str, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = Picture(name, style)
        self._awaited: Pending | None = None
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE)
        self._patience.timeout.connect(self._give_up)
        self.setWidget(self.picture)
        self.picture.setAutoFillBackground(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        self.picture.picked.connect(self.picked)
        self.picture.pointed.connect(self._reveal)

    def set_spec(self, spec: Drawable | Pending | Unavailable) -> None:
        """Show a picture, or why there is none."""
        if isinstance(spec, Pending) and self.picture.spec() is not None:
            self._awaited = spec
            self._patience.start()
            return
        self._patience.stop()
        before = _opened(self.picture)
        self.picture.set_spec(spec)
        self._fit()
        spot = _opened(self.picture)
        if spot is not None and (before is None or before.hit != spot.hit):
            middle = spot.rect.center()
            self.ensureVisible(round(middle.x()), round(middle.y()), 0, self.viewport().height() // 3)

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        self.picture.set_style(style)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the picture the room there is."""
        super().resizeEvent(event)
        self._fit()

    def _give_up(self) -> None:
        if self._awaited is not None:
            self.picture.set_spec(self._awaited)
            self._fit()
            self.gave_up.emit()

    def _fit(self) -> None:
        room = self.viewport().size()
        size = self.picture.needed(room)
        # A scroll bar takes room that the picture had reckoned with.
        if size.height() > self.height() and not self.verticalScrollBar().isVisible():
            size = self.picture.needed(QSize(room.width() - self.verticalScrollBar().sizeHint().width(), room.height()))
        self.picture.resize(size)

    def _reveal(self, hit: Hit) -> None:
        spot = next((each for each in self.picture.spots() if each.hit == hit), None)
        if spot is not None:
            middle = spot.rect.center()
            self.ensureVisible(round(middle.x()), round(middle.y()), 0, round(spot.rect.height()))


def _opened(picture: Picture) -> Spot | None:
    """The part that a picture is about."""
    return next((spot for spot in picture.spots() if spot.opened), None)
