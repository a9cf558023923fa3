"""The interactive page inside a notebook. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from attention_viewer.model.contract.api import Trace
from attention_viewer.viewer.export.page import page_bytes
from attention_viewer.viewer.export.writing import write_bytes

HEIGHT = 720
"""Pixels that a page takes in a notebook."""


@dataclass(frozen=True, eq=False)
class InlinePage:
    """A trace as a page: a notebook shows it where it is the value of a cell. `about` says where it comes from."""

    trace: Trace
    about: Mapping[str, Any] = field(default_factory=dict)
    height: int = HEIGHT

    def __repr__(self) -> str:
        kinds = ", ".join(each.kind for each in self.trace.maps)
        return f"<attention page: {kinds}; {len(self.trace.source_tokens)} source tokens, {len(self.trace.steps)} rows>"

    @property
    def html(self) -> str:
        """The page itself, which needs no server and no network."""
        return page_bytes(self.trace, self.about).decode("utf-8")

    def _repr_html_(self) -> str:
        # Apart from the notebook: nothing in the page can reach it, nor the other way round.
        return (
            f'<iframe srcdoc="{escape(self.html)}" sandbox="allow-scripts" title="Attention weights" '
            f'style="width: 100%; height: {self.height}px; border: 0"></iframe>'
        )

    def write(self, path: str | Path, overwrite: bool = False) -> None:
        """Write the page to a file. Raises UserError where it exists (unless `overwrite`) or cannot be written."""
        write_bytes(Path(path), self.html.encode("utf-8"), overwrite)
