"""What is shown, switched, replayed and exported of a model that lacks something: the reason, in its place. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from attention_viewer.model.contract.api import ModelInfo
from attention_viewer.model.contract.architecture import PositionKind
from attention_viewer.model.contract.capabilities import Capability
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.interventions import Interventions, Positions
from attention_viewer.viewer.export.possible import reasons_against
from attention_viewer.viewer.intents import switching
from attention_viewer.viewer.intents.wishes import OfWanted, Refused
from attention_viewer.viewer.resolve import pages
from attention_viewer.viewer.resolve import resolve_laboratory as laboratory
from attention_viewer.viewer.state.exportables import BEAM_TREE, LAYOUTS, POSITIONS, RANKED_HEADS, ROTATION
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.replay import lost, replayed
from attention_viewer.viewer.state.sheets import SheetSpec
from attention_viewer.viewer.state.specs import Unavailable
from attention_viewer.viewer.state.state import State
from attention_viewer.viewer.state.view_state import InsideView, ViewState
from support import traces
from support.lacking import lacking, reason, with_positions

LEARNED = with_positions(traces.info(), PositionKind.LEARNED)
RELATIVE = with_positions(traces.info(), PositionKind.RELATIVE)
DOCUMENT = Document("The mat is", step=3)
SHUFFLED = Interventions(encoder_positions=Positions.SHUFFLED, decoder_positions=Positions.OFF, causal_mask=False)


def loaded(info: ModelInfo) -> Loaded:
    return Loaded(info, traces.trace(3), "The mat is", "Le tapis", document=DOCUMENT, d_model=12)


def state(info: ModelInfo) -> State:
    return State(ViewState(), loaded(info), DOCUMENT)


@pytest.mark.parametrize("page", ["rotation", "layouts"])
@pytest.mark.parametrize("info", [LEARNED, RELATIVE])
def test_what_sinusoids_show_is_shown_of_sinusoids(info: ModelInfo, page: str) -> None:
    view = ViewState(inside=InsideView(laboratory=page))
    assert isinstance(pages.laboratory_page(loaded(traces.info()), view), SheetSpec)
    said = pages.laboratory_page(loaded(info), view)
    assert said == Unavailable(reason(info, Capability.POSITION_FORMULAS))


@pytest.mark.parametrize("info", [LEARNED, RELATIVE])
def test_what_is_lacked_is_not_exported(info: ModelInfo) -> None:
    taken = {POSITIONS, ROTATION, LAYOUTS}
    possible, lacking = (reasons_against(loaded(each), ViewState()) for each in (traces.info(), info))
    assert not taken & set(possible)
    why = reason(info, Capability.POSITION_FORMULAS)
    assert lacking == {**possible, **dict.fromkeys(taken, why)}


def test_a_switch_that_a_model_lacks_is_refused_with_the_reason() -> None:
    for switch in (switching.encoder_positions, switching.decoder_positions):
        with pytest.raises(Refused) as refused:
            switch(state(RELATIVE), "shuffled")
        assert str(refused.value) == reason(RELATIVE, Capability.ENCODER_POSITIONS_SHUFFLED)
        assert isinstance(switch(state(RELATIVE), "off"), OfWanted)
        assert isinstance(switch(state(LEARNED), "shuffled"), OfWanted)
    assert isinstance(switching.causal_mask(state(RELATIVE), on=False), OfWanted)


def test_each_switch_is_refused_for_its_own_capability() -> None:
    """Of a model for each capability that lacks just that."""
    told: dict[Capability, Callable[[State], object]] = {
        Capability.ENCODER_POSITIONS_OFF: lambda now: switching.encoder_positions(now, "off"),
        Capability.ENCODER_POSITIONS_SHUFFLED: lambda now: switching.encoder_positions(now, "shuffled"),
        Capability.DECODER_POSITIONS_OFF: lambda now: switching.decoder_positions(now, "off"),
        Capability.DECODER_POSITIONS_SHUFFLED: lambda now: switching.decoder_positions(now, "shuffled"),
        Capability.HEADS_OFF: switching.selected_head,
        Capability.HIDDEN_TOKENS: lambda now: switching.hide(now, 0, True),
        Capability.CAUSAL_MASK_OFF: lambda now: switching.causal_mask(now, False),
    }
    for lacked in told:
        info = lacking(lacked)
        for capability, switch in told.items():
            if capability == lacked:
                with pytest.raises(Refused, match=f"no {capability}"):
                    switch(state(info))
            else:
                assert isinstance(switch(state(info)), OfWanted)


def test_beam_search_and_ranking_say_what_is_lacked() -> None:
    """In their panels, and of their pictures."""
    found = loaded(lacking(Capability.BEAM_SEARCH))
    assert laboratory.no_beam(found) == Unavailable("no beam search")
    assert reasons_against(found, ViewState())[BEAM_TREE] == "no beam search"
    assert laboratory.ranking_spec(found).reason == ""
    found = loaded(lacking(Capability.HEADS_OFF))
    assert laboratory.ranking_spec(found).reason == "no heads off"
    assert reasons_against(found, ViewState())[RANKED_HEADS] == "no heads off"
    assert laboratory.no_beam(found) == laboratory.NO_BEAM


def test_the_laboratory_is_told_what_is_lacked() -> None:
    spec = laboratory.laboratory_spec(loaded(RELATIVE))
    assert spec.capabilities == RELATIVE.capabilities and spec.reason == ""
    assert laboratory.laboratory_spec(replace(loaded(RELATIVE), info=None)).capabilities.missing == ()


def test_what_another_model_lacks_is_left_out_on_it() -> None:
    document = replace(DOCUMENT, interventions=SHUFFLED)
    assert replayed(document, LEARNED).interventions == SHUFFLED and lost(document, LEARNED) == ""
    on_it = replayed(document, RELATIVE).interventions
    assert on_it == replace(SHUFFLED, encoder_positions=Positions.ON)
    assert lost(document, RELATIVE) == "1 switch of positions or mask"
    both = replace(document, interventions=replace(SHUFFLED, decoder_positions=Positions.SHUFFLED))
    assert lost(both, RELATIVE) == "2 switches of positions or mask"
