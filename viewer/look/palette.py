"""The colours of everything: palettes by name. No Qt, so that a page can be written where there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Palette:
    """Named colours as `#rrggbb`; `mask` and `hatch` are for cells where nothing may look."""

    name: str
    window: str
    surface: str
    sunken: str
    border: str
    text: str
    muted: str
    accent: str
    accent_rest: str
    accent_soft: str
    on_accent: str
    chip: str
    mask: str
    hatch: str
    danger: str
    danger_soft: str
    curves: tuple[str, ...]


LIGHT = Palette(
    name="light",
    window="#f4f5f7",
    surface="#ffffff",
    sunken="#f4f5f7",
    border="#dfe2e8",
    text="#1b1f27",
    muted="#5a6373",
    accent="#245fc9",
    accent_rest="#b9cdf3",
    accent_soft="#e5eefc",
    on_accent="#ffffff",
    chip="#eef0f4",
    mask="#e4e6ec",
    hatch="#c3c8d2",
    danger="#b32e25",
    danger_soft="#fbe9e7",
    curves=("#245fc9", "#e07b39", "#2f9e6e", "#a64fd0", "#c23b5e", "#6b7280", "#0e8f9c", "#9a7b12"),
)
DARK = Palette(
    name="dark",
    window="#15181d",
    surface="#1d2127",
    sunken="#15181d",
    border="#2e343d",
    text="#e6e9ee",
    muted="#98a1ae",
    accent="#6ea2ff",
    accent_rest="#35507f",
    accent_soft="#22324f",
    on_accent="#0e1420",
    chip="#282d35",
    mask="#2b3038",
    hatch="#454c58",
    danger="#ff8078",
    danger_soft="#43272a",
    curves=("#6ea2ff", "#f09a5e", "#4cc38f", "#c67ae8", "#f07a98", "#9aa3b2", "#45c1cd", "#d1b04a"),
)
PRINT = Palette(
    name="print",
    window="#ffffff",
    surface="#ffffff",
    sunken="#ffffff",
    border="#c8ccd4",
    text="#000000",
    muted="#444b57",
    accent="#1f5fd0",
    accent_rest="#b9cdf3",
    accent_soft="#e5eefc",
    on_accent="#ffffff",
    chip="#f0f1f4",
    mask="#eceef2",
    hatch="#b4bac6",
    danger="#a82a22",
    danger_soft="#fbe9e7",
    curves=LIGHT.curves,
)
PALETTES: Mapping[str, Palette] = MappingProxyType({each.name: each for each in (LIGHT, DARK, PRINT)})
"""Palettes by name; "print" is white, for exports."""
