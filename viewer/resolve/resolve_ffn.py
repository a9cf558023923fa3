"""The feed-forward network at every position, and what embeddings and positions add up to. No Qt, no torch.

Shape letters: T positions, D model width, F hidden units.
"""

from __future__ import annotations

import numpy as np
from attention_viewer.model.contract.api import Floats, Trace
from attention_viewer.model.contract.inside import Permutation, StackInside
from attention_viewer.viewer.resolve.resolve_inside import (
    BARS,
    Recorded,
    caption,
    compared,
    cosine,
    recorded,
)
from attention_viewer.viewer.resolve.shown import FIRST_STEP, Missing
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.results import PERMUTATION
from attention_viewer.viewer.state.sheets import Bar, Column, Line, Section, SheetSpec, Strip, Words, number, tiny
from attention_viewer.viewer.state.view_state import ViewState

UNITS = 12
"""How many units are listed."""
NAME, NUMBER = Column(ems=11.0), Column(ems=7.5, right=True)
NO_PERMUTATION = "Trying the tokens in another order …"
RECURRENT = (
    "A recurrent model with attention (Bahdanau et al. 2015) needs no positions: it reads one word after the other, so "
    "that what it has read before says where it is. Self-attention sees all tokens at once, as a set; only what is "
    "added here tells it their order."
)


def labels_of(trace: Trace, side: str) -> tuple[str, ...]:
    """What stands at the positions of a side: source tokens, or the tokens that the decoder reads."""
    tokens = trace.source_tokens if side == "encoder" else trace.input_tokens
    return tuple(token.text for token in tokens)


def ffn(loaded: Loaded, view: ViewState) -> SheetSpec | Missing:
    """The FFN of the selected layer at the selected token: its units, and that it treats every position alike."""
    known = recorded(loaded)
    if not isinstance(known, Recorded):
        return known
    side, stack, at = view.inside.side, known.inside.stack(view.inside.side), known.position(view)
    if stack is None:
        return FIRST_STEP
    layer = min(view.inside.layer, len(stack.layers) - 1)
    sublayer = stack.sublayer(layer, "ffn")
    labels, hidden = labels_of(known.trace, side), sublayer.hidden
    assert hidden is not None
    name = known.architecture.activation
    width, units = sublayer.output.shape[1], hidden.shape[1]
    flow = (
        _strip("reads", sublayer.input[at], f"{width} numbers"),
        _strip(f"units after {name}", hidden[at], f"{units} units"),
        _strip("adds", sublayer.output[at], f"{width} numbers"),
    )
    formula = f"FFN(x) = W_{{2}} {name}(W_{{1}} x + b_{{1}}) + b_{{2}}"
    note = (
        f"Both ends must be {width} wide, for the sum with the skip path; the hidden width, {units}, is free. "
        "The same two matrices are used at every position."
    )
    return SheetSpec(
        f"Feed-forward network, {side} layer {layer + 1}{compared(loaded)}",
        f"at “{labels[at]}”: {int((hidden[at] > 0).sum())} of {units} units above 0",
        (
            Section("Two matrices", flow, (NAME, Column(), NUMBER), formula, note),
            _units(hidden, at, labels),
            _everywhere(hidden, labels, at),
            _permuted(loaded.found(PERMUTATION), labels_of(known.trace, "encoder")),
        ),
        caption(loaded),
    )


def _strip(name: str, values: Floats, said: str) -> Line:
    return Line((Words(name), Strip(values, float(np.abs(values).max(initial=0.0))), Words(said, "muted", right=True)))


def _units(hidden: Floats, at: int, labels: tuple[str, ...]) -> Section:
    """The units that fire most at the selected token, and where else they do."""
    order = np.argsort(-hidden[at], kind="stable")[:UNITS]
    high = max(float(hidden[at].max()), 1e-9)
    lines = tuple(
        Line(
            (
                Words(f"unit {unit + 1}", mono=True),
                Bar((fires := float(hidden[at, unit])) / high, number(fires), value=fires),
                Strip(hidden[:, unit], max(float(hidden[:, unit].max()), 1e-9)),
                Words(labels[int(hidden[:, unit].argmax())], mono=True),
            ),
            tip=f"Unit {unit + 1} is above 0 at {int((hidden[:, unit] > 0).sum())} of {len(labels)} positions",
        )
        for unit in order.tolist()
    )
    columns = (
        Column("unit", 6.0),
        Column(f"at {labels[at]}", least=BARS),
        Column(f"at all {len(labels)} positions, first to last"),
        Column("most at", 7.0),
    )
    return Section("The units that fire most", lines, columns)


