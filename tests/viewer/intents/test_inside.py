"""What a click between the maps changes of the view, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from attention_viewer.model.contract.maps import CROSS, DECODER, ENCODER
from attention_viewer.viewer.intents import inside, looking
from attention_viewer.viewer.intents.turns import News, Show, Tell
from attention_viewer.viewer.state.comparing import Other
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.options import SPECIALS, WORDS, Specials, Words
from attention_viewer.viewer.state.results import Results
from attention_viewer.viewer.state.sheets import Hit
from attention_viewer.viewer.state.state import State
from attention_viewer.viewer.state.view_state import Head, Side, ViewState, choose
from support import traces

SIZES = {"encoder_layers": 2, "encoder_attention_heads": 3, "decoder_layers": 4, "decoder_attention_heads": 3}
SHOWN = Loaded(traces.info(**SIZES), traces.trace(4))
VIEW = ViewState(active=CROSS)


def picked(view: ViewState, hit: Hit) -> ViewState:
    return inside.pick(State(view, SHOWN), hit).state.view


def pinned(view: ViewState, kind: str, cell: tuple[int, int], shown: Loaded = SHOWN) -> ViewState | None:
    turn = inside.choose_cell(State(view, shown), kind, cell)
    return None if turn is None else turn.state.view


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
    view = picked(replace(VIEW, inside=replace(VIEW.inside, key=3)), hit)
    assert view.active == kind and view.heads[kind].layer == hit[2] and view.inside.parts == page
    assert view.inside.key is None and (view.inside.side, view.inside.layer, view.inside.part) == hit[1:]


def test_other_parts_open_their_page_and_leave_the_maps_alone() -> None:
    for hit, page in (
        (("part", "encoder", 1, "ffn"), "ffn"),
        (("part", "decoder", 0, "embedding"), "embedding"),
        (("residual", "decoder", 3, "self"), "residual"),
        (("memory",), "residual"),
    ):
        view = picked(VIEW, hit)
        assert view.inside.parts == page and (view.active, view.heads) == (VIEW.active, VIEW.heads)
    view = picked(replace(VIEW, inside=replace(VIEW.inside, words="logit lens")), ("part", "decoder", 0, "output"))
    assert view.inside.words == "word" and view.inside.parts == VIEW.inside.parts


def test_tokens_are_chosen_on_the_side_that_is_shown() -> None:
    assert picked(VIEW, ("key", 4)).inside.key == 4
    assert picked(VIEW, ("row", 2)).inside.target == 2
    assert inside.choose_token(State(VIEW, SHOWN), 3).state.view.inside.target == 3
    source = inside.choose_token(State(replace(VIEW, active=ENCODER), SHOWN), 3).state.view
    assert source.inside.source == 3 and source.inside.target is None
    stream = replace(VIEW, inside=replace(VIEW.inside, parts="residual", side="encoder"))
    assert picked(stream, ("position", 5)).inside.source == 5
    assert picked(VIEW, ("encoding", 2)).inside.encoding == 2


def test_a_layer_beyond_a_map_shows_its_last() -> None:
    view = picked(replace(VIEW, locked=False), ("part", "encoder", 9, "self"))
    assert view.heads[ENCODER] == Head(1, VIEW.heads[ENCODER].head if VIEW.heads[ENCODER].head < 3 else 2)


def test_another_side_or_row_has_keys_of_its_own() -> None:
    state = State(inside.look_at(State(VIEW, SHOWN), key=3, layer=1).state.view, SHOWN)
    assert (state.view.inside.key, state.view.inside.layer) == (3, 1)
    side = inside.choose_side(state, "encoder")
    assert (side.state.view.inside.side, side.state.view.inside.key) == ("encoder", None)
    row = inside.choose_row(state, 2)
    assert (row.state.view.inside.target, row.state.view.inside.key) == (2, None)
    assert row.deeds == (Show(), Tell(News.CHANGED))


def test_a_part_that_is_clicked_comes_to_the_front_in_the_panel_that_opens_it() -> None:
    hits = {("part", "decoder", 0, "output"): "words", ("part", "encoder", 1, "ffn"): "parts", ("memory",): "parts"}
    for hit, panel in hits.items():
        assert inside.open_part(State(VIEW, SHOWN), hit).deeds[-1] == Tell(News.CARD, (panel,))
        assert inside.open_part(State(VIEW, SHOWN), hit).state.view == picked(VIEW, hit)


def test_a_cell_of_a_map_is_opened() -> None:
    view = pinned(VIEW, DECODER, (3, 1))
    assert view is not None and (view.active, view.inside.parts) == (DECODER, "cell")
    assert (view.inside.target, view.inside.key, view.inside.source) == (3, 1, VIEW.inside.source)
    view = pinned(VIEW, ENCODER, (3, 1))
    assert view is not None and (view.inside.source, view.inside.key, view.inside.target) == (3, 1, None)
    assert pinned(VIEW, CROSS, (0, 0), Loaded()) is None


def test_the_part_that_is_open_is_the_attention_of_the_cell_that_is() -> None:
    def opened(view: ViewState | None) -> tuple[str, int, str]:
        assert view is not None
        return view.inside.side, view.inside.layer, view.inside.part

    assert opened(pinned(VIEW, ENCODER, (3, 1))) == ("encoder", 1, "self"), "the last of two layers"
    state = State(VIEW, SHOWN)
    chosen = looking.select_head(state, DECODER, 3, 1).state
    assert opened(chosen.view) == ("decoder", 3, "self")
    assert opened(looking.activate(chosen, CROSS).state.view) == ("decoder", VIEW.heads[CROSS].layer, "cross")
    assert opened(looking.toggle_head(chosen, ENCODER, 0, 1).state.view) == ("encoder", 1, "self")
    network = inside.choose_page(chosen, "ffn").state
    assert opened(network.view) == ("decoder", 3, "ffn")
    other = looking.select_head(network, CROSS, 1, 0).state
    assert opened(other.view) == ("decoder", 3, "ffn"), "the page of a cell is closed"
    assert opened(inside.choose_page(other, "residual").state.view) == ("decoder", 3, "ffn")
    assert opened(inside.choose_page(other, "cell").state.view) == ("decoder", 1, "cross")


def test_a_cell_is_that_of_its_tokens_and_not_of_its_place() -> None:
    hidden = choose(VIEW, SPECIALS, Specials.HIDDEN)
    view = pinned(hidden, DECODER, (1, 0))
    assert view is not None and (view.inside.target, view.inside.key) == (1, 1), "<start> is hidden"
    words = choose(VIEW, WORDS, Words.ON)
    assert pinned(words, ENCODER, (1, 0)) is None, "‘mat’ is two rows of the model"
    view = pinned(words, ENCODER, (2, 0))
    assert view is not None and (view.inside.source, view.inside.key) == (3, 0)


def test_what_is_between_the_maps_is_that_of_a() -> None:
    compared = replace(SHOWN, results=Results(other=Other("pinned", traces.trace(4), "The mat is", "Le tapis")))
    assert pinned(replace(VIEW, side=Side.B), CROSS, (1, 1), compared) is None
    assert pinned(replace(VIEW, side=Side.DIFFERENCE), CROSS, (1, 1), compared) is not None
    assert pinned(replace(VIEW, side=Side.B), CROSS, (1, 1)) is not None, "nothing is compared"
