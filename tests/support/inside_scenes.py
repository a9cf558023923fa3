"""Made-up pictures of what is between the maps, for the tests of painters: no two numbers are alike."""

from __future__ import annotations

import numpy as np
from attention_viewer.viewer.state.architecture_spec import ArchitectureSpec, Block, Shape
from attention_viewer.viewer.state.sheets import (
    Bar,
    Column,
    Dial,
    Line,
    Parts,
    Plot,
    Section,
    SheetSpec,
    Strip,
    Tile,
    Words,
)

KEYS = ("the", "cat", "is", "here")


def sheet() -> SheetSpec:
    """A formula, a strip, and a row with a masked key."""
    strip = Line((Words("query"), Strip(np.linspace(-1.0, 1.0, 12, dtype=np.float32), 1.0), Words("2.35", right=True)))
    keys = tuple(
        Line(
            (
                Words(key, mono=True),
                Bar((-0.6, 0.4, 1.0, 0.2)[index], f"{index}.5", signed=True),
                Bar((0.1, 0.3, 0.6, 0.0)[index], masked=index == 3, hollow=0.5 if index == 1 else None),
            ),
            lit=index == 2,
            hit=("key", index),
            tip=f"key {index}",
        )
        for index, key in enumerate(KEYS)
    )
    formula = "score = \\frac{q · k}{\\sqrt{d}} = e^{x_{j}}"
    shares = Line((Words("skip"), Parts((0.7, 0.4, -0.1))))
    tiles = Line((Tile("chat", 0.9, framed=True), Tile("noir", 0.2)))
    return SheetSpec(
        "One cell",
        "le attends to cat",
        (
            Section("Query and key", (strip,), (Column(ems=4.0), Column(), Column(ems=3.0, right=True)), formula),
            Section("The row", keys, (Column("key", 3.0), Column("score"), Column("weight")), note="They sum to 1."),
            Section("", (shares,), (Column(ems=3.0), Column())),
            Section("", (tiles,), (Column(), Column())),
        ),
    )


def dials() -> SheetSpec:
    """Clocks that turn, and curves."""
    hands = Line((Words("5 on"), Dial(0.4, 1.9, "turned", 4.0), Dial(2.0, 0.6, "less", 4.0)))
    curves = (("n²", (1e2, 1e4, 1e6)), ("n", (1e3, 1e4, 1e5)))
    plot = Plot((10.0, 100.0, 1000.0), curves, "n", "ops", ((300.0, "d"),), 6.0)
    clocks = Section("", (hands,), (Column(ems=3.0), Column(), Column()))
    return SheetSpec("", "", (clocks, Section("", (Line((plot,)),))))


def architecture() -> ArchitectureSpec:
    """A layer of each stack, opened and folded."""
    vectors, words = "[5, 8]", "[3, 8]"
    encoder = (
        Block("the cat", Shape.TOKENS, "5 tokens"),
        Block("1 · Self", Shape.BOX, vectors, "×1", ("part", "encoder", 0, "self"), opened=True),
        Block("Add", Shape.SUM, vectors, "×1", ("residual", "encoder", 0, "self"), "equal shapes", skip=1),
    )
    decoder = (
        Block("le", Shape.TOKENS, "3 tokens"),
        Block("Layer 1", Shape.FOLDED, words, "×3", ("part", "decoder", 0, "self"), reads=True, fresh=True),
        Block("2 · Cross", Shape.BOX, words, "×3", ("part", "decoder", 1, "cross"), reads=True, fresh=True),
        Block("Add", Shape.SUM, words, "×3", skip=1, fresh=True),
    )
    return ArchitectureSpec("Architecture", "lit: le", encoder, decoder, "[5, 8] once", "decoder")
