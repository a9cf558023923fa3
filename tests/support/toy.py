"""A made-up model that takes no time. No Qt."""

from __future__ import annotations

import zlib
from collections.abc import Generator, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np
from attention_viewer.model.contract.api import Candidate, DecodeStep, Ended, How, ModelInfo, Progress, Token, Trace
from attention_viewer.model.contract.attribution import Attribution
from attention_viewer.model.contract.beam import BeamNode, BeamTree, Fate
from attention_viewer.model.contract.document import Document, go_to, path
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.experiments import Check, Effect, HeadEffect
from attention_viewer.model.contract.hypotheses import branch, opened, untouched
from attention_viewer.model.contract.inside import DecoderLens, Inside, Permutation, Timed
from attention_viewer.model.contract.interventions import Interventions, while_decoding
from attention_viewer.model.contract.maps import CROSS, ENCODER, HeadId, Stream
from attention_viewer.model.contract.methods import Method
from attention_viewer.model.search.following import Follower
from support import insides, traces

EOS, PAD = 0, 1
WORDS = ("</s>", "<pad>", "un", "le", "la", "chat", "noir", "dort", "ici", "bien")
VOCABULARY = tuple(Token(index, f"▁{word}", word, None, index < 2) for index, word in enumerate(WORDS))
MOST_WORDS = 500
LONGEST = 12
"""Rows after which the model always ends."""


