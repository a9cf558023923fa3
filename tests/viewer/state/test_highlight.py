"""Hovering lights what DESIGN says it lights."""

from attention_viewer.model.contract.maps import CROSS, DECODER, ENCODER, EXPECTED
from attention_viewer.viewer.state.highlight import CellHover, SourceHover, TargetHover, highlight
from attention_viewer.viewer.state.specs import Overlay


def test_nothing_lit_without_a_hover() -> None:
    lit = highlight(None, EXPECTED)
    assert set(lit.overlays.values()) == {Overlay()}
    assert not lit.source and not lit.target


def test_source_token_lights_its_row_and_column_and_the_cross_column() -> None:
    lit = highlight(SourceHover(3), EXPECTED)
    assert lit.overlays[ENCODER] == Overlay(frozenset({3}), frozenset({3}))
    assert lit.overlays[CROSS] == Overlay(frozenset(), frozenset({3}))
    assert lit.overlays[DECODER] == Overlay()
    assert lit.source == {3}


def test_target_token_lights_the_row_that_predicts_it_and_the_column_where_it_is_read() -> None:
    lit = highlight(TargetHover(2), EXPECTED)
    assert lit.overlays[DECODER] == Overlay(frozenset({2}), frozenset({3}))
    assert lit.overlays[CROSS] == Overlay(frozenset({2}), frozenset())
    assert lit.overlays[ENCODER] == Overlay()


def test_cross_cell_lights_its_source_token_and_the_token_it_predicts() -> None:
    lit = highlight(CellHover(CROSS, row=4, column=1), EXPECTED)
    assert lit.overlays[CROSS] == Overlay(frozenset({4}), frozenset({1}))
    assert lit.overlays[ENCODER] == Overlay(frozenset({1}), frozenset({1}))
    assert lit.overlays[DECODER] == Overlay(frozenset({4}), frozenset({5}))
    assert lit.source == {1} and lit.target == {4}


def test_decoder_cell_on_the_start_column_lights_no_row_for_it() -> None:
    lit = highlight(CellHover(DECODER, row=2, column=0), EXPECTED)
    assert lit.overlays[DECODER] == Overlay(frozenset({2}), frozenset({0}))
    assert lit.overlays[CROSS] == Overlay(frozenset({2}), frozenset())
    assert lit.target == {2, -1}


def test_encoder_cell_keeps_its_own_crosshair() -> None:
    lit = highlight(CellHover(ENCODER, row=0, column=5), EXPECTED)
    assert lit.overlays[ENCODER] == Overlay(frozenset({0}), frozenset({5}))
    assert lit.overlays[CROSS].columns == {0, 5}
