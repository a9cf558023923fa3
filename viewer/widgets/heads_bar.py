"""Above the table of heads: which head aligns best, its links, heads of one role as one map, and files to measure."""

from __future__ import annotations

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.state.heads_spec import HeadsSpec
from attention_viewer.viewer.state.specs import Pending
from attention_viewer.viewer.widgets.plain import plain_label
from PySide6.QtCore import QSize, Qt, Signal
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
        self.draw = _button("Draw links", DRAW_TIP)
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
        self._em = style.em
        self.set_style(style)
        self.set_spec(None)

    def set_spec(self, spec: HeadsSpec | None) -> None:
        """Offer what can be done with what the table shows; None where there is no table yet."""
        now = spec or HeadsSpec(Pending(""))
        self.aligner.setText(now.aligner)
        for widget in (self.aligner, self.draw, self.copy):
            widget.setVisible(bool(now.aligner))
        self.role.setText(f"Same role as one ({now.alike})")
        self.role.setToolTip(f"One map of all heads of this kind that are ‘{now.role}’, as the selected one is")
        self.role.setVisible(bool(now.role))
        self.progress.setText(now.progress)
        self.progress.setVisible(bool(now.progress))
        self.stop.setVisible(bool(now.progress))
        self.file.setVisible(not now.progress)
        self.file.setEnabled(not now.no_file)
        self.file.setToolTip(now.no_file or FILE_TIP)
        self.back.setVisible(now.of_file and not now.progress)
        self._arrange()

    def set_style(self, style: Style) -> None:
        """Use another text size."""
        self._em = style.em
        self._column.setSpacing(round(0.4 * style.em))
        for row in (self._rows, *self._parts):
            row.setSpacing(round(0.5 * style.em))
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put parts beside or below each other, by the width."""
        super().resizeEvent(event)
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        """Narrower than its buttons: the panel must not make a small window wider."""
        return QSize(0, super().minimumSizeHint().height())

    def _arrange(self) -> None:
        """The buttons beside the text where there is ample width, those of files below the others where it is short."""
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        needed = sum(part.sizeHint().width() for part in self._parts) + self._rows.spacing()
        self._rows.setDirection(across if needed <= self.width() else down)
        self._column.setDirection(across if self.width() >= WIDE_EMS * self._em else down)

    def _lay_out(self) -> None:
        across = QBoxLayout.Direction.LeftToRight
        self._column = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.aligner, 1)
        self._rows = QBoxLayout(across)
        self._parts = QBoxLayout(across), QBoxLayout(across)
        groups = (self.draw, self.copy, self.role), (self.file, self.progress, self.stop, self.back)
        for part, widgets in zip(self._parts, groups, strict=True):
            for widget in widgets:
                part.addWidget(widget)
            self._rows.addLayout(part)
            self._rows.setAlignment(part, Qt.AlignmentFlag.AlignLeft)
        self._rows.addStretch()
        self._column.addLayout(self._rows)


def _button(text: str, tip: str = "") -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    return button
