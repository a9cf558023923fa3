"""Patching: inner values of another pass in the place of a pass's own (Vig et al. 2020; Meng et al. 2022).

Shape letters: B batch, H heads, T positions of a pass, R positions of the donor's, d width of a head, D model width.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from attention_viewer.model.contract.interventions import Patch
from attention_viewer.model.contract.maps import MapInfo, named
from attention_viewer.model.nn.recorder import Record
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Taken:
    """Values of the donor's pass under the `name` that they are recorded by: [1, R, D], or [1, H, R, d] of heads.

    `head` and `position` say which of them are put in; None: all.
    """

    name: str
    values: Tensor
    head: int | None = None
    position: int | None = None

    def put(self, value: Tensor, start: int) -> Tensor:
        """A pass's value [B, T, D] or [B, H, T, d], whose first position is `start`, with the donor's in place."""
        length, known = value.shape[-2], self.values.shape[-2]
        first, last = (0, known) if self.position is None else (self.position, min(self.position + 1, known))
        first, last = max(first, start), min(last, start + length)
        if first >= last:
            return value
        heads = () if value.dim() == 3 else (slice(None) if self.head is None else self.head,)
        changed = value.clone()
        changed[(slice(None), *heads, slice(first - start, last - start))] = self.values[
            (0, *heads, slice(first, last))
        ]
        return changed


def recorded_name(patch: Patch, maps: Iterable[MapInfo]) -> str:
    """The name under which what a patch takes is recorded in a model that has such maps."""
    place = named(maps, patch.kind)
    layer = f"{place.stack}.{patch.layer}"
    return f"{layer}.{place.part}.heads" if patch.head is not None else f"{layer}.ffn.normed"


def patching(taken: Sequence[Taken], start: int, record: Record | None) -> Record | None:
    """A record that puts in what was taken, and hands what is computed with to `record`; that one where nothing was.

    `start` is the first position of the decoder's pass; the encoder's is always whole.
    """
    if not taken:
        return record

    def put(name: str, value: Tensor) -> Tensor | None:
        changed = value
        for each in taken:
            if each.name == name:
                changed = each.put(changed, start if name.startswith("decoder.") else 0)
        other = None if record is None else record(name, changed)
        return other if other is not None else (None if changed is value else changed)

    return put
