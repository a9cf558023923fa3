"""The positional laboratory: what makes a good encoding, a shift as a rotation, wavelengths and layouts.

Pure functions, no Qt, no torch. Shape letters: P positions, D model width.
"""

from __future__ import annotations

import math

from attention_viewer.model.analysis.encoding_properties import Judged
from attention_viewer.model.analysis.encodings import ENCODINGS
from attention_viewer.model.contract.capabilities import Capability
from attention_viewer.model.contract.positional import frequency, interleaved, sinusoidal_encoding, wavelength
from attention_viewer.viewer.resolve.shown import Missing
from attention_viewer.viewer.state.formula import plain_formula
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.results import PROPERTIES
from attention_viewer.viewer.state.sheets import Column, Dial, Line, Piece, Section, SheetSpec, Strip, Words
from attention_viewer.viewer.state.specs import Pending, Unavailable
from attention_viewer.viewer.state.view_state import ViewState

TRYING = Pending("Trying every property on every encoding …")
TO_CHOOSE = " · choose pairs in the panel Positions"
PASSED, FAILED = "✓", "✗"
SHOWN_POSITIONS = 48
READINGS = (
    "“A common encoding for each time step” can be read in two ways. One vector shared by all steps is the bad one: "
    "see “One for all steps”, which cannot tell positions apart. The same vector for a given step in every sentence is "
    "a good one: see that column, which “Index / length” and “Random, drawn anew” fail."
)
INTRODUCTION = (
    "An encoding gives every position a vector. A good one lets a model tell positions apart, and learn how far apart "
    "they are, in sentences of any length. Each column asks for one property: ✓ the encoding has it, ✗ it has not. "
    "Click an encoding: below stand the numbers that decide."
)
SAME_THING = (
    "The last two columns always agree: sets of vectors with the same dot products differ by a rotation (or a mirror)."
)


def properties(loaded: Loaded, view: ViewState) -> SheetSpec | Missing:
    """Every encoding against every property, and the numbers behind the verdicts on the chosen one."""
    judged = loaded.found(PROPERTIES)
    if judged is None:
        return TRYING if loaded.document is not None else loaded.waiting
    chosen = min(view.inside.encoding, len(judged.encodings) - 1)
    columns = (Column("encoding", 11.0), *(Column(each.name, share=1.0) for each in judged.properties))
    return SheetSpec(
        "What makes a good positional encoding",
        f"each property tried on the encodings themselves, {judged.d_model} numbers a position",
        (
            Section("", columns=(), note=INTRODUCTION),
            Section("", _verdict_lines(judged, chosen), columns, note=f"{READINGS} {SAME_THING}"),
            _numbers(judged, chosen),
        ),
    )


def _verdict_lines(judged: Judged, chosen: int) -> tuple[Line, ...]:
    return tuple(
        Line(
            (
                Words(encoding.name),
                *(
                    Words(PASSED if each.passed else FAILED, "accent" if each.passed else "danger")
                    for each in judged.verdicts[index]
                ),
            ),
            lit=index == chosen,
            hit=("encoding", index),
            tip=f"{encoding.name}: {plain_formula(encoding.formula)}",
        )
        for index, encoding in enumerate(judged.encodings)
    )


def _numbers(judged: Judged, chosen: int) -> Section:
    """The number behind each verdict on an encoding."""
    encoding = judged.encodings[chosen]
    lines = tuple(
        Line(
            (
                Words(PASSED if verdict.passed else FAILED, "accent" if verdict.passed else "danger"),
                Words(each.name),
                Words(each.asks, "muted"),
                Words(verdict.said),
            ),
            tip=f"{each.name}: {verdict.said}",
        )
        for each, verdict in zip(judged.properties, judged.verdicts[chosen], strict=True)
    )
    columns = (Column(ems=1.5), Column("property", 16.0), Column("asks"), Column("found"))
    return Section(encoding.name, lines, columns, encoding.formula)


