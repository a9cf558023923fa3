"""A checkpoint that is open: `Session(checkpoint).trace(document)` computes what a document asks for.

Shape letters: Le, He encoder layers and heads; Ld, Hd decoder layers and heads; S source positions; T decoder
rows; V target vocabulary.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from model.api import (
    Candidate,
    DecodeStep,
    Encoding,
    Ended,
    Floats,
    How,
    ModelInfo,
    Progress,
    Token,
    Trace,
)
from model.checkpoint import content_hash, load
from model.config import ModelConfig, read_barred, read_languages
from model.decoding import DecodedRow, best_tokens, decode_step, encode
from model.document import Choice, Document, path
from model.errors import InputError
from model.prefix_cache import Branch, PrefixCache, Sentence
from model.tokenizer import Tokenizer

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
        steps = self.trace_steps(document)
        while True:
            try:
                next(steps)
            except StopIteration as stop:
                trace: Trace = stop.value
                return trace

    def trace_steps(self, document: Document) -> Generator[Progress, None, Trace]:
        """`trace` in pieces: yields after each newly computed decoder row and returns the trace.

        It may be closed at any row or interleaved with other traces.
        """
        choices = self._checked_path(document)
        wanted = min(document.step, document.limit)
        sentence = self._sentence(document.source)
        outputs = [choice.token for choice in choices]
        branch = sentence.longest(self._config.decoder_start_token_id, outputs, wanted)
        while len(branch.rows) < wanted and not self._is_over(branch, outputs):
            branch = self._decode_row(branch, self._next_input(branch, outputs))
            sentence.remember(branch)
            yield Progress(len(branch.rows), wanted)
        steps = self._followed(branch.rows, choices)
        return _stacked(sentence.encoding, steps, self._ended(steps, document.limit), self._config)

    def _checked_path(self, document: Document) -> tuple[Choice, ...]:
        if document.checkpoint and document.checkpoint != self.info.content_hash:
            raise InputError(
                "This document was made with another model (content hash "
                f"{document.checkpoint[:12]}…, this one is {self.info.content_hash[:12]}…). "
                "Open that model, or start anew from the sentence."
            )
        choices = path(document)
        for choice in choices:
            self._tokenizer.token(choice.token)
        return choices

    def _sentence(self, source: str) -> Sentence:
        sentence = self._cache.get(source)
        if sentence is None:
            tokens = self._tokenizer.encode_source(source)
            encoded = encode(self._model, torch.tensor([[token.id for token in tokens]]))
            weights = _read_only(encoded.self_attention[:, 0])  # [Le, He, S, S]
            sentence = Sentence(Encoding(tokens, weights), Branch(encoded.state))
            self._cache.add(source, sentence)
        return sentence

    def _output(self, branch: Branch, outputs: Sequence[int]) -> int:
        """The token that the last row of a branch stands for in a target that begins with `outputs`."""
        last = len(branch.rows) - 1
        return outputs[last] if last < len(outputs) else branch.rows[last].output.id

    def _next_input(self, branch: Branch, outputs: Sequence[int]) -> int:
        return self._output(branch, outputs) if branch.rows else self._config.decoder_start_token_id

    def _is_over(self, branch: Branch, outputs: Sequence[int]) -> bool:
        return bool(branch.rows) and self._output(branch, outputs) == self._config.eos_token_id

    def _decode_row(self, branch: Branch, token_id: int) -> Branch:
        state, row = decode_step(self._model, branch.state, torch.tensor([token_id]))
        return branch.extended(state, self._greedy_step(token_id, row))

    def _greedy_step(self, token_id: int, row: DecodedRow) -> DecodeStep:
        log_probabilities = row.log_probabilities[0]
        ids, values = best_tokens(log_probabilities, CANDIDATES, self._barred)
        vocabulary = self._tokenizer.vocabulary
        tokens = [vocabulary[best] for best in ids]
        return DecodeStep(
            reads=vocabulary[token_id],
            output=tokens[0],
            how=How.GREEDY,
            log_probabilities=_read_only(log_probabilities),
            candidates=tuple(map(Candidate, tokens, map(math.exp, values))),
            self_attention=_read_only(row.self_attention[:, 0]),
            cross_attention=_read_only(row.cross_attention[:, 0]),
        )

    def _followed(self, rows: Sequence[DecodeStep], choices: Sequence[Choice]) -> tuple[DecodeStep, ...]:
        """The rows with the outputs of the document's path in place of the model's own."""
        chosen = [self._chosen(row, choice) for row, choice in zip(rows, choices, strict=False)]
        return (*chosen, *rows[len(chosen) :])

    def _chosen(self, row: DecodeStep, choice: Choice) -> DecodeStep:
        if choice.token == row.output.id and choice.how == row.how:
            return row
        return DecodeStep(
            row.reads,
            self._tokenizer.token(choice.token),
            choice.how,
            row.log_probabilities,
            row.candidates,
            row.self_attention,
            row.cross_attention,
        )

    def _ended(self, steps: Sequence[DecodeStep], limit: int) -> Ended | None:
        if steps and steps[-1].output.id == self._config.eos_token_id:
            return Ended.EOS
        return Ended.LIMIT if len(steps) >= limit else None


def _read_only(tensor: Tensor) -> Floats:
    array: Floats = tensor.numpy()
    array.flags.writeable = False
    return array


def _stacked(encoding: Encoding, steps: tuple[DecodeStep, ...], ended: Ended | None, config: ModelConfig) -> Trace:
    """The trace of `steps`, their rows stacked to [Ld, Hd, T, T] and [Ld, Hd, T, S]."""
    rows = len(steps)
    shape = (config.decoder_layers, config.decoder_attention_heads, rows)
    own = np.zeros((*shape, rows), dtype=np.float32)
    cross = np.empty((*shape, len(encoding.tokens)), dtype=np.float32)
    for index, step in enumerate(steps):
        own[:, :, index, : index + 1] = step.self_attention
        cross[:, :, index] = step.cross_attention
    own.flags.writeable = cross.flags.writeable = False
    return Trace(encoding, steps, own, cross, ended)
