"""Which tokens a map's rows and columns are, and how several heads become one: pure functions of a trace and a view.

Words are groups of pieces; which pieces of a decoder row belong together follows what rows are labelled by: the tokens
they read, or else those they predict. Hidden tokens are the start and `</s>`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from attention_viewer.model.analysis.heads import LayerHead, Pooling, pooled
from attention_viewer.model.analysis.words import Group, grouped, merged, merged_mask, renormalised, spelled
from attention_viewer.model.contract.api import Booleans, Floats, Kind, Token, Trace
from attention_viewer.model.contract.maps import MapInfo, Stream
from attention_viewer.viewer.resolve.naming import WORD
from attention_viewer.viewer.state.options import (
    HEADS_SHOWN,
    ROW_LABELS,
    SPECIALS,
    WORDS,
    HeadsShown,
    RowLabels,
    Specials,
    Words,
)
from attention_viewer.viewer.state.plain_text import ARROW, isolated
from attention_viewer.viewer.state.specs import Axis
from attention_viewer.viewer.state.view_state import CHOSEN, OF_LAYER, ViewState, heads_shown

ROW_CONVENTIONS = {
    RowLabels.BOTH: "reads → predicts",
    RowLabels.READS: "token read",
    RowLabels.PREDICTS: "token predicted",
}
WORD_CONVENTIONS = {
    RowLabels.BOTH: "word predicted",
    RowLabels.READS: "word read",
    RowLabels.PREDICTS: "word predicted",
}

MAXIMA = (HeadsShown.LAYER_MAXIMUM, HeadsShown.ALL_MAXIMUM, HeadsShown.CHOSEN_MAXIMUM)
MOST_NAMED = 6
"""Chosen heads that a title names."""


@dataclass(frozen=True)
class Arrangement:
    """The tokens that each row and each column of a map is, and what is said of it ("" where nothing is)."""

    rows: tuple[Group, ...]
    columns: tuple[Group, ...]
    row_axis: Axis
    column_axis: Axis
    renormalise: bool
    words: str

    def weights(self, weights: Floats) -> Floats:
        """Weights [..., R, C] of tokens as this map shows them, [..., r, c]."""
        found = merged(weights, self.rows, self.columns)
        return renormalised(found) if self.renormalise else found

    def mask(self, mask: Booleans | None) -> Booleans | None:
        """A mask [R, C] likewise: a cell is masked only where all its parts are."""
        return merged_mask(mask, self.rows, self.columns)

    def any(self, cells: Booleans | None) -> Booleans | None:
        """Cells [R, C] likewise: a cell is marked where any of its parts is."""
        if cells is None:
            return None
        unmarked = merged_mask(~cells, self.rows, self.columns)
        return None if unmarked is None else ~unmarked


def arrangement(trace: Trace, kind: Kind, view: ViewState) -> Arrangement | None:
    """How the view arranges the tokens of a map; None where each row and column is a token of its own."""
    words, specials, labels = view[WORDS] is Words.ON, view[SPECIALS], view[ROW_LABELS]
    if not words and specials is Specials.SHOWN:
        return None
    sides, hide = trace.map(kind), specials is not Specials.SHOWN
    standing = _standing(trace, sides, labels)
    rows, keys = grouped(standing, words, hide), trace.tokens(sides.columns)
    columns = grouped(keys, words, hide)
    row_labels = tuple(_name(standing, group, words) for group in rows)
    if sides.decodes and labels is RowLabels.BOTH and not words:
        row_labels = tuple(decoder_row(trace, place) for (place,) in rows)
    return Arrangement(
        rows,
        columns,
        Axis(_row_title(sides, labels, words), row_labels),
        Axis(_column_title(sides, trace, words), tuple(_name(keys, group, words) for group in columns)),
        specials is Specials.RENORMALISED,
        _said(words, specials),
    )


def token_cell(trace: Trace, kind: Kind, view: ViewState, cell: tuple[int, int]) -> tuple[int, int] | None:
    """The row and column of the model that a cell of a map is; None where either is a word of several pieces."""
    arranged = arrangement(trace, kind, view)
    if arranged is None:
        return cell
    row, column = arranged.rows[cell[0]], arranged.columns[cell[1]]
    return (row[0], column[0]) if len(row) == len(column) == 1 else None


def summary(view: ViewState, kind: Kind, layers: int, heads: int) -> tuple[Pooling, tuple[LayerHead, ...]] | None:
    """The heads that the view shows as one map, and how; None for the selected head alone.

    Where heads are to be chosen: no heads as long as none is, of any map; the selected one where only others have some.
    """
    wanted = heads_shown(view, kind)
    if wanted is HeadsShown.ONE:
        return None
    pooling = Pooling.MAXIMUM if wanted in MAXIMA else Pooling.MEAN
    if wanted in CHOSEN:
        chosen = sorted((each.layer, each.head) for each in view.sets.get(kind, frozenset()))
        return pooling, tuple(each for each in chosen if each[0] < layers and each[1] < heads)
    layer = min(view.heads[kind].layer, layers - 1)
    within = [layer] if wanted in OF_LAYER else range(layers)
    return pooling, tuple((at, head) for at in within for head in range(heads))


def summarised(weights: Floats, found: tuple[Pooling, tuple[LayerHead, ...]]) -> Floats:
    """Weights [L, H, R, C] of the chosen heads as one map [R, C]."""
    return pooled(weights, found[1], found[0])


def summary_title(view: ViewState, kind: Kind, heads: Sequence[LayerHead]) -> str:
    """What a summary is, in words: "layer 4, mean of all heads"; layers and heads count from 1."""
    word = "maximum" if view[HEADS_SHOWN] in MAXIMA else "mean"
    if view[HEADS_SHOWN] in OF_LAYER:
        return f"layer {heads[0][0] + 1}, {word} of all heads"
    if view[HEADS_SHOWN] in (HeadsShown.ALL_MEAN, HeadsShown.ALL_MAXIMUM):
        return f"{word} of all layers and heads"
    named = [f"{layer + 1}.{head + 1}" for layer, head in heads[:MOST_NAMED]]
    more = f" and {len(heads) - MOST_NAMED} more" if len(heads) > MOST_NAMED else ""
    noun = "layer.head" if len(heads) == 1 else f"{len(heads)} heads, layer.head"
    return f"{word} of {noun} {', '.join(named)}{more}"


def summary_place(view: ViewState, heads: int) -> tuple[str, str]:
    """What stands in the place of the layer, "" where it is of one, and of the head: "mean of", "8 heads"."""
    word = "maximum" if view[HEADS_SHOWN] in MAXIMA else "mean"
    if view[HEADS_SHOWN] in OF_LAYER:
        return "", f"{word} of {heads}"
    return f"{word} of", "1 head" if heads == 1 else f"{heads} heads"


def _name(tokens: Sequence[Token], group: Group, words: bool) -> str:
    """What a row or column is called; of a whole word nobody needs to be told where it begins."""
    text = spelled(tokens, group)
    return isolated(text.removeprefix(WORD) if words else text)


def linked(large: Floats, trace: Trace, kind: Kind, view: ViewState) -> Booleans:
    """True in [r, c] at the largest weight of each row; rows and columns that are special tokens have no part in it."""
    sides, arranged = trace.map(kind), arrangement(trace, kind, view)
    standing, keys = _standing(trace, sides, view[ROW_LABELS]), trace.tokens(sides.columns)
    rows = arranged.rows if arranged else grouped(standing, words=False)
    columns = arranged.columns if arranged else grouped(keys, words=False)
    ordinary = np.array([not keys[group[0]].special for group in columns], dtype=np.bool_)
    found = np.zeros(large.shape, dtype=np.bool_)
    for index, group in enumerate(rows):
        if not standing[group[0]].special and ordinary.any():
            best = int(np.where(ordinary, large[index], -np.inf).argmax())
            found[index, best] = large[index, best] > 0
    return found


def decoder_row(trace: Trace, row: int) -> str:
    """A decoder row by the token it reads and the one it predicts."""
    step = trace.steps[row]
    return f"{isolated(step.reads.text)}{ARROW}{isolated(step.output.text)}"


def _standing(trace: Trace, sides: MapInfo, labels: RowLabels) -> tuple[Token, ...]:
    """The token that each row stands for."""
    if not sides.decodes:
        return trace.tokens(sides.rows)
    return trace.input_tokens if labels is RowLabels.READS else trace.output_tokens


def _row_title(sides: MapInfo, labels: RowLabels, words: bool) -> str:
    if not sides.decodes:
        return "queries: source words" if words else "queries: source"
    return f"queries: {(WORD_CONVENTIONS if words else ROW_CONVENTIONS)[labels]}"


def _column_title(sides: MapInfo, trace: Trace, words: bool) -> str:
    noun = " words" if words else ""
    if sides.columns is Stream.SOURCE:
        return f"keys: source{noun} (encoder output)" if sides.crosses else f"keys: source{noun}"
    if not sides.causal:
        return f"keys: target{noun}"
    return f"keys: target{noun} so far, masked" if trace.causal else f"keys: whole target{noun}, causal mask off"


def _said(words: bool, specials: Specials) -> str:
    parts = ["words: rows averaged, columns summed"] if words else []
    if specials is Specials.HIDDEN:
        parts.append("start and </s> hidden, weights as they are")
    if specials is Specials.RENORMALISED:
        parts.append("start and </s> hidden, weights renormalised")
    return " · ".join(parts)
