"""Above the table of heads: which head aligns best, its links, heads of one role as one map, and files to measure."""

from __future__ import annotations

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.state.heads_spec import HeadsSpec
from attention_viewer.viewer.state.specs import Pending
from attention_viewer.viewer.widgets.plain import plain_label
from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QPushButton, QWidget

WIDE_EMS = 110
"""From this width on the buttons stand beside the text."""
DRAW_TIP = "Go to this head, with whole words and its links ringed (View > Links across)"
COPY_TIP = "The links of this sentence as 0-0 1-2 (Pharaoh): source and target words, from 0"
FILE_TIP = "All heads over the sentences of a text file, a source, or a source, a tab and a translation on each line"
BACK_TIP = "All heads on the sentence shown again"


class HeadsBar(QWidget):
    """What is asked for is told by signals; whoever hears them knows which head and which role."""

    links_drawn = Signal()
    links_copied = Signal()
    role_pooled = Signal()
    file_wanted = Signal()
    file_stopped = Signal()
    file_closed = Signal()

    def __init__(self, style: Style) -> None:
        super().__init__()
        self.aligner = plain_label("")
        self.aligner.setWordWrap(True)
        self.progress = plain_label("")
        self.draw = _button("Draw its links", DRAW_TIP)
        self.copy = _button("Copy links", COPY_TIP)
        self.role = _button("")
        self.file = _button("Measure a file …", FILE_TIP)
        self.stop = _button("Stop", "Measure the file no further")
        self.back = _button("This sentence", BACK_TIP)
        for button, signal in (
            (self.draw, self.links_drawn),
            (self.copy, self.links_copied),
            (self.role, self.role_pooled),
            (self.file, self.file_wanted),
            (self.stop, self.file_stopped),
            (self.back, self.file_closed),
        ):
            button.clicked.connect(signal)
        self._lay_out()
        self.set_style(style)
        self.set_spec(None)

    def set_spec(self, spec: HeadsSpec | None) -> None:
        """Offer what can be done with what the table shows; None where there is no table yet."""
        now = spec or HeadsSpec(Pending(""))
        self.aligner.setText(now.aligner)
        for widget in (self.aligner, self.draw, self.copy):
            widget.setVisible(bool(now.aligner))
        self.role.setText(f"Role as one map ({now.alike} head{'s' if now.alike > 1 else ''})")
        self.role.setToolTip(f"The mean of all heads of this map whose role is ‘{now.role}’, as the selected one's is")
        self.role.setVisible(bool(now.role))
        self.progress.setText(now.progress)
        self.progress.setVisible(bool(now.progress))
        self.stop.setVisible(bool(now.progress))
        self.file.setVisible(not now.progress)
        self.file.setEnabled(not now.no_file)
        self.file.setToolTip(now.no_file or FILE_TIP)
        self.back.setVisible(now.of_file and not now.progress)

    def set_style(self, style: Style) -> None:
        """Use another text size."""
        self._em = style.em
        self._column.setSpacing(round(0.4 * style.em))
        self._buttons.setSpacing(round(0.5 * style.em))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the buttons beside the text where there is the width for it, else below."""
        super().resizeEvent(event)
        wide = self.width() >= WIDE_EMS * self._em
        self._column.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)

    def minimumSizeHint(self) -> QSize:
        """Narrower than its buttons: what has no room is reached by the menus, or in a larger panel."""
        return QSize(0, super().minimumSizeHint().height())

    def _lay_out(self) -> None:
        self._column = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.aligner, 1)
        self._buttons = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        for widget in (self.draw, self.copy, self.role, self.file, self.progress, self.stop, self.back):
            self._buttons.addWidget(widget)
        self._buttons.addStretch()
        self._column.addLayout(self._buttons)


def _button(text: str, tip: str = "") -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    return button
