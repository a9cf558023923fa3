"""What lies over a panel that has nothing to show in this window: the reason, in a sentence."""

from __future__ import annotations

from attention_viewer.viewer.widgets.plain import plain_label
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

MOVES = (QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.LayoutRequest, QEvent.Type.ChildPolished)
"""When what is covered changes its size, or gets a part that was made late."""


class Cover(QWidget):
    """Hides a widget's content, which cannot be used, behind a reason; as large as the widget, whatever becomes of it.

    The widget itself stays as it is, so that whoever speaks to it need not know.
    """

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._greyed: list[QWidget] = []
        self.setObjectName("cover")
        self._over = over
        self.reason = plain_label()
        self.reason.setWordWrap(True)
        self.reason.setProperty("tone", "muted")
        self.reason.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.addWidget(self.reason)
        # A plain widget paints the background of the style sheet only where it is told to.
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        over.installEventFilter(self)
        self.setGeometry(over.rect())

    def set_reason(self, reason: str) -> None:
        """Cover the widget with a reason; "" uncovers it."""
        self.reason.setText(reason)
        if reason and not self._greyed:
            children = self._over.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
            self._greyed = [each for each in children if each is not self and each.isEnabledTo(self._over)]
        for each in self._greyed:
            each.setEnabled(not reason)
        if not reason:
            self._greyed = []
        self.setVisible(bool(reason))
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay as large as what is covered, and in front of it."""
        if watched is self._over and event.type() in MOVES:
            self.setGeometry(self._over.rect())
            self.raise_()
        return False


def cover(over: QWidget, reason: str) -> None:
    """Cover a widget with a reason, or uncover it ("")."""
    known = over.findChild(Cover, options=Qt.FindChildOption.FindDirectChildrenOnly)
    if known is not None or reason:
        (known or Cover(over)).set_reason(reason)
