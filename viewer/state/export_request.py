"""What the export dialog asks for. No Qt, no torch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from attention_viewer.viewer.state.figure_options import FigureOptions
from attention_viewer.viewer.state.view_state import ViewState


@dataclass(frozen=True)
class ExportRequest:
    """A file to write; the user has agreed to an existing one being replaced."""

    options: FigureOptions
    path: Path
    view: ViewState | None = None
