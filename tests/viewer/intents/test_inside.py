"""What a click between the maps changes of the view, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from attention_viewer.model.contract.maps import CROSS, DECODER, ENCODER, encoder_decoder
from attention_viewer.viewer.intents import inside
from attention_viewer.viewer.state.view_state import Head, ViewState

MAPS = encoder_decoder((2, 3), (4, 3))
VIEW = ViewState(active=CROSS)


@pytest.mark.parametrize(
    ("hit", "kind", "page"),
    [
        (("part", "encoder", 1, "self"), ENCODER, "cell"),
        (("part", "decoder", 3, "self"), DECODER, "cell"),
        (("part", "decoder", 2, "cross"), CROSS, "cell"),
        (("sublayer", "decoder", 2, "cross"), CROSS, "cell"),
    ],
)
def test_an_attention_opens_on_its_map(hit: tuple[str | int, ...], kind: str, page: str) -> None:
    view = inside.picked(replace(VIEW, inside=replace(VIEW.inside, key=3)), hit, MAPS)
    assert view.active == kind and view.heads[kind].layer == hit[2] and view.inside.parts == page
    assert view.inside.key is None and (view.inside.side, view.inside.layer, view.inside.part) == hit[1:]


def test_other_parts_open_their_page_and_leave_the_maps_alone() -> None:
    for hit, page in (
        (("part", "encoder", 1, "ffn"), "ffn"),
        (("part", "decoder", 0, "embedding"), "embedding"),
        (("residual", "decoder", 3, "self"), "residual"),
        (("memory",), "residual"),
    ):
        view = inside.picked(VIEW, hit, MAPS)
        assert view.inside.parts == page and (view.active, view.heads) == (VIEW.active, VIEW.heads)
    view = inside.picked(
        replace(VIEW, inside=replace(VIEW.inside, words="logit lens")), ("part", "decoder", 0, "output"), MAPS
    )
    assert view.inside.words == "word" and view.inside.parts == VIEW.inside.parts


def test_tokens_are_chosen_on_the_side_that_is_shown() -> None:
    assert inside.picked(VIEW, ("key", 4), MAPS).inside.key == 4
    assert inside.picked(VIEW, ("row", 2), MAPS).inside.target == 2
    assert inside.choose_token(VIEW, 3, MAPS).inside.target == 3
    source = inside.choose_token(replace(VIEW, active=ENCODER), 3, MAPS)
    assert source.inside.source == 3 and source.inside.target is None
    stream = replace(VIEW, inside=replace(VIEW.inside, parts="residual", side="encoder"))
    assert inside.picked(stream, ("position", 5), MAPS).inside.source == 5
    assert inside.picked(VIEW, ("encoding", 2), MAPS).inside.encoding == 2


def test_a_layer_beyond_a_map_shows_its_last() -> None:
    view = inside.picked(replace(VIEW, locked=False), ("part", "encoder", 9, "self"), MAPS)
    assert view.heads[ENCODER] == Head(1, VIEW.heads[ENCODER].head if VIEW.heads[ENCODER].head < 3 else 2)
