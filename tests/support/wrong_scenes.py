"""Scenes that are wrong in one thing each, by the name of the scene and what is wrong: each must be noticed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from attention_viewer.viewer.state.architecture_spec import ArchitectureSpec
from attention_viewer.viewer.state.options import ColorRange
from attention_viewer.viewer.state.sheets import Bar as LineBar
from attention_viewer.viewer.state.sheets import SheetSpec
from attention_viewer.viewer.state.specs import (
    Axis,
    BeamSpec,
    HeatmapSpec,
    MatrixSpec,
    Overlay,
    Scale,
)
from attention_viewer.viewer.state.view_state import Head
from support import inside_scenes
from support.golden_scenes import (
    BAR_SCALES,
    CHIPS,
    KEYS,
    WORDS,
    Scene,
    architecture_scene,
    bars_scene,
    beam,
    candidates,
    chips_scene,
    colorbars_scene,
    cross,
    curves_scene,
    decoder,
    dots,
    encoding,
    grid_scene,
    heads,
    heatmap_scene,
    labels_scene,
    leaked,
    lines_scene,
    matrix_scene,
    several,
    shaded_scene,
    sheet_scene,
    signed,
    tree_scene,
    waves,
)


def swapped(words: tuple[Any, ...], one: int, other: int) -> tuple[Any, ...]:
    """The same with two entries in each other's place."""
    result = list(words)
    result[one], result[other] = result[other], result[one]
    return tuple(result)


def transposed(spec: HeatmapSpec) -> HeatmapSpec:
    """The map with rows as columns, labels and all."""
    return replace(
        spec,
        values=np.ascontiguousarray(spec.values.T),
        mask=None if spec.mask is None else np.ascontiguousarray(spec.mask.T),
        rows=spec.columns,
        columns=spec.rows,
    )


def turned(spec: MatrixSpec) -> MatrixSpec:
    """The matrix with rows as columns, titles as they were."""
    return replace(spec, values=np.ascontiguousarray(spec.values.T))


def with_dot(spec: BeamSpec, index: int, **changes: Any) -> BeamSpec:
    """The tree with a node changed."""
    dots = list(spec.dots)
    dots[index] = replace(dots[index], **changes)
    return replace(spec, dots=tuple(dots))


def unmasked(spec: SheetSpec) -> SheetSpec:
    """Every bar drawn as if nothing were masked."""
    row = spec.sections[1]
    lines = tuple(
        replace(line, pieces=tuple(replace(p, masked=False) if isinstance(p, LineBar) else p for p in line.pieces))
        for line in row.lines
    )
    return replace(spec, sections=(spec.sections[0], replace(row, lines=lines), *spec.sections[2:]))


def with_formula(spec: SheetSpec, formula: str) -> SheetSpec:
    """Another formula in the first section."""
    return replace(spec, sections=(replace(spec.sections[0], formula=formula), *spec.sections[1:]))


def without_skip(spec: ArchitectureSpec) -> ArchitectureSpec:
    """No skip path in the decoder."""
    return replace(spec, decoder=tuple(replace(block, skip=0) for block in spec.decoder))


