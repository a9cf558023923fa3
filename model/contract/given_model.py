"""A stand-in for a model whose attention another program computed: it answers with the arrays. Torch-free."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

from attention_viewer.model.contract.api import Ended, ModelInfo, Progress, Token, Trace, join_text
from attention_viewer.model.contract.architecture import Architecture, StackShape
from attention_viewer.model.contract.attribution import Attribution
from attention_viewer.model.contract.beam import BeamTree
from attention_viewer.model.contract.capabilities import Capabilities, Capability
from attention_viewer.model.contract.description import Description
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.experiments import Check, Effect, HeadEffect
from attention_viewer.model.contract.inside import DecoderLens, Inside, Permutation, Timed
from attention_viewer.model.contract.maps import STACKS, MapInfo
from attention_viewer.model.contract.methods import Method

UNKNOWN = 0
"""Widths and token ids that arrays do not tell; nothing shows them, because nothing is computed."""


@dataclass(frozen=True)
class GivenInfo(ModelInfo):
    """What is known of arrays: which maps there are, and why nothing can be computed."""

    given: tuple[MapInfo, ...] = ()
    missing: str = ""

    @property
    def maps(self) -> tuple[MapInfo, ...]:
        """The maps there are."""
        return self.given

    @property
    def capabilities(self) -> Capabilities:
        """None, each for the same reason."""
        return Capabilities(tuple((each, self.missing) for each in Capability))


class GivenModel:
    """The `OpenModel` of a trace: a document's rows are the first ones, and what takes a model raises InputError."""

    def __init__(self, trace: Trace, name: str, directory: str = "") -> None:
        self._whole = replace(trace, ended=Ended.GIVEN)
        missing = f"{name} holds attention weights, not the model that computed them: this takes the model."
        shapes = {each.stack: each.shape for each in trace.maps}
        described = Description(_sizes(shapes))
        self.info: ModelInfo = GivenInfo(
            name, directory, _content_hash(trace), 0, described, given=trace.maps, missing=missing
        )
        self._missing = missing

    @property
    def document(self) -> Document:
        """The document of all rows."""
        return Document(join_text(self._whole.source_tokens) or self.info.name, step=len(self._whole.steps))

    def vocabulary(self) -> tuple[Token, ...]:
        """None is known."""
        return ()

    def encode_target(self, text: str) -> tuple[Token, ...]:
        """It takes the model."""
        raise InputError(self._missing)

    def text(self, tokens: Sequence[Token], /) -> str:
        """What output tokens spell; the first token read belongs to it too, where it is none to start with."""
        return join_text((*self._whole.input_tokens[:1], *tokens))

    def trace_steps(self, document: Document) -> Generator[Progress, None, Trace]:
        """The first rows of the trace; all of them where earlier rows looked at later tokens."""
        # No row is computed, so there is no progress to tell.
        yield from ()
        return self._whole.first(document.step) if self._whole.causal else self._whole

    def effect_steps(self, document: Document) -> Generator[Progress, None, Effect]:
        """It takes the model."""
        yield self._refuse()

    def rank_heads_steps(self, document: Document) -> Generator[Progress, None, tuple[HeadEffect, ...]]:
        """It takes the model."""
        yield self._refuse()

    def beam_steps(self, document: Document) -> Generator[Progress, None, BeamTree]:
        """It takes the model."""
        yield self._refuse()

    def check_steps(self, document: Document) -> Generator[Progress, None, Check]:
        """It takes the model."""
        yield self._refuse()

    def attribution_steps(self, document: Document, method: Method) -> Generator[Progress, None, Attribution]:
        """It takes the model."""
        yield self._refuse()

    def inside_steps(self, document: Document) -> Generator[Progress, None, Inside]:
        """It takes the model."""
        yield self._refuse()

    def decoder_lens_steps(self, document: Document) -> Generator[Progress, None, DecoderLens]:
        """It takes the model."""
        yield self._refuse()

    def permutation_steps(self, document: Document) -> Generator[Progress, None, Permutation]:
        """It takes the model."""
        yield self._refuse()

    def timing_steps(self) -> Generator[Progress, None, Timed]:
        """It takes the model."""
        yield self._refuse()

    def _refuse(self) -> NoReturn:
        raise InputError(self._missing)


def _sizes(shapes: dict[str, tuple[int, int]]) -> Architecture:
    """Layers and heads of each stack, as far as arrays tell them."""
    encoder, decoder = (shapes.get(stack, (0, 0)) for stack in STACKS)
    return Architecture(
        family="given",
        d_model=UNKNOWN,
        encoder=StackShape(*encoder, UNKNOWN, UNKNOWN),
        decoder=StackShape(*decoder, UNKNOWN, UNKNOWN),
        activation="",
        source_vocabulary=UNKNOWN,
        target_vocabulary=UNKNOWN,
        pad_token_id=UNKNOWN,
        eos_token_id=UNKNOWN,
        decoder_start_token_id=UNKNOWN,
    )


def _content_hash(trace: Trace) -> str:
    """What tells these arrays from others."""
    found = hashlib.sha256()
    for each in trace.maps:
        found.update(each.kind.encode())
        found.update(trace.weights(each.kind).tobytes())
    for token in (*trace.source_tokens, *trace.input_tokens, *trace.output_tokens):
        found.update(f"\0{token.piece}".encode("utf-8", "replace"))
    return found.hexdigest()
