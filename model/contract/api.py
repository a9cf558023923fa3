"""The contract between the model and whoever looks at it: frozen dataclasses of NumPy arrays. Torch-free.

Shape letters: Le, He encoder layers and heads; Ld, Hd decoder layers and heads; S source positions (with
`</s>`); T decoder rows; V vocabulary. Rows are queries, columns are keys. Layers, heads, rows and columns
count from 0 in arrays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

import numpy as np
from attention_viewer.model.contract.architecture import Architecture
from attention_viewer.model.contract.capabilities import Capabilities, capabilities
from attention_viewer.model.contract.description import Description
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.maps import CROSS, DECODER, ENCODER, MapInfo, Stream, named
from attention_viewer.model.contract.maps import Kind as Kind
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Booleans = NDArray[np.bool_]


class How(StrEnum):
    """How an output token came to stand where it does; kept: chosen earlier, under other conditions than the row's."""

    GREEDY = "greedy"
    FORCED = "forced"
    SAMPLED = "sampled"
    BEAM = "beam"
    KEPT = "kept"

    @property
    def is_free(self) -> bool:
        """True where the model chose for itself, row by row, and would choose anew under an intervention."""
        return self in (How.GREEDY, How.SAMPLED)


class Ended(StrEnum):
    """Why decoding can go no further; given: another program computed the rows, and these are all."""

    EOS = "eos"
    LIMIT = "limit"
    GIVEN = "given"


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
    (`<pad>` is part of the normaliser but never chosen), which plus `normaliser` are the logits; `candidates` are the
    most probable tokens, best first. `self_attention` float32 [Ld, Hd, t+1] for row t ([Ld, Hd, T] without causal
    mask), `cross_attention` float32 [Ld, Hd, S].
    """

    reads: Token
    output: Token
    how: How
    log_probabilities: Floats
    candidates: Sequence[Candidate]
    self_attention: Floats
    cross_attention: Floats
    normaliser: float = 0.0

    @property
    def log_probability(self) -> float:
        """The natural log-probability the model gave to the output token."""
        return float(self.log_probabilities[self.output.id])

    @property
    def rank(self) -> int:
        """How the output token ranks in the distribution; 1 is the most probable."""
        return 1 + int((self.log_probabilities > self.log_probabilities[self.output.id]).sum())


@dataclass(frozen=True, eq=False)
class Trace:
    """Everything the model computed for one document, after `len(steps)` = T decoder rows.

    `source_tokens` are the S tokens of the sentence, `</s>` last. `attention` has the weights of each of `maps` by its
    name: float32 [layers, heads, rows, columns], masked cells 0. All arrays are read-only. `hidden` are source
    positions that nothing may look at; where `causal` is False the decoder's rows were computed in one pass without a
    causal mask.
    """

    source_tokens: tuple[Token, ...]
    steps: tuple[DecodeStep, ...]
    maps: tuple[MapInfo, ...]
    attention: Mapping[Kind, Floats]
    ended: Ended | None = None
    hidden: frozenset[int] = frozenset()
    causal: bool = True

    @property
    def encoder_self_attention(self) -> Floats:
        """Of an encoder-decoder: float32 [Le, He, S, S]."""
        return self.attention[ENCODER]

    @property
    def decoder_self_attention(self) -> Floats:
        """Of an encoder-decoder: float32 [Ld, Hd, T, T]."""
        return self.attention[DECODER]

    @property
    def cross_attention(self) -> Floats:
        """Of an encoder-decoder: float32 [Ld, Hd, T, S]."""
        return self.attention[CROSS]

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
        return _read_only(np.zeros_like(self._future) if not self.causal else self._future)

    @cached_property
    def leaked(self) -> Booleans | None:
        """Boolean [T, T], True where rows look at later tokens because the causal mask is off; None where it is on."""
        return None if self.causal else _read_only(self._future)

    def leaks(self, kind: Kind) -> Booleans | None:
        """Where rows of a kind look at later tokens although the model was trained not to; None where none can."""
        return self.leaked if self.map(kind).causal else None

    @property
    def _future(self) -> Booleans:
        return np.triu(np.ones((len(self.steps), len(self.steps)), dtype=np.bool_), k=1)

    @cached_property
    def log_probabilities(self) -> Floats:
        """Natural log-probability of each output token, float32 [T]."""
        values = np.array([step.log_probability for step in self.steps], dtype=np.float32)
        values.flags.writeable = False
        return values

    def first(self, rows: int) -> Trace:
        """The trace as it stood after its first `rows` decoder rows.

        Raises InputError where earlier rows looked at later tokens: without the causal mask there was no such trace.
        """
        if rows >= len(self.steps):
            return self
        if not self.causal:
            raise InputError(
                f"There is no trace of the first {rows} rows without the causal mask: each row looks at all "
                f"{len(self.steps)} tokens. Switch the mask on."
            )
        cut = {Stream.SOURCE: slice(None), Stream.TARGET: slice(rows)}
        kept = {each.kind: self.attention[each.kind][:, :, cut[each.rows], cut[each.columns]] for each in self.maps}
        return replace(self, steps=self.steps[:rows], attention=MappingProxyType(kept), ended=None)

    def map(self, kind: Kind) -> MapInfo:
        """The map of a kind of attention."""
        return named(self.maps, kind)

    def tokens(self, stream: Stream) -> tuple[Token, ...]:
        """The tokens along a side of a map; of the target, those that the rows read."""
        return self.source_tokens if stream is Stream.SOURCE else self.input_tokens

    def weights(self, kind: Kind) -> Floats:
        """Attention weights of a kind: [layers, heads, queries, keys]."""
        return self.attention[kind]

    def mask(self, kind: Kind) -> Booleans | None:
        """The mask of a kind, [queries, keys], True = forbidden; None where nothing is masked."""
        sides = self.map(kind)
        if sides.causal:
            return self.decoder_mask
        if not self.hidden or sides.columns is not Stream.SOURCE:
            return None
        rows = len(self.tokens(sides.rows))
        columns = [position in self.hidden for position in range(len(self.source_tokens))]
        return _read_only(np.tile(np.array(columns, dtype=np.bool_), (rows, 1)))


@dataclass(frozen=True)
class ModelInfo:
    """What is known of an opened checkpoint without running it.

    `language_tokens`, such as `>>fra<<`, say which language to translate into; few models have them.
    """

    name: str
    directory: str
    content_hash: str
    parameters: int
    description: Description
    language_tokens: tuple[str, ...] = ()

    @property
    def architecture(self) -> Architecture:
        """What the model is made of."""
        return self.description.architecture

    @cached_property
    def maps(self) -> tuple[MapInfo, ...]:
        """Each kind of attention map that the model has, in the order in which they are computed."""
        return self.architecture.maps

    @cached_property
    def capabilities(self) -> Capabilities:
        """What can be done with the model, and why not where something cannot."""
        return capabilities(self.architecture)

    def map(self, kind: Kind) -> MapInfo:
        """The map of a kind of attention."""
        return named(self.maps, kind)

    def heads(self, kind: Kind) -> tuple[int, int]:
        """(layers, heads) of a kind of attention."""
        return self.map(kind).shape


@dataclass(frozen=True)
class Progress:
    """How far a long computation has come; `total` is an upper bound."""

    done: int
    total: int


def _read_only(mask: Booleans) -> Booleans:
    mask.flags.writeable = False
    return mask


def join_text(tokens: Sequence[Token]) -> str:
    """The raw pieces of `tokens` joined for display only; `Tokenizer.decode` gives the exact text."""
    return "".join(token.piece for token in tokens if not token.special).replace("▁", " ").strip()
