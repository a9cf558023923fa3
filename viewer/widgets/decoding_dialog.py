"""Asks how tokens are chosen that nobody has chosen: greedily, or by sampling with a seed."""

from __future__ import annotations

from dataclasses import replace

from attention_viewer.model.contract.choosing import Decoding, Method
from attention_viewer.viewer.widgets.mnemonics import mark_dialog
from attention_viewer.viewer.widgets.plain import fit_title, plain_label
from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

EXPLANATION = (
    "Sampling draws each token from the distribution: divided by the temperature, cut to the k most probable tokens, "
    "then to the smallest set that holds the nucleus. The same seed draws the same tokens. The two switches "
    "hold for the most probable token and for beam search, too."
)


class DecodingDialog(QDialog):
    """Emits `chosen`, a `Decoding`, when accepted."""

    chosen = Signal(Decoding)

    def __init__(self, now: Decoding, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self.setWindowTitle("How tokens are chosen")
        self._sampling = QCheckBox("Sample instead of taking the most probable token")
        self._sampling.setChecked(now.method is Method.SAMPLING)
        self._temperature = _real("Temperature", now.temperature, 0.01, 100.0)
        self._top_k = QSpinBox()
        self._top_k.setRange(0, 100_000)
        self._top_k.setSpecialValueText("all tokens")
        self._top_k.setValue(now.top_k)
        self._top_p = _real("Nucleus", now.top_p, 0.01, 1.0)
        self._seed = QSpinBox()
        self._seed.setRange(0, 2**31 - 1)
        self._seed.setValue(now.seed)
        for name, field in (("Top k", self._top_k), ("Seed", self._seed)):
            field.setAccessibleName(name)
        self._no_repeat = QCheckBox("Let no run of so many tokens come twice")
        self._no_repeat.setToolTip("no_repeat_ngram_size of transformers")
        self._run = QSpinBox()
        self._run.setRange(1, 20)
        self._run.setAccessibleName("Tokens of a run that may not come twice")
        self._penalise = QCheckBox("Penalise tokens that stand already, by")
        self._penalise.setToolTip("repetition_penalty of transformers; above 1 holds such tokens back")
        self._penalty = _real("Repetition penalty", now.repetition_penalty, 0.1, 10.0)
        self._show_switch(self._no_repeat, self._run, now.no_repeat_ngram > 0, now.no_repeat_ngram or 3)
        off = now.repetition_penalty == 1.0
        self._show_switch(self._penalise, self._penalty, not off, 1.2 if off else now.repetition_penalty)
        self._sampling.toggled.connect(self._enable)
        self._lay_out()
        fit_title(self)
        mark_dialog(self)
        self._enable(self._sampling.isChecked())
        self.accepted.connect(lambda: self.chosen.emit(self.choice()))

    def choice(self) -> Decoding:
        """What is chosen now."""
        return replace(
            self._now,
            method=Method.SAMPLING if self._sampling.isChecked() else Method.GREEDY,
            temperature=self._temperature.value(),
            top_k=self._top_k.value(),
            top_p=self._top_p.value(),
            seed=self._seed.value(),
            no_repeat_ngram=self._run.value() if self._no_repeat.isChecked() else 0,
            repetition_penalty=self._penalty.value() if self._penalise.isChecked() else 1.0,
        )

    def _show_switch(self, switch: QCheckBox, field: QSpinBox | QDoubleSpinBox, on: bool, value: float) -> None:
        switch.setChecked(on)
        if isinstance(field, QSpinBox):
            field.setValue(int(value))
        else:
            field.setValue(value)
        field.setEnabled(on)
        switch.toggled.connect(field.setEnabled)

    def _enable(self, sampling: bool) -> None:
        for field in (self._temperature, self._top_k, self._top_p, self._seed):
            field.setEnabled(sampling)

    def _lay_out(self) -> None:
        explanation = plain_label(EXPLANATION)
        explanation.setWordWrap(True)
        explanation.setProperty("tone", "muted")
        form = QFormLayout()
        form.addRow(self._sampling)
        form.addRow("Temperature", self._temperature)
        form.addRow("Top k", self._top_k)
        form.addRow("Nucleus (top p)", self._top_p)
        form.addRow("Seed", self._seed)
        form.addRow(self._no_repeat, self._run)
        form.addRow(self._penalise, self._penalty)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(explanation)
        layout.addWidget(buttons)


def _real(name: str, value: float, low: float, high: float) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setRange(low, high)
    box.setSingleStep(0.05)
    box.setDecimals(2)
    box.setValue(value)
    box.setAccessibleName(name)
    return box
