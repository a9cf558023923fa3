"""Colours for numbers: lookup tables of 256 RGB entries, named as the user sees them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from attention_viewer.viewer.look.colormap_points import CONTROL_POINTS
from numpy.typing import NDArray

LookupTable = NDArray[np.uint8]


def lookup_table(points: str) -> LookupTable:
    """The table uint8 [256, 3] through control points written as above."""
    rows = np.array([list(bytes.fromhex(point)) for point in points.split()])  # [points, 4]
    index = np.arange(256)
    channels = [np.interp(index, rows[:, 0], rows[:, channel]) for channel in (1, 2, 3)]
    table: LookupTable = np.rint(np.stack(channels, axis=1)).astype(np.uint8)
    table.flags.writeable = False
    return table


COLORMAPS: Mapping[str, LookupTable] = MappingProxyType(
    {name: lookup_table(points) for name, points in CONTROL_POINTS.items()}
)
"""Name -> read-only uint8 [256, 3]."""
