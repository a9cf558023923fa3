"""Labels, scales and reasons: everything a reader is told about a map."""

from dataclasses import replace

import numpy as np
import pytest
from attention_viewer.model.contract.api import Kind
from attention_viewer.model.contract.maps import CROSS, DECODER, ENCODER
from attention_viewer.viewer.resolve import resolve, resolve_positions
from attention_viewer.viewer.resolve.arranging import ROW_CONVENTIONS
from attention_viewer.viewer.resolve.resolve_positions import Given
from attention_viewer.viewer.state.loaded import NO_SENTENCE, Loaded
from attention_viewer.viewer.state.options import ColorRange, RowLabels
from attention_viewer.viewer.state.reading import weight_text
from attention_viewer.viewer.state.specs import BarsSpec, GridSpec, HeatmapSpec, Pending, Unavailable
from attention_viewer.viewer.state.view_state import Head, PositionView, ViewState, select_head
from support import traces
from support.traces import KINDS
from support.views import chosen


def loaded(rows: int, **changes: object) -> Loaded:
    state = Loaded(traces.info(), traces.trace(rows), "The mat is", "Le tapis", waiting=NO_SENTENCE)
    return replace(state, **changes)  # type: ignore[arg-type]


def heatmap(state: Loaded, view: ViewState, kind: Kind) -> HeatmapSpec:
    spec = resolve.heatmap(state, view, kind)
    assert isinstance(spec, HeatmapSpec)
    return spec


def test_encoder_map_has_the_source_on_both_axes() -> None:
    spec = heatmap(loaded(0), ViewState(), ENCODER)
    assert spec.rows.labels == spec.columns.labels == ("The", "ma", "t", "is", "</s>")
    assert spec.mask is None


def test_cross_map_rows_are_target_queries_and_columns_source_keys() -> None:
    spec = heatmap(loaded(3), ViewState(), CROSS)
    assert spec.rows.labels == ("<start> → Le", "Le → tap", "tap → is")
    assert spec.columns.labels == ("The", "ma", "t", "is", "</s>")
    assert spec.values.shape == (3, 5)
    assert "reads → predicts" in spec.rows.title and "source" in spec.columns.title


def test_decoder_map_columns_are_what_was_read() -> None:
    spec = heatmap(loaded(3), ViewState(), DECODER)
    assert spec.columns.labels == ("<start>", "Le", "tap")
    assert spec.mask is not None and spec.mask[0, 1] and not spec.mask[1, 0]


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (RowLabels.READS, ("<start>", "Le", "tap")),
        (RowLabels.PREDICTS, ("Le", "tap", "is")),
        (RowLabels.BOTH, ("<start> → Le", "Le → tap", "tap → is")),
    ],
)
def test_row_labels_say_which_convention_they_follow(labels: RowLabels, expected: tuple[str, ...]) -> None:
    spec = heatmap(loaded(3), chosen(row_labels=labels), CROSS)
    assert spec.rows.labels == expected
    assert ROW_CONVENTIONS[labels] in spec.rows.title
    assert any(ROW_CONVENTIONS[labels] in line for line in spec.caption)


def test_the_selected_head_is_the_one_shown_and_named() -> None:
    view = select_head(ViewState(), CROSS, Head(1, 2), traces.MAPS)
    spec = heatmap(loaded(2), view, CROSS)
    assert np.array_equal(spec.values, traces.trace(2).cross_attention[1, 2])
    assert "layer 2, head 3" in spec.title
    grid = resolve.grid(loaded(2), view, CROSS)
    assert isinstance(grid, GridSpec) and grid.selected == Head(1, 2)


def test_caption_names_sentence_convention_range_and_model() -> None:
    caption = " ".join(heatmap(loaded(2), chosen(color_range=ColorRange.MAXIMUM), DECODER).caption)
    for part in (
        "The mat is",
        "Le tapis",
        "rows are queries",
        "columns are keys",
        "hatched = masked",
        "maximum",
        "toy",
    ):
        assert part in caption


def test_readout_reads_like_a_sentence() -> None:
    spec = heatmap(loaded(2), ViewState(), CROSS)
    weight = float(spec.values[1, 3])
    assert resolve.readout(spec, (1, 3)) == f"layer 2 head 3 · <b>Le → tap</b> attends to <b>is</b>: {weight:.4f}"


def test_readout_calls_masked_cells_masked_and_escapes_tokens() -> None:
    text = resolve.readout(heatmap(loaded(2), ViewState(), DECODER), (0, 1))
    assert "masked" in text and "0.0000" not in text and "&lt;start&gt;" in text


def test_readout_of_a_cell_that_is_gone_is_a_hint() -> None:
    assert "hover" in resolve.readout(heatmap(loaded(2), ViewState(), DECODER), (3, 3))


@pytest.mark.parametrize(("weight", "text"), [(0.0, "0.0000"), (0.43219, "0.4322"), (3e-7, "3.0e-07")])
def test_small_weights_are_not_rounded_to_nothing(weight: float, text: str) -> None:
    assert weight_text(weight) == text


def test_before_the_first_step_decoder_panels_say_what_to_do() -> None:
    for kind in (DECODER, CROSS):
        spec = resolve.heatmap(loaded(0), ViewState(), kind)
        assert isinstance(spec, Unavailable) and "Step" in spec.reason
    assert isinstance(resolve.bars(loaded(0), ViewState()), Unavailable)


def test_without_a_trace_every_panel_passes_on_the_reason() -> None:
    waiting = Pending("Loading the model …")
    state = Loaded(waiting=waiting)
    assert resolve.bars(state, ViewState()) is waiting
    assert all(resolve.grid(state, ViewState(), kind) is waiting for kind in KINDS)
    assert resolve.source_chips(state) == resolve.target_chips(state) == ()


def test_chips_join_pieces_of_a_word_and_mark_the_prediction() -> None:
    source = resolve.source_chips(loaded(3))
    assert [chip.joined for chip in source] == [False, False, True, False, False]
    assert source[-1].state == "special"
    target = resolve.target_chips(loaded(2, ahead=traces.TARGET[2:]))
    assert [chip.state for chip in target] == ["plain", "prediction", "ahead", "ahead"]
    assert target[1].badge == "0.70" and target[0].badge == ""


def test_bars_mark_the_chosen_token() -> None:
    spec = resolve.bars(loaded(2), ViewState())
    assert isinstance(spec, BarsSpec)
    assert [bar.chosen for bar in spec.bars] == [True, False, False, False]
    assert "<start> Le" in spec.subtitle


def test_step_text_counts_and_says_when_it_ended() -> None:
    assert resolve.step_text(loaded(2)) == "step 2"
    assert resolve.step_text(loaded(4)) == "step 4 · ended"


def test_positions_are_marked_and_pairs_named_by_wavelength() -> None:
    positions = PositionView(16, (0, 2, 99))
    assert resolve_positions.encoding(positions, 12, Given(5)).marked == 5
    curves = resolve_positions.curves(positions, 12, Given(5))
    assert len(curves.names) == 2 and "6.3" in curves.names[0]
    assert np.allclose(curves.curves[0], np.sin(np.arange(16)), atol=1e-6)
    assert resolve_positions.dots(positions, 12, Given(5), "viridis").values.shape == (16, 16)


def test_model_line_names_sizes() -> None:
    assert resolve.model_line(traces.info()) == "toy · en → fr · 9.4 M parameters · 2 + 2 layers × 3 heads"
