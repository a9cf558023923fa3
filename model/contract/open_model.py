"""An open model, as those see it who ask it for something. Torch-free."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Protocol

from attention_viewer.model.contract.api import ModelInfo, Progress, Token, Trace
from attention_viewer.model.contract.attribution import Attribution
from attention_viewer.model.contract.beam import BeamTree
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.experiments import Check, Effect, HeadEffect
from attention_viewer.model.contract.inside import DecoderLens, Inside, Permutation, Timed
from attention_viewer.model.contract.methods import Method


class OpenModel(Protocol):
    """Computes what documents determine, in pieces: each generator yields its progress and returns the result.

    All raise InputError where a document cannot be computed by this model.
    """

    @property
    def info(self) -> ModelInfo:
        """What the model is."""

    def vocabulary(self) -> tuple[Token, ...]:
        """Every token of the target vocabulary."""

    def encode_target(self, text: str) -> tuple[Token, ...]:
        """A translation as tokens, with the end."""

    def text(self, tokens: Sequence[Token], /) -> str:
        """What tokens spell."""

    def trace_steps(self, document: Document) -> Generator[Progress, None, Trace]:
        """The trace of a document, a row at a time."""

    def effect_steps(self, document: Document) -> Generator[Progress, None, Effect]:
        """What the document's interventions change."""

    def rank_heads_steps(self, document: Document) -> Generator[Progress, None, tuple[HeadEffect, ...]]:
        """What switching off each head does, the most first."""

    def beam_steps(self, document: Document) -> Generator[Progress, None, BeamTree]:
        """The tree of a beam search."""

    def check_steps(self, document: Document) -> Generator[Progress, None, Check]:
        """The figures of the autoregressive property."""

    def attribution_steps(self, document: Document, method: Method) -> Generator[Progress, None, Attribution]:
        """What each row depends on, by a method."""

    def inside_steps(self, document: Document) -> Generator[Progress, None, Inside]:
        """Everything between the attention maps."""

    def decoder_lens_steps(self, document: Document) -> Generator[Progress, None, DecoderLens]:
        """The decoder fed with each encoder layer's output."""

    def permutation_steps(self, document: Document) -> Generator[Progress, None, Permutation]:
        """The source's tokens in another order."""

    def timing_steps(self) -> Generator[Progress, None, Timed]:
        """How long layers of this width take on this machine."""
