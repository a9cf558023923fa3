"""Many different English sentences, short and long, made of parts."""

from __future__ import annotations

import random

_WHO = ["I", "You", "We", "They", "The old man", "My little sister", "Tom", "The children", "Nobody", "Her teacher"]
_DID = ["saw", "found", "forgot", "bought", "wanted", "liked", "lost", "opened", "sold", "brought"]
_WHAT = ["a book", "the red car", "two apples", "an old house", "the keys", "his letter", "a cup of tea", "the window"]
_WHEN = ["", "", " yesterday", " in the garden", " before dinner", " when it was raining", " at school", " last week"]
_MORE = ["", "", "", ", but nobody knew why", " because the shop was closed", ", and then we all went home"]
_END = [".", ".", "!", "?"]


def english_lines(count: int, seed: int = 1) -> list[str]:
    """`count` different sentences, the same for the same seed."""
    chance = random.Random(seed)
    lines: dict[str, None] = {}
    while len(lines) < count:
        who, did, what = (chance.choice(part) for part in (_WHO, _DID, _WHAT))
        lines[f"{who} {did} {what}{chance.choice(_WHEN)}{chance.choice(_MORE)}{chance.choice(_END)}"] = None
    return list(lines)
