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

    def __init__(self, over: QWidget, reason: str) -> None:
        super().__init__(over)
        for each in over.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            if each is not self:
                each.setEnabled(False)
        self.setObjectName("cover")
        self._over = over
        self.reason = plain_label()
        self.reason.setText(reason)
        self.reason.setWordWrap(True)
        self.reason.setProperty("tone", "muted")
        self.reason.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.addWidget(self.reason)
        # A plain widget paints the background of the style sheet only where it is told to.
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        over.installEventFilter(self)
        self.setGeometry(over.rect())
        self.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay as large as what is covered, and in front of it."""
        if watched is self._over and event.type() in MOVES:
            self.setGeometry(self._over.rect())
            self.raise_()
        return False
