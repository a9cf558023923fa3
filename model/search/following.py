"""Which token stands after each row: the document's own where one was chosen, the model's where none was."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from attention_viewer.model.contract.api import DecodeStep, How
from attention_viewer.model.contract.architecture import Architecture
from attention_viewer.model.contract.choosing import Before, Method, greedy, sample
from attention_viewer.model.contract.document import Document, hows_now, path


class Follower:
    """Chooses the tokens of a document, but for those that the `architecture` bars.

    A token on the document's path stands, and says so where it was chosen under other conditions; open slots of
    the path, and all that comes after it, the model decides.
    """

    def __init__(self, document: Document, architecture: Architecture) -> None:
        standing = path(document)
        tokens = [choice.token for choice in standing]
        self._standing = list(zip(tokens, hows_now(document, standing), strict=True))
        self._decoding, self._architecture = document.decoding, architecture

    def standing(self, index: int, most: int) -> list[int]:
        """The tokens after row `index` (from 0) and the rows that follow it, as far as they stand; `most` of them."""
        tokens = (token for token, _ in self._standing[index : index + max(most, 0)])
        return [token for token in takewhile(lambda each: each is not None, tokens) if token is not None]

    def __call__(self, row: DecodeStep, read: Sequence[int]) -> tuple[int, How]:
        """The token after `row`, the last of those that `read` these ids, and how it was chosen.

        `row` holds the greedy choice among all that are not barred.
        """
        index = len(read) - 1
        if index < len(self._standing):
            token, how = self._standing[index]
            if token is not None:
                return token, how
        before, barred = Before(read, row.normaliser), self._architecture.barred_at(index)
        if self._decoding.method is Method.SAMPLING:
            return sample(row.log_probabilities, self._decoding, barred, index, before), How.SAMPLED
        if self._decoding.looks_back:
            return greedy(row.log_probabilities, self._decoding, barred, before), How.GREEDY
        return row.output.id, How.GREEDY
