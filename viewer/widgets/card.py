"""A card: a movable dock with a title of our own, so that panels look like one sheet of an instrument."""

from __future__ import annotations

from collections.abc import Sequence

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.state.plain_text import shown_text
from attention_viewer.viewer.widgets.plain import LONGEST_TIP, set_tip
from attention_viewer.viewer.widgets.title_icons import title_icon
from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

TITLE_ROW_EMS = 2.0
"""Height of a title's line, with or without controls beside it, so that neighbouring titles stand level."""
PADDING_EMS = 0.5
BUTTON_EMS = 1.6
LETTING_GO = 100
"""Milliseconds between two looks whether the mouse still drags a card."""
QWIDGETSIZE_MAX = (1 << 24) - 1
FRAMED = (
    # From a tool's window, and no other, keys reach the actions of the window that it belongs to.
    Qt.WindowType.Tool
    | Qt.WindowType.CustomizeWindowHint
    | Qt.WindowType.WindowTitleHint
    | Qt.WindowType.WindowSystemMenuHint
    | Qt.WindowType.WindowMaximizeButtonHint
    | Qt.WindowType.WindowCloseButtonHint
)
MOVING_TIP = "Drag to move this panel, double-click to let it float, right-click for more"


class ElidedLabel(QLabel):
    """A line of text that is cut with an ellipsis where there is no room, the whole of it in its tool tip."""

    def __init__(self, role: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._full = ""
        self._shorter: tuple[str, ...] = ()
        self.setProperty("tone", role)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_full_text(self, text: str, *shorter: str) -> None:
        """Show `text`, or the first of `shorter` that fits where it does not; of the last as much as fits."""
        self._full, self._shorter = shown_text(text, LONGEST_TIP), shorter
        self.setAccessibleName(self._full)
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
        """Room for the whole text, as far as the label may grow."""
        metrics = self.fontMetrics()
        margins = self.contentsMargins()
        width = metrics.horizontalAdvance(self._full) + 2 + margins.left() + margins.right()
        return QSize(width, metrics.height() + margins.top() + margins.bottom()).boundedTo(self.maximumSize())

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
        metrics, room = self.fontMetrics(), self.contentsRect().width()
        texts = (self._full, *self._shorter)
        text = next((each for each in texts if metrics.horizontalAdvance(each) <= room), texts[-1])
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        if shown != self.text():
            self.setText(shown)
        set_tip(self, self._full if shown != self._full else "")


class TitleBlock(QWidget):
    """A title with controls at its right end, and below them a subtitle over the whole width.

    `line` stands in the place of the subtitle, which it contains, where there is more to be said there.
    `lines_changed` follows when the two come to stand in one line, or in two again.
    """

    lines_changed = Signal()

    def __init__(
        self,
        title: str = "",
        controls: Sequence[QWidget] = (),
        line: QWidget | None = None,
        subtitle: ElidedLabel | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.title = ElidedLabel("title")
        self.subtitle = subtitle or ElidedLabel("muted")
        self._line = line or self.subtitle
        self._row = QHBoxLayout()
        self._row.addWidget(self.title, 1)
        for control in controls:
            self._row.addWidget(control)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addLayout(self._row)
        lines.addWidget(self._line)
        self._lines = lines
        self.set_titles(title, "")

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        self.title.setMinimumHeight(round(TITLE_ROW_EMS * style.em))
        self._row.setSpacing(round(0.3 * style.em))

    def set_titles(self, title: str, subtitle: str) -> None:
        """Both lines; an empty subtitle keeps its room, so that nothing jumps when it comes."""
        self.title.set_full_text(title)
        self.subtitle.set_full_text(subtitle)

    @property
    def saved(self) -> int:
        """Pixels of height that one line saves; 0 while there are two."""
        return self._line.sizeHint().height() if self._row.indexOf(self._line) >= 0 else 0

    def set_one_line(self, one: bool) -> None:
        """Put what stands below the title beside it, or back."""
        beside = self._row.indexOf(self._line) >= 0
        if one and not beside:
            self._row.insertWidget(1, self._line)
            self.lines_changed.emit()
        elif beside and not one:
            self._row.removeWidget(self._line)
            self._lines.addWidget(self._line)
            self.lines_changed.emit()
        self._row.setStretch(0, 2 if one else 1)
        self._row.setStretch(1, 3 if one else 0)

    def set_compact(self, compact: bool) -> None:
        """Leave the subtitle's line to the picture below, or not."""
        self._line.setVisible(not compact)


class Card(QDockWidget):
    """A dock whose title bar is `header` and whose content is `body`, drawn as one sheet.

    `name` is the object name under which the layout is remembered, `title` what menus and tabs call the panel.
    `large_requested` asks for the whole window, or for the old place back, `help_requested` for what the handbook says
    of it. A floating card has the desktop's own
    frame and title, and a button that docks it again.
    """

    large_requested = Signal()
    help_requested = Signal()

    def __init__(self, name: str, title: str, header: QWidget, body: QWidget) -> None:
        super().__init__(title)
        self.setObjectName(name)
        self._large = self.folded = False
        self._style: Style | None = None
        self.dock_button = _title_button(f"{title}: dock")
        self.dock_button.setToolTip("Back into the window")
        self.dock_button.clicked.connect(lambda: self.setFloating(False))
        self.dock_button.hide()
        self.large_button = _title_button(f"{title}: large")
        self.large_button.clicked.connect(self.large_requested)
        self.help_button = _title_button(f"{title}: help")
        self.help_button.setToolTip("What this panel shows, in the handbook")
        self.help_button.clicked.connect(self.help_requested)
        self._header, self._header_box = _framed("cardHeader", header)
        self._header_box.addWidget(self.help_button, 0, Qt.AlignmentFlag.AlignTop)
        self._header_box.addWidget(self.dock_button, 0, Qt.AlignmentFlag.AlignTop)
        self._header_box.addWidget(self.large_button, 0, Qt.AlignmentFlag.AlignTop)
        self._header.setToolTip(MOVING_TIP)
        self._header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._header.customContextMenuRequested.connect(self._show_menu)
        self._body, self._body_box = _framed("cardBody", body)
        self.setTitleBarWidget(self._header)
        self.setWidget(self._body)
        self._let_go = QTimer(self)
        self._let_go.setInterval(LETTING_GO)
        self._let_go.timeout.connect(self._frame_floating)
        self.topLevelChanged.connect(self._follow_floating)
        # Qt keeps the height that the title had when the card, which is being resized now, was resized last.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._fit_title)
        if isinstance(header, TitleBlock):
            header.lines_changed.connect(self._soon.start)
        self.set_large(False)

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        self._style = style
        self.set_padding(round(PADDING_EMS * style.em))
        side = round(BUTTON_EMS * style.em)
        for button in (self.help_button, self.dock_button, self.large_button):
            button.setFixedSize(side, round(TITLE_ROW_EMS * style.em))
            button.setIconSize(QSize(round(0.85 * style.em), round(0.85 * style.em)))
        self.help_button.setIcon(title_icon("help", style))
        self.dock_button.setIcon(title_icon("dock", style))
        self.set_large(self._large)

    def set_large(self, large: bool) -> None:
        """Show by the button whether the card fills the window."""
        self._large = large
        self.large_button.setToolTip("Back to its place (F11)" if large else "Make this panel large (F11)")
        if self._style is not None:
            self.large_button.setIcon(title_icon("back" if large else "large", self._style))

    def set_padding(self, padding: int) -> None:
        """The space between the sheet's edge and what is on it, in pixels."""
        self._header_box.setContentsMargins(padding, padding // 2, padding, 0)
        self._header_box.setSpacing(padding // 2)
        self._body_box.setContentsMargins(padding, padding // 2, padding, padding)

    def set_folded(self, folded: bool) -> None:
        """Leave nothing of the card but its tab, or let it have room again."""
        self.folded = folded = folded and not self.isFloating()
        self._header.setVisible(not folded)
        self._body.setVisible(not folded)
        self.setMaximumHeight(1 if folded else QWIDGETSIZE_MAX)

    def menu(self) -> QMenu:
        """What the title bar offers: large, float or dock, and close."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        floating = self.isFloating()
        if not floating:
            menu.addAction("Back to its place" if self._large else "Large", self.large_requested.emit)
        menu.addAction("Dock" if floating else "Float", lambda: self.setFloating(not floating))
        menu.addAction("Close", self.close)
        return menu

    def _fit_title(self) -> None:
        """Give the title the height of its lines."""
        for layout in (self._header_box, self.layout()):
            if layout is not None:
                layout.invalidate()
                layout.activate()

    def _show_menu(self, point: QPoint) -> None:
        self.menu().popup(self._header.mapToGlobal(point))

    def _follow_floating(self, floating: bool) -> None:
        self.dock_button.setVisible(floating)
        self.large_button.setVisible(not floating)
        self.keep_framed()

    def keep_framed(self) -> None:
        """Give a floating card its frame soon, where it has lost it or has none yet."""
        if self.isFloating() and self.parent() is not None:
            self.set_folded(False)
            self._let_go.start()

    def _frame_floating(self) -> None:
        """Give a floating card a frame, once the mouse that tore it off has let go of it."""
        if QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton:
            return
        self._let_go.stop()
        if self.isFloating() and self.windowFlags() & Qt.WindowType.FramelessWindowHint:
            shown, place = self.isVisible(), self.geometry()
            self.setWindowFlags(FRAMED)
            self.setGeometry(place)
            self.setVisible(shown)


def _title_button(name: str) -> QToolButton:
    button = QToolButton()
    button.setProperty("flat", True)
    button.setProperty("bare", True)
    button.setAccessibleName(name)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def _framed(name: str, content: QWidget) -> tuple[QFrame, QHBoxLayout]:
    frame = QFrame()
    frame.setObjectName(name)
    box = QHBoxLayout(frame)
    box.addWidget(content, 1)
    return frame, box
