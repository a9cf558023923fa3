"""Beam search over `decode_step`, with everything it considered and threw away.

The rules are those of `transformers`' generate with `early_stopping=False`: of the 2n best continuations of a step,
those that end with `</s>` and rank among the first n are complete, the best n others go on; the search ends when n
hypotheses are complete and none that goes on could still score higher if it ended now. Where repetition is held back,
log-probabilities are penalised before they are summed; a node keeps the sum that the model gave it.

Shape letters: n beam width, V target vocabulary.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from attention_viewer.model.contract import choosing
from attention_viewer.model.contract.api import Progress, Token
from attention_viewer.model.contract.architecture import Architecture
from attention_viewer.model.contract.beam import BeamNode, BeamTree, Fate
from attention_viewer.model.contract.choosing import Before, Decoding
from attention_viewer.model.nn.decoding import DecoderState, decode_step, encode
from attention_viewer.model.nn.finite import check_finite
from attention_viewer.model.nn.switches import Switches
from attention_viewer.model.nn.transformer import Transformer
from torch import Tensor

LENGTH_PENALTY = 1.0
_IMPOSSIBLE = -1e9


def beam_search(
    model: Transformer,
    source: Tensor,
    vocabulary: Sequence[Token],
    decoding: Decoding,
    limit: int,
    padding: Tensor | None = None,
    switches: Switches | None = None,
) -> Generator[Progress, None, BeamTree]:
    """Search the translation of the ids `source` [1, S]; yields after each step and returns all that was considered.

    `decoding` says how wide the beam is and how repetition is held back; the rest of it is for other ways to choose.
    `padding` [1, S] is True at hidden tokens, at most `limit` tokens are decoded.
    """
    width, start = decoding.beam_width, model.architecture.decoder_start_token_id
    # All hypotheses begin with one encoded sentence.
    state = encode(model, source, padding, switches).state.sentences(torch.zeros(width, dtype=torch.long))
    search = _Search(vocabulary, model.architecture.eos_token_id, decoding)
    tokens = torch.full((width,), start)
    for step in range(1, limit + 1):
        state, known = _continued(state, tokens)
        read = [(start, *ids) for ids in search.running()] if decoding.looks_back else []
        scores = _scored(known, decoding, model.architecture, step - 1, read)
        parents, tokens = search.advance(step, scores, known, is_last=step == limit)
        yield Progress(step, limit)
        if search.is_over(step):
            break
        state = state.select(parents)
    return search.tree()


@dataclass(frozen=True)
class _Found:
    """A continuation of `row` by `token`: the sum of its scores, and the log-probability of the token by itself."""

    row: int
    token: int
    total: float
    known: float


class _Search:
    """The running hypotheses, the complete ones, and the tree of all."""

    def __init__(self, vocabulary: Sequence[Token], eos: int, decoding: Decoding) -> None:
        self._vocabulary, self._eos, width = vocabulary, eos, decoding.beam_width
        self._width, self._decoding = width, decoding
        self._nodes: list[BeamNode] = []
        self._running: list[int | None] = [None] * width
        # All rows begin alike: only the first may be continued.
        self._totals = torch.tensor([0.0] + [_IMPOSSIBLE] * (width - 1))
        self._finished: list[tuple[int, float]] = []

    def running(self) -> list[tuple[int, ...]]:
        """The ids of the tokens of each row."""
        tree = self.tree()
        return [() if node is None else tuple(token.id for token in tree.path(node)) for node in self._running]

    def advance(self, step: int, scores: Tensor, known: Tensor, is_last: bool) -> tuple[Tensor, Tensor]:
        """Choose among the continuations of the rows by their `scores` [n, V].

        `known` [n, V] are the log-probabilities that the model gave them. Returns the rows [n] that go on and the
        tokens [n] they go on with. The last step completes everything.
        """
        totals = (scores + self._totals[:, None]).flatten()
        values, indices = torch.topk(totals, 2 * self._width)
        size = scores.shape[1]
        kept: list[tuple[int, int, float, int]] = []
        finished: list[tuple[int, float]] = []
        for rank, (value, index) in enumerate(zip(values.tolist(), indices.tolist(), strict=True)):
            row, token = divmod(index, size)
            ends = token == self._eos or is_last
            completes = ends and rank < self._width
            goes_on = not ends and len(kept) < self._width
            found = _Found(row, token, value, float(known[row, token]))
            node = self._add(found, step, completes, goes_on)
            if completes and node is not None:
                finished.append((node, value / step**LENGTH_PENALTY))
            if goes_on:
                kept.append((row, token, value, -1 if node is None else node))
        self._finish(finished)
        while len(kept) < self._width:
            kept.append((0, self._eos, _IMPOSSIBLE, -1))
        self._running = [None if node < 0 else node for *_, node in kept]
        self._totals = torch.tensor([value for _, _, value, _ in kept])
        return torch.tensor([row for row, *_ in kept]), torch.tensor([token for _, token, *_ in kept])

    def is_over(self, step: int) -> bool:
        """Whether nothing that goes on could still enter the complete hypotheses."""
        if len(self._finished) < self._width:
            return False
        best: float = self._totals[0].item()
        return bool(best / step**LENGTH_PENALTY <= self._finished[-1][1])

    def tree(self) -> BeamTree:
        """All that was considered."""
        penalised = self._decoding.repetition_penalty != 1.0
        held_back = choosing.switches(self._decoding)
        return BeamTree(self._width, tuple(self._nodes), tuple(self._finished), penalised, held_back)

    def _add(self, found: _Found, step: int, completes: bool, goes_on: bool) -> int | None:
        if found.total <= _IMPOSSIBLE / 2:
            return None
        fate = Fate.FINISHED if completes else Fate.SURVIVED if goes_on else Fate.DISCARDED
        parent = self._running[found.row]
        before = 0.0 if parent is None else self._nodes[parent].log_probability
        self._nodes.append(BeamNode(self._vocabulary[found.token], parent, step, before + found.known, fate))
        return len(self._nodes) - 1

    def _finish(self, new: list[tuple[int, float]]) -> None:
        merged = sorted([*self._finished, *new], key=lambda each: -each[1])
        self._finished = merged[: self._width]


@torch.inference_mode()
def _continued(state: DecoderState, tokens: Tensor) -> tuple[DecoderState, Tensor]:
    """The log-probabilities [n, V] of what may follow, once each row has read its token of `tokens` [n]."""
    state, row = decode_step(state, tokens)
    check_finite(row.log_probabilities, f"in row {state.length} of the search")
    return state, row.log_probabilities


def _scored(
    known: Tensor, decoding: Decoding, architecture: Architecture, index: int, read: Sequence[Sequence[int]]
) -> Tensor:
    """The scores [n, V] of what may follow row `index` (from 0), which `read` these ids, from log-probabilities."""
    barred = architecture.barred_at(index)
    if decoding.looks_back:
        rows = zip(known.numpy(), read, strict=True)
        found = np.stack([choosing.scores(row, decoding, barred, Before(ids)) for row, ids in rows])
        scores = torch.from_numpy(found.astype(np.float32))
    else:
        scores = known.clone()
        scores[:, list(barred)] = -torch.inf
    # A forced token is not held against a hypothesis, as in `transformers`.
    scores[:, list(architecture.forced_first_ids[index : index + 1])] = 0.0
    return scores
