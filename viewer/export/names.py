"""Names of exported files: kind, layer and head, counted from 1."""

from __future__ import annotations

from collections.abc import Mapping

from attention_viewer.model.contract.api import Kind
from attention_viewer.viewer.state.choices import CANDIDATES, DATA, GRID, KINDS, MAP, PAGE, POSITIONS, WINDOW
from attention_viewer.viewer.state.view_state import Head, ViewState

NAMES = {
    KINDS: "kinds",
    POSITIONS: "positions",
    CANDIDATES: "candidates",
    WINDOW: "window",
    PAGE: "page",
    DATA: "trace",
}
"""Subject -> name without suffix, where it does not depend on the view."""


def file_name(kind: Kind, head: Head | None) -> str:
    """`encoder_layer1_head1` for a head, `encoder_all` for all heads of a kind; without a suffix."""
    return f"{kind}_all" if head is None else f"{kind}_layer{head.layer + 1}_head{head.head + 1}"


def proposed_names(view: ViewState) -> Mapping[str, str]:
    """Subject -> name without suffix, for what is looked at."""
    kind = view.active
    return {MAP: file_name(kind, view.heads[kind]), GRID: file_name(kind, None), **NAMES}
