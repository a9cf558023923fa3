"""What was computed for the last few sentences, so that a step costs one decoder row and a jump back none.

A row depends on the sentence, the interventions and the tokens read so far, on nothing else; so rows of one document
serve every other that begins alike. Everything kept is immutable: a longer branch is a new object.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from attention_viewer.model.contract.api import DecodeStep, Encoding, How
from attention_viewer.model.contract.interventions import Interventions
from attention_viewer.model.nn.decoding import DecoderState
from attention_viewer.model.nn.switches import Switches
from torch import Tensor

Choose = Callable[[int, DecodeStep], tuple[int, How]]
"""The token that stands after row `index`, and how it was chosen, given what the row computed."""

SENTENCES = 8
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

    def agreement(self, start: int, choose: Choose) -> int:
        """How many rows hold for a target whose tokens `choose` chooses."""
        expected = start
        for index, row in enumerate(self.rows):
            if self.reads[index] != expected:
                return index
            expected = choose(index, row)[0]
        return len(self.rows)


@dataclass(eq=False)
class Sentence:
    """An encoded sentence, the encoder's output `memory` [1, S, D], and the branches decoded from it, latest first."""

    encoding: Encoding
    memory: Tensor
    switches: Switches | None
    root: Branch
    branches: list[Branch] = field(default_factory=list)

    def longest(self, start: int, choose: Choose, rows: int) -> Branch:
        """The branch with the most rows, at most `rows`, that hold for the target that `choose` chooses."""
        best, length = self.root, 0
        for branch in self.branches:
            agreed = min(branch.agreement(start, choose), rows)
            if agreed > length:
                best, length = branch, agreed
        return best.first(length)

    def remember(self, branch: Branch) -> None:
        """Keep a branch; it takes the place of those it continues."""
        others = [other for other in self.branches if not _begins(other, branch)]
        self.branches = [branch, *others][:BRANCHES]


class PrefixCache:
    """The sentences used last, by their source text and the interventions they were encoded under."""

    def __init__(self, size: int = SENTENCES) -> None:
        self._size = size
        self._sentences: OrderedDict[tuple[str, Interventions], Sentence] = OrderedDict()

    def get(self, source: str, interventions: Interventions) -> Sentence | None:
        """The sentence with this source text, if it is still kept."""
        key = source, interventions
        if key in self._sentences:
            self._sentences.move_to_end(key)
        return self._sentences.get(key)

    def add(self, source: str, interventions: Interventions, sentence: Sentence) -> None:
        """Keep a sentence and forget the one that was not used for longest."""
        self._sentences[source, interventions] = sentence
        while len(self._sentences) > self._size:
            self._sentences.popitem(last=False)


def _begins(short: Branch, long: Branch) -> bool:
    """Whether `short` begins `long`; rows are shared, so that the identity of its last one tells."""
    count = len(short.rows)
    return count <= len(long.rows) and (not count or short.rows[count - 1] is long.rows[count - 1])
