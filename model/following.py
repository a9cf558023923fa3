"""Which token stands after each row: the document's own where somebody chose it, the model's where nobody did."""

from __future__ import annotations

from collections.abc import Sequence

from model.api import DecodeStep, How
from model.choosing import Method, sample
from model.document import Choice, Document, path


class Follower:
    """Chooses the tokens of a document. `barred` ids are never sampled.

    Under interventions, tokens that the model had chosen for itself are chosen anew.
    """

    def __init__(self, document: Document, barred: Sequence[int]) -> None:
        self.path: tuple[Choice, ...] = path(document)
        self._decoding, self._barred = document.decoding, barred
        self._anew = bool(document.interventions)

    def __call__(self, index: int, row: DecodeStep) -> tuple[int, How]:
        """The token after row `index` (from 0), and how it was chosen; `row` holds the greedy choice."""
        if index < len(self.path):
            choice = self.path[index]
            if not (self._anew and choice.how.is_free):
                return choice.token, choice.how
        if self._decoding.method is Method.SAMPLING:
            return sample(row.log_probabilities, self._decoding, self._barred, index), How.SAMPLED
        return row.output.id, How.GREEDY
