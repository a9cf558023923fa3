"""Names of exported files: kind, layer and head, counted from 1."""

from __future__ import annotations

from model.api import Kind
from viewer.view_state import Head


def file_name(kind: Kind, head: Head | None) -> str:
    """`encoder_layer1_head1` for a head, `encoder_all` for all heads of a kind; without a suffix."""
    return f"{kind}_all" if head is None else f"{kind}_layer{head.layer + 1}_head{head.head + 1}"
