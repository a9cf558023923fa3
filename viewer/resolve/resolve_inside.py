"""One cell of an attention map, opened, and the residual stream of one token: pure functions, no Qt, no torch.

Shape letters: H heads, T rows, K keys, D model width, d width of a head.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from attention_viewer.model.contract.api import Floats, Kind, Token, Trace
from attention_viewer.model.contract.architecture import Architecture
from attention_viewer.model.contract.inside import AttentionInside, Inside, StackInside, SublayerInside
from attention_viewer.viewer.resolve.shown import FIRST_STEP, Missing
from attention_viewer.viewer.resolve.shown_maps import axes, decoder_rows
from attention_viewer.viewer.state import conditions
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.options import ROW_LABELS
from attention_viewer.viewer.state.results import INSIDE
from attention_viewer.viewer.state.sheets import (
    Bar,
    Column,
    Line,
    Parts,
    Section,
    SheetSpec,
    Strip,
    Words,
    measured,
    number,
)
from attention_viewer.viewer.state.specs import Pending
from attention_viewer.viewer.state.view_state import ViewState, clamp

RECORDING = Pending("Recording what happens between the maps …")
SUBLAYERS = {"self": "self-attention", "cross": "cross-attention", "ffn": "feed-forward network"}
NUMBER = Column(ems=6.5, right=True)
BARS = 7.0
"""Least width, in em, of a column of bars with their numbers."""
KEY_COLUMNS = (
    Column("key", 8.0),
    Column("score before the mask", least=BARS),
    Column("after the mask", 5.0, right=True),
    Column("weight after softmax", least=BARS),
    Column("length of weight × value", least=BARS),
)
SUBLAYER_COLUMNS = (
    Column("sub-layer, from first to last", 13.0),
    Column("length of the sum", 5.0, right=True),
    Column("length added", 5.0, right=True),
    Column("shares of the sum"),
    Column("cosine with before", least=BARS),
    Column("length after", 5.0, right=True),
)
SHARES = (
    "Shares: what the skip path carries (first colour) and what the sub-layer adds (second), measured along the "
    "sum; together they are 100 %, and one that points the other way is drawn in outline. "
    "Cosine: between the vector before the sub-layer and after Add & Norm; 1 is the same direction."
)


@dataclass(frozen=True, eq=False)
class Recorded:
    """Inner values, with the trace that they are of and the architecture that computed them."""

    inside: Inside
    trace: Trace
    architecture: Architecture

    def position(self, view: ViewState) -> int:
        """The token that is looked at, of the side that is."""
        return source_position(self.trace, view) if view.inside.side == "encoder" else target_row(self.trace, view)


def recorded(loaded: Loaded) -> Recorded | Missing:
    """What was recorded of the document shown, or why there is nothing."""
    if loaded.trace is None or loaded.info is None:
        return loaded.waiting
    inside = loaded.found(INSIDE)
    return RECORDING if inside is None else Recorded(inside, loaded.trace, loaded.info.architecture)


def source_position(trace: Trace, view: ViewState) -> int:
    """The source token that is looked at."""
    return min(view.inside.source, len(trace.source_tokens) - 1)


def target_row(trace: Trace, view: ViewState) -> int:
    """The decoder row that is looked at: the newest unless another was chosen."""
    last = len(trace.steps) - 1
    return last if view.inside.target is None else min(view.inside.target, last)


def caption(loaded: Loaded) -> tuple[str, ...]:
    """What a figure says of where its numbers come from."""
    changed = conditions.of_loaded(loaded, whole=True)
    return tuple(filter(None, (loaded.sentence, changed)))


def compared(loaded: Loaded) -> str:
    """What is added to a title while two traces are compared: this one is A."""
    return "" if loaded.results.other is None else " · A"


@dataclass(frozen=True, eq=False)
class Cell:
    """A row and a key of one head, with labels of rows and keys, and which keys [K] are masked."""

    attention: AttentionInside
    head: int
    row: int
    key: int
    rows: tuple[str, ...]
    keys: tuple[str, ...]
    masked: tuple[bool, ...]
    convention: str


def cell(loaded: Loaded, view: ViewState) -> SheetSpec | Missing:
    """The selected cell of the active map: query, key, value, scores of its row before and after mask and softmax."""
    known = recorded(loaded)
    if not isinstance(known, Recorded):
        return known
    inside, trace, kind = known.inside, known.trace, view.active
    info = trace.map(kind)
    stack = inside.stack(info.stack)
    if stack is None:
        return FIRST_STEP
    head = clamp(view.heads[kind], info.shape)
    attention = stack.sublayer(head.layer, info.part).attention
    assert attention is not None
    row = target_row(trace, view) if info.decodes else source_position(trace, view)
    weights = attention.weights[head.head, row]
    key = int(weights.argmax()) if view.inside.key is None else min(view.inside.key, len(weights) - 1)
    mask = trace.mask(kind)
    masked = tuple(bool(each) for each in mask[row]) if mask is not None else (False,) * len(weights)
    rows, columns = axes(trace, kind, view[ROW_LABELS])
    at = Cell(attention, head.head, row, key, rows.labels, columns.labels, masked, rows.title)
    off = any(each == (kind, head.layer, head.head) for each in _heads_off(loaded))
    return SheetSpec(
        f"{info.title}, layer {head.layer + 1}, head {head.head + 1}: one cell{compared(loaded)}",
        f"“{at.rows[row]}” attends to “{at.keys[key]}”: {weights[key]:.3f}",
        (_vectors(at, known.architecture.scaled_scores), _row(at), _sum(at, off)),
        caption(loaded),
    )


def _heads_off(loaded: Loaded) -> frozenset[tuple[Kind, int, int]]:
    return frozenset() if loaded.document is None else frozenset(map(tuple, loaded.document.interventions.heads_off))  # type: ignore[arg-type]


def _vectors(at: Cell, scaled: bool) -> Section:
    """The query, the key and the value of the cell, and how the first two become a score."""
    attention, head = at.attention, at.head
    query, key, value = attention.query[head, at.row], attention.key[head, at.key], attention.value[head, at.key]
    product = query * key
    width, total, score = len(query), float(product.sum()), float(attention.scores[head, at.row, at.key])
    high = float(max(np.abs(query).max(), np.abs(key).max()))
    lines = (
        _strip(f"query of {at.rows[at.row]}", query, high, f"length {number(_norm(query))}"),
        _strip(f"key of {at.keys[at.key]}", key, high, f"length {number(_norm(key))}"),
        _strip("query × key", product, float(np.abs(product).max()), f"sum {number(total)}"),
        _strip(f"value of {at.keys[at.key]}", value, float(np.abs(value).max()), f"length {number(_norm(value))}"),
    )
    if scaled:
        formula = (
            f"score = \\frac{{q · k}}{{\\sqrt{{d}}}} = \\frac{{{number(total)}}}{{\\sqrt{{{width}}}}} = {number(score)}"
        )
    else:
        formula = f"score = q · k = {number(score)}"
    note = "Blue is negative, red positive. The query asks, the key answers; their product says how well they fit."
    return Section("Query, key and value", lines, (Column(ems=11.0), Column(), NUMBER), formula, note)


def _strip(name: str, values: Floats, high: float, said: str) -> Line:
    return Line((Words(name), Strip(values, high), Words(said, "muted", right=True)))


def _row(at: Cell) -> Section:
    """The scores of the row before the mask, after it, and as weights after the softmax."""
    scores, weights = at.attention.scores[at.head, at.row], at.attention.weights[at.head, at.row]
    norms = np.linalg.norm(at.attention.weighted_values(at.head, at.row), axis=1)
    largest, longest = max(float(np.abs(scores).max()), 1e-9), max(float(norms.max()), 1e-9)
    lines = tuple(
        Line(
            (
                Words(label, mono=True),
                Bar(float(score) / largest, number(float(score)), signed=True, tone="muted", value=float(score)),
                Words("−∞" if hidden else number(float(score)), "danger" if hidden else "muted", mono=True, right=True),
                Bar(float(weight), "0" if hidden else f"{weight:.3f}", masked=hidden),
                Bar(float(norm) / longest, number(float(norm)), tone="muted", value=float(norm)),
            ),
            lit=index == at.key,
            hit=("key", index),
            tip=f"{label}: score {score:.4f}, " + ("masked: weight exactly 0" if hidden else f"weight {weight:.4f}"),
        )
        for index, (label, score, weight, norm, hidden) in enumerate(
            zip(at.keys, scores, weights, norms, at.masked, strict=True)
        )
    )
    masked = sum(at.masked)
    said = (
        f" {masked} of {len(lines)} keys are masked: their score becomes −∞, and e to the −∞ is exactly 0."
        if masked
        else ""
    )
    formula = "weight_{j} = \\frac{e^{score_{j}}}{Σ_{k} e^{score_{k}}}"
    return Section(
        f"The whole row of {at.rows[at.row]} ({at.convention})",
        lines,
        KEY_COLUMNS,
        formula,
        f"The weights sum to {weights.sum():.4f}.{said}",
    )


def _sum(at: Cell, off: bool) -> Section:
    """Every key's value times its weight, and their sum."""
    weighted = at.attention.weighted_values(at.head, at.row)
    total = at.attention.heads[at.head, at.row]
    high = max(float(np.abs(weighted).max()), float(np.abs(total).max()), 1e-9)
    lines = (
        Line(
            (
                Words("weight × value, a line a key"),
                Strip(weighted, high, max(2.0, min(12.0, 0.5 * len(weighted)))),
                Words(""),
            )
        ),
        _strip("their sum", total, high, f"length {number(_norm(total))}"),
    )
    note = (
        "This head is switched off: its sum is set to 0 before it joins the other heads."
        if off
        else "The sums of all heads, side by side, go through the output matrix: that is what the sub-layer adds."
    )
    return Section("Weighted values", lines, (Column(ems=11.0), Column(), NUMBER), note=note)


