"""What patches take: the inner values of their donors' passes.

Shape letters: S source positions, T decoder rows of a donor.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.interventions import Donor, Interventions, Patch
from attention_viewer.model.contract.maps import named
from attention_viewer.model.nn.patches import Taken, recorded_name
from attention_viewer.model.nn.recorder import Recorder
from attention_viewer.model.nn.switches import switches
from attention_viewer.model.nn.transformer import Transformer
from torch import Tensor

Source = Callable[[str, Interventions], tuple[Tensor, Tensor | None]]
"""The ids [1, S] of a sentence, and a mask [1, S] of the tokens that interventions hide (None: none)."""


@torch.inference_mode()
def taken(model: Transformer, patches: Sequence[Patch], source: Source) -> tuple[Taken, ...]:
    """The values that patches put in, in their order; one pass a donor."""
    values: dict[tuple[Donor, str], Tensor] = {}
    maps = model.architecture.maps
    for donor in dict.fromkeys(patch.donor for patch in patches):
        names = {recorded_name(patch, maps) for patch in patches if patch.donor == donor}
        values |= {(donor, name): value for name, value in _recorded(model, donor, names, source).items()}
    return tuple(
        Taken(name, values[patch.donor, name], patch.head, patch.position)
        for patch in patches
        if (patch.donor, name := recorded_name(patch, maps)) in values
    )


def _recorded(model: Transformer, donor: Donor, names: set[str], source: Source) -> dict[str, Tensor]:
    """Inner values of a donor's pass by name; none of a decoder that it has no row of."""
    ids, padding = source(donor.source, donor.interventions)
    switched = switches(donor.interventions, model.architecture, ids.shape[1])
    recorder = Recorder(names.__contains__)
    memory, _ = model.encode(ids, padding, switched, recorder)
    inputs = [model.architecture.decoder_start_token_id, *donor.outputs[:-1]]
    if donor.outputs:
        model.decode(torch.tensor([inputs]), memory, padding, switched, donor.interventions.causal_mask, recorder)
    return recorder.values


def check_patches(model: Transformer, patches: Sequence[Patch]) -> None:
    """Raise InputError where a patch is at a place that the model has not, or its donor's tokens are not its own."""
    for patch in patches:
        layers, heads = named(model.architecture.maps, patch.kind).shape
        if patch.layer >= layers or (patch.head is not None and patch.head >= heads):
            head = "" if patch.head is None else f", head {patch.head + 1}"
            raise InputError(
                f"Layer {patch.layer + 1}{head} cannot be patched: the {patch.kind} attention of this model "
                f"has {layers} layers and {heads} heads."
            )
        wrong = [each for each in patch.donor.outputs if each >= model.architecture.target_vocabulary]
        if wrong:
            raise InputError(
                f"A patch is taken from a translation with the token {wrong[0]}, and this model has none of that "
                "number. Reset the interventions."
            )
