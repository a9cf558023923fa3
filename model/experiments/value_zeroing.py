"""Value zeroing (Mohebbi et al. 2023): how far a layer's output turns when one position's value is taken away.

The value of a key is zeroed in all heads of a layer, its attention weights left as they are; each row's score of the
key is the cosine distance of the layer's output with and without. Rows are then made to sum to 1. Layers before are
untouched, so that a score is about one layer alone.

Shape letters: B zeroed keys at once, S source positions, T decoder rows, R rows, K keys, D model width.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import torch
from attention_viewer.model.analysis.words import renormalised
from attention_viewer.model.contract import methods
from attention_viewer.model.contract.api import Floats, Progress
from attention_viewer.model.contract.attribution import Attribution
from attention_viewer.model.contract.maps import CROSS, DECODER, ENCODER, Kind
from attention_viewer.model.experiments.recording import Case
from attention_viewer.model.nn.attention import forbidding
from attention_viewer.model.nn.equations import decoder_layer, encoder_layer
from attention_viewer.model.nn.recorder import Record, Recorder
from attention_viewer.model.nn.stacks import projected_memory
from attention_viewer.model.nn.transformer import causal_mask, key_mask
from attention_viewer.model.nn.weights import KeysValues
from torch import Tensor

ROWS_AT_ONCE = 2048
"""Positions that go through a layer side by side, about: bounds the memory that a long sentence takes."""
ROUNDING = 1e-12
"""Distances up to which nothing has turned: float32 outputs of the same numbers in other batches are as far apart."""


@dataclass(frozen=True, eq=False)
class Zeroed:
    """One attention of one layer: `run` gives the layer's output [B, R, D] for B copies of what it reads.

    `value` is the name of its values in the record; it has `keys` of them, and `rows` rows.
    """

    kind: Kind
    value: str
    rows: int
    keys: int
    run: Callable[[int, Record | None], Tensor]


@torch.inference_mode()
def value_zeroing(case: Case) -> Generator[Progress, None, Attribution]:
    """The scores of every layer: encoder [Le, 1, S, S], decoder [Ld, 1, T, T], cross [Ld, 1, T, S]."""
    recorder = Recorder(lambda name: name.endswith((".input", "ffn.normed")))
    memory, _ = case.model.encode(case.source, case.padding, case.switches, recorder)
    inputs = torch.tensor([list(case.inputs)], dtype=torch.long)
    case.model.decode(inputs, memory, case.padding, case.switches, case.causal, recorder)
    attentions = [*_encoder(case, recorder), *_decoder(case, recorder, memory)]
    found: dict[Kind, list[Floats]] = {each.kind: [] for each in attentions}
    done, total = 0, sum(each.keys for each in attentions)
    for each in attentions:
        plain, scores = each.run(1, None), torch.zeros(each.rows, each.keys)
        at_once = max(1, ROWS_AT_ONCE // max(each.rows, 1))
        for start in range(0, each.keys, at_once):
            keys = range(start, min(start + at_once, each.keys))
            scores[:, start : keys.stop] = _distances(each, plain, keys)
            done += len(keys)
            yield Progress(done, total)
        found[each.kind].append(renormalised(scores.numpy()))
    return Attribution(
        methods.VALUE_ZEROING, MappingProxyType({kind: np.stack(layers)[:, None] for kind, layers in found.items()})
    )


def _distances(zeroed: Zeroed, plain: Tensor, keys: range) -> Tensor:
    """1 - cosine of the rows [R, B] of a layer's output with the values of some keys zeroed, one at a time."""

    def without(name: str, value: Tensor) -> Tensor | None:
        if name != zeroed.value:
            return None
        left = value.clone()  # [B, H, K, d]
        left[range(len(keys)), :, list(keys)] = 0.0
        return left

    output = zeroed.run(len(keys), without)  # [B, R, D]
    distances = 1.0 - torch.cosine_similarity(output.double(), plain.double(), dim=-1)
    return torch.where(distances > ROUNDING, distances, 0.0).float().T


def _encoder(case: Case, recorder: Recorder) -> Iterator[Zeroed]:
    heads, length = case.model.architecture.encoder.heads, case.source.shape[1]
    layers = case.model.encoder_weights()
    for index in range(len(layers)):

        def run(copies: int, record: Record | None, index: int = index) -> Tensor:
            x = _entering(recorder, "encoder", index).repeat(copies, 1, 1).flatten(0, 1)
            bias = forbidding(_keys_hidden(case, copies), heads)
            off = None if case.switches is None else case.switches.encoder[index]
            output, _ = encoder_layer(layers[index], x, copies, bias, off, record=record)
            return output.view(copies, length, -1)

        yield Zeroed(ENCODER, "self.value", length, length, run)


def _decoder(case: Case, recorder: Recorder, memory: Tensor) -> Iterator[Zeroed]:
    heads, length = case.model.architecture.decoder.heads, len(case.inputs)
    mask = forbidding(causal_mask(length) if case.causal else None, heads)
    weights = case.model.decoder_weights()
    seen = projected_memory(weights, memory)
    switched = None if case.switches is None else case.switches.decoder_layers()
    for value, kind, keys in (("self.value", DECODER, length), ("cross.value", CROSS, case.source.shape[1])):
        for index in range(len(weights.layers)):

            def run(copies: int, record: Record | None, index: int = index) -> Tensor:
                x = _entering(recorder, "decoder", index).repeat(copies, 1, 1).flatten(0, 1)
                read = KeysValues(*(each.repeat(copies, 1, 1) for each in seen[index]))
                hidden = forbidding(_keys_hidden(case, copies), heads)
                off = (None, None) if switched is None else switched[index]
                layer = weights.layers[index]
                output = decoder_layer(layer, x, copies, read, None, mask, hidden, off, record=record)[0]
                return output.view(copies, length, -1)

            yield Zeroed(kind, value, length, keys, run)


def _entering(recorder: Recorder, side: str, layer: int) -> Tensor:
    """What enters a layer, [1, R, D]."""
    return recorder.values[f"{side}.{layer - 1}.ffn.normed" if layer else f"{side}.input"]


def _keys_hidden(case: Case, copies: int) -> Tensor | None:
    return key_mask(None if case.padding is None else case.padding.expand(copies, -1))
