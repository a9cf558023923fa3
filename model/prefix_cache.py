"""What was computed for the last few sentences, so that a step costs one decoder row and a jump back none.

A row depends on the sentence and the tokens read so far, on nothing else; so rows of one document serve every
other that begins alike. Everything kept is immutable: a longer branch is a new object.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from model.api import DecodeStep, Encoding
from model.decoding import DecoderState

SENTENCES = 4
BRANCHES = 4


@dataclass(frozen=True, eq=False)
class Branch:
    """Decoder rows in order, each with the model's own choice as its output, and the state after the last.

    `reads` are the ids that the rows read.
    """

    state: DecoderState
    rows: tuple[DecodeStep, ...] = ()
    reads: tuple[int, ...] = ()

    def extended(self, state: DecoderState, row: DecodeStep) -> Branch:
        """The branch with one row more."""
        return Branch(state, (*self.rows, row), (*self.reads, row.reads.id))

    def first(self, rows: int) -> Branch:
        """The branch as it was after `rows` rows."""
        if rows == len(self.rows):
            return self
        return Branch(self.state.first(rows), self.rows[:rows], self.reads[:rows])

    def agreement(self, start: int, outputs: Sequence[int]) -> int:
        """How many rows hold for a target that begins with `outputs` and goes on greedily."""
        given = (start, *outputs)[: len(self.rows)]
        if self.reads[: len(given)] != given:
            return next(index for index, token in enumerate(given) if self.reads[index] != token)
        for index in range(len(given), len(self.rows)):
            if self.reads[index] != self.rows[index - 1].output.id:
                return index
        return len(self.rows)


@dataclass(eq=False)
class Sentence:
    """An encoded sentence and the branches decoded from it, the latest first."""

    encoding: Encoding
    root: Branch
    branches: list[Branch] = field(default_factory=list)

    def longest(self, start: int, outputs: Sequence[int], rows: int) -> Branch:
        """The branch with the most rows, at most `rows`, that hold for this target."""
        best, length = self.root, 0
        for branch in self.branches:
            agreed = min(branch.agreement(start, outputs), rows)
            if agreed > length:
                best, length = branch, agreed
        return best.first(length)

    def remember(self, branch: Branch) -> None:
        """Keep a branch; it takes the place of those it continues."""
        others = [other for other in self.branches if not _begins(other, branch)]
        self.branches = [branch, *others][:BRANCHES]


class PrefixCache:
    """The sentences used last, by their source text."""

    def __init__(self, size: int = SENTENCES) -> None:
        self._size = size
        self._sentences: OrderedDict[str, Sentence] = OrderedDict()

    def get(self, source: str) -> Sentence | None:
        """The sentence with this source text, if it is still kept."""
        if source in self._sentences:
            self._sentences.move_to_end(source)
        return self._sentences.get(source)

    def add(self, source: str, sentence: Sentence) -> None:
        """Keep a sentence and forget the one that was not used for longest."""
        self._sentences[source] = sentence
        while len(self._sentences) > self._size:
            self._sentences.popitem(last=False)


def _begins(short: Branch, long: Branch) -> bool:
    """Whether `short` begins `long`; rows are shared, so that the identity of its last one tells."""
    count = len(short.rows)
    return count <= len(long.rows) and (not count or short.rows[count - 1] is long.rows[count - 1])
