"""What the controls of the opened parts show. No Qt, no torch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PartControls:
    """Which page is open, and what can be chosen on it.

    `side` is "encoder" or "decoder" ("" where the page has but one), `layer` counts from 0 of `layers` (0: no choice),
    `tokens` are the positions of the side and `token` the one shown; `temperature` 0 stands for none to be chosen.
    """

    page: str
    side: str = ""
    layer: int = 0
    layers: int = 0
    tokens: tuple[str, ...] = ()
    token: int = 0
    temperature: float = 0.0


@dataclass(frozen=True)
class LaboratoryControls:
    """Which page of the positional laboratory is open, the shift that is tried, and whether layers are being timed."""

    page: str
    shift: int
    measuring: bool
