"""What a document asks for, row by row: the encoder once a sentence, the decoder where no earlier question went.

Shape letters: Le, He encoder layers and heads; Ld, Hd decoder layers and heads; S source positions; T decoder
rows; V target vocabulary.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from itertools import takewhile
from types import MappingProxyType

import numpy as np
import torch
from attention_viewer.model.contract.api import (
    DecodeStep,
    Encoding,
    Ended,
    Floats,
    How,
    Progress,
    Trace,
)
from attention_viewer.model.contract.architecture import Architecture
from attention_viewer.model.contract.candidates import BestCandidates, best_token
from attention_viewer.model.contract.choosing import Method
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.interventions import Interventions, while_decoding
from attention_viewer.model.contract.room import check_room_for_trace
from attention_viewer.model.experiments.experiments import parallel_pass
from attention_viewer.model.experiments.patching import taken
from attention_viewer.model.nn.decoding import decode_rows, encode
from attention_viewer.model.nn.finite import check_finite, is_finite
from attention_viewer.model.nn.switches import Switches, switches
from attention_viewer.model.nn.transformer import Transformer
from attention_viewer.model.prefix_cache import PrefixCache, Row, Sentence
from attention_viewer.model.search.following import Follower
from attention_viewer.model.tokenizer import Tokenizer
from torch import Tensor

ROWS_AT_ONCE = 32
"""Rows of known tokens that are computed without a pause."""

ROWS_GUESSED = 8
"""Rows that are computed at once for tokens which the model is expected to choose; they may be in vain."""

CANDIDATES = 10
"""How many of the most probable next tokens a step lists."""


class Tracer:
    """Traces documents with one model; what it computed is kept in its `cache`."""

    def __init__(self, model: Transformer, tokenizer: Tokenizer) -> None:
        self._model, self._tokenizer, self._architecture = model, tokenizer, model.architecture
        self.cache = PrefixCache()

    def trace_steps(self, document: Document) -> Generator[Progress, None, Trace]:
        """Yields after each newly computed decoder row and returns the trace of a document."""
        sentence = self.sentence(document)
        rows = min(document.step, document.limit)
        check_room_for_trace(self._architecture, len(sentence.encoding.tokens), rows)
        steps = yield from self._rows(document, sentence)
        if not document.interventions.causal_mask and steps:
            return self._unmasked(sentence, steps, document)
        ended = self._ended(steps, document.limit)
        return _stacked(self._architecture, sentence.encoding, steps, ended, document.interventions)

    def sentence(self, document: Document) -> Sentence:
        """The document's sentence, encoded under its interventions."""
        interventions = while_decoding(document.interventions)
        sentence = self.cache.get(document.source, interventions)
        if sentence is None:
            source, padding = self.source(document)
            check_room_for_trace(self._architecture, source.shape[1], 0)
            switched = self.switches(interventions, source.shape[1])
            like = self.cache.encoded(document.source, interventions, self._architecture.maps)
            if like is None:
                sentence = self._encoded(document.source, source, padding, switched)
            else:
                sentence = Sentence(like.encoding, like.memory, switched, like.start.switched(switched))
            self.cache.add(document.source, interventions, sentence)
        return sentence

    def _encoded(self, text: str, source: Tensor, padding: Tensor | None, switched: Switches | None) -> Sentence:
        """A sentence that runs through the encoder."""
        encoded = encode(self._model, source, padding, switched)
        check_finite(encoded.memory, "in the encoder")
        weights = _read_only(encoded.self_attention[:, 0])  # [Le, He, S, S]
        tokens = self._tokenizer.encode_source(text)
        return Sentence(Encoding(tokens, weights), encoded.memory, switched, encoded.state)

    def switches(self, interventions: Interventions, source_length: int) -> Switches | None:
        """The switches of interventions, with what their patches take; None where nothing is switched."""
        values = taken(self._model, interventions.patches, self._source)
        return switches(interventions, self._architecture, source_length, values)

    def source(self, document: Document) -> tuple[Tensor, Tensor | None]:
        """The ids [1, S] of the document's source, and a mask [1, S] of the tokens it hides (None: none)."""
        return self._source(document.source, document.interventions)

    def _source(self, text: str, interventions: Interventions) -> tuple[Tensor, Tensor | None]:
        ids = [token.id for token in self._tokenizer.encode_source(text)]
        hidden = interventions.hidden
        if not hidden:
            return torch.tensor([ids]), None
        if max(hidden) >= len(ids):
            raise InputError(f"Source token {max(hidden) + 1} cannot be hidden: the sentence has {len(ids)}.")
        if len(hidden) == len(ids):
            raise InputError("Every source token is hidden: leave at least one for the model to look at.")
        return torch.tensor([ids]), torch.tensor([[position in hidden for position in range(len(ids))]])

    def _rows(self, document: Document, sentence: Sentence) -> Generator[Progress, None, tuple[DecodeStep, ...]]:
        """The decoder's rows, one at a time under the causal mask, with the outputs that the document follows."""
        row = sentence.root
        follow = Follower(document, self._architecture)
        wanted = min(document.step, document.limit)
        token, eos = self._architecture.decoder_start_token_id, self._architecture.eos_token_id
        steps: list[DecodeStep] = []
        read: list[int] = []
        computed = 0
        while len(steps) < wanted and not (steps and token == eos):
            if token not in row.children:
                ahead = follow.standing(len(steps), min(ROWS_AT_ONCE, wanted - len(steps)) - 1)
                known = 1 + len(ahead)
                ahead = ahead or self._expected(document, sentence, [*read, token], wanted - len(steps) - 1)
                reads = [token, *takewhile(lambda each: each != eos, ahead)]
                computed = self._decode(row, reads, known)
            row = row.children[token]
            step = row.step
            assert step is not None
            read.append(token)
            token, how = follow(step, read)
            steps.append(self._chosen(step, token, how))
            if computed:
                computed -= 1
                yield Progress(len(steps), wanted)
        self.cache.use(row)
        return tuple(steps)

    def _expected(self, document: Document, sentence: Sentence, read: Sequence[int], most: int) -> list[int]:
        """What the model may choose after the ids `read`: what it chose under other interventions.

        A row of tokens that it does not choose has been computed in vain, and changes nothing.
        """
        one_by_one = sentence.start.weights.together == 1 or sentence.start.taken
        if one_by_one or document.decoding.method is Method.SAMPLING:
            return []
        return self.cache.chosen(document.source, sentence, read, min(most, ROWS_GUESSED - 1))

    def _unmasked(self, sentence: Sentence, steps: tuple[DecodeStep, ...], document: Document) -> Trace:
        """The same rows computed in one pass without the causal mask."""
        _, padding = self.source(document)
        inputs = [step.reads.id for step in steps]
        seen = parallel_pass(self._model, sentence.memory, inputs, padding, sentence.switches, causal=False)
        own, cross = _read_only(seen.own), _read_only(seen.cross)
        rows = []
        for index, step in enumerate(steps):
            row = self._greedy_step(
                index, step.reads.id, seen.log_probabilities[index], own[:, :, index], cross[:, :, index]
            )
            # The model that reads them all at once has chosen none of the tokens.
            rows.append(self._chosen(row, step.output.id, How.FORCED if step.how is How.FORCED else How.KEPT))
        ended = self._ended(steps, document.limit)
        hidden = document.interventions.hidden
        return _trace(self._architecture, sentence.encoding, rows, own, cross, ended, hidden, causal=False)

    def _decode(self, before: Row, reads: Sequence[int], known: int) -> int:
        """Compute and keep the rows after `before` that read these ids, of which so many are known to be asked for.

        Returns how many were kept. Raises InputError where the numbers of one that is asked for overflow.
        """
        first, past = before, self.cache.state(before)
        state, rows = decode_rows(past, torch.tensor([reads]))
        for index, (token_id, row) in enumerate(zip(reads, rows, strict=True)):
            if index >= known and not is_finite(row.log_probabilities):
                return index
            check_finite(row.log_probabilities, f"in row {past.length + index + 1} of the decoder")
            own, cross = _read_only(row.self_attention[:, 0]), _read_only(row.cross_attention[:, 0])
            at, normaliser = past.length + index, float(row.normaliser[0])
            step = self._greedy_step(at, token_id, row.log_probabilities[0], own, cross, normaliser)
            keys_values = torch.stack([layer[..., past.length + index, :] for layer in state.past or ()])
            before = self.cache.grow(before, keys_values, step)
        self.cache.remember(first, past, before, state)
        return len(reads)

    def _greedy_step(
        self, row: int, token_id: int, log_probabilities: Tensor, own: Floats, cross: Floats, normaliser: float = 0.0
    ) -> DecodeStep:
        vocabulary, barred = self._tokenizer.vocabulary, self._architecture.barred_ids
        logs = _read_only(log_probabilities)
        return DecodeStep(
            reads=vocabulary[token_id],
            output=vocabulary[best_token(logs, self._architecture.barred_at(row))],
            how=How.GREEDY,
            log_probabilities=logs,
            candidates=BestCandidates(logs, vocabulary, barred, CANDIDATES),
            self_attention=own,
            cross_attention=cross,
            normaliser=normaliser,
        )

    def _chosen(self, row: DecodeStep, token: int, how: How) -> DecodeStep:
        """The row with the token that stands after it in place of the model's own."""
        if token == row.output.id and how == row.how:
            return row
        return replace(row, output=self._tokenizer.token(token), how=how)

    def _ended(self, steps: Sequence[DecodeStep], limit: int) -> Ended | None:
        if steps and steps[-1].output.id == self._architecture.eos_token_id:
            return Ended.EOS
        return Ended.LIMIT if len(steps) >= limit else None


