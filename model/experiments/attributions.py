"""How each attribution of `model.contract.methods` is computed: one entry a method.

Shape letters: L layers, H heads, S source positions, T decoder rows, K keys, d width of a head, D model width.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from types import MappingProxyType

import numpy as np
import torch
from attention_viewer.model.analysis.norms import norm_weights
from attention_viewer.model.analysis.rollout import rolled
from attention_viewer.model.contract import methods
from attention_viewer.model.contract.api import Floats, Progress
from attention_viewer.model.contract.attribution import Attribution
from attention_viewer.model.contract.maps import CROSS, DECODER, ENCODER, MapInfo
from attention_viewer.model.contract.methods import Method
from attention_viewer.model.experiments.gradients import contrast, gradient
from attention_viewer.model.experiments.leave_one_out import leave_one_out
from attention_viewer.model.experiments.recording import Case
from attention_viewer.model.experiments.value_zeroing import value_zeroing
from attention_viewer.model.nn.recorder import Recorder
from torch import Tensor

Steps = Generator[Progress, None, Attribution]


def rollout(case: Case) -> Steps:
    """Attention rollout: encoder [1, 1, S, S], decoder [1, 1, T, T], cross [1, 1, T, S]."""
    yield Progress(0, 1)
    weights = _recorded(case, ("weights",))
    found = rolled(
        *(np.stack([weights[f"{name}.weights"] for name in _attentions(each)]) for each in case.model.architecture.maps)
    )
    maps = {ENCODER: found.encoder, DECODER: found.target, CROSS: found.source}
    return Attribution(methods.ROLLOUT, MappingProxyType({kind: each[None, None] for kind, each in maps.items()}))


def norms(case: Case) -> Steps:
    """Norm-based weights of every head: encoder [Le, He, S, S], decoder [Ld, Hd, T, T], cross [Ld, Hd, T, S]."""
    yield Progress(0, 1)
    inner = _recorded(case, ("weights", "value"))
    outputs = _outputs(case)
    maps = {
        each.kind: np.stack(
            [
                norm_weights(inner[f"{name}.weights"], inner[f"{name}.value"], outputs[name])
                for name in _attentions(each)
            ]
        )
        for each in case.model.architecture.maps
    }
    return Attribution(methods.NORMS, MappingProxyType(maps))


METHODS: Mapping[Method, Callable[[Case], Steps]] = MappingProxyType(
    {
        methods.ROLLOUT: rollout,
        methods.NORMS: norms,
        methods.VALUE_ZEROING: value_zeroing,
        methods.GRADIENT: gradient,
        methods.CONTRAST: contrast,
        methods.LEAVE_ONE_OUT: leave_one_out,
    }
)


def _attentions(sides: MapInfo) -> list[str]:
    """The names of a map's attentions in a record, layer by layer."""
    return [f"{sides.stack}.{layer}.{sides.part}" for layer in range(sides.layers)]


@torch.inference_mode()
def _recorded(case: Case, parts: tuple[str, ...]) -> dict[str, Floats]:
    """Inner values of one pass over all rows, without their batch."""
    recorder = Recorder(lambda name: name.endswith(tuple(f".{part}" for part in parts)))
    memory, _ = case.model.encode(case.source, case.padding, case.switches, recorder)
    inputs = torch.tensor([list(case.inputs)], dtype=torch.long)
    case.model.decode(inputs, memory, case.padding, case.switches, case.causal, recorder)
    return {name: each[0].numpy() for name, each in recorder.values.items()}


def _outputs(case: Case) -> dict[str, Floats]:
    """W^O [D, Hd] of each attention."""
    found: dict[str, Tensor] = {}
    for index, layer in enumerate(case.model.encoder_weights()):
        found[f"encoder.{index}.self"] = layer.attention.output.weight
    for index, each in enumerate(case.model.decoder_weights().layers):
        found[f"decoder.{index}.self"] = each.attention.output.weight
        found[f"decoder.{index}.cross"] = each.cross.output.weight
    return {name: each.detach().numpy() for name, each in found.items()}