def rotation(loaded: Loaded, view: ViewState) -> SheetSpec | Missing:
    """The chosen pairs as hands of clocks, before and after a shift."""
    if why := loaded.reason(Capability.POSITION_FORMULAS):
        return Unavailable(why)
    d_model, shift = loaded.d_model, view.inside.shift
    pairs = tuple(pair for pair in view.positions.pairs if 0 <= pair < d_model // 2) or (0,)
    starts = (0, 10, 20)
    lines = tuple(
        Line(
            (
                Words(f"from {start} to {start + shift}"),
                *(
                    Dial(
                        frequency(pair, d_model) * start,
                        frequency(pair, d_model) * shift,
                        f"turned by {_degrees(frequency(pair, d_model) * shift)}",
                    )
                    for pair in pairs
                ),
            )
        )
        for start in starts
    )
    columns = (
        Column("positions", 8.0),
        *(Column(f"pair {pair}: once round in {_positions(wavelength(pair, d_model))}") for pair in pairs),
    )
    note = (
        f"Each pair of a sine and a cosine is the hand of a clock, sine across and cosine up. {shift} positions on "
        "it has turned by the same angle, wherever it started: so one matrix, a rotation of every pair, takes every "
        "PE(p) to PE(p + k), and a layer can learn to look so many positions back."
    )
    formula = "PE_{p+k} = R_{k} PE_{p},   angle of pair i = \\frac{k}{10000^{2i/d}}"
    return SheetSpec(
        "A shift is a rotation",
        f"first colour: before the shift · second colour: after it{TO_CHOOSE}",
        (Section("", lines, columns, formula, note),),
    )


def layouts(loaded: Loaded, view: ViewState) -> SheetSpec | Missing:
    """Wavelengths of some pairs, and the two orders in which implementations lay the dimensions out."""
    if why := loaded.reason(Capability.POSITION_FORMULAS):
        return Unavailable(why)
    d_model = loaded.d_model
    halves = sinusoidal_encoding(SHOWN_POSITIONS, d_model)
    half = (d_model + 1) // 2
    pairs = sorted({0, half // 8, half // 4, half // 2, 3 * half // 4, half - 1})
    waves = tuple(
        Line(
            (
                Words(f"{pair}", mono=True, right=True),
                Words(_positions(wavelength(pair, d_model)), right=True),
                Strip(halves[:, pair], 1.0),
            )
        )
        for pair in pairs
    )
    wave_columns = (
        Column("pair i", 4.0, right=True),
        Column("wavelength", 9.0, right=True),
        Column(f"its sine at positions 0 to {SHOWN_POSITIONS - 1}"),
    )
    both: tuple[tuple[str, Piece], ...] = (
        ("halves: all sines, then all cosines (Marian, and this model)", Strip(halves, 1.0, 7.0)),
        ("interleaved: sine, cosine, sine, cosine … (as the paper writes it)", Strip(interleaved(halves), 1.0, 7.0)),
    )
    sections = [Section("Wavelengths, from 2π to nearly 10000 · 2π", waves, wave_columns)]
    sections += [Section(f"Layout {name}", (Line((strip,)),)) for name, strip in both]
    note = "The same numbers in another order of the dimensions: dot products, distances and rotations are the same."
    sections[-1] = Section(sections[-1].heading, sections[-1].lines, note=note)
    return SheetSpec(
        "Wavelengths and layouts",
        f"positions downwards, the {d_model} dimensions from left to right",
        tuple(sections),
    )


def names() -> tuple[str, ...]:
    """The encodings that are compared."""
    return tuple(each.name for each in ENCODINGS)


def _degrees(angle: float) -> str:
    degrees = math.degrees(angle) % 360.0
    return f"{degrees:.0f}°" if degrees >= 10 else f"{degrees:.2f}°"


def _positions(value: float) -> str:
    return f"{value:.1f} positions" if value < 100 else f"{value:,.0f} positions"
