"""What went wrong inside the program: a sentence, and a report that can be copied."""

from __future__ import annotations

from pathlib import Path

from attention_viewer.viewer.widgets.plain import breakable, plain_label
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

LINES, COLUMNS = 12, 80
"""Size of the report, in lines and average characters."""


class FaultDialog(QDialog):
    """Shows faults, one below the other; all of them can be selected and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Something went wrong")
        self._sentence = plain_label()
        self._sentence.setWordWrap(True)
        self._report = QPlainTextEdit()
        self._report.setReadOnly(True)
        self._report.setAccessibleName("Report")
        self._report.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        metrics = self._report.fontMetrics()
        self._report.setMinimumSize(metrics.averageCharWidth() * COLUMNS, metrics.lineSpacing() * LINES)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton("Copy the report", QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(self._copy)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self._sentence)
        layout.addWidget(self._report)
        layout.addWidget(buttons)

    def add(self, sentence: str, report: str, log: Path | None) -> None:
        """Show one more fault; `log` is where it was noted, if anywhere."""
        noted = f" It was noted in {log}." if log is not None else ""
        self._sentence.setText(
            breakable(
                f"{sentence} The program goes on; save your work before you rely on it.{noted} The report below helps "
                "to mend it."
            )
        )
        self._report.appendPlainText(report)

    def report(self) -> str:
        """All that the report says."""
        return self._report.toPlainText()

    def _copy(self) -> None:
        QApplication.clipboard().setText(self.report())
