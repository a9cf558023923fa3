"""Names and sentences from outside, as titles and dialogs show them. Pure; no Qt."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from pathlib import Path

PROGRAM = "Attention Viewer"
LONGEST_TEXT, LONGEST_FOLDER = 200, 60
ARROW = " → "
"""Stands between the token that a row reads and the one that it predicts."""
FIRST_STRONG, END = "\u2068", "\u2069"
"""Between these, letters that are read from the right move nothing outside."""
CONTROLS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
FROM_THE_RIGHT = frozenset({"R", "AL", "AN"})
"""Directions of characters as Unicode names them (annex 9)."""


def shown_text(text: str, most: int = LONGEST_TEXT) -> str:
    """Text from outside on one line of at most `most` characters, without what would hide or turn round others."""
    line = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def shown_folder(folder: Path, most: int = LONGEST_FOLDER) -> str:
    """A folder as menus and messages name it: one's own begins with ~, and of a long one the end is shown."""
    place, home = str(folder.absolute()), Path.home()
    if folder.absolute().is_relative_to(home):
        place = str(Path("~", folder.absolute().relative_to(home)))
    place = shown_text(place, len(place) + 1)
    return place if len(place) <= most else f"…{place[1 - most :]}"


# The same tokens are asked about whenever a map is made, and for each frame of an animation.
@lru_cache(maxsize=4096)
def isolated(text: str) -> str:
    """Text that turns round nothing beside it: controls of direction are spelled out, letters read from the right kept.

    What has neither comes back as it is.
    """
    directions = {unicodedata.bidirectional(each) for each in text}
    if directions & CONTROLS:
        text = "".join(f"U+{ord(each):04X}" if unicodedata.bidirectional(each) in CONTROLS else each for each in text)
    return f"{FIRST_STRONG}{text}{END}" if directions & FROM_THE_RIGHT else text
