"""What was computed for the last sentences, so that a step costs one decoder row and a jump back none.

A row depends on the sentence, the interventions and the tokens read so far, on nothing else; so the rows of a sentence
form a tree, in which every hypothesis is a path and those that begin alike share their beginning. Each row keeps its
own keys and values, from which the decoder's state after it is put together anew: siblings share no memory that one of
them appends to. The whole is bounded by the bytes that it takes: what was not used for longest is forgotten first, the
last row of a path before the one before it.

Shape letters: Ld, Hd decoder layers and heads, S source positions, D model width, d width of a head.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import torch
from attention_viewer.model.contract.api import DecodeStep, Encoding
from attention_viewer.model.contract.interventions import Interventions, while_encoding
from attention_viewer.model.contract.maps import MapInfo
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
    """A decoder row in the tree: its `step`, with the model's own choice as its output, and what later rows see of it.

    `keys_values` are [Ld, 2, Hd, d]. The root of a tree has neither, but the `sentence` that all its rows belong to.
    """

    sentence: Sentence
    step: DecodeStep | None = None
    keys_values: Tensor | None = None
    parent: Row | None = None
    children: dict[int, Row] = field(default_factory=dict)
    used: int = 0
    kept: bool = True

    def state(self) -> DecoderState:
        """The decoder's state after this row."""
        rows: list[Tensor] = []
        row: Row | None = self
        while row is not None and row.keys_values is not None:
            rows.append(row.keys_values)
            row = row.parent
        start = self.sentence.start
        return start if not rows else start._replace(past=torch.stack(rows[::-1], dim=-2).unbind(0))

    @property
    def bytes(self) -> int:
        """What the row takes in memory."""
        if self.step is None or self.keys_values is None:
            return self.sentence.bytes
        arrays = (self.step.log_probabilities, self.step.self_attention, self.step.cross_attention)
        return _ROW_OVERHEAD + self.keys_values.nbytes + sum(array.nbytes for array in arrays)


class Sentence:
    """An encoded sentence: the encoder's output `memory` [1, S, D], the decoder's state at the `start`, its rows."""

    def __init__(self, encoding: Encoding, memory: Tensor, switches: Switches | None, start: DecoderState) -> None:
        self.encoding, self.memory, self.switches, self.start = encoding, memory, switches, start
        kept = [memory, *(each for pair in start.memory for each in pair), *(each.values for each in start.taken)]
        self.bytes = encoding.self_attention.nbytes + sum(each.nbytes for each in kept)
        self.root = Row(self)

    def rows(self) -> Iterator[Row]:
        """Every kept row, the root first."""
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
        self._at_hand: dict[Row, DecoderState] = {}
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

    def encoded(self, source: str, interventions: Interventions, maps: Sequence[MapInfo]) -> Sentence | None:
        """A sentence with this source text for whose encoder the interventions are the same, if one is kept."""
        bearing = while_encoding(interventions, maps)
        for (text, others), sentence in self._sentences.items():
            if text == source and while_encoding(others, maps) == bearing:
                return sentence
        return None

    def chosen(self, source: str, sentence: Sentence, read: Sequence[int], most: int) -> list[int]:
        """The ids, `most` at most, that the model chose after it had `read` these under other interventions.

        None where no other sentence of this source text was followed that far.
        """
        for (text, _), other in reversed(self._sentences.items()):
            row: Row | None = other.root if text == source and other is not sentence else None
            for each in read:
                row = None if row is None else row.children.get(each)
            ids: list[int] = []
            while row is not None and row.step is not None and len(ids) < most:
                ids.append(row.step.output.id)
                row = row.children.get(ids[-1])
            if ids:
                return ids
        return []

    def state(self, row: Row) -> DecoderState:
        """The decoder's state after a row; those before and after the rows computed last are at hand."""
        state = self._at_hand.get(row)
        return row.state() if state is None else state

    def remember(self, before: Row, state_before: DecoderState, row: Row, state: DecoderState) -> None:
        """Have the states at hand that rows computed last began with, as another token may follow, and ended with."""
        self._at_hand = {before: state_before, row: state}

    def grow(self, before: Row, keys_values: Tensor, step: DecodeStep) -> Row:
        """Keep the row computed after `before`, unless that was forgotten."""
        row = Row(before.sentence, step, keys_values, before, kept=before.kept)
        before.children[step.reads.id] = row
        if row.kept:
            self.bytes += row.bytes
            self.use(row)
            self._shrink()
        return row

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
        while ends and self.bytes > goal:
            row = heapq.heappop(ends)[-1]
            if row.used == self._time:
                continue
            self._forget(row)
            if row.parent is not None and not row.parent.children:
                heapq.heappush(ends, (row.parent.used, id(row.parent), row.parent))

    def _forget(self, row: Row) -> None:
        """Drop a row that nothing follows; with its root, a sentence."""
        row.kept = False
        self.bytes -= row.bytes
        if row.parent is not None and row.step is not None:
            del row.parent.children[row.step.reads.id]
        else:
            self._sentences = {key: each for key, each in self._sentences.items() if each is not row.sentence}