def _everywhere(hidden: Floats, labels: tuple[str, ...], at: int) -> Section:
    """All units at all positions, a line a position."""
    high = float(np.abs(hidden).max(initial=0.0))
    lines = tuple(
        Line((Words(label, mono=True), Strip(row, high)), lit=index == at, hit=("position", index))
        for index, (label, row) in enumerate(zip(labels, hidden, strict=True))
    )
    columns = (Column("token", 8.0), Column("all units, first to last; of neighbours that share a pixel, the largest"))
    return Section("Which units fire where", lines, columns)


def _permuted(found: Permutation | None, labels: tuple[str, ...]) -> Section:
    """The encoder's FFNs on the source's vectors in another order."""
    heading = "Positions in another order, in the encoder"
    if found is None:
        return Section(heading, note=NO_PERMUTATION)
    lines = tuple(
        Line(
            (
                Words(labels[token], mono=True),
                Words(f"{token + 1} → {place + 1}", "muted", right=True),
                Bar(min(1.0, float(found.ffn[place])), tiny(float(found.ffn[place]))),
            )
        )
        for place, token in enumerate(found.order)
    )
    columns = (Column("token", 8.0), Column("moved", 5.0, right=True), Column("its output changes by", least=BARS))
    note = (
        "The feed-forward networks of all encoder layers were given the tokens’ vectors in this order: their outputs "
        "are the same vectors in that order. A position never looks at another one here; only attention does."
    )
    return Section(heading, lines, columns, note=note)


def embedding(loaded: Loaded, view: ViewState) -> SheetSpec | Missing:
    """What a token's embedding and its position add up to, how large each is, and what is lost without positions."""
    known = recorded(loaded)
    if not isinstance(known, Recorded):
        return known
    side, stack, at = view.inside.side, known.inside.stack(view.inside.side), known.position(view)
    if stack is None:
        return FIRST_STEP
    labels = labels_of(known.trace, side)
    parts = (stack.embedding[at], stack.positions[at], stack.input[at])
    high = max(float(np.abs(each).max()) for each in parts)
    names = (f"embedding of {labels[at]}", f"position {at}", "their sum")
    lines = tuple(
        Line(
            (
                Words(name),
                Strip(each, high),
                Words(f"length {number(size := float(np.linalg.norm(each)))}", "muted", right=True, value=size),
            )
        )
        for name, each in zip(names, parts, strict=True)
    )
    scaled = " · \\sqrt{d}" if known.architecture.scaled_embedding else ""
    sections = [
        Section("One token", lines, (NAME, Column(), NUMBER), f"x_{{pos}} = E_{{token}}{scaled} + PE_{{pos}}"),
        _sizes(stack, labels, at),
    ]
    if side == "encoder":
        sections.append(_orderless(loaded.found(PERMUTATION), labels))
    return SheetSpec(
        f"Embedding and position in the {side}{compared(loaded)}",
        f"“{labels[at]}” is token {at + 1}, at position {at}: positions count from 0, as in the paper",
        tuple(sections),
        caption(loaded),
    )


def _sizes(stack: StackInside, labels: tuple[str, ...], at: int) -> Section:
    """Lengths of embedding, position and sum at every position."""
    tokens, places = (np.linalg.norm(each, axis=1) for each in (stack.embedding, stack.positions))
    high = max(float(tokens.max()), float(places.max()), 1e-9)
    lines = tuple(
        Line(
            (
                Words(label, mono=True),
                Bar((size := float(tokens[index])) / high, number(size), value=size),
                Bar((size := float(places[index])) / high, number(size), tone="muted", value=size),
                Bar(alike := cosine(stack.embedding[index], stack.input[index]), number(alike), signed=True),
            ),
            lit=index == at,
            hit=("position", index),
        )
        for index, label in enumerate(labels)
    )
    columns = (
        Column("token", 8.0),
        Column("length of the embedding", least=BARS),
        Column("length of the position", least=BARS),
        Column("cosine of embedding and sum", least=BARS),
    )
    return Section("How large each is", lines, columns)


def _orderless(found: Permutation | None, labels: tuple[str, ...]) -> Section:
    """How far the encoder's outputs are from those of the same tokens in another order."""
    heading = "The same tokens in another order"
    if found is None:
        return Section(heading, note=NO_PERMUTATION)
    high = max(float(found.with_positions.max()), 1e-9)
    lines = tuple(
        Line(
            (
                Words(labels[token], mono=True),
                Words(f"{token + 1} → {place + 1}", "muted", right=True),
                Bar((moved := float(found.without[place])) / high, tiny(moved), value=moved),
                Bar((moved := float(found.with_positions[place])) / high, number(moved), tone="muted", value=moved),
            )
        )
        for place, token in enumerate(found.order)
    )
    columns = (
        Column("token", 8.0),
        Column("moved", 5.0, right=True),
        Column("its output changes without positions by", least=BARS),
        Column("with positions by", least=BARS),
    )
    note = f"Without positions the encoder gives each token the same vector wherever it stands. {RECURRENT}"
    return Section(heading, lines, columns, note=note)
