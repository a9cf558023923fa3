"""What beam search finds: every continuation that it considered, and the hypotheses it finished. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from attention_viewer.model.contract.api import Token


class Fate(StrEnum):
    """What became of a continuation in beam search."""

    SURVIVED = "survived"
    FINISHED = "finished"
    DISCARDED = "discarded"


@dataclass(frozen=True)
class BeamNode:
    """A continuation that beam search considered: `token` after the node `parent` (None: the start).

    `step` counts from 1; `log_probability` is the sum over the hypothesis so far, natural.
    """

    token: Token
    parent: int | None
    step: int
    log_probability: float
    fate: Fate


@dataclass(frozen=True)
class BeamTree:
    """All that beam search considered, parents before children.

    `finished` are (node, score) of the complete hypotheses, best first; the score is the log-probability (where
    `penalised`, the sum of the penalised ones) divided by the number of tokens to the power of the length penalty.
    `held_back` says in words what kept tokens from being repeated.
    """

    width: int
    nodes: tuple[BeamNode, ...]
    finished: tuple[tuple[int, float], ...]
    penalised: bool = False
    held_back: tuple[str, ...] = ()

    def path(self, node: int) -> tuple[Token, ...]:
        """The tokens from the start to a node."""
        tokens: list[Token] = []
        index: int | None = node
        while index is not None:
            tokens.append(self.nodes[index].token)
            index = self.nodes[index].parent
        return tuple(reversed(tokens))