class ToyTranslator:
    """Does what a translator on a checkpoint does, from check sums instead of weights."""

    def __init__(self, name: str, layers: int = 2, heads: int = 2, words: int = len(WORDS)) -> None:
        sizes = {"decoder_layers": layers, "encoder_layers": layers}
        sizes |= {"decoder_attention_heads": heads, "encoder_attention_heads": heads}
        mark = f"{zlib.crc32(name.encode()):08x}" * 8
        self.info: ModelInfo = replace(traces.info(**sizes), name=name, content_hash=mark)
        self.words = words
        self._rows: dict[Any, DecodeStep] = {}

    def tokens(self, source: str) -> tuple[Token, ...]:
        """One a word, and the end. Raises InputError for more words than MOST_WORDS."""
        words = source.split()
        if len(words) > MOST_WORDS:
            raise InputError(f"These are {len(words)} words, and the model takes {MOST_WORDS}.")
        return (*(Token(100 + len(word), f"▁{word}", word, (0, 1)) for word in words), VOCABULARY[EOS])

    def encode_target(self, text: str) -> tuple[Token, ...]:
        """One a word, and the end."""
        if not text.strip():
            raise InputError("There is no translation to force.")
        return (*(self.token(2 + len(word) % (self.words - 2)) for word in text.split()), VOCABULARY[EOS])

    def token(self, token_id: int) -> Token:
        """A token of the vocabulary; InputError where there is none."""
        if not 0 <= token_id < self.words:
            raise InputError(f"There is no token {token_id}.")
        return VOCABULARY[token_id]

    def vocabulary(self) -> tuple[Token, ...]:
        """Every token."""
        return VOCABULARY[: self.words]

    def text(self, tokens: Sequence[Token]) -> str:
        """What tokens spell."""
        return " ".join(token.text for token in tokens if not token.special)

    def trace_steps(self, document: Document) -> Generator[Progress, None, Trace]:
        """The trace of a document, a row at a time."""
        self._check(document)
        source, follow = self.tokens(document.source), Follower(document, self.info.architecture)
        steps: list[DecodeStep] = []
        while len(steps) < min(document.step, document.limit) and not (steps and steps[-1].output.id == EOS):
            row = self._row(document, source, [step.output.id for step in steps])
            token, how = follow(row, [PAD, *(step.output.id for step in steps)])
            if not document.interventions.causal_mask and how is not How.FORCED:
                how = How.KEPT
            steps.append(replace(row, output=self.token(token), how=how))
            yield Progress(len(steps), document.limit)
        size = {Stream.SOURCE: len(source), Stream.TARGET: len(steps)}
        shapes = {each.kind: (*each.shape, size[each.rows], size[each.columns]) for each in self.info.maps}
        ended = Ended.EOS if steps and steps[-1].output.id == EOS else None
        ended = Ended.LIMIT if ended is None and len(steps) >= document.limit else ended
        now = document.interventions
        return Trace(
            source,
            tuple(steps),
            self.info.maps,
            MappingProxyType({kind: np.zeros(shape, dtype=np.float32) for kind, shape in shapes.items()}),
            ended,
            now.hidden,
            now.causal_mask,
        )

    def effect_steps(self, document: Document) -> Generator[Progress, None, Effect]:
        """What interventions change."""
        trace = yield from self.trace_steps(document)
        outputs = [(step.output.id, How.FORCED) for step in trace.steps]
        plain, anew = untouched(document), opened(document)
        alike = yield from self.trace_steps(go_to(branch(plain, outputs), len(outputs)))
        before = yield from self.trace_steps(go_to(plain, plain.limit))
        after = yield from self.trace_steps(go_to(anew, anew.limit))
        return Effect(alike.steps[-1], _number(document.interventions), before.output_tokens, after.output_tokens)

    def rank_heads_steps(self, document: Document) -> Generator[Progress, None, tuple[HeadEffect, ...]]:
        """A number for every head that is on; it tells which are off."""
        yield Progress(1, 2)
        stands = [choice.token for choice in path(document) if not choice.how.is_free]
        now, layers = document.interventions, range(self.info.heads(CROSS)[0])
        every = [HeadId(CROSS, layer, head) for layer in layers for head in range(self.info.heads(CROSS)[1])]
        on = [each for each in every if each not in now.heads_off]
        told = (self.info.name, document.source, now, stands)
        return tuple(HeadEffect(*each, _number(*told, each.layer, each.head), 0.0) for each in on)

    def beam_steps(self, document: Document) -> Generator[Progress, None, BeamTree]:
        """The model's own beginning, and a token that was thrown away."""
        yield Progress(1, 2)
        plain = Document(document.source, step=2, limit=document.limit, interventions=document.interventions)
        trace = yield from self.trace_steps(plain)
        nodes = [BeamNode(VOCABULARY[2], None, 1, -_number(self.info.name, plain), Fate.DISCARDED)]
        for step, token in enumerate(trace.output_tokens, start=1):
            nodes.append(BeamNode(token, None if step == 1 else len(nodes) - 1, step, -float(step), Fate.SURVIVED))
        return BeamTree(document.decoding.beam_width, tuple(nodes), ((len(nodes) - 1, -1.0),))

    def check_steps(self, document: Document) -> Generator[Progress, None, Check]:
        """The check of a translation, told by a number of its own."""
        masked = replace(document, interventions=replace(document.interventions, causal_mask=True))
        trace = yield from self.trace_steps(go_to(masked, masked.limit))
        told = _number(
            self.info.name, document.source, masked.interventions, [token.id for token in trace.output_tokens]
        )
        return Check(len(trace.steps), told, 0.0, 0, VOCABULARY[2], 0.0, 0.0)

    def attribution_steps(self, document: Document, method: Method) -> Generator[Progress, None, Attribution]:
        """The same number in every cell of cross-attention, told by the document and the method."""
        trace = yield from self.trace_steps(document)
        now = (document.source, _plain(document.interventions), trace.output_tokens, method)
        cells = np.full((1, 1, len(trace.steps), len(trace.source_tokens)), _number(self.info.name, now), np.float32)
        return Attribution(method, {CROSS: cells})

    def inside_steps(self, document: Document) -> Generator[Progress, None, Inside]:
        """Numbers of no model."""
        trace = yield from self.trace_steps(document)
        layers, heads = self.info.heads(CROSS)
        return insides.inside(len(trace.source_tokens), len(trace.steps), layers, heads, trace.output_tokens)

    def decoder_lens_steps(self, document: Document) -> Generator[Progress, None, DecoderLens]:
        """A lens on the encoder's layers, made up."""
        trace = yield from self.trace_steps(document)
        return insides.decoder_lens(self.info.heads(ENCODER)[0] + 1, len(trace.steps), trace.output_tokens)

    def permutation_steps(self, document: Document) -> Generator[Progress, None, Permutation]:
        """The tokens the other way round."""
        trace = yield from self.trace_steps(document)
        return insides.permutation(len(trace.source_tokens))

    def timing_steps(self) -> Generator[Progress, None, Timed]:
        """Two layers that take as long as they are long."""
        yield Progress(1, 2)
        return Timed(8, (16, 32), ("Self-attention", "Recurrent (LSTM)"), ((1e-4, 2e-4), (2e-4, 4e-4)))

    def trace(self, document: Document) -> Trace:
        """The trace of a document at once."""
        trace: Trace = finished(self.trace_steps(document))
        return trace

    def _check(self, document: Document) -> None:
        if not document.source.strip():
            raise InputError("There is nothing to translate.")
        if document.checkpoint not in ("", self.info.content_hash):
            raise InputError("This document was made with another model.")
        for choice in path(document):
            if choice.token is not None:
                self.token(choice.token)
        length, now = len(self.tokens(document.source)), document.interventions
        if now.hidden and (max(now.hidden) >= length or len(now.hidden) == length):
            raise InputError("These source tokens cannot be hidden.")
        for head in now.heads_off:
            layers, heads = self.info.heads(head.kind)
            if head.layer >= layers or head.head >= heads:
                raise InputError("There is no such head.")

    def _row(self, document: Document, source: Sequence[Token], prefix: list[int]) -> DecodeStep:
        now = while_decoding(document.interventions)
        key = (document.source, now, tuple(prefix))
        if key not in self._rows:
            chance = np.random.default_rng(
                zlib.crc32(repr((self.info.name, document.source, _plain(now), prefix)).encode())
            )
            logits = 2.0 * chance.normal(size=self.words)
            logits[PAD] = -20.0
            logits[EOS] += 99.0 if len(prefix) >= LONGEST - 1 else 0.4 * len(prefix) - 2.0
            logs = (logits - np.log(np.exp(logits).sum())).astype(np.float32)
            best = [int(index) for index in np.argsort(-logs)[: self.words - 1]]
            layers, heads = self.info.maps[-1].shape
            self._rows[key] = DecodeStep(
                VOCABULARY[prefix[-1] if prefix else PAD],
                VOCABULARY[best[0]],
                How.GREEDY,
                logs,
                tuple(Candidate(VOCABULARY[index], float(np.exp(logs[index]))) for index in best),
                np.zeros((layers, heads, len(prefix) + 1), dtype=np.float32),
                np.zeros((layers, heads, len(source)), dtype=np.float32),
            )
        return self._rows[key]


def finished(steps: Generator[Progress, None, Any]) -> Any:
    """What a computation in pieces returns."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            return stop.value


def _plain(interventions: Interventions) -> tuple[Any, ...]:
    """Interventions in one order only, whatever the order of their sets."""
    changes = {name: getattr(interventions, name) for name in interventions.__dataclass_fields__}
    return tuple(sorted(value) if isinstance(value, frozenset) else value for value in changes.values())


def _number(*parts: Any) -> float:
    told = [_plain(part) if isinstance(part, Interventions) else part for part in parts]
    told = [(part.source, _plain(part.interventions)) if isinstance(part, Document) else part for part in told]
    return zlib.crc32(repr(told).encode()) / 2**32
