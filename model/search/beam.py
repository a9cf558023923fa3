"""Beam search over `decode_step`, with everything it considered and threw away.

The rules are those of `transformers`' generate with `early_stopping=False`: of the 2n best continuations of a step,
those that end with `</s>` and rank among the first n are complete, the best n others go on; the search ends when n
hypotheses are complete and none that goes on could still score higher if it ended now.

Shape letters: n beam width, V target vocabulary.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence

import torch
from attention_viewer.model.contract.api import Progress, Token
from attention_viewer.model.contract.beam import BeamNode, BeamTree, Fate
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
    barred: Sequence[int],
    width: int,
    limit: int,
    padding: Tensor | None = None,
    switches: Switches | None = None,
) -> Generator[Progress, None, BeamTree]:
    """Search the translation of the ids `source` [1, S]; yields after each step and returns all that was considered.

    `padding` [1, S] is True at hidden tokens, `barred` ids are never chosen, at most `limit` tokens are decoded.
    """
    repeated = padding if padding is None else padding.expand(width, -1)
    state = encode(model, source.expand(width, -1), repeated, switches).state
    search = _Search(vocabulary, model.architecture.eos_token_id, width)
    tokens = torch.full((width,), model.architecture.decoder_start_token_id)
    for step in range(1, limit + 1):
        state, scores = _continued(state, tokens, barred)
        parents, tokens = search.advance(step, scores, is_last=step == limit)
        yield Progress(step, limit)
        if search.is_over(step):
            break
        state = state.select(parents)
    return search.tree()


class _Search:
    """The running hypotheses, the complete ones, and the tree of all."""

    def __init__(self, vocabulary: Sequence[Token], eos: int, width: int) -> None:
        self._vocabulary, self._eos, self._width = vocabulary, eos, width
        self._nodes: list[BeamNode] = []
        self._running: list[int | None] = [None] * width
        # All rows begin alike: only the first may be continued.
        self._totals = torch.tensor([0.0] + [_IMPOSSIBLE] * (width - 1))
        self._finished: list[tuple[int, float]] = []

    def advance(self, step: int, scores: Tensor, is_last: bool) -> tuple[Tensor, Tensor]:
        """Choose among the continuations of the rows by their log-probabilities `scores` [n, V].

        Returns the rows [n] that go on and the tokens [n] they go on with. The last step completes everything.
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
            node = self._add(row, token, step, value, completes, goes_on)
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
        return BeamTree(self._width, tuple(self._nodes), tuple(self._finished))

    def _add(self, row: int, token: int, step: int, value: float, completes: bool, goes_on: bool) -> int | None:
        if value <= _IMPOSSIBLE / 2:
            return None
        fate = Fate.FINISHED if completes else Fate.SURVIVED if goes_on else Fate.DISCARDED
        self._nodes.append(BeamNode(self._vocabulary[token], self._running[row], step, value, fate))
        return len(self._nodes) - 1

    def _finish(self, new: list[tuple[int, float]]) -> None:
        merged = sorted([*self._finished, *new], key=lambda each: -each[1])
        self._finished = merged[: self._width]


@torch.inference_mode()
def _continued(state: DecoderState, tokens: Tensor, barred: Sequence[int]) -> tuple[DecoderState, Tensor]:
    state, row = decode_step(state, tokens)
    check_finite(row.log_probabilities, f"in row {state.length} of the search")
    scores = row.log_probabilities.clone()  # [n, V]
    scores[:, list(barred)] = -torch.inf
    return state, scores