def residual(loaded: Loaded, view: ViewState) -> SheetSpec | Missing:
    """The selected token's vector on its way through its stack: what each sub-layer adds, and what it does to it."""
    known = recorded(loaded)
    if not isinstance(known, Recorded):
        return known
    stack, trace, at = known.inside.stack(view.inside.side), known.trace, known.position(view)
    if stack is None:
        return FIRST_STEP
    of_source = view.inside.side == "encoder"
    label = trace.source_tokens[at].text if of_source else decoder_rows(trace, view[ROW_LABELS])[at]
    lines = [
        _residual_line(sublayer, layer, at, view) for layer, parts in enumerate(stack.layers) for sublayer in parts
    ]
    start = _norm(stack.input[at])
    first = Line((Words("embedding + position"), measured(start), *(Words("") for _ in range(4))))
    before, after = "x′ = x + SubLayer(LayerNorm(x))", "x′ = LayerNorm(x + SubLayer(x))"
    section = Section("", (first, *lines), SUBLAYER_COLUMNS, before if first_norm(loaded) else after, SHARES)
    ends = (("enters the first layer", stack.input[at]), ("leaves the last layer", stack.output[at]))
    vectors = tuple(
        _strip(name, vector, float(np.abs(vector).max()), f"length {number(_norm(vector))}") for name, vector in ends
    )
    return SheetSpec(
        f"Residual stream of “{label}” in the {view.inside.side}{compared(loaded)}",
        f"{len(stack.input[at])} numbers from the first layer to the last: every sub-layer reads them and adds to them",
        (
            section,
            Section("The vector itself", vectors, (Column(ems=11.0), Column(), NUMBER)),
            *_elsewhere(trace.source_tokens if of_source else trace.input_tokens, stack, at),
        ),
        caption(loaded),
    )


