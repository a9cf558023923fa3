"""Names and sentences from outside, as titles and dialogs show them. Pure; no Qt."""

from __future__ import annotations

PROGRAM = "Attention Viewer"
LONGEST_TEXT = 200


def shown_text(text: str, most: int = LONGEST_TEXT) -> str:
    """Text from outside on one line of at most `most` characters, without what would hide or turn round others."""
    line = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"
