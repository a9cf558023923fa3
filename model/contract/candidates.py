"""The most probable next tokens of a row, sorted out when somebody looks. Torch-free.

Most rows are computed and never looked at; sorting takes a tenth of the time of a row.

Shape letter: V target vocabulary.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import overload

import numpy as np
from attention_viewer.model.contract.api import Candidate, Floats, Token


def best_token(log_probabilities: Floats, barred: Collection[int]) -> int:
    """The most probable id of `log_probabilities` [V] that is not `barred`: the greedy choice; of equals the lowest."""
    best = int(log_probabilities.argmax())
    if best not in barred:
        return best
    allowed = log_probabilities.copy()
    allowed[list(barred)] = -np.inf
    return int(allowed.argmax())


def most_probable(candidates: Sequence[Candidate], count: int) -> Sequence[Candidate]:
    """The `count` best of a row's candidates; more than it holds where they can still be sorted out."""
    return candidates.first(count) if isinstance(candidates, BestCandidates) else candidates[:count]


class BestCandidates(Sequence[Candidate]):
    """The `count` most probable tokens by natural `log_probabilities` [V], without the `barred` ids, best first.

    Of equally probable ones the lower id comes first.
    """

    def __init__(
        self, log_probabilities: Floats, vocabulary: Sequence[Token], barred: Collection[int], count: int
    ) -> None:
        self._log_probabilities, self._vocabulary = log_probabilities, vocabulary
        self._barred, self._count = barred, count

    def first(self, count: int) -> BestCandidates:
        """The `count` most probable tokens of the same row."""
        return BestCandidates(self._log_probabilities, self._vocabulary, self._barred, count)

    @overload
    def __getitem__(self, index: int) -> Candidate: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Candidate]: ...
    def __getitem__(self, index: int | slice) -> Candidate | Sequence[Candidate]:
        return self._found[index]

    def __len__(self) -> int:
        return len(self._found)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._found == tuple(other)

    def __hash__(self) -> int:
        return hash(self._found)

    @cached_property
    def _found(self) -> tuple[Candidate, ...]:
        logs = self._log_probabilities
        size = min(self._count + len(self._barred), len(logs))
        best = np.argpartition(-logs, size - 1)[:size]
        best = best[~np.isin(best, list(self._barred))]
        ids: list[int] = best[np.lexsort((best, -logs[best]))].tolist()
        return tuple(Candidate(self._vocabulary[each], float(np.exp(logs[each]))) for each in ids[: self._count])
