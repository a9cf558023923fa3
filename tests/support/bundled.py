"""What the bundled weights are and do, in one table: the one place in the tests to change when they are replaced."""

from __future__ import annotations

PIECES = 10_000
"""Ids 0 to PIECES - 1 are SentencePiece's; `</s>` is 0."""
PAD = PIECES
VOCABULARY = PIECES + 1

TOKENS = {"The cat sat on the mat because it was tired.": 13}
"""How many tokens sentences have, `</s>` included."""

GUIDED = (4, 8)
"""Layer and head, from 1, of the cross-attention head that was taught to align words."""

TRANSLATIONS = {
    "The black cat is sleeping.": "Le chat noir dort.",
    "The cat is black.": "Le chat est noir.",
}
"""Greedy translations."""
BEAM_DIFFERS = "She and I have about the same number of stamps."
"""A sentence whose greedy translation is not the best of a beam of four."""
AFTER_UN = "Un chat est noir."
"""That of "The cat is black." when its first token is forced to be Un."""
NOT_COPIED = ("I bought 66 apples for Anneliese.", "Anneliese")
"""A sentence, and a name in it that the greedy translation spells otherwise."""
