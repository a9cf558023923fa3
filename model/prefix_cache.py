"""What was computed for the last sentences, so that a step costs one decoder row and a jump back none.

A row depends on the sentence, the interventions and the tokens read so far, on nothing else; so the rows of a sentence
form a tree, in which every hypothesis is a path and those that begin alike share their beginning. Everything kept is
immutable but for the tree's own links. The whole is bounded by the bytes that it takes: what was not used for longest
is forgotten first, the last row of a path before the one before it.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field

from attention_viewer.model.contract.api import DecodeStep, Encoding
from attention_viewer.model.contract.interventions import Interventions
from attention_viewer.model.nn.decoding import DecoderState
from attention_viewer.model.nn.switches import Switches
from torch import Tensor

BUDGET = 256 << 20
"""Bytes that all kept sentences may take together, but for the path in use."""

_LEFT_FREE = 0.1
"""Share of the budget that is freed at once, so that not every new row forgets another one."""

_ROW_OVERHEAD = 4 << 10
"""Bytes of a row's tokens and candidates, about."""


@dataclass(eq=False, repr=False)
class Row:
    """A decoder row in the tree: its `step` with the model's own choice as its output; None at the root.

    `state` is the decoder's after this row, kept where no kept row comes after it (and at the root). `length` counts
    the rows up to this one.
    """

    sentence: Sentence
    step: DecodeStep | None
    state: DecoderState | None
    parent: Row | None = None
    length: int = 0
    children: dict[int, Row] = field(default_factory=dict)
    used: int = 0
    kept: bool = True

    def after(self) -> DecoderState:
        """The decoder's state after this row: its own, or a later row's cut back."""
        row = self
        while row.state is None:
            row = next(iter(row.children.values()))
        return row.state.first(self.length)

    def own_state(self) -> None:
        """Copy the state where it is the beginning of a longer one, which would stay in memory whole."""
        if self.state is not None and self.state.past is not None:
            self.state = self.state._replace(past=tuple(layer.clone() for layer in self.state.past))

    @property
    def bytes(self) -> int:
        """What the row takes in memory, its state excepted."""
        if self.step is None:
            return self.sentence.bytes
        arrays = (self.step.log_probabilities, self.step.self_attention, self.step.cross_attention)
        return _ROW_OVERHEAD + sum(array.nbytes for array in arrays)


class Sentence:
    """An encoded sentence, the encoder's output `memory` [1, S, D], and the `root` of the rows decoded from it."""

    def __init__(self, encoding: Encoding, memory: Tensor, switches: Switches | None, state: DecoderState) -> None:
        self.encoding, self.memory, self.switches = encoding, memory, switches
        seen = [tensor for layer in state.memory for tensor in layer]
        self.bytes = encoding.self_attention.nbytes + sum(each.numel() * each.element_size() for each in (memory, *seen))
        self.root = Row(self, None, state)

    def rows(self) -> Iterator[Row]:
        """Every kept row, the root among them."""
        waiting = [self.root]
        while waiting:
            row = waiting.pop()
            yield row
            waiting.extend(row.children.values())


class PrefixCache:
    """The sentences used last, by their source text and the interventions they were encoded under."""

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = budget
        self._sentences: dict[tuple[str, Interventions], Sentence] = {}
        self._time = 0
        self.bytes = 0

    def get(self, source: str, interventions: Interventions) -> Sentence | None:
        """The sentence with this source text, if it is still kept."""
        sentence = self._sentences.get((source, interventions))
        if sentence is not None:
            self.use(sentence.root)
        return sentence

    def add(self, source: str, interventions: Interventions, sentence: Sentence) -> None:
        """Keep a sentence."""
        self._sentences[source, interventions] = sentence
        self.bytes += sentence.bytes
        self.use(sentence.root)
        self._shrink()

    def grow(self, row: Row, state: DecoderState, step: DecodeStep) -> Row:
        """Keep the row computed after `row`; `state` is the one after it. A row that was forgotten keeps nothing."""
        new = Row(row.sentence, step, state, row, row.length + 1, kept=row.kept)
        row.children[step.reads.id] = new
        if row.kept:
            self.bytes += new.bytes + state.past_bytes
            if row.parent is not None and row.state is not None:
                self.bytes -= row.state.past_bytes
                row.state = None
            self.use(new)
            self._shrink()
        return new

    def use(self, row: Row) -> None:
        """Note that a path up to `row` was asked for."""
        self._time += 1
        row.used = self._time

    def _shrink(self) -> None:
        """Forget the ends of paths that were not used for longest, never the row used last."""
        if self.bytes <= self._budget:
            return
        goal = self._budget * (1.0 - _LEFT_FREE)
        rows = (row for sentence in self._sentences.values() for row in sentence.rows())
        ends = [(row.used, id(row), row) for row in rows if not row.children]
        heapq.heapify(ends)
        shortened: dict[int, Row] = {}
        while ends and self.bytes > goal:
            row = heapq.heappop(ends)[-1]
            if row.used == self._time:
                continue
            parent = self._forget(row)
            shortened.pop(id(row), None)
            if parent is not None and not parent.children:
                heapq.heappush(ends, (parent.used, id(parent), parent))
                shortened[id(parent)] = parent
        for row in shortened.values():
            row.own_state()

    def _forget(self, row: Row) -> Row | None:
        """Drop a row that nothing follows, and return the one before it, which now holds the state."""
        row.kept = False
        self.bytes -= row.bytes
        parent = row.parent
        if parent is None or row.step is None or row.state is None:
            self._sentences = {key: each for key, each in self._sentences.items() if each is not row.sentence}
            return None
        del parent.children[row.step.reads.id]
        self.bytes -= row.state.past_bytes
        if not parent.children and parent.state is None:
            parent.state = row.state.first(parent.length)
            self.bytes += parent.state.past_bytes
        return parent
