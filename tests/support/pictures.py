"""A picture in a file of its own, for tests that look into what was written."""

from __future__ import annotations

from pathlib import Path

from attention_viewer.viewer.export.picture import EXPORTERS, NOTHING, Paint, go_on
from attention_viewer.viewer.export.writing import write_bytes
from PySide6.QtCore import QSizeF


def export_picture(path: Path, paint: Paint, size: QSizeF, scale: float = 1.0, overwrite: bool = False) -> None:
    """Write what `paint` paints to `path`, in the format its suffix names."""
    write_bytes(path, bytes(EXPORTERS[path.suffix[1:]](paint, size, scale, NOTHING, go_on).data()), overwrite)
