"""What a document holds at most. Torch-free, and without NumPy."""

from __future__ import annotations

MOST_ROWS, MOST_HYPOTHESES, MOST_CHOICES = 1000, 200, 20_000
"""Rows of a hypothesis, hypotheses, chosen tokens of all of them."""
LONGEST_SOURCE, LONGEST_NAME = 20_000, 200
"""Characters of a sentence, and of a hypothesis's name."""
