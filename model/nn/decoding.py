"""Incremental decoding: the encoder once a sentence, the decoder one row at a time (section 3.1).

Shape letters: B batch, Le, He encoder layers and heads, Ld, Hd decoder layers and heads, S source positions,
t rows decoded so far, D model width, d width of a head, V target vocabulary.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from attention_viewer.model.contract.interventions import Placement
from attention_viewer.model.nn.attention import forbidding
from attention_viewer.model.nn.embedding import embed
from attention_viewer.model.nn.patches import Taken, patching
from attention_viewer.model.nn.recorder import Record, within
from attention_viewer.model.nn.stacks import decoder_stack, projected_memory
from attention_viewer.model.nn.switches import HeadMask, Switches
from attention_viewer.model.nn.transformer import Transformer, key_mask
from attention_viewer.model.nn.weights import DecoderWeights, KeysValues, affine
from torch import Tensor


class DecoderState(NamedTuple):
    """All that the next row depends on besides the token it reads. Never changed, only replaced.

    `weights` belong to the model; `memory` are each layer's keys and values of the encoder's output, `memory_bias`
    [BHd, 1, S] is -inf at padding and hidden tokens, `off` the heads [Hd] of self- and cross-attention that are
    switched off in each layer, `placement` says where tokens stand (None: where they do). `past` are the
    self-attention's keys and values of each layer [2, BHd, t, d], None before the first row. `taken` are values of
    another pass that rows put in the place of their own.
    """

    weights: DecoderWeights
    memory: tuple[KeysValues, ...]
    memory_bias: Tensor | None = None
    off: tuple[tuple[HeadMask, HeadMask], ...] | None = None
    placement: Placement | None = None
    past: tuple[Tensor, ...] | None = None
    taken: tuple[Taken, ...] = ()

    @property
    def length(self) -> int:
        """How many rows were decoded."""
        return 0 if self.past is None else self.past[0].shape[-2]

    def switched(self, switches: Switches | None) -> DecoderState:
        """The state before the first row of the same encoded sentence, with other switches of the decoder."""
        if switches is None:
            return self._replace(off=None, placement=None, taken=())
        return self._replace(off=switches.decoder_layers(), placement=switches.target_placement, taken=switches.taken)

    def select(self, batch: Tensor) -> DecoderState:
        """The state of the rows `batch` [N] of a batch, of which all come from one sentence."""
        if self.past is None:
            return self
        return self._replace(past=tuple(self._chosen(layer, 1, batch) for layer in self.past))

    def sentences(self, batch: Tensor) -> DecoderState:
        """The state of the sentences `batch` [N] of a batch."""
        memory = tuple(KeysValues(*(self._chosen(each, 0, batch) for each in layer)) for layer in self.memory)
        bias = None if self.memory_bias is None else self._chosen(self.memory_bias, 0, batch)
        return self.select(batch)._replace(memory=memory, memory_bias=bias)

    def _chosen(self, x: Tensor, axis: int, batch: Tensor) -> Tensor:
        """The sentences `batch` of a tensor whose `axis` is [BHd]."""
        heads = self.weights.layers[0].attention.heads
        shape = x.shape
        by_sentence = x.reshape(*shape[:axis], -1, heads, *shape[axis + 1 :])
        return by_sentence.index_select(axis, batch).flatten(axis, axis + 1)


class EncodedSource(NamedTuple):
    """The encoder's `self_attention` [Le, B, He, S, S], its output `memory` [B, S, D], the decoder's first `state`."""

    self_attention: Tensor
    memory: Tensor
    state: DecoderState


class DecodedRow(NamedTuple):
    """What one decoder row computed.

    Natural `log_probabilities` [B, V] at temperature 1, which plus `normaliser` [B] are the logits; `self_attention`
    [Ld, B, Hd, t+1] and `cross_attention` [Ld, B, Hd, S].
    """

    log_probabilities: Tensor
    self_attention: Tensor
    cross_attention: Tensor
    normaliser: Tensor


@torch.inference_mode()
def encode(
    model: Transformer,
    source: Tensor,
    padding: Tensor | None = None,
    switches: Switches | None = None,
    record: Record | None = None,
) -> EncodedSource:
    """Encode the ids `source` [B, S] and project the memory once.

    `padding` [B, S] is True at padding and at hidden tokens; `record` gets the encoder's inner
    values, and the decoder's values of its output.
    """
    memory, weights = model.encode(source, padding, switches, record)
    return EncodedSource(torch.stack(weights), memory, first_state(model, memory, padding, switches, record))


@torch.inference_mode()
def first_state(
    model: Transformer,
    memory: Tensor,
    padding: Tensor | None = None,
    switches: Switches | None = None,
    record: Record | None = None,
) -> DecoderState:
    """The decoder's state before its first row, with `memory` [B, S, D] as the encoder's output; see `encode`."""
    decoder = model.prepared or model.decoder_weights()
    state = DecoderState(
        decoder,
        tuple(_in_order(each) for each in projected_memory(decoder, memory, record)),
        forbidding(key_mask(padding), model.architecture.decoder.heads),
    )
    return state.switched(switches)


def decode_step(state: DecoderState, token: Tensor, record: Record | None = None) -> tuple[DecoderState, DecodedRow]:
    """Decode the row that reads the ids `token` [B]; earlier rows are not touched. `record` gets its inner values."""
    state, (row,) = decode_rows(state, token[:, None], record)
    return state, row


@torch.inference_mode()
def decode_rows(
    state: DecoderState, tokens: Tensor, record: Record | None = None
) -> tuple[DecoderState, list[DecodedRow]]:
    """Decode the rows that read the ids `tokens` [B, T]: to the last bit the numbers of T calls of `decode_step`.

    `record` gets the inner values of one row after the other. Rows of one sentence are computed side by side, as many
    as may be `together`, where nothing is recorded or put in: that depends on where a row stands.
    """
    alone = len(tokens) > 1 or record is not None or bool(state.taken)
    rows: list[DecodedRow] = []
    for some in torch.split(tokens, 1 if alone else state.weights.together, dim=1):
        state, more = _side_by_side(state, some, record)
        rows += more
    return state, rows


def _side_by_side(state: DecoderState, tokens: Tensor, record: Record | None) -> tuple[DecoderState, list[DecodedRow]]:
    """Decode the rows that read the ids `tokens` [B, T] in one pass; of several sentences, one row each."""
    record = patching(state.taken, state.length, record)
    weights, here, (batch, length) = state.weights, within(record, "decoder"), tokens.shape
    x = embed(weights.embedding, tokens, state.length, state.placement, record=here)  # [B, T, D]
    hidden, past, own, cross = decoder_stack(
        weights, x, state.memory, state.past, None, state.memory_bias, state.off, record=here, apart=length > 1
    )
    logits = affine(hidden.flatten(0, 1), weights.output, length > 1)  # [N, V]
    if record is not None:
        record("logits", logits.view(batch, length, -1))
    logs = logits.log_softmax(-1)
    owns, crosses = (torch.stack(each).view(len(past), len(logits), -1, each[0].shape[-1]) for each in (own, cross))
    rows = [
        DecodedRow(
            logs[here] if length == 1 else logs[here].clone(),  # [B, V], which keeps no other row in memory
            owns[:, here, :, : state.length + index + 1].contiguous(),  # [Ld, B, Hd, t+1]
            crosses[:, here].contiguous(),
            logits[here, 0] - logs[here, 0],
        )
        for index, here in enumerate(slice(start, start + batch) for start in range(0, len(logits), batch))
    ]
    return state._replace(past=tuple(past)), rows


def _in_order(memory: KeysValues) -> KeysValues:
    """The same with each head's keys side by side in memory, as every row reads them."""
    return KeysValues(memory.keys.contiguous(), memory.values)
