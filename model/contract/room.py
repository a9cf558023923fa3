"""What computing takes in memory, counted before it is begun. Torch-free.

Letters: Le, He encoder layers and heads; Ld decoder layers; S source positions; T decoder rows; D width of all heads
together; V target vocabulary; n hypotheses side by side. Every number has four bytes.
"""

from __future__ import annotations

from attention_viewer.model.contract.architecture import Architecture
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.maps import Stream

MOST_BYTES = 4_000_000_000
"""Memory that what is computed for one document may take."""

_NUMBER = 4


def check_room_for_trace(architecture: Architecture, source: int, rows: int) -> None:
    """Raise InputError where the weights of all rows that are asked for would not fit in memory."""
    # Rows are kept one by one, and once more side by side; each has a distribution over the vocabulary.
    needed = _NUMBER * (2 * _cells(architecture, source, rows) + rows * architecture.target_vocabulary)
    _check(needed, f"{source} source tokens and up to {rows} rows", "Shorten the sentence, or ask for fewer rows.")


def check_room_for_beam(architecture: Architecture, source: int, rows: int, width: int) -> None:
    """Raise InputError where a beam `width` wide would not fit in memory: each hypothesis has its own caches."""
    decoder = architecture.decoder
    keys_values = 2 * decoder.layers * decoder.heads * decoder.head_width
    # Caches are copied when they grow, and again when hypotheses are chosen; so are distributions as they are sorted.
    own = keys_values * (source + 3 * rows) + 4 * architecture.target_vocabulary
    needed = _NUMBER * (2 * _cells(architecture, source, 0) + width * own)
    asked = f"A beam {width} wide, {source} source tokens and up to {rows} rows"
    _check(needed, asked, "Make it narrower, shorten the sentence, or lower the limit of rows.")


def _cells(architecture: Architecture, source: int, rows: int) -> int:
    """The weights of all attention maps."""
    sizes = {Stream.SOURCE: source, Stream.TARGET: rows}
    return sum(each.layers * each.heads * sizes[each.rows] * sizes[each.columns] for each in architecture.maps)


def _check(needed: int, asked: str, remedy: str) -> None:
    if needed > MOST_BYTES:
        raise InputError(
            f"{asked} would take {needed / 1e9:.1f} GB with this model; at most {MOST_BYTES / 1e9:.0f} GB are used. "
            f"{remedy}"
        )
