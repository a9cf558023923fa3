"""Asymmetric maps for tests of painters and exporters: a swapped axis or a shifted row would show."""

from __future__ import annotations

import numpy as np
from attention_viewer.model.contract.maps import CROSS
from attention_viewer.viewer.state.options import ColorRange
from attention_viewer.viewer.state.specs import Axis, GridSpec, HeatmapSpec, scale_for
from attention_viewer.viewer.state.view_state import Head

SENTENCE = "The cat <sat> & slept"


def heatmap(
    rows: int = 3, columns: int = 5, masked: bool = False, color_range: ColorRange = ColorRange.UNIT
) -> HeatmapSpec:
    """Cell (r, c) has weight (r * columns + c) / (rows * columns - 1): no two are alike."""
    values = np.linspace(0.0, 1.0, rows * columns, dtype=np.float32).reshape(rows, columns)
    return HeatmapSpec(
        kind=CROSS,
        head=Head(3, 7),
        title="Cross-attention · layer 4, head 8",
        rows=Axis("queries: reads → predicts", tuple(f"row{index}" for index in range(rows))),
        columns=Axis("keys: source", tuple(f"col{index}" for index in range(columns))),
        values=values,
        mask=np.triu(np.ones((rows, columns), dtype=np.bool_), 1) if masked else None,
        scale=scale_for(color_range, values),
        colormap="viridis",
        caption=(SENTENCE, "rows are queries: reads → predicts · columns are keys: source · colour from 0 to 1"),
    )


def grid(layers: int = 2, heads: int = 3, rows: int = 3, columns: int = 5, masked: bool = False) -> GridSpec:
    """Head (l, h) is the map above times (l * heads + h + 1) / (layers * heads)."""
    one = heatmap(rows, columns, masked)
    factors = np.arange(1, layers * heads + 1, dtype=np.float32).reshape(layers, heads, 1, 1) / (layers * heads)
    return GridSpec(
        kind=CROSS,
        title="Cross-attention · all layers and heads",
        rows=one.rows,
        columns=one.columns,
        values=(factors * one.values).astype(np.float32),
        mask=one.mask,
        color_range=ColorRange.UNIT,
        colormap="viridis",
        selected=Head(1, 2),
        caption=one.caption,
    )