def _read_only(tensor: Tensor) -> Floats:
    array: Floats = tensor.numpy()
    array.flags.writeable = False
    return array


def _stacked(
    architecture: Architecture,
    encoding: Encoding,
    steps: tuple[DecodeStep, ...],
    ended: Ended | None,
    interventions: Interventions,
) -> Trace:
    """The trace of `steps`, their rows stacked to [Ld, Hd, T, T] and [Ld, Hd, T, S]."""
    rows, decoder = len(steps), architecture.decoder
    shape = (decoder.layers, decoder.heads, rows)
    own = np.zeros((*shape, rows), dtype=np.float32)
    for index, step in enumerate(steps):
        own[:, :, index, : index + 1] = step.self_attention
    cross = np.empty((*shape, len(encoding.tokens)), dtype=np.float32)
    if steps:
        np.stack([step.cross_attention for step in steps], axis=2, out=cross)
    own.flags.writeable = cross.flags.writeable = False
    return _trace(
        architecture, encoding, steps, own, cross, ended, interventions.hidden, causal=interventions.causal_mask
    )


def _trace(
    architecture: Architecture,
    encoding: Encoding,
    steps: Sequence[DecodeStep],
    own: Floats,
    cross: Floats,
    ended: Ended | None,
    hidden: frozenset[int],
    causal: bool,
) -> Trace:
    """The trace of an encoder-decoder: its encoder's, its decoder's own and its cross-attention weights, in order."""
    weights = zip(architecture.maps, (encoding.self_attention, own, cross), strict=True)
    attention = MappingProxyType({each.kind: array for each, array in weights})
    return Trace(encoding.tokens, tuple(steps), architecture.maps, attention, ended, hidden, causal)
