"""A checkpoint that is open: `Session(checkpoint).trace(document)` computes what a document asks for.

Shape letters: Le, He encoder layers and heads; Ld, Hd decoder layers and heads; S source positions; T decoder
rows; V target vocabulary.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from attention_viewer.model.checkpoint import content_hash, load
from attention_viewer.model.contract.api import (
    BeamTree,
    Candidate,
    Check,
    DecodeStep,
    Effect,
    Encoding,
    Ended,
    Floats,
    HeadEffect,
    How,
    ModelInfo,
    Progress,
    Token,
    Trace,
)
from attention_viewer.model.contract.config import ModelConfig, read_barred, read_languages
from attention_viewer.model.contract.document import Document, go_to, path
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.hypotheses import branch, opened, untouched
from attention_viewer.model.contract.interventions import Interventions, while_decoding
from attention_viewer.model.experiments.experiments import Pass, divergence, other_token, parallel_pass, rank_heads
from attention_viewer.model.nn.decoding import best_tokens, decode_step, encode
from attention_viewer.model.nn.switches import switches
from attention_viewer.model.prefix_cache import Branch, PrefixCache, Sentence
from attention_viewer.model.search.beam import beam_search
from attention_viewer.model.search.following import Follower
from attention_viewer.model.tokenizer import Tokenizer
from torch import Tensor

Result = TypeVar("Result")

CANDIDATES = 10
"""How many of the most probable next tokens a step lists."""


class Session:
    """An opened checkpoint. One thread at a time may use it; `threads` is what torch computes with.

    Raises CheckpointError where the directory does not hold a model that can be computed.
    """

    def __init__(self, checkpoint: str | Path, threads: int = 1) -> None:
        torch.set_num_threads(threads)
        directory = Path(checkpoint)
        self._model = load(directory)
        self._config = self._model.config
        self._tokenizer = Tokenizer(directory, self._config)
        self._barred = read_barred(directory, self._config)
        self._cache = PrefixCache()
        source_language, target_language = read_languages(directory)
        self.info = ModelInfo(
            name=directory.resolve().name,
            directory=str(directory),
            content_hash=content_hash(directory),
            parameters=sum(parameter.numel() for parameter in self._model.parameters()),
            config=self._config,
            source_language=source_language,
            target_language=target_language,
        )

    def tokenize(self, text: str) -> tuple[Token, ...]:
        """The tokens of a sentence to translate, `</s>` last; InputError where it is empty or too long."""
        return self._tokenizer.encode_source(text)

    def encode_target(self, text: str) -> tuple[Token, ...]:
        """The tokens of a given translation, `</s>` last; InputError where it is empty or too long."""
        return self._tokenizer.encode_target(text)

    def vocabulary(self) -> tuple[Token, ...]:
        """Every token of the target side, indexed by id."""
        return self._tokenizer.vocabulary

    def text(self, translation: Trace | Iterable[Token]) -> str:
        """The translation that a trace, or target tokens, spell; special tokens are left out."""
        tokens = translation.output_tokens if isinstance(translation, Trace) else translation
        return self._tokenizer.decode(token.id for token in tokens)

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
        steps = yield from self._rows(document)
        sentence = self._sentence(document)
        if not document.interventions.causal_mask and steps:
            return self._unmasked(sentence, steps, document)
        ended = self._ended(steps, document.limit)
        return _stacked(sentence.encoding, steps, ended, self._config, document.interventions)

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
        trace = yield from self.trace_steps(go_to(document, document.limit))
        source, padding = self._source(document)
        inputs, outputs = ([token.id for token in tokens] for tokens in (trace.input_tokens, trace.output_tokens))
        effects = yield from rank_heads(self._model, source, padding, document.interventions, inputs, outputs)
        return effects

    def beam_steps(self, document: Document) -> Generator[Progress, None, BeamTree]:
        """Beam search for the document's source, of its width and under its interventions, in pieces."""
        self._check(document)
        source, padding = self._source(document)
        tree = yield from beam_search(
            self._model,
            source,
            self._tokenizer.vocabulary,
            self._barred,
            document.decoding.beam_width,
            document.limit,
            padding,
            switches(document.interventions, self._config, source.shape[1]),
        )
        return tree

    def check_steps(self, document: Document) -> Generator[Progress, None, Check]:
        """The autoregressive property, measured on the document's translation run to its end, in pieces.

        Once in parallel against step by step; and again with the token that the middle row reads replaced. Raises
        InputError where the vocabulary holds nothing to put in its place.
        """
        masked = replace(document, interventions=replace(document.interventions, causal_mask=True))
        trace = yield from self.trace_steps(go_to(masked, masked.limit))
        sentence = self._sentence(masked)
        _, padding = self._source(masked)
        inputs = [token.id for token in trace.input_tokens]
        parallel = parallel_pass(self._model, sentence.memory, inputs, padding, sentence.switches)
        logs = np.stack([step.log_probabilities for step in trace.steps])
        position = len(inputs) // 2
        predicted = trace.steps[max(position - 1, 0)].log_probabilities
        kept = {inputs[position], *self._barred}
        replacement = other_token(kept, predicted, self._tokenizer.vocabulary)
        changed = [*inputs[:position], replacement.id, *inputs[position + 1 :]]
        other = parallel_pass(self._model, sentence.memory, changed, padding, sentence.switches)
        return Check(
            rows=len(inputs),
            log_probabilities=_largest(parallel.log_probabilities.numpy() - logs),
            weights=max(
                _largest(parallel.own.numpy() - trace.decoder_self_attention),
                _largest(parallel.cross.numpy() - trace.cross_attention),
            ),
            position=position,
            replacement=replacement,
            earlier_rows=_differences(parallel, other, slice(0, position)),
            later_rows=_differences(parallel, other, slice(position, None)),
        )

    def _check(self, document: Document) -> None:
        if document.checkpoint and document.checkpoint != self.info.content_hash:
            raise InputError(
                "This document was made with another model (content hash "
                f"{document.checkpoint[:12]}…, this one is {self.info.content_hash[:12]}…). "
                "Open that model, or start anew from the sentence."
            )
        for choice in path(document):
            if choice.token is not None:
                self._tokenizer.token(choice.token)
        for head in document.interventions.heads_off:
            layers, heads = self.info.heads(head.kind)
            if head.layer >= layers or head.head >= heads:
                raise InputError(
                    f"Layer {head.layer + 1}, head {head.head + 1} cannot be switched off: the {head.kind} attention "
                    f"of this model has {layers} layers and {heads} heads."
                )

    def _rows(self, document: Document) -> Generator[Progress, None, tuple[DecodeStep, ...]]:
        """The decoder's rows, one at a time under the causal mask, with the outputs that the document follows."""
        sentence = self._sentence(document)
        follow = Follower(document, self._barred)
        wanted = min(document.step, document.limit)
        rows = sentence.longest(self._config.decoder_start_token_id, follow, wanted)
        while len(rows.rows) < wanted and not self._is_over(rows, follow):
            rows = self._decode_row(rows, self._next_input(rows, follow))
            sentence.remember(rows)
            yield Progress(len(rows.rows), wanted)
        return tuple(self._chosen(row, *follow(index, row)) for index, row in enumerate(rows.rows))

    def _sentence(self, document: Document) -> Sentence:
        interventions = while_decoding(document.interventions)
        sentence = self._cache.get(document.source, interventions)
        if sentence is None:
            source, padding = self._source(document)
            switched = switches(interventions, self._config, source.shape[1])
            encoded = encode(self._model, source, padding, switched)
            weights = _read_only(encoded.self_attention[:, 0])  # [Le, He, S, S]
            tokens = self._tokenizer.encode_source(document.source)
            sentence = Sentence(Encoding(tokens, weights), encoded.memory, switched, Branch(encoded.state))
            self._cache.add(document.source, interventions, sentence)
        return sentence

    def _source(self, document: Document) -> tuple[Tensor, Tensor | None]:
        """The ids [1, S] of the document's source, and a mask [1, S] of the tokens it hides (None: none)."""
        ids = [token.id for token in self._tokenizer.encode_source(document.source)]
        hidden = document.interventions.hidden
        if not hidden:
            return torch.tensor([ids]), None
        if max(hidden) >= len(ids):
            raise InputError(f"Source token {max(hidden) + 1} cannot be hidden: the sentence has {len(ids)}.")
        if len(hidden) == len(ids):
            raise InputError("Every source token is hidden: leave at least one for the model to look at.")
        return torch.tensor([ids]), torch.tensor([[position in hidden for position in range(len(ids))]])

    def _unmasked(self, sentence: Sentence, steps: tuple[DecodeStep, ...], document: Document) -> Trace:
        """The same rows computed in one pass without the causal mask."""
        _, padding = self._source(document)
        inputs = [step.reads.id for step in steps]
        seen = parallel_pass(self._model, sentence.memory, inputs, padding, sentence.switches, causal=False)
        own, cross = _read_only(seen.own), _read_only(seen.cross)
        rows = []
        for index, step in enumerate(steps):
            row = self._greedy_step(step.reads.id, seen.log_probabilities[index], own[:, :, index], cross[:, :, index])
            # The model that reads them all at once has chosen none of the tokens.
            rows.append(self._chosen(row, step.output.id, How.FORCED if step.how is How.FORCED else How.KEPT))
        ended = self._ended(steps, document.limit)
        return Trace(sentence.encoding, tuple(rows), own, cross, ended, document.interventions.hidden, causal=False)

    def _output(self, branch: Branch, follow: Follower) -> int:
        """The token that stands after the last row of a branch."""
        return follow(len(branch.rows) - 1, branch.rows[-1])[0]

    def _next_input(self, branch: Branch, follow: Follower) -> int:
        return self._output(branch, follow) if branch.rows else self._config.decoder_start_token_id

    def _is_over(self, branch: Branch, follow: Follower) -> bool:
        return bool(branch.rows) and self._output(branch, follow) == self._config.eos_token_id

    def _decode_row(self, branch: Branch, token_id: int) -> Branch:
        state, row = decode_step(self._model, branch.state, torch.tensor([token_id]))
        own, cross = _read_only(row.self_attention[:, 0]), _read_only(row.cross_attention[:, 0])
        return branch.extended(state, self._greedy_step(token_id, row.log_probabilities[0], own, cross))

    def _greedy_step(self, token_id: int, log_probabilities: Tensor, own: Floats, cross: Floats) -> DecodeStep:
        ids, values = best_tokens(log_probabilities, CANDIDATES, self._barred)
        vocabulary = self._tokenizer.vocabulary
        tokens = [vocabulary[best] for best in ids]
        return DecodeStep(
            reads=vocabulary[token_id],
            output=tokens[0],
            how=How.GREEDY,
            log_probabilities=_read_only(log_probabilities),
            candidates=tuple(map(Candidate, tokens, map(math.exp, values))),
            self_attention=own,
            cross_attention=cross,
        )

    def _chosen(self, row: DecodeStep, token: int, how: How) -> DecodeStep:
        """The row with the token that stands after it in place of the model's own."""
        if token == row.output.id and how == row.how:
            return row
        return replace(row, output=self._tokenizer.token(token), how=how)

    def _ended(self, steps: Sequence[DecodeStep], limit: int) -> Ended | None:
        if steps and steps[-1].output.id == self._config.eos_token_id:
            return Ended.EOS
        return Ended.LIMIT if len(steps) >= limit else None


