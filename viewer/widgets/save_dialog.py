"""Asks where to save: a name gets the usual suffix unless it has one that is known, and nothing is replaced unasked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from attention_viewer.viewer.state.plain_text import shown_text
from attention_viewer.viewer.widgets.plain import message_box
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget


@dataclass(frozen=True)
class Asked:
    """What is asked: the dialog's title, where it begins, the proposed name without suffix, and the usual format.

    `known` are the suffixes, without dot, that a name may end in.
    """

    title: str
    folder: Path
    name: str
    suffix: str
    format: str
    known: tuple[str, ...]


def suffix_in(name: str, known: Iterable[str]) -> str | None:
    """The suffix of `known`, without dot, that a file's name ends in, in any case; None where it has none."""
    return next((each for each in known if name.lower().endswith(f".{each}")), None)


def completed(file: str, asked: Asked) -> Path:
    """The file that a typed name means."""
    path = Path(file)
    return path if suffix_in(path.name, asked.known) else path.with_name(f"{path.name}.{asked.suffix}")


def save_dialog(parent: QWidget, asked: Asked, then: Callable[[Path], None]) -> QFileDialog:
    """A dialog that asks for a file; `then` follows with its path once one was chosen."""
    dialog = QFileDialog(parent, asked.title, str(asked.folder))
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilter(f"{asked.format} (*.{asked.suffix})")
    dialog.setDefaultSuffix(asked.suffix)
    dialog.selectFile(f"{asked.name}.{asked.suffix}")
    dialog.fileSelected.connect(lambda file: _chosen(parent, file, asked, then))
    dialog.finished.connect(dialog.deleteLater)
    return dialog


def _chosen(parent: QWidget, file: str, asked: Asked, then: Callable[[Path], None]) -> None:
    path = completed(file, asked)
    if path == Path(file) or not path.exists():
        then(path)
    else:
        _ask_to_replace(parent, asked.title, path, then)


def _ask_to_replace(parent: QWidget, title: str, path: Path, then: Callable[[Path], None]) -> None:
    """Ask about a file that the file dialog did not, because the suffix was added after it."""
    said = f"{shown_text(path.name)} exists already. Replace it?"
    question = message_box(parent, QMessageBox.Icon.NoIcon, title, said)
    question.setStandardButtons(QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No)
    question.button(QMessageBox.StandardButton.Yes).setText("Replace")
    question.setDefaultButton(QMessageBox.StandardButton.No)
    question.button(QMessageBox.StandardButton.Yes).clicked.connect(lambda: then(path))
    question.finished.connect(question.deleteLater)
    question.open()
