"""Path length and cost of layers that relate positions: table 1 of the paper, for this sentence, and measured.

Pure functions, no Qt, no torch.
"""

from __future__ import annotations

from attention_viewer.model.contract.cost import LAYER_TYPES
from attention_viewer.model.contract.inside import Timed
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.results import TIMES
from attention_viewer.viewer.state.sheets import Column, Formula, Line, Plot, Section, SheetSpec, Words
from attention_viewer.viewer.state.view_state import ViewState

TO_MEASURE = "Press Measure to time layers of this width here."
LENGTHS = tuple(2**power for power in range(2, 13))


def cost(loaded: Loaded, view: ViewState) -> SheetSpec:
    """The table's formulas, their values for the sentence, curves over n, and what was measured."""
    d_model = loaded.info.architecture.d_model if loaded.info else loaded.d_model
    length = len(loaded.trace.source_tokens) if loaded.trace else 0
    sections = [_table(length or 16, d_model, bool(length)), _curves(length, d_model)]
    timed, progress = loaded.found(TIMES), loaded.progress(TIMES)
    if timed is not None:
        sections += _measured(timed)
    elif progress is not None:
        sections.append(Section("Measured on this machine", note=f"Timing: {progress.done} of {progress.total} …"))
    else:
        sections.append(Section("Measured on this machine", note=TO_MEASURE))
    return SheetSpec(
        "Path length and cost",
        f"of one layer that relates n positions, {d_model} numbers each (Vaswani et al. 2017, table 1)",
        tuple(sections),
    )


def _table(n: int, d: int, is_sentence: bool) -> Section:
    lines = tuple(
        Line(
            (
                Words(each.name),
                Formula(each.operations_text),
                Words(f"{each.operations(n, d):,.0f}", "muted", mono=True, right=True, value=each.operations(n, d)),
                Formula(each.sequential_text),
                Words(f"{each.sequential(n):,.0f}", "muted", mono=True, right=True, value=each.sequential(n)),
                Formula(each.path_text),
                Words(f"{each.path(n):,.0f}", "muted", mono=True, right=True, value=each.path(n)),
            )
        )
        for each in LAYER_TYPES
    )
    here = f"n = {n}"
    columns = (
        Column("layer", 19.0),
        Column("operations"),
        Column(here, 6.5, right=True),
        Column("one after the other"),
        Column(here, 4.0, right=True),
        Column("longest path"),
        Column(here, 4.0, right=True),
    )
    said = (
        "n is the length of this sentence, in tokens"
        if is_sentence
        else "n is an example: type a sentence to see its own numbers"
    )
    note = (
        f"Here {said}. Orders of magnitude, without constant factors. A short path makes far relations easy to learn; "
        "few steps one after the other let a sentence be computed at once, as in training."
    )
    return Section("Formulas", lines, columns, note=note)


def _curves(length: int, d: int) -> Section:
    names = tuple((each.name, tuple(each.operations(n, d) for n in LENGTHS)) for each in LAYER_TYPES)
    marks = ((float(d), f"n = d = {d}"), *(((float(length), "this sentence"),) if length >= LENGTHS[0] else ()))
    plot = Plot(tuple(map(float, LENGTHS)), names, "n, positions", "operations", marks)
    note = "Self-attention is cheaper than a recurrent layer for sentences shorter than the model is wide, n < d."
    return Section("Operations over the length", (Line((plot,)),), note=note)


def _measured(timed: Timed) -> list[Section]:
    curves = tuple(
        (name, tuple(1000.0 * each for each in row)) for name, row in zip(timed.names, timed.seconds, strict=True)
    )
    plot = Plot(tuple(map(float, timed.lengths)), curves, "n, positions", "milliseconds")
    lines = tuple(
        Line(
            (
                Words(name),
                *(
                    Words(f"{1000.0 * seconds:.2f}", "muted", mono=True, right=True, value=1000.0 * seconds)
                    for seconds in row
                ),
            )
        )
        for name, row in zip(timed.names, timed.seconds, strict=True)
    )
    columns = (
        Column("milliseconds, best of three", 12.0),
        *(Column(f"n = {n}", right=True) for n in timed.lengths),
    )
    note = (
        f"One layer, {timed.d_model} wide, one sentence, one thread. The recurrent layer takes its n steps one after "
        "the other; the others take all positions at once."
    )
    return [
        Section("Measured on this machine", (Line((plot,)),)),
        Section("", lines, columns, note=note),
    ]
