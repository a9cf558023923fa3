"""What a cell of a map says, in words and numbers: pure functions of its spec."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from attention_viewer.viewer.state.specs import HeatmapSpec

MASKED = "masked"
RANKED = 5
"""Keys that a row's ranking names."""


@dataclass(frozen=True)
class Ranked:
    """A key of a row: its column, its label, and its weight in words."""

    column: int
    label: str
    weight: str


def weight_text(weight: float) -> str:
    """A weight with four decimals, or two significant digits where those would all be zeros."""
    return f"{weight:.4f}" if weight >= 0.00005 or weight == 0.0 else f"{weight:.1e}"


def is_difference(spec: HeatmapSpec) -> bool:
    """Whether the map's values have signs: the difference of two traces, or what can speak against a token."""
    return spec.scale.low < 0.0


def value_text(spec: HeatmapSpec, row: int, column: int) -> str:
    """The value of a cell; "masked" where nothing may look."""
    if spec.mask is not None and spec.mask[row, column]:
        return MASKED
    value = float(spec.values[row, column])
    return f"{value:+.4f}" if is_difference(spec) else weight_text(value)


def row_ranking(spec: HeatmapSpec, row: int, count: int = RANKED) -> tuple[Ranked, ...]:
    """The keys that a row attends to most (or that differ most), the first ones first; masked cells have no place."""
    values = np.abs(spec.values[row])
    seen = np.flatnonzero(~spec.mask[row]) if spec.mask is not None else np.arange(values.size)
    order = seen[np.argsort(-values[seen], kind="stable")][:count]
    return tuple(Ranked(int(each), spec.columns.labels[each], value_text(spec, row, int(each))) for each in order)


def spoken(spec: HeatmapSpec, row: int, column: int) -> str:
    """A cell in words, for those who cannot see the map: both labels, the value, and where it stands."""
    rows, columns = spec.values.shape
    query, key, value = spec.rows.labels[row], spec.columns.labels[column], value_text(spec, row, column)
    said = f"{query} attends to {key}: {value}"
    if value == MASKED:
        said = f"{query} may not look at {key}: masked"
    elif spec.says:
        said = f"{query} to {key}, {spec.says}: {value}"
    return f"{said} · row {row + 1} of {rows}, column {column + 1} of {columns}"
