"""A checkpoint that is open: `Translator(checkpoint).trace(document)` computes what a document asks for."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TypeVar

import torch
from attention_viewer.model.checkpoint import content_hash, examine, load
from attention_viewer.model.contract.api import How, ModelInfo, Progress, Token, Trace
from attention_viewer.model.contract.attribution import Attribution
from attention_viewer.model.contract.beam import BeamTree
from attention_viewer.model.contract.capabilities import Capability
from attention_viewer.model.contract.document import DEFAULT_LIMIT, Document, go_to, path
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.experiments import Check, Effect, HeadEffect
from attention_viewer.model.contract.hypotheses import branch, opened, untouched
from attention_viewer.model.contract.inside import DecoderLens, Inside, Permutation, Timed
from attention_viewer.model.contract.methods import Method
from attention_viewer.model.contract.room import check_room_for_beam
from attention_viewer.model.experiments import attributions
from attention_viewer.model.experiments.experiments import (
    Pass,
    autoregressive_check,
    divergence,
    parallel_pass,
    rank_heads,
)
from attention_viewer.model.experiments.patching import check_patches
from attention_viewer.model.experiments.recording import Case, decoder_lens, permute, record_inside
from attention_viewer.model.experiments.timing import time_layers
from attention_viewer.model.search.batch import greedy_all
from attention_viewer.model.search.beam import beam_search
from attention_viewer.model.tracing import Tracer

Result = TypeVar("Result")

LINES_AHEAD = 256
"""Lines that are read before the first of them is translated."""

LENS_ROWS = 10
"""So many tokens, besides two for each of the source, a translation from an earlier encoder layer may have."""


class Translator:
    """An opened checkpoint. One thread at a time may use it; `threads` is what torch computes with.

    Raises CheckpointError where the directory does not hold a model that can be computed.
    """

    def __init__(self, checkpoint: str | Path, threads: int = 1) -> None:
        torch.set_num_threads(threads)
        directory = Path(checkpoint)
        examined = examine(directory)
        self._model, self._tokenizer = load(directory, examined), examined.tokenizer
        self._barred = self._model.architecture.barred_ids
        self._tracer = Tracer(self._model, self._tokenizer)
        self.info = ModelInfo(
            name=directory.resolve().name,
            directory=str(directory),
            content_hash=content_hash(directory),
            parameters=sum(parameter.numel() for parameter in self._model.parameters()),
            description=examined.description,
            language_tokens=self._tokenizer.language_tokens,
        )

    def tokenize(self, text: str) -> tuple[Token, ...]:
        """The tokens of a sentence to translate, `</s>` last; InputError where it is empty or too long."""
        return self._tokenizer.encode_source(text)

    def encode_target(self, text: str) -> tuple[Token, ...]:
        """The tokens of a given translation, `</s>` last; InputError where it is empty or too long."""
        return self._tokenizer.encode_target(text)

    def target_ranges(self, text: str) -> tuple[tuple[int, int] | None, ...]:
        """The characters of a given translation that each of its tokens covers; None for `</s>`."""
        return self._tokenizer.target_ranges(text)

    def vocabulary(self) -> tuple[Token, ...]:
        """Every token of the target side, indexed by id."""
        return self._tokenizer.vocabulary

    def text(self, translation: Trace | Iterable[Token]) -> str:
        """The translation that a trace, or target tokens, spell; special tokens are left out."""
        tokens = translation.output_tokens if isinstance(translation, Trace) else translation
        return self._tokenizer.decode(token.id for token in tokens)

    def translate_many(self, lines: Iterable[str], limit: int = DEFAULT_LIMIT) -> Iterator[str | InputError]:
        """The greedy translation of each line, in order; the same as that of its own trace.

        Lines are read some ahead and decoded side by side. A line that cannot be translated gives its InputError in
        the place of its translation. A translation has at most `limit` tokens.
        """
        remaining = iter(lines)
        while texts := list(islice(remaining, LINES_AHEAD)):
            yield from self._translated(texts, limit)

    def _translated(self, texts: Sequence[str], limit: int) -> list[str | InputError]:
        sources: dict[str, list[int]] = {}
        results: dict[str, str | InputError] = {}
        for text in texts:
            try:
                sources[text] = [token.id for token in self.tokenize(text)]
            except InputError as error:
                results[text] = error
        found = greedy_all(self._model, list(sources.values()), limit)
        for text, each in zip(sources, found, strict=True):
            results[text] = self._anew(text, limit) if each.close else self._tokenizer.decode(each.ids)
        return [results[text] for text in texts]

    def _anew(self, text: str, limit: int) -> str | InputError:
        """The translation of a sentence by itself."""
        try:
            return self.text(self.trace(Document(text, step=limit, limit=limit)))
        except InputError as error:
            return error

    def trace(self, document: Document) -> Trace:
        """All that the model computes for a document; the same arrays whatever was asked before.

        Raises InputError where the sentence is empty or too long, a token is not in the vocabulary, or the
        document belongs to another checkpoint.
        """
        return finished(self.trace_steps(document))

    def trace_steps(self, document: Document) -> Generator[Progress, None, Trace]:
        """`trace` in pieces: yields after each newly computed decoder row and returns the trace.

        It may be closed at any row or interleaved with other traces.
        """
        self._check(document)
        trace = yield from self._tracer.trace_steps(document)
        return trace

    def effect_steps(self, document: Document) -> Generator[Progress, None, Effect]:
        """What the document's interventions change, in pieces; the document must have at least one row."""
        trace = yield from self.trace_steps(document)
        outputs = [(step.output.id, How.FORCED) for step in trace.steps]
        plain, anew = untouched(document), opened(document)
        alike = yield from self.trace_steps(go_to(branch(plain, outputs), len(outputs)))
        before = yield from self.trace_steps(go_to(plain, plain.limit))
        after = None
        if document.interventions.causal_mask:
            after = yield from self.trace_steps(go_to(anew, anew.limit))
        row = alike.steps[-1]
        logs = [torch.tensor(step.log_probabilities)[None] for step in (row, trace.steps[-1])]
        after_tokens = None if after is None else after.output_tokens
        return Effect(row, divergence(*logs), before.output_tokens, after_tokens)

    def rank_heads_steps(self, document: Document) -> Generator[Progress, None, tuple[HeadEffect, ...]]:
        """What each head does for the document's translation, run to its end; largest effect first, in pieces."""
        self._check(document, Capability.HEADS_OFF)
        trace = yield from self.trace_steps(go_to(document, document.limit))
        source, padding = self._tracer.source(document)
        inputs, outputs = ([token.id for token in tokens] for tokens in (trace.input_tokens, trace.output_tokens))
        switched = self._tracer.switches(document.interventions, source.shape[1])
        values = () if switched is None else switched.taken
        effects = yield from rank_heads(self._model, source, padding, document.interventions, inputs, outputs, values)
        return effects

    def beam_steps(self, document: Document) -> Generator[Progress, None, BeamTree]:
        """Beam search for the document's source, of its width and under its interventions, in pieces."""
        self._check(document, Capability.BEAM_SEARCH)
        source, padding = self._tracer.source(document)
        width = document.decoding.beam_width
        check_room_for_beam(self.info.architecture, source.shape[1], document.limit, width)
        tree = yield from beam_search(
            self._model,
            source,
            self._tokenizer.vocabulary,
            document.decoding,
            document.limit,
            padding,
            self._tracer.switches(document.interventions, source.shape[1]),
        )
        return tree

    def check_steps(self, document: Document) -> Generator[Progress, None, Check]:
        """The autoregressive property, measured on the document's translation run to its end, in pieces.

        Once in parallel against step by step; and again with the token that the middle row reads replaced. Raises
        InputError where the vocabulary holds nothing to put in its place.
        """
        masked = replace(document, interventions=replace(document.interventions, causal_mask=True))
        trace = yield from self.trace_steps(go_to(masked, masked.limit))
        sentence = self._tracer.sentence(masked)
        _, padding = self._tracer.source(masked)

        def in_parallel(inputs: Sequence[int]) -> Pass:
            return parallel_pass(self._model, sentence.memory, inputs, padding, sentence.switches)

        return autoregressive_check(trace, in_parallel, self._barred, self._tokenizer.vocabulary)

    def attribution_steps(self, document: Document, method: Method) -> Generator[Progress, None, Attribution]:
        """What each row of the document depends on, by a method, in pieces. Raises InputError before the first row."""
        case = yield from self._case(document)
        if not case.inputs:
            raise InputError("There is no decoder row yet whose token could be attributed to anything: step once.")
        attribution = yield from attributions.METHODS[method](case)
        return attribution

    def inside_steps(self, document: Document) -> Generator[Progress, None, Inside]:
        """Everything between the attention maps of the document's rows, in pieces."""
        self._check(document, Capability.INSIDE)
        case = yield from self._case(document)
        inside = yield from record_inside(case)
        return inside

    def decoder_lens_steps(self, document: Document) -> Generator[Progress, None, DecoderLens]:
        """The decoder fed with the output of each encoder layer, in pieces."""
        self._check(document, Capability.INSIDE)
        case = yield from self._case(document)
        lens = yield from decoder_lens(case, min(document.limit, LENS_ROWS + 2 * case.source.shape[1]))
        return lens

    def permutation_steps(self, document: Document) -> Generator[Progress, None, Permutation]:
        """What becomes of the encoder's outputs when the source's tokens stand in another order, in pieces."""
        self._check(document, Capability.INSIDE)
        case = yield from self._case(document)
        yield Progress(0, 1)
        return permute(case)

    def timing_steps(self) -> Generator[Progress, None, Timed]:
        """How long layers of this model's width take on this machine, in pieces."""
        encoder = self._model.architecture.encoder
        return time_layers(self._model.architecture.d_model, encoder.heads, encoder.head_width)

    def _case(self, document: Document) -> Generator[Progress, None, Case]:
        """What is recorded of a document."""
        trace = yield from self.trace_steps(document)
        source, padding = self._tracer.source(document)
        return Case(
            self._model,
            self._tokenizer.vocabulary,
            frozenset(self._barred),
            source,
            padding,
            self._tracer.sentence(document).switches,
            [token.id for token in trace.input_tokens],
            [token.id for token in trace.output_tokens],
            document.interventions.causal_mask,
            document.against,
        )

    def _check(self, document: Document, *taken: Capability) -> None:
        if document.checkpoint and document.checkpoint != self.info.content_hash:
            raise InputError(
                "This document was made with another model (content hash "
                f"{document.checkpoint[:12]}…, this one is {self.info.content_hash[:12]}…). "
                "Open that model, or start anew from the sentence."
            )
        model = self.info.capabilities
        if why := next(filter(None, (model.against(document.interventions), *map(model.reason, taken))), ""):
            raise InputError(why)
        for choice in path(document):
            if choice.token is not None:
                self._tokenizer.token(choice.token)
        if document.against is not None:
            self._tokenizer.token(document.against.token)
        check_patches(self._model, document.interventions.patches)
        for head in document.interventions.heads_off:
            layers, heads = self.info.heads(head.kind)
            if head.layer >= layers or head.head >= heads:
                raise InputError(
                    f"Layer {head.layer + 1}, head {head.head + 1} cannot be switched off: the {head.kind} attention "
                    f"of this model has {layers} layers and {heads} heads."
                )


def finished(steps: Generator[Progress, None, Result], check: Callable[[], None] | None = None) -> Result:
    """What a computation in pieces returns; `check` is called after each piece, and may raise."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            result: Result = stop.value
            return result
        if check is not None:
            check()
