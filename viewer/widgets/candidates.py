"""The next-token distribution: the most probable tokens as bars to choose from, and a line to find any other."""

from __future__ import annotations

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.bars import bar_at, bars_that_fit, paint_bars
from attention_viewer.viewer.state.specs import BarsSpec, Pending, Unavailable
from attention_viewer.viewer.widgets.canvas import Canvas
from attention_viewer.viewer.widgets.card import TitleBlock
from attention_viewer.viewer.widgets.plain import show_tip
from attention_viewer.viewer.widgets.sampling_box import SamplingBox
from attention_viewer.viewer.widgets.vocabulary_line import VocabularyLine
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

TITLE = "Next token"
INVITATION = "click to force it here, right-click for more"
ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
MOVES = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
DIGITS = (
    Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_5,
    Qt.Key.Key_6, Qt.Key.Key_7, Qt.Key.Key_8, Qt.Key.Key_9, Qt.Key.Key_0,
)  # fmt: skip
"""The keys that choose the first ten rows, in their order."""


class BarsView(Canvas[BarsSpec]):
    """The bars; a click, Enter or a digit chooses one, unless there is a reason against it.

    The selected row is shown while the bars have the keyboard's focus, the row under the mouse while it is there.
    `menu_requested` carries a row's token and a place on the screen: by the right button, or by the menu key.
    """

    token_chosen = Signal(int)
    menu_requested = Signal(int, QPoint)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(f"{TITLE}: candidates", style, parent)
        self._reason: str | None = None
        self._selected = 0
        self._mouse: QPointF | None = None
        self._pressed: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_spec(self, spec: BarsSpec | Pending | Unavailable) -> None:
        """Show other bars; the selection stays with its token where that is shown again."""
        token = self._token(self._selected)
        self._pressed = None
        if isinstance(spec, BarsSpec):
            tokens = [bar.token for bar in spec.bars]
            self._selected = tokens.index(token) if token >= 0 and token in tokens else 0
        super().set_spec(spec)
        self._point()

    def set_choosable(self, reason: str | None) -> None:
        """Let rows be chosen (None), or not, for a reason shown in the tool tips."""
        self._reason = reason
        self._point()

    def choose(self, index: int | None) -> None:
        """Choose a row, where there is such a row and it can be chosen."""
        if index is not None and self._reason is None and self._token(index) >= 0:
            self.token_chosen.emit(self._token(index))

    def select(self, index: int) -> None:
        """Select a row, or the nearest there is."""
        self._selected = max(0, min(index, len(self._shown().bars) - 1))
        if self._spec is not None:
            self.setAccessibleDescription(self._describe(self._spec))
        self._repaint()

    def selected(self) -> int | None:
        """The row that Enter would choose; None while the focus is elsewhere."""
        count = len(self._shown().bars)
        return min(self._selected, count - 1) if self.hasFocus() and count else None

    def lit(self) -> int | None:
        """The row under the mouse, where clicking would choose it."""
        index = None if self._mouse is None else self._row_at(self._mouse)
        return index if index is not None and self._reason is None and self._token(index) >= 0 else None

    def tip_at(self, point: QPointF) -> str:
        """The tool tip at a point of this widget; below the bars it is the note, "" where there is nothing."""
        if self._spec is None:
            return ""
        index = self._row_at(point)
        if index is None:
            return self._spec.note
        bar = self._spec.bars[index]
        ending = INVITATION if self._reason is None else self._reason
        return "\n".join(part for part in (bar.tooltip, ending) if part) if bar.token >= 0 else bar.tooltip

    def event(self, event: QEvent) -> bool:
        """Show the tool tip of the bar under the mouse, and keep the bars' own keys from being shortcuts."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            show_tip(event.globalPos(), self.tip_at(QPointF(event.pos())), self)
            return True
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_own(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down select, Enter chooses the selected row, a digit the row of that number."""
        if not _is_own(event):
            super().keyPressEvent(event)
        elif event.key() in MOVES:
            self.select((self.selected() or 0) + MOVES[Qt.Key(event.key())])
        elif event.key() in ENTER_KEYS:
            self.choose(self.selected())
        else:
            self.choose(DIGITS.index(Qt.Key(event.key())))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light the row under the mouse."""
        self._mouse = event.position()
        self._point()

    def leaveEvent(self, event: QEvent) -> None:
        """Light no row any longer."""
        self._mouse = None
        self._point()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember the row, which is chosen if the button is let go there."""
        self._pressed = self._row_at(event.position()) if event.button() is Qt.MouseButton.LeftButton else None

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the row that was clicked."""
        index, self._pressed = self._pressed, None
        if index is not None and index == self._row_at(event.position()):
            self.select(index)
            self.choose(index)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the row under the mouse, or of the selected one."""
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.selected() if by_key else self._row_at(QPointF(event.pos()))
        if index is not None and self._token(index) >= 0:
            self.select(index)
            self.menu_requested.emit(self._token(index), event.globalPos())

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the selected row; the ring around everything only where there is none."""
        super().focusInEvent(event)
        self._ringed = self._ringed and self.selected() is None
        self._repaint()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show the selected row no longer."""
        super().focusOutEvent(event)
        self._repaint()

    def _point(self) -> None:
        pointing = self.lit() is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if pointing else Qt.CursorShape.ArrowCursor)
        self._repaint()

    def _paint(self, painter: QPainter, area: QRectF, spec: BarsSpec) -> None:
        paint_bars(painter, area, self._shown(), self._look, self.lit(), self.selected())

    def _row_at(self, point: QPointF) -> int | None:
        return bar_at(point, self._area(), self._shown(), self._look)

    def _shown(self) -> BarsSpec:
        """What of the spec has room; no bars while there is no spec."""
        return bars_that_fit(self._spec or BarsSpec(TITLE, "", ()), self.width(), self.height(), self._look)

    def _token(self, index: int) -> int:
        """The token of a row; -1 where there is no such row, or nothing can be chosen by it."""
        shown = self._shown().bars
        return shown[index].token if index < len(shown) else -1

    def _describe(self, spec: BarsSpec) -> str:
        hollow = "the model's own" if spec.drawn else "before"
        bars = ", ".join(
            f"{bar.label} {bar.probability:.2f}" + ("" if bar.before is None else f" ({hollow} {bar.before:.2f})")
            for bar in spec.bars
        )
        at = f". Selected: {spec.bars[self._selected].label}" if self._selected < len(spec.bars) else ""
        return ". ".join(part for part in (f"{spec.subtitle}: {bars}{at}", " ".join(spec.drawn), spec.note) if part)


