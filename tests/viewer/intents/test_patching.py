"""Taking from the other side of a comparison, as intents: what is offered, named, undone and said."""

from __future__ import annotations

from dataclasses import replace

from attention_viewer.model.contract.api import Trace
from attention_viewer.model.contract.document import Document, go_to
from attention_viewer.model.contract.interventions import Donor, HeadId, Interventions
from attention_viewer.model.contract.maps import CROSS, ENCODER
from attention_viewer.viewer.intents import patching
from attention_viewer.viewer.resolve.resolve_laboratory import laboratory_spec
from attention_viewer.viewer.state import conditions
from attention_viewer.viewer.state.comparing import Other
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.results import Results
from attention_viewer.viewer.state.state import State
from attention_viewer.viewer.state.view_state import ViewState
from support import traces

HEAD = HeadId(CROSS, 1, 2)
OFF = Interventions(heads_off=frozenset({HeadId(ENCODER, 0, 0)}))


def state(compared: bool = True) -> State:
    document = go_to(Document("The mat is"), 4)
    theirs: Trace = traces.trace(3)
    other = Other(
        "pinned", theirs, "The mat was", "Le tapis", document=replace(document, source="The mat was", interventions=OFF)
    )
    results = Results(other=other) if compared else Results()
    shown = Loaded(traces.info(), traces.trace(4), "The mat is", "Le tapis", document=document, results=results)
    return State(ViewState(), shown, wanted=document)


def test_nothing_is_offered_without_a_comparison() -> None:
    assert patching.offers(state(False), HEAD) == () == patching.position_offers(state(False), HEAD)


def test_a_head_and_its_layer_are_offered_from_b() -> None:
    head, layer = patching.offers(state(), HEAD)
    donor = Donor("The mat was", tuple(token.id for token in traces.trace(3).output_tokens), OFF)
    assert head.patch.donor == layer.patch.donor == donor
    assert (head.patch.kind, head.patch.layer, head.patch.head) == (CROSS, 1, 2) and layer.patch.head is None
    assert "cross layer 2 head 3" in head.words and "decoder layer 2" in layer.words
    assert "encoder layer 1" in patching.offers(state(), HeadId(ENCODER, 0, 0))[1].words


def test_positions_that_both_have_are_offered() -> None:
    found = patching.position_offers(state(), HEAD)
    assert [each.patch.position for each in found] == [0, 1, 2]
    assert "‘Le’ gets that of ‘Le’" in found[1].words
    assert len(patching.position_offers(state(), HeadId(ENCODER, 0, 0))) == 5


def test_taking_is_one_named_change_that_figures_and_panel_tell() -> None:
    patch = patching.offers(state(), HEAD)[0].patch
    wish = patching.take(state(), patch)
    assert wish is not None and wish.document.interventions.patches == (patch,)
    words = "cross layer 2 head 3 from “The mat was” (3 rows, 1 head off)"
    assert wish.name == f"Take {words}"
    changed = wish.document.interventions
    assert conditions.line(changed) == f"with: {words}" and conditions.short(changed) == "Cross layer 2 head 3 patched"
    now = replace(state(), wanted=wish.document, shown=replace(state().shown, document=wish.document))
    assert patching.take(now, patch) is None
    assert laboratory_spec(now.shown).patches == ((patch, words),)
    back = patching.give_back(now, patch)
    assert back is not None and not back.document.interventions


def test_many_patches_are_counted() -> None:
    changed = Interventions(
        patches=tuple(each.patch for each in patching.position_offers(state(), HeadId(ENCODER, 0, 0)))
    )
    said = conditions.line(changed)
    assert conditions.short(changed) == "5 patches"
    assert said.count("output of encoder layer 1 position") == 2 and said.endswith("3 more patches")
    assert conditions.line(changed, whole=True).count("position") == 5
