"""Help > About: versions, the model and its data, and the licences of what the program stands on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

PURPOSE = "A window on a living encoder-decoder Transformer (Vaswani et al. 2017)."
DATA = (
    "The bundled English-French model (CC BY 4.0) was trained on sentence pairs of the Tatoeba project (tatoeba.org, "
    "as collected at manythings.org/anki, CC BY 2.0 FR), of LibreOffice's help (MPL-2.0) and of nine smaller sources, "
    "which its model card lists with their licences and credits."
)
LICENCES = (
    ("Attention Viewer", "MIT"),
    ("Qt for Python (PySide6)", "LGPL v3"),
    ("PyTorch", "BSD 3-clause"),
    ("NumPy", "BSD 3-clause"),
    ("pyqtgraph", "MIT"),
    ("SentencePiece", "Apache 2.0"),
    ("safetensors", "Apache 2.0"),
    ("Pillow", "MIT-CMU"),
    ("tqdm", "MPL 2.0 and MIT"),
)
READABLE_CHARACTERS = 64
"""Width of the text, in average characters."""


class AboutDialog(QDialog):
    """Shows `versions` by package name, `model_text` and where the `log` is; all of it can be selected and copied."""

    def __init__(
        self, versions: Mapping[str, str], model_text: str, log: Path | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("About Attention Viewer")
        self._text = QLabel(about_text(versions, model_text, log))
        self._text.setTextFormat(Qt.TextFormat.RichText)
        self._text.setWordWrap(True)
        self._text.setMinimumWidth(self.fontMetrics().averageCharWidth() * READABLE_CHARACTERS)
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._text.setAccessibleName("About Attention Viewer")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self._text)
        layout.addWidget(buttons)


def about_text(versions: Mapping[str, str], model_text: str, log: Path | None = None) -> str:
    """The whole text as HTML; `log` is where faults of the program are noted."""
    title = f"<h3>Attention Viewer {escape(versions.get('Attention Viewer', ''))}</h3><p>{PURPOSE}</p>"
    model = escape(model_text).replace("\n", "<br>")
    noted = f"What goes wrong inside the program is noted in {escape(str(log))}." if log else ""
    others = {name: version for name, version in versions.items() if name != "Attention Viewer"}
    return (
        f"{title}<h4>Model</h4><p>{model}</p><p>{DATA}</p><p>{noted}</p>"
        f"<h4>Versions</h4>{_table(others.items())}<h4>Licences</h4>{_table(LICENCES)}"
    )


def _table(rows: Iterable[tuple[str, str]]) -> str:
    cells = (f"<tr><td>{escape(name)}&nbsp;&nbsp;</td><td>{escape(value)}</td></tr>" for name, value in rows)
    return f"<table>{''.join(cells)}</table>"
