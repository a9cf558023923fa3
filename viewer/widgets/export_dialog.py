"""Asks what to export, in which format and theme, and where to; writes nothing itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QMessageBox,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

PICTURES = (("map", "The current map"), ("grid", "All layers and heads of this kind"))
FORMATS = (("png", "PNG image"), ("svg", "SVG drawing"), ("pdf", "PDF document"))
THEMES = (("print", "White, for print"), ("light", "Light"), ("dark", "Dark"))
LARGEST_SCALE = 4


@dataclass(frozen=True)
class ExportRequest:
    """A picture to write: `what` "map" or "grid", its format, pixel scale (PNG only), theme and file.

    The user has agreed to an existing file being replaced.
    """

    what: str
    suffix: str
    scale: int
    theme: str
    path: Path


class ExportDialog(QDialog):
    """A few choices, then a file dialog starting in `folder`; emits the request once all is chosen.

    `names` are the proposed file names without suffix, by picture.
    """

    accepted_request = Signal(object)

    def __init__(self, folder: Path, names: dict[str, str] | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export picture")
        self._folder = folder
        self._names = names or {"map": "attention_map", "grid": "attention_heads"}
        self._picture = _choice("Picture", PICTURES)
        self._format = _choice("Format", FORMATS)
        self._theme = _choice("Colours", THEMES)
        self._scale = QSpinBox()
        self._scale.setRange(1, LARGEST_SCALE)
        self._scale.setValue(2)
        self._scale.setSuffix(" ×")
        self._scale.setAccessibleName("Scale")
        self._note = QLabel()
        self._note.setProperty("tone", "muted")
        self._format.currentIndexChanged.connect(self._show_format)
        self._lay_out()
        self._show_format()

    def accept(self) -> None:
        """Close the choices and ask for the file."""
        super().accept()
        self._ask_for_file().open()

    def request_for(self, file: str) -> ExportRequest:
        """The request for what is chosen now, written to `file`; the suffix is added where it is missing."""
        suffix = self._suffix()
        path = Path(file)
        if path.suffix.lower() != f".{suffix}":
            path = path.with_name(f"{path.name}.{suffix}")
        scale = self._scale.value() if suffix == "png" else 1
        return ExportRequest(self._picture.currentData(), suffix, scale, self._theme.currentData(), path)

    def _ask_for_file(self) -> QFileDialog:
        suffix = self._suffix()
        dialog = QFileDialog(self.parentWidget(), "Export picture", str(self._folder))
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(f"{self._format.currentText()} (*.{suffix})")
        dialog.setDefaultSuffix(suffix)
        dialog.selectFile(f"{self._names[self._picture.currentData()]}.{suffix}")
        dialog.fileSelected.connect(self._choose_file)
        dialog.finished.connect(dialog.deleteLater)
        return dialog

    def _choose_file(self, file: str) -> None:
        request = self.request_for(file)
        if request.path == Path(file) or not request.path.exists():
            self.accepted_request.emit(request)
        else:
            self._ask_to_replace(request)

    def _ask_to_replace(self, request: ExportRequest) -> None:
        """Ask about a file that the file dialog did not, because the suffix was added after it."""
        question = QMessageBox(self.parentWidget())
        question.setWindowTitle("Export picture")
        question.setText(f"{request.path.name} exists already. Replace it?")
        question.setStandardButtons(QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No)
        question.button(QMessageBox.StandardButton.Yes).setText("Replace")
        question.setDefaultButton(QMessageBox.StandardButton.No)
        question.button(QMessageBox.StandardButton.Yes).clicked.connect(lambda: self.accepted_request.emit(request))
        question.finished.connect(question.deleteLater)
        question.open()

    def _suffix(self) -> str:
        return str(self._format.currentData())

    def _show_format(self) -> None:
        is_png = self._suffix() == "png"
        self._scale.setEnabled(is_png)
        self._note.setText("One image, sharp at this scale." if is_png else "Text stays text; any size prints sharply.")

    def _lay_out(self) -> None:
        form = QFormLayout()
        for title, field in (
            ("Picture", self._picture),
            ("Format", self._format),
            ("Scale", self._scale),
            ("Colours", self._theme),
        ):
            form.addRow(title, field)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        buttons.button(QDialogButtonBox.StandardButton.Save).setText("Choose file …")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self._note)
        layout.addWidget(buttons)


def _choice(name: str, values: tuple[tuple[str, str], ...]) -> QComboBox:
    combo = QComboBox()
    combo.setAccessibleName(name)
    for value, text in values:
        combo.addItem(text, value)
    return combo
