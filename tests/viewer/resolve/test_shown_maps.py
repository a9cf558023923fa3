"""Words, hidden ends, several heads as one, and attributions, as maps show and name them; S is never T."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
from attention_viewer.model.analysis.alignment import Convention, Sentence, words_of
from attention_viewer.model.analysis.consensus import Aligner, head_links
from attention_viewer.model.contract import methods
from attention_viewer.model.contract.api import Token
from attention_viewer.model.contract.attribution import Attribution
from attention_viewer.model.contract.document import Against, Document, go_to
from attention_viewer.model.contract.maps import CROSS, DECODER, ENCODER
from attention_viewer.model.contract.methods import METHODS, Method
from attention_viewer.viewer.resolve import resolve
from attention_viewer.viewer.resolve.naming import with_word_starts
from attention_viewer.viewer.state.comparing import Other
from attention_viewer.viewer.state.highlight import CellHover, SourceHover, TargetHover, highlight
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.options import HeadsShown, Links, RowLabels, Specials, Words
from attention_viewer.viewer.state.results import Results, by_method
from attention_viewer.viewer.state.specs import GridSpec, HeatmapSpec, Pending, Unavailable
from attention_viewer.viewer.state.view_state import Head, Side, ViewState, toggle_head
from support import traces
from support.views import chosen

DOCUMENT = go_to(Document("The mat is"), 4)


def loaded(rows: int = 4, other: Other | None = None) -> Loaded:
    trace, document = traces.trace(rows), go_to(DOCUMENT, rows)
    return Loaded(traces.info(), trace, "The mat is", "Le tapis", document=document, results=Results(other=other))


def shown(view: ViewState, kind: str = CROSS, rows: int = 4) -> HeatmapSpec:
    spec = resolve.heatmap(loaded(rows), view, kind)
    assert isinstance(spec, HeatmapSpec)
    return spec


def test_words_follow_what_rows_are_labelled_by() -> None:
    predicted = shown(chosen(words=Words.ON, row_labels=RowLabels.PREDICTS))
    assert predicted.rows.labels == ("Le", "tapis", "</s>") and predicted.columns.labels == ("The", "mat", "is", "</s>")
    assert "word predicted" in predicted.rows.title and "source words" in predicted.columns.title
    read = shown(chosen(words=Words.ON, row_labels=RowLabels.READS))
    assert read.rows.labels == ("<start>", "Le", "tapis") and "word read" in read.rows.title
    weights = traces.trace(4).cross_attention[1, 2]
    np.testing.assert_allclose(predicted.values[1, 1], weights[1:3, 1:3].sum(axis=1).mean(), rtol=1e-5)
    np.testing.assert_allclose(read.values[2, 1], weights[2:4, 1:3].sum(axis=1).mean(), rtol=1e-5)
    assert shown(chosen(words=Words.ON)).rows.title == predicted.rows.title
    assert any("rows averaged, columns summed" in line for line in predicted.caption)


def test_figures_mark_where_pieces_begin_words_and_leave_words_alone() -> None:
    printed = with_word_starts(loaded(), 3)
    words = resolve.heatmap(printed, chosen(words=Words.ON, row_labels=RowLabels.PREDICTS), CROSS)
    pieces = resolve.heatmap(printed, chosen(row_labels=RowLabels.PREDICTS), CROSS)
    assert isinstance(words, HeatmapSpec) and isinstance(pieces, HeatmapSpec)
    assert words.rows.labels == ("Le", "tapis", "</s>") and pieces.rows.labels == ("▁Le", "▁tap", "is", "</s>")


def test_a_word_may_look_at_what_any_of_its_pieces_may() -> None:
    spec = shown(chosen(words=Words.ON, row_labels=RowLabels.PREDICTS), DECODER)
    assert spec.columns.labels == ("<start>", "Le", "tapis") and spec.mask is not None
    assert spec.mask.tolist() == [[False, True, True], [False, False, False], [False, False, False]]
    free = Loaded(traces.info(), replace(traces.trace(4), causal=False))
    leaking = resolve.heatmap(free, chosen(words=Words.ON, row_labels=RowLabels.PREDICTS), DECODER)
    assert isinstance(leaking, HeatmapSpec) and leaking.leaked is not None
    assert leaking.leaked.tolist() == [[False, True, True], [False, False, True], [False, False, False]]


def test_ends_are_hidden_and_the_caption_says_whether_weights_are_renormalised() -> None:
    weights = traces.trace(4).cross_attention[1, 2]
    hidden = shown(chosen(specials=Specials.HIDDEN))
    assert hidden.rows.labels == ("<start> → Le", "Le → tap", "tap → is") and hidden.columns.labels == (
        "The",
        "ma",
        "t",
        "is",
    )
    np.testing.assert_allclose(hidden.values, weights[:3, :4], rtol=1e-6)
    assert any("weights as they are" in line for line in hidden.caption)
    full = shown(chosen(specials=Specials.RENORMALISED))
    np.testing.assert_allclose(full.values.sum(axis=1), 1.0, rtol=1e-5)
    assert any("renormalised" in line for line in full.caption)
    assert shown(chosen(specials=Specials.HIDDEN), ENCODER).values.shape == (4, 4)
    reads = shown(chosen(specials=Specials.HIDDEN, row_labels=RowLabels.READS), DECODER)
    assert reads.rows.labels == reads.columns.labels == ("Le", "tap", "is")


@pytest.mark.parametrize(
    ("how", "title", "several"),
    [
        (HeadsShown.LAYER_MEAN, "layer 2, mean of all heads", ("", "mean of 3")),
        (HeadsShown.LAYER_MAXIMUM, "layer 2, maximum of all heads", ("", "maximum of 3")),
        (HeadsShown.ALL_MEAN, "mean of all layers and heads", ("mean of", "6 heads")),
        (HeadsShown.ALL_MAXIMUM, "maximum of all layers and heads", ("maximum of", "6 heads")),
        (HeadsShown.CHOSEN_MEAN, "mean of 2 heads, layer.head 1.2, 2.3", ("mean of", "2 heads")),
        (HeadsShown.CHOSEN_MAXIMUM, "maximum of 2 heads, layer.head 1.2, 2.3", ("maximum of", "2 heads")),
    ],
)
def test_several_heads_are_one_map_and_named_as_what_they_are(
    how: HeadsShown, title: str, several: tuple[str, str]
) -> None:
    sets = MappingProxyType({CROSS: frozenset({Head(1, 2), Head(0, 1), Head(7, 7)})})
    spec = shown(replace(chosen(heads_shown=how), sets=sets))
    assert spec.title == f"Cross-attention · {title}" and spec.several == several
    weights = traces.trace(4).cross_attention
    of = {
        "layer": weights[1],
        "mean of all": weights.reshape(-1, 4, 5),
        "chosen": np.stack([weights[0, 1], weights[1, 2]]),
    }
    among = of["layer"] if "layer 2" in title else of["chosen"] if "layer.head" in title else of["mean of all"]
    expected = among.max(axis=0) if "maximum" in title else among.mean(axis=0)
    np.testing.assert_allclose(spec.values, expected, rtol=1e-6)
    assert title in resolve.readout(spec, (0, 0))


def test_heads_are_chosen_one_after_the_other_and_none_is_said() -> None:
    view = toggle_head(ViewState(heads=MappingProxyType({CROSS: Head(1, 2)})), CROSS, Head(0, 0))
    assert view.sets[CROSS] == {Head(1, 2), Head(0, 0)} and shown(view).title.endswith("layer.head 1.1, 2.3")
    grid = resolve.grid(loaded(), view, CROSS)
    assert isinstance(grid, GridSpec) and grid.summed == view.sets[CROSS]
    view = toggle_head(toggle_head(view, CROSS, Head(0, 0)), CROSS, Head(1, 2))
    assert not view.sets and shown(view).title.endswith("layer 2, head 3")
    nothing = resolve.heatmap(loaded(), chosen(heads_shown=HeadsShown.CHOSEN_MEAN), CROSS)
    assert isinstance(nothing, Unavailable) and "Ctrl+click" in nothing.reason
    assert isinstance(resolve.grid(loaded(), chosen(heads_shown=HeadsShown.CHOSEN_MEAN), CROSS), GridSpec)


def attributed(method: Method, layers: int, heads: int, rows: int = 4) -> Loaded:
    cells = np.linspace(-1.0, 2.0, layers * heads * 4 * 5, dtype=np.float32).reshape(layers, heads, 4, 5)
    now = loaded(rows)
    found = Attribution(method, {CROSS: cells})
    return replace(
        now, results=Results().answered([by_method(method)], go_to(DOCUMENT, 4), found), document=go_to(DOCUMENT, 4)
    )


@pytest.mark.parametrize("info", METHODS, ids=lambda each: each.method)
def test_an_attribution_stands_in_the_place_of_weights_and_says_what_it_is(info: object) -> None:
    from attention_viewer.model.contract.methods import MethodInfo

    assert isinstance(info, MethodInfo)
    view = chosen(quantity=info.method)
    spec = resolve.heatmap(attributed(info.method, 2, 1), view, CROSS)
    assert isinstance(spec, HeatmapSpec) and spec.title == f"Cross-attention · {info.title} · layer 2"
    assert any(info.words in line and info.paper in line for line in spec.caption)
    assert f"{info.title}: " in resolve.readout(spec, (0, 0)) and "attends" not in resolve.readout(spec, (0, 0))
    assert (spec.colormap == "diverging") == info.signed and (spec.scale.low < 0) == info.signed
    assert spec.scale.title == {"nats": "nats", "length": "length"}.get(info.units, "share")
    one = resolve.heatmap(attributed(info.method, 1, 1), view, CROSS)
    assert isinstance(one, HeatmapSpec) and one.title.endswith(" · all layers and heads")
    other = resolve.heatmap(attributed(info.method, 1, 1), view, ENCODER)
    assert isinstance(other, Unavailable) and "cross-attention" in other.reason
    waits = resolve.heatmap(loaded(), view, CROSS)
    assert isinstance(waits, Pending) and info.title in waits.reason


def test_of_earlier_steps_an_attribution_has_the_first_rows() -> None:
    """Animations show each step of what was computed at the last one."""
    now = attributed(methods.NORMS, 2, 3)
    assert now.trace is not None
    earlier = resolve.heatmap(replace(now, trace=now.trace.first(2)), chosen(quantity="norms"), CROSS)
    whole = resolve.heatmap(now, chosen(quantity="norms"), CROSS)
    assert isinstance(earlier, HeatmapSpec) and isinstance(whole, HeatmapSpec)
    np.testing.assert_array_equal(earlier.values, whole.values[:2])
    assert whole.scale.high == pytest.approx(float(whole.values.max()))


def test_attributions_are_of_a_alone() -> None:
    other = Other("b", traces.trace(3), "x", "y")
    for side in (Side.B, Side.DIFFERENCE):
        view = replace(chosen(quantity="norms"), side=side)
        spec = resolve.heatmap(loaded(other=other), view, CROSS)
        assert isinstance(spec, Unavailable) and "Alt+1" in spec.reason


def test_tokens_light_the_words_that_hold_them() -> None:
    maps = traces.info().maps
    cross = shown(chosen(words=Words.ON, row_labels=RowLabels.PREDICTS))
    groups = {CROSS: (cross.row_groups, cross.column_groups)}
    assert highlight(SourceHover(2), maps, groups).overlays[CROSS].columns == {1}
    assert highlight(TargetHover(2), maps, groups).overlays[CROSS].rows == {1}
    lit = highlight(CellHover(CROSS, 1, 1), maps, groups)
    assert lit.source == lit.target == {1, 2} and lit.overlays[CROSS].rows == {1}
    assert lit.overlays[ENCODER].rows == {1, 2}


def test_maps_without_chosen_heads_show_their_own() -> None:
    first = ViewState(heads=MappingProxyType({CROSS: Head(1, 2), ENCODER: Head(1, 2)}))
    view = toggle_head(first, CROSS, Head(0, 0))
    assert shown(view, ENCODER).title == "Encoder self-attention · layer 2, head 3"
    assert [name for name, _ in shown(view).singles] == ["1.1", "2.3"] and shown(view, ENCODER).singles == ()
    np.testing.assert_array_equal(shown(view).singles[1][1], traces.trace(4).cross_attention[1, 2])


def test_links_across_are_those_that_align_finds() -> None:
    """Words, by either convention: the same as the links of the head; special tokens have none."""
    trace = traces.trace(4)
    for labels, convention in ((RowLabels.PREDICTS, Convention.PREDICTS), (RowLabels.READS, Convention.READS)):
        spec = shown(chosen(links=Links.ON, words=Words.ON, row_labels=labels, specials=Specials.HIDDEN))
        assert spec.links is not None
        words = tuple(words_of(trace.output_tokens)), tuple(words_of(trace.source_tokens))
        expected = head_links(Sentence(trace.cross_attention, *words), Aligner(convention, 1, 2, 1.0))
        assert {(int(column), int(row)) for row, column in np.argwhere(spec.links)} == expected
    pieces = shown(chosen(links=Links.ON))
    assert pieces.links is not None and not pieces.links[3].any() and not pieces.links[:, 4].any()
    assert (pieces.links[:3].sum(axis=1) == 1).all() and any("ringed" in line for line in pieces.caption)
    assert shown(chosen(links=Links.ON), ENCODER).links is None and shown(ViewState()).links is None


def test_a_contrast_says_which_tokens_it_compares() -> None:
    other = Token(31, "▁Une", "Une")
    maps = MappingProxyType({CROSS: np.ones((1, 1, 4, 5), dtype=np.float32)})
    found = Attribution(methods.CONTRAST, maps, (traces.TARGET[1], other, *traces.TARGET[:2]))

    def caption(against: Against | None) -> str:
        document = replace(DOCUMENT, against=against)
        results = Results().answered([by_method(methods.CONTRAST)], document, found)
        spec = resolve.heatmap(
            replace(loaded(), document=document, results=results), chosen(quantity="contrast"), CROSS
        )
        assert isinstance(spec, HeatmapSpec)
        return " ".join(spec.caption)

    assert "row 4: ‘</s>’ minus ‘tap’, the best other token" in caption(None)
    assert "row 2: ‘tap’ minus ‘Une’, as chosen; other rows: minus the best other token" in caption(Against(1, 31))
    assert "row 2: ‘tap’ minus ‘Une’, the best other token" in caption(Against(1, traces.TARGET[1].id)), "not itself"