class CandidatesPanel(QWidget):
    """The filter line, the controls of sampling and the bars; title and subtitle stand in `header`.

    `token_chosen` carries the token to force, `filter_changed` what the bars shall contain. Whoever listens answers
    each `filter_changed` by `set_spec`; until then, Enter in the line waits for the answer.
    """

    token_chosen = Signal(int)
    menu_requested = Signal(int, QPoint)
    filter_changed = Signal(str)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header = TitleBlock(TITLE)
        self.line = VocabularyLine()
        self.line.setEnabled(False)
        self.sampling = SamplingBox()
        self.bars = BarsView(style)
        self._is_answered = True
        self._chooses_next = False
        self.line.filter_changed.connect(self._ask)
        self.line.textEdited.connect(self._forget_enter)
        self.line.left.connect(self._enter_bars)
        self.line.went_down.connect(self._enter_bars)
        self.line.entered.connect(self._choose_first)
        self.bars.token_chosen.connect(self.token_chosen)
        self.bars.menu_requested.connect(self.menu_requested)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self.line)
        self._layout.addWidget(self.sampling)
        self._layout.addWidget(self.bars, 1)
        self.setAccessibleName(TITLE)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.set_style(style)

    def set_spec(self, spec: BarsSpec | Pending | Unavailable) -> None:
        """Show other candidates, or why there are none."""
        if isinstance(spec, BarsSpec):
            self.header.set_titles(spec.title, "")
            after = spec.subtitle.removeprefix("softmax ")
            self.header.subtitle.set_full_text(spec.subtitle, after, after.replace("after ", ""))
        else:
            self.header.set_titles(TITLE, "")
        # A line that loses the focus while it is typed in would lose what is typed next.
        self.line.setEnabled(isinstance(spec, BarsSpec) or self.line.hasFocus())
        self.bars.set_spec(self._or_nothing_found(spec))
        self._is_answered = self._is_answered or not isinstance(spec, Pending)
        if isinstance(spec, BarsSpec) and self._chooses_next:
            self._choose_first()
        elif isinstance(spec, Unavailable):
            self._chooses_next = False

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        self.header.set_style(style)
        self.bars.set_style(style)
        self.sampling.set_style(style)
        self._layout.setSpacing(round(0.5 * style.em))

    def set_choosable(self, reason: str | None) -> None:
        """Let tokens be chosen (None), or not, for a reason shown in the tool tips."""
        self.bars.set_choosable(reason)

    def set_filter(self, text: str) -> None:
        """Put a text into the filter line; emits nothing.

        What was told last changes nothing, so that an echo does not undo what has been typed since.
        """
        if text != self.line.filter():
            self._is_answered, self._chooses_next = True, False
            self.line.set_filter(text)

    def focus_filter(self) -> None:
        """Put the cursor into the filter line, everything selected."""
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line.selectAll()

    def message(self) -> str:
        """Why there are no bars; "" when there are some."""
        return self.bars.message()

    def _or_nothing_found(self, spec: BarsSpec | Pending | Unavailable) -> BarsSpec | Pending | Unavailable:
        text = self.line.filter()
        if isinstance(spec, BarsSpec) and not spec.bars and text:
            return Unavailable(f"No piece of the vocabulary contains “{text}”.")
        return spec

    def _ask(self, text: str) -> None:
        self._is_answered = False
        self.filter_changed.emit(text)

    def _choose_first(self) -> None:
        """Choose the first bar, once the bars are those of the text in the line."""
        self._chooses_next = not self._is_answered
        if self._is_answered:
            self.bars.choose(0)

    def _forget_enter(self, text: str) -> None:
        self._chooses_next = False

    def _enter_bars(self) -> None:
        self._chooses_next = False
        self.bars.select(0)
        self.bars.setFocus(Qt.FocusReason.OtherFocusReason)


def _is_own(event: QKeyEvent) -> bool:
    """Whether the bars take a key: those that select or choose, alone or on the keypad."""
    alone = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
    return alone and (event.key() in MOVES or event.key() in ENTER_KEYS or event.key() in DIGITS)