def _elsewhere(tokens: Sequence[Token], stack: StackInside, at: int) -> tuple[Section, ...]:
    """How alike the vectors of a token are that stands at other positions, too: at the start, and at the end."""
    others = [index for index, token in enumerate(tokens) if token.id == tokens[at].id and index != at]

    def alike(vectors: Floats, other: int) -> Bar:
        value = cosine(vectors[at], vectors[other])
        return Bar(value, f"{value:.3f}".replace("-", "−"), signed=True)

    lines = tuple(
        Line(
            (
                Words(f"token {other + 1}, {tokens[other].text}"),
                *(alike(vectors, other) for vectors in (stack.embedding, stack.input, stack.output)),
            ),
            hit=("position", other),
        )
        for other in others
    )
    columns = (
        Column("cosine with", 11.0),
        Column("embedding alone", least=BARS),
        Column("with position", least=BARS),
        Column("after the last layer", least=BARS),
    )
    note = "1 is the same direction. Position and context set the vectors of one and the same token apart."
    return (Section("The same token elsewhere", lines, columns, note=note),) if lines else ()


def first_norm(loaded: Loaded) -> bool:
    """Whether the model normalises what a sub-layer reads (pre-norm) and not the sum."""
    return loaded.info is not None and loaded.info.architecture.norms.first


def shares(sublayer: SublayerInside, at: int) -> tuple[float, float]:
    """What the skip path and the sub-layer contribute to the sum at a position, along the sum: they add up to 1."""
    total = sublayer.residual[at].astype(np.float64)
    square = max(float(total @ total), 1e-30)
    return float(sublayer.skip[at] @ total / square), float(sublayer.output[at] @ total / square)


def cosine(one: Floats, other: Floats) -> float:
    """The cosine of the angle between two vectors [D]; 0 where one of them is 0."""
    lengths = _norm(one) * _norm(other)
    return float(one @ other) / lengths if lengths else 0.0


def _residual_line(sublayer: SublayerInside, layer: int, at: int, view: ViewState) -> Line:
    skip, added = shares(sublayer, at)
    before = cosine(sublayer.skip[at], sublayer.normed[at])
    name = f"{layer + 1} · {SUBLAYERS[sublayer.name]}"
    return Line(
        (
            Words(name),
            measured(_norm(sublayer.residual[at])),
            measured(_norm(sublayer.output[at])),
            Parts((skip, added)),
            Bar(before, f"{before:.2f}".replace("-", "−"), signed=True),
            measured(_norm(sublayer.normed[at])),
        ),
        lit=(view.inside.layer, view.inside.part) == (layer, sublayer.name),
        hit=("sublayer", view.inside.side, layer, sublayer.name),
        tip=f"Layer {name}: skip path {100 * skip:.0f} %, added {100 * added:.0f} % of the sum",
    )


def _norm(vector: Floats) -> float:
    return math.sqrt(float(vector.astype(np.float64) @ vector.astype(np.float64)))
