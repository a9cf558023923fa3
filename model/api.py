"""The contract between the model and whoever looks at it: frozen dataclasses of NumPy arrays. Torch-free.

Shape letters: Le, He encoder layers and heads; Ld, Hd decoder layers and heads; S source positions (with
`</s>`); T decoder rows; V vocabulary. Rows are queries, columns are keys. Layers, heads, rows and columns
count from 0 in arrays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from model.config import ModelConfig

Floats = NDArray[np.float32]
Booleans = NDArray[np.bool_]


class Kind(StrEnum):
    """The three kinds of attention in Vaswani et al. 2017, section 3.2.3."""

    ENCODER = "encoder"
    DECODER = "decoder"
    CROSS = "cross"


class How(StrEnum):
    """How an output token came to be chosen."""

    GREEDY = "greedy"
    FORCED = "forced"


class Ended(StrEnum):
    """Why decoding can go no further."""

    EOS = "eos"
    LIMIT = "limit"


@dataclass(frozen=True)
class Token:
    """One piece of a sentence.

    `piece` is the raw vocabulary entry (`▁chat`, `<pad>`), `text` what people read (`chat`, `<start>`);
    `span` is the half-open character range of the source text it covers, None where there is no such text.
    """

    id: int
    piece: str
    text: str
    span: tuple[int, int] | None = None
    special: bool = False

    @property
    def starts_word(self) -> bool:
        """True where a new word begins, so that pieces of one word can stand together."""
        return self.special or self.piece.startswith("▁")


@dataclass(frozen=True)
class Candidate:
    """A possible next token and its probability under the softmax."""

    token: Token
    probability: float


@dataclass(frozen=True, eq=False)
class Encoding:
    """The encoded source sentence: its tokens [S] and `self_attention` float32 [Le, He, S, S]."""

    tokens: tuple[Token, ...]
    self_attention: Floats


@dataclass(frozen=True, eq=False)
class DecodeStep:
    """One row of the decoder: it reads one token and predicts the next.

    `log_probabilities` float32 [V] is the natural logarithm of the softmax over raw logits at temperature 1
    (`<pad>` is part of the normaliser but never chosen); `candidates` are the most probable tokens, best
    first. `self_attention` float32 [Ld, Hd, t+1] for row t, `cross_attention` float32 [Ld, Hd, S].
    """

    reads: Token
    output: Token
    how: How
    log_probabilities: Floats
    candidates: tuple[Candidate, ...]
    self_attention: Floats
    cross_attention: Floats

    @property
    def log_probability(self) -> float:
        """The natural log-probability the model gave to the output token."""
        return float(self.log_probabilities[self.output.id])


@dataclass(frozen=True, eq=False)
class Trace:
    """Everything the model computed for one document, after `len(steps)` = T decoder rows.

    `decoder_self_attention` float32 [Ld, Hd, T, T] (masked cells 0), `cross_attention` float32
    [Ld, Hd, T, S]. All arrays are read-only.
    """

    encoding: Encoding
    steps: tuple[DecodeStep, ...]
    decoder_self_attention: Floats
    cross_attention: Floats
    ended: Ended | None = None

    @property
    def source_tokens(self) -> tuple[Token, ...]:
        """The S source tokens, `</s>` last."""
        return self.encoding.tokens

    @property
    def input_tokens(self) -> tuple[Token, ...]:
        """What each of the T decoder rows reads; the first is `<start>`."""
        return tuple(step.reads for step in self.steps)

    @property
    def output_tokens(self) -> tuple[Token, ...]:
        """What each of the T decoder rows predicts, or was forced to."""
        return tuple(step.output for step in self.steps)

    @cached_property
    def decoder_mask(self) -> Booleans:
        """Boolean [T, T], True where the causal mask forbids a row to look (section 3.2.3)."""
        mask = np.triu(np.ones((len(self.steps), len(self.steps)), dtype=np.bool_), k=1)
        mask.flags.writeable = False
        return mask

    @cached_property
    def log_probabilities(self) -> Floats:
        """Natural log-probability of each output token, float32 [T]."""
        values = np.array([step.log_probability for step in self.steps], dtype=np.float32)
        values.flags.writeable = False
        return values

    def weights(self, kind: Kind) -> Floats:
        """Attention weights of a kind: [layers, heads, queries, keys]."""
        return {
            Kind.ENCODER: self.encoding.self_attention,
            Kind.DECODER: self.decoder_self_attention,
            Kind.CROSS: self.cross_attention,
        }[kind]

    def mask(self, kind: Kind) -> Booleans | None:
        """The mask of a kind, [queries, keys], True = forbidden; None where nothing is masked."""
        return self.decoder_mask if kind is Kind.DECODER else None


@dataclass(frozen=True)
class ModelInfo:
    """What is known of an opened checkpoint without running it."""

    name: str
    directory: str
    content_hash: str
    parameters: int
    config: ModelConfig
    source_language: str = ""
    target_language: str = ""

    def heads(self, kind: Kind) -> tuple[int, int]:
        """(layers, heads) of a kind of attention."""
        if kind is Kind.ENCODER:
            return self.config.encoder_layers, self.config.encoder_attention_heads
        return self.config.decoder_layers, self.config.decoder_attention_heads


@dataclass(frozen=True)
class Progress:
    """How far a long computation has come; `total` is an upper bound."""

    done: int
    total: int


def join_text(tokens: Sequence[Token]) -> str:
    """The raw pieces of `tokens` joined for display only; `Tokenizer.decode` gives the exact text."""
    return "".join(token.piece for token in tokens if not token.special).replace("▁", " ").strip()
