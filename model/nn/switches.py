"""Interventions as the forward pass takes them: a mask of heads for each layer, and where tokens stand."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from attention_viewer.model.contract.architecture import Architecture
from attention_viewer.model.contract.interventions import Interventions, Placement, Positions
from attention_viewer.model.contract.maps import CROSS, DECODER, ENCODER, Kind
from attention_viewer.model.nn.patches import Taken
from torch import Tensor

HeadMask = Tensor | None
"""Boolean [H], True = off; None where every head is on."""


@dataclass(frozen=True, eq=False)
class Switches:
    """Head masks by layer, placements (None: positions as the model was trained with), and what was taken elsewhere."""

    encoder: tuple[HeadMask, ...]
    decoder: tuple[HeadMask, ...]
    cross: tuple[HeadMask, ...]
    source_placement: Placement | None = None
    target_placement: Placement | None = None
    taken: tuple[Taken, ...] = ()

    def decoder_layers(self) -> tuple[tuple[HeadMask, HeadMask], ...]:
        """The masks of each decoder layer's self-attention and cross-attention."""
        return tuple(zip(self.decoder, self.cross, strict=True))


def switches(
    interventions: Interventions, architecture: Architecture, source_length: int, taken: tuple[Taken, ...] = ()
) -> Switches | None:
    """The switches of `interventions` for a model and a source sentence; None where nothing is switched.

    `taken` are the values that its patches put in.
    """
    if not interventions:
        return None
    masks = {each.kind: _masks(interventions, each.kind, each.layers, each.heads) for each in architecture.maps}
    return Switches(
        masks[ENCODER],
        masks[DECODER],
        masks[CROSS],
        _unusual(interventions.encoder_placement(source_length)),
        _unusual(interventions.decoder_placement()),
        taken,
    )


def _masks(interventions: Interventions, kind: Kind, layers: int, heads: int) -> tuple[HeadMask, ...]:
    off = {(each.layer, each.head) for each in interventions.heads_off if each.kind == kind}
    return tuple(
        torch.tensor([(layer, head) in off for head in range(heads)])
        if any(layer == where for where, _ in off)
        else None
        for layer in range(layers)
    )


def _unusual(placement: Placement) -> Placement | None:
    return None if placement.positions is Positions.ON else placement
