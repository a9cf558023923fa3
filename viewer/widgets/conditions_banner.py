"""The banner beside the step controls that says what is changed inside the model, whichever panel is in front."""

from __future__ import annotations

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.widgets.card import ElidedLabel
from attention_viewer.viewer.widgets.control_keys import presses
from attention_viewer.viewer.widgets.plain import set_tip
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QToolButton, QWidget

LEAST_EMS = 4.0
"""Width that its words keep where there is little room."""


class ConditionsBanner(QFrame):
    """A few words, as much of them as fits, and a button that resets all; hidden while nothing is changed."""

    reset_requested = Signal()

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._label = ElidedLabel("changed")
        self._label.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.reset = _Button()
        self.reset.setText("Reset")
        self.reset.setProperty("inline", True)
        self.reset.setToolTip("The model as it was trained: every switch back where it was")
        self.reset.setAccessibleName("Reset interventions")
        self.reset.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Ignored)
        self.reset.clicked.connect(self.reset_requested)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._label)
        self._row.addWidget(self.reset)
        # As high as its line, so that nothing in the window moves when the banner comes and goes.
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Ignored)
        self.set_style(style)
        self.set_texts("", "")

    def set_texts(self, text: str, whole: str) -> None:
        """Say `text`, and `whole` in the tool tip; "" hides the banner."""
        self._label.set_full_text(text)
        set_tip(self, whole)
        self.setAccessibleName(f"Interventions: {text}" if text else "")
        self.setAccessibleDescription(whole)
        self._fit()
        self.setVisible(bool(text))

    def text(self) -> str:
        """What it says, whether or not all of it fits; "" where it is hidden."""
        return self._label.full_text()

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        self._row.setContentsMargins(round(0.5 * style.em), 0, 0, 0)
        self._row.setSpacing(round(0.5 * style.em))
        self._least = round(LEAST_EMS * style.em)
        self._fit()

    def _fit(self) -> None:
        """Let the words be cut, but not more than to a few."""
        self._label.setMinimumWidth(min(self._least, self._label.sizeHint().width()))
        self._label.updateGeometry()


class _Button(QToolButton):
    """A button that is pressed by Enter as well as by Space."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press by Enter too."""
        if presses(event) and event.key() != Qt.Key.Key_Space:
            self.click()
        else:
            super().keyPressEvent(event)
