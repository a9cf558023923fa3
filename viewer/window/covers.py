"""What is fed of a window's panels: those that the model has what they take for; the others say why not."""

from __future__ import annotations

from collections.abc import Sequence

from attention_viewer.model.contract.api import ModelInfo
from attention_viewer.viewer.widgets.cover import cover
from attention_viewer.viewer.widgets.main_window import MainWindow
from attention_viewer.viewer.window.panels import FedPanel


def fed(window: MainWindow, panels: Sequence[FedPanel], info: ModelInfo | None) -> tuple[FedPanel, ...]:
    """The panels that have something to show of a model, or would have of any; the others are covered by the reason."""
    reasons = {panel.name: _reason(panel, info) for panel in panels}
    for name, reason in reasons.items():
        widget = window.widget(name)
        widget.header.setEnabled(not reason)
        cover(widget, reason)
    return tuple(panel for panel in panels if not reasons[panel.name])


def _reason(panel: FedPanel, info: ModelInfo | None) -> str:
    return "" if info is None or panel.takes is None else info.capabilities.reason(panel.takes)