def wrong_scenes() -> dict[str, tuple[str, Scene]]:
    """What is wrong -> the scene that it should be, and the wrong one."""
    cross_map, mapped, off, bars, tree = cross(), decoder(masked=True), heads(), candidates(), beam()
    rows, columns = cross_map.rows, cross_map.columns
    sheet = inside_scenes.sheet()
    only_labels = replace(transposed(mapped), values=mapped.values, mask=mapped.mask, columns=Axis("", WORDS))
    return {
        "a cross map transposed": ("cross", heatmap_scene(transposed(cross_map))),
        "a square map transposed": ("masked", heatmap_scene(transposed(mapped))),
        "two columns swapped": (
            "cross",
            heatmap_scene(replace(cross_map, values=cross_map.values[:, [0, 2, 1, 3, 4, 5]])),
        ),
        "two column labels swapped": (
            "cross",
            heatmap_scene(replace(cross_map, columns=replace(columns, labels=swapped(columns.labels, 0, 1)))),
        ),
        "two row labels swapped": (
            "cross",
            heatmap_scene(replace(cross_map, rows=replace(rows, labels=swapped(rows.labels, 1, 2)))),
        ),
        "a title lost": ("masked", heatmap_scene(only_labels)),
        "the hatching lost": ("masked", heatmap_scene(replace(mapped, mask=None))),
        "the badge lost": ("leaked", heatmap_scene(replace(leaked(), badge=""))),
        "the corners lost": ("leaked", heatmap_scene(replace(leaked(), leaked=None))),
        "another row lit": (
            "overlay",
            heatmap_scene(cross(ColorRange.SQUARE_ROOT), Overlay(frozenset({2}), frozenset({4}))),
        ),
        "a signed map's sign lost": ("signed", heatmap_scene(replace(signed(), values=np.abs(signed().values)))),
        "another head off": ("grid", grid_scene(replace(off, off=frozenset({Head(0, 1), Head(1, 1)})))),
        "another head selected": ("grid", grid_scene(replace(off, selected=Head(1, 1)))),
        "layers as heads": ("grid", grid_scene(replace(off, values=off.values.reshape(3, 2, 4, 6).swapaxes(0, 1)))),
        "numbers without the square root": (
            "colorbars",
            colorbars_scene((BAR_SCALES[0], (Scale(0.0, 1.0), "magma"), *BAR_SCALES[2:])),
        ),
        "lines of one head lost": ("lines", lines_scene(replace(several(), singles=several().singles[:1]))),
        "lines the wrong way": ("lit-lines", lines_scene(decoder(masked=True), Overlay(columns=frozenset({2})))),
        "another query chosen": ("shaded-text", shaded_scene(cross(), (0, 1))),
        "two bars swapped": ("bars", bars_scene(replace(bars, bars=swapped(bars.bars, 1, 2)))),
        "a hollow bar lost": (
            "bars",
            bars_scene(replace(bars, bars=(replace(bars.bars[0], before=None), *bars.bars[1:]))),
        ),
        "another chosen": (
            "bars",
            bars_scene(replace(bars, bars=(replace(bars.bars[0], chosen=False), *bars.bars[1:]))),
        ),
        "the note lost": ("bars", bars_scene(replace(bars, note=""))),
        "a mark lost": ("chips", chips_scene([replace(chip, mark=chip.mark.replace("beam", "")) for chip in CHIPS])),
        "a mark for another": (
            "chips",
            chips_scene([replace(chip, mark=chip.mark.replace("sampled", "forced")) for chip in CHIPS]),
        ),
        "a state lost": (
            "chips",
            chips_scene([replace(chip, state=chip.state.replace("hidden", "special")) for chip in CHIPS]),
        ),
        "ranks swapped": ("tree", tree_scene(with_dot(with_dot(tree, 6, rank=2), 7, rank=1))),
        "another fate": ("tree", tree_scene(with_dot(tree, 8, fate="survived"))),
        "another parent": ("tree", tree_scene(with_dot(tree, 2, parent=None, step=1, fate="survived"))),
        "nothing selected": ("tree", tree_scene(replace(tree, selected=None))),
        "a matrix transposed": ("encoding", matrix_scene(turned(encoding()))),
        "a square matrix transposed": ("dots", matrix_scene(turned(dots()))),
        "titles swapped": (
            "encoding",
            matrix_scene(replace(encoding(), row_title="dimension", column_title="position")),
        ),
        "a longer sentence": ("encoding", matrix_scene(replace(encoding(), marked=4))),
        "a frame over all columns": ("dots", matrix_scene(replace(dots(), square=False))),
        "two curves swapped": ("curves", curves_scene(replace(waves(), curves=waves().curves[[1, 0]]))),
        "curves one position late": (
            "curves",
            curves_scene(replace(waves(), curves=np.roll(waves().curves, 1, axis=1))),
        ),
        "two names swapped": ("curves", curves_scene(replace(waves(), names=swapped(waves().names, 0, 1)))),
        "a shorter sentence": ("curves", curves_scene(replace(waves(), marked=6))),
        "labels swapped": ("labels", labels_scene(swapped(KEYS, 1, 2))),
        "a masked key shown as any other": ("sheet", sheet_scene(unmasked(inside_scenes.sheet()))),
        "sections swapped": ("sheet", sheet_scene(replace(sheet, sections=swapped(sheet.sections, 0, 1)))),
        "another formula": ("sheet", sheet_scene(with_formula(sheet, "score = q · k"))),
        "a skip path lost": ("architecture", architecture_scene(without_skip(inside_scenes.architecture()))),
        "the encoder lit": ("architecture", architecture_scene(replace(inside_scenes.architecture(), lit="encoder"))),
    }


WRONG_PAINTERS = wrong_scenes()