def finished(steps: Generator[Progress, None, Result]) -> Result:
    """What a computation in pieces returns, without a pause."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            result: Result = stop.value
            return result


def _read_only(tensor: Tensor) -> Floats:
    array: Floats = tensor.numpy()
    array.flags.writeable = False
    return array


def _largest(differences: Floats) -> float:
    return float(np.abs(differences).max(initial=0.0))


def _differences(one: Pass, other: Pass, rows: slice) -> float:
    """The largest difference of any number in some rows of two passes."""
    return max(
        _largest((one.log_probabilities[rows] - other.log_probabilities[rows]).numpy()),
        _largest((one.own[:, :, rows] - other.own[:, :, rows]).numpy()),
        _largest((one.cross[:, :, rows] - other.cross[:, :, rows]).numpy()),
    )


def _stacked(
    encoding: Encoding,
    steps: tuple[DecodeStep, ...],
    ended: Ended | None,
    config: ModelConfig,
    interventions: Interventions,
) -> Trace:
    """The trace of `steps`, their rows stacked to [Ld, Hd, T, T] and [Ld, Hd, T, S]."""
    rows = len(steps)
    shape = (config.decoder_layers, config.decoder_attention_heads, rows)
    own = np.zeros((*shape, rows), dtype=np.float32)
    cross = np.empty((*shape, len(encoding.tokens)), dtype=np.float32)
    for index, step in enumerate(steps):
        own[:, :, index, : index + 1] = step.self_attention
        cross[:, :, index] = step.cross_attention
    own.flags.writeable = cross.flags.writeable = False
    return Trace(encoding, steps, own, cross, ended, interventions.hidden, interventions.causal_mask)
