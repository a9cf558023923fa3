"""A − B compares what the maps of A and of B show: pieces or words, ends hidden, several heads as one; S is never T."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from attention_viewer.model.contract.api import Kind, Token, Trace
from attention_viewer.model.contract.maps import CROSS, DECODER, ENCODER
from attention_viewer.viewer.resolve import resolve
from attention_viewer.viewer.resolve.shown_maps import shown_maps
from attention_viewer.viewer.state.comparing import Other
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.options import HeadsShown, RowLabels, Specials, Words
from attention_viewer.viewer.state.results import Results
from attention_viewer.viewer.state.specs import GridSpec, HeatmapSpec, Unavailable
from attention_viewer.viewer.state.view_state import Side, ViewState
from support import traces
from support.traces import KINDS
from support.views import chosen

OTHER = Token(30, "▁Un", "Un")
GOES_ON = Token(31, "ou", "ou")


def with_output(trace: Trace, index: int, token: Token) -> Trace:
    """The trace with another token after a row, read by the next one."""
    steps = list(trace.steps)
    steps[index] = replace(steps[index], output=token)
    if index + 1 < len(steps):
        steps[index + 1] = replace(steps[index + 1], reads=token)
    return replace(trace, steps=tuple(steps))


def other_weights(trace: Trace) -> Trace:
    """The trace with the heads of each map in another order."""
    return traces.with_weights(trace, **{kind: weights[::-1, ::-1].copy() for kind, weights in trace.attention.items()})


def compared(a: Trace, b: Trace, view: ViewState, kind: Kind = CROSS) -> HeatmapSpec | Unavailable:
    loaded = Loaded(traces.info(), a, "The mat is", "Le tapis", results=Results(other=Other("pinned", b, "B's", "le")))
    spec = resolve.heatmap(loaded, replace(view, side=Side.DIFFERENCE), kind)
    assert isinstance(spec, HeatmapSpec | Unavailable)
    return spec


def alone(trace: Trace, view: ViewState, kind: Kind = CROSS) -> HeatmapSpec:
    spec = resolve.heatmap(Loaded(traces.info(), trace), view, kind)
    assert isinstance(spec, HeatmapSpec)
    return spec


@pytest.mark.parametrize("kind", list(KINDS))
def test_traces_of_one_shape_are_compared_whole(kind: Kind) -> None:
    a = traces.trace(3)
    spec = compared(a, other_weights(a), ViewState(), kind)
    assert (
        isinstance(spec, HeatmapSpec) and spec.title.endswith("A − B") and (spec.mask is not None) == (kind == DECODER)
    )
    at = spec.head.layer, spec.head.head
    np.testing.assert_allclose(spec.values, a.weights(kind)[at] - other_weights(a).weights(kind)[at])


@pytest.mark.parametrize("kind", [DECODER, CROSS])
def test_other_shapes_are_compared_row_by_row_to_the_shorter(kind: Kind) -> None:
    a, b = traces.trace(4), other_weights(with_output(traces.trace(3), 1, OTHER))
    spec = compared(a, b, ViewState(), kind)
    assert isinstance(spec, HeatmapSpec) and spec.values.shape == (3, 3 if kind == DECODER else 5)
    assert spec.title.endswith("A − B, the first 3 rows, which part at row 3"), "row 3 reads what row 2 predicted"
    assert spec.rows.labels[1:] == ("Le → tap | Le → Un", "tap → is | Un → is")


def test_other_sentences_are_compared_by_place_and_no_rows_are_not() -> None:
    a = traces.trace(3)
    b = traces.with_weights(a, encoder=traces.attention(3, 3), cross=traces.attention(3, 3))
    b = replace(b, source_tokens=(OTHER, *traces.SOURCE[:2]))
    spec = compared(a, b, ViewState(), ENCODER)
    assert isinstance(spec, HeatmapSpec) and spec.values.shape == (3, 3) and "part at row 1" in spec.title
    assert spec.columns.labels == ("The | Un", "ma | The", "t | ma")
    none = compared(a, traces.trace(0), ViewState())
    assert isinstance(none, Unavailable) and "no row and column in common" in none.reason


WAYS = [
    chosen(words=Words.ON, row_labels=RowLabels.PREDICTS),
    chosen(words=Words.ON, row_labels=RowLabels.READS, specials=Specials.RENORMALISED),
    chosen(specials=Specials.HIDDEN),
    chosen(specials=Specials.RENORMALISED, heads_shown=HeadsShown.LAYER_MAXIMUM),
    chosen(words=Words.ON, heads_shown=HeadsShown.ALL_MEAN),
    chosen(heads_shown=HeadsShown.ALL_MAXIMUM),
]


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("view", WAYS)
def test_the_difference_is_that_of_what_a_and_b_show(view: ViewState, kind: Kind) -> None:
    a, b = traces.trace(4), other_weights(traces.trace(4))
    b = traces.with_weights(b, cross=np.roll(b.cross_attention, 1, axis=-1), encoder=np.roll(b.weights(ENCODER), 1, -1))
    mine, theirs, spec = alone(a, view, kind), alone(b, view, kind), compared(a, b, view, kind)
    assert isinstance(spec, HeatmapSpec)
    np.testing.assert_allclose(spec.values, mine.values - theirs.values, atol=1e-6)
    assert (spec.rows, spec.columns, spec.place) == (mine.rows, mine.columns, mine.place)
    assert (spec.row_groups, spec.column_groups) == (mine.row_groups, mine.column_groups)
    assert all(any(words in line for line in spec.caption) for words in mine.caption[2:])
    masks = [None if each.mask is None else each.mask.tolist() for each in (mine, spec)]
    assert masks[0] == masks[1]


def test_words_of_both_are_named_where_they_differ() -> None:
    a, b = traces.trace(4), other_weights(with_output(traces.trace(4), 2, GOES_ON))
    view = chosen(words=Words.ON, row_labels=RowLabels.PREDICTS)
    spec = compared(a, b, view)
    assert isinstance(spec, HeatmapSpec) and spec.rows.labels == ("Le", "tapis | tapou", "</s>")
    mine, theirs = alone(a, view), alone(b, view)
    np.testing.assert_allclose(spec.values, mine.values - theirs.values, atol=1e-6)


def test_the_small_maps_show_the_difference_in_words_too() -> None:
    a, b = traces.trace(4), other_weights(traces.trace(4))
    loaded = Loaded(traces.info(), a, "The mat is", "Le tapis", results=Results(other=Other("pinned", b, "B's", "le")))
    grid = resolve.grid(loaded, replace(chosen(words=Words.ON), side=Side.DIFFERENCE), CROSS)
    assert isinstance(grid, GridSpec) and grid.values.shape == (2, 3, 3, 4)


def test_what_is_equal_only_as_it_is_shown_says_so() -> None:
    a = traces.trace(4)
    # The two pieces of a word change places: as pieces the columns differ, as words they do not.
    b = traces.with_weights(a, cross=a.cross_attention[..., [0, 2, 1, 3, 4]])
    words = compared(a, b, chosen(words=Words.ON, row_labels=RowLabels.PREDICTS))
    assert isinstance(words, Unavailable) and "As it is shown here: words" in words.reason
    assert isinstance(compared(a, b, ViewState()), HeatmapSpec)


def test_two_equal_heads_say_so_over_their_map_though_others_differ() -> None:
    a = traces.trace(3)
    b = traces.with_weights(a, cross=np.concatenate([a.cross_attention[:1, ::-1], a.cross_attention[1:]]))
    spec = compared(a, b, ViewState())
    assert isinstance(spec, HeatmapSpec) and spec.head.layer == 1 and not spec.values.any()
    assert spec.notice == resolve.NO_DIFFERENCE and any(spec.notice in line for line in spec.caption)
    assert not alone(a, ViewState()).notice
    other = compared(a, other_weights(a), ViewState())
    assert isinstance(other, HeatmapSpec) and not other.notice


def test_b_of_another_shape_is_not_subtracted() -> None:
    a, b = traces.trace(3), traces.with_weights(traces.trace(3), cross=traces.attention(3, 5, layers=1))
    loaded = Loaded(traces.info(), a, results=Results(other=Other("pinned", b, "B's", "le")))
    assert isinstance(shown_maps(loaded, ViewState(side=Side.DIFFERENCE), CROSS), Unavailable)


def test_where_only_one_side_may_look_is_no_masked_cell() -> None:
    a, b = traces.trace(4), replace(other_weights(traces.trace(4)), causal=False)
    spec = compared(a, b, ViewState(), DECODER)
    assert isinstance(spec, HeatmapSpec) and (spec.mask is None or not spec.mask.any())
