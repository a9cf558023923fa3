"""The roles of heads by the words that the command line and Python know them by. Torch-free, and without NumPy."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

ROLES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "before": frozenset({"the token before"}),
        "itself": frozenset({"the token itself"}),
        "after": frozenset({"the token after"}),
        "start": frozenset({"<start>", "the first token"}),
        "end": frozenset({"</s>", "special tokens"}),
        "punctuation": frozenset({"punctuation"}),
        "broad": frozenset({"broad"}),
        "single": frozenset({"single tokens"}),
        "mixed": frozenset({"mixed"}),
    }
)
"""A word -> the roles, as people read them, that it means: what ends or starts a sentence differs between models."""


def roles_of(word: str) -> frozenset[str]:
    """The roles that a word of `ROLES` means; a role by itself where it is none."""
    return ROLES.get(word, frozenset({word}))
