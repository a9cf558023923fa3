"""Layer after layer: the encoder's and the decoder's stack (Vaswani et al. 2017, section 3.1).

Shape letters: B batch, H heads, S source positions, T target positions in this pass, P target positions before it,
D model width, d width of a head.
"""

from __future__ import annotations

from collections.abc import Sequence

from attention_viewer.model.nn.attention import by_head, project_memory
from attention_viewer.model.nn.equations import decoder_layer, encoder_layer, normalise
from attention_viewer.model.nn.recorder import Record, within
from attention_viewer.model.nn.switches import HeadMask
from attention_viewer.model.nn.weights import DecoderWeights, EncoderLayerWeights, KeysValues, Norm
from torch import Tensor


def encoder_stack(
    layers: Sequence[EncoderLayerWeights],
    final_norm: Norm | None,
    embedded: Tensor,
    bias: Tensor | None = None,
    off: Sequence[HeadMask] | None = None,
    rate: float = 0.0,
    record: Record | None = None,
) -> tuple[Tensor, list[Tensor]]:
    """Map `embedded` [B, S, D] to the memory [B, S, D]; also every layer's weights [BH, S, S].

    `bias`, `off`, `rate` and `record` are what `encoder_layer` takes, `off` one a layer.
    """
    batch = len(embedded)
    x = embedded.flatten(0, 1)  # [BS, D]
    weights = []
    for index, layer in enumerate(layers):
        here = within(record, str(index))
        x, layer_weights = encoder_layer(layer, x, batch, bias, None if off is None else off[index], rate, here)
        weights.append(layer_weights)
    return _leaving(x, embedded, final_norm, record), weights


def projected_memory(decoder: DecoderWeights, memory: Tensor, record: Record | None = None) -> list[KeysValues]:
    """Keys and values of the encoder's output `memory` [B, S, D] in every decoder layer: once a sentence."""
    seen = [project_memory(layer.cross, memory) for layer in decoder.layers]
    if record is not None:
        for index, (layer, each) in enumerate(zip(decoder.layers, seen, strict=True)):
            record(f"decoder.{index}.cross.projected", by_head(each.values, layer.cross.heads))
    return seen


def decoder_stack(
    decoder: DecoderWeights,
    embedded: Tensor,
    memory: Sequence[KeysValues],
    past: Sequence[Tensor] | None = None,
    bias: Tensor | None = None,
    memory_bias: Tensor | None = None,
    off: Sequence[tuple[HeadMask, HeadMask]] | None = None,
    rate: float = 0.0,
    record: Record | None = None,
    apart: bool = False,
) -> tuple[Tensor, list[Tensor], list[Tensor], list[Tensor]]:
    """Map `embedded` [B, T, D] to [B, T, D]; `memory`, `past`, `off` have an entry a layer, as `decoder_layer` takes.

    The positions of one sentence that are computed `apart` are a batch of T. Returns the output and, one a layer, the
    self-attention's keys and values [2, BH, P+T, d], its weights [BH, T, P+T] and the cross-attention's [BH, T, S].
    """
    x = embedded.flatten(0, 1)  # [BT, D]
    batch = len(x) if apart else len(embedded)
    if apart:
        memory = [KeysValues(*(part.repeat(batch, 1, 1) for part in each)) for each in memory]
        memory_bias = None if memory_bias is None else memory_bias.repeat(batch, 1, 1)
    present, own, cross = [], [], []
    for index, layer in enumerate(decoder.layers):
        earlier = None if past is None else past[index]
        switched = (None, None) if off is None else off[index]
        here = within(record, str(index))
        x, keys_values, own_weights, cross_weights = decoder_layer(
            layer, x, batch, memory[index], earlier, bias, memory_bias, switched, rate, here, apart
        )
        present.append(keys_values)
        own.append(own_weights)
        cross.append(cross_weights)
    return _leaving(x, embedded, decoder.final_norm, record), present, own, cross


def _leaving(x: Tensor, embedded: Tensor, final_norm: Norm | None, record: Record | None) -> Tensor:
    """What leaves a stack [B, T, D], in a pre-norm model normalised once more."""
    output = (x if final_norm is None else normalise(final_norm, x)).view_as(embedded)
    if record is not None:
        record("output", output)
    return output
