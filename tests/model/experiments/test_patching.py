"""Patching against the same made with plain hooks on `transformers`' Marian, and its identities; S is never T."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from attention_viewer.model.contract.document import Document, go_to
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.hypotheses import intervene, teacher_force
from attention_viewer.model.contract.interventions import (
    Donor,
    HeadId,
    Interventions,
    Patch,
    from_json,
    to_json,
    with_patch,
    without_patch,
)
from attention_viewer.model.contract.maps import CROSS, DECODER, ENCODER
from attention_viewer.model.translator import Translator, finished
from support.checkpoints import MakeCheckpoint
from support.marian_hooks import hooked, outputs_of, reading, taking
from support.reference import reference_model

A_TEXT, A_TARGET = "the old cat sees a big red bird.", (7, 12, 5, 30, 9, 9, 0)
B_TEXT, B_TARGET = "a small dog hears the river.", (8, 6, 22, 11, 0)
LAST = 2
"""The decoder's last layer."""
DONOR = Donor(B_TEXT, B_TARGET, Interventions())
OWN = Donor(A_TEXT, A_TARGET, Interventions())
PATCHES = {
    "an encoder head": Patch(ENCODER, 1, DONOR, head=0),
    "a decoder head": Patch(DECODER, 0, DONOR, head=1),
    "a cross head": Patch(CROSS, 1, DONOR, head=1),
    "the encoder's layer": Patch(ENCODER, 0, DONOR),
    "the decoder's layer": Patch(CROSS, 0, DONOR),
    "a position of the encoder": Patch(ENCODER, 1, DONOR, position=2),
    "a position of the decoder": Patch(DECODER, 1, DONOR, position=3),
}


@pytest.fixture(scope="module")
def directory(make_checkpoint: MakeCheckpoint) -> Path:
    return make_checkpoint("patching", seed=9, activation_function="swish")


@pytest.fixture(scope="module")
def translator(directory: Path) -> Translator:
    return Translator(directory)


def patched(*patches: Patch) -> Document:
    interventions = Interventions()
    for patch in patches:
        interventions = with_patch(interventions, patch)
    return intervene(teacher_force(Document(A_TEXT), A_TARGET), interventions)


def logs(translator: Translator, document: Document) -> Any:
    return np.stack([step.log_probabilities for step in translator.trace(document).steps])


def inputs(translator: Translator, text: str, target: tuple[int, ...]) -> dict[str, torch.Tensor]:
    start = translator.info.architecture.decoder_start_token_id
    source = [token.id for token in translator.tokenize(text)]
    return {"input_ids": torch.tensor([source]), "decoder_input_ids": torch.tensor([[start, *target[:-1]]])}


def reference(translator: Translator, directory: Path, patch: Patch) -> Any:
    """Log-probabilities of A's rows with B's values put in by hooks."""
    model = reference_model(directory)
    stack = model.model.encoder if patch.kind == ENCODER else model.model.decoder
    layer, theirs = stack.layers[patch.layer], inputs(translator, B_TEXT, B_TARGET)
    if patch.head is None:
        (other,) = outputs_of(model, [layer], [], **theirs)
        where = slice(len(other)) if patch.position is None else slice(patch.position, patch.position + 1)
        mine = [(layer, taking(other, where))]
        with hooked(mine), torch.no_grad():
            return model(**inputs(translator, A_TEXT, A_TARGET)).logits[0].log_softmax(-1).numpy()
    attention = layer.encoder_attn if patch.kind == CROSS else layer.self_attn
    kept: list[torch.Tensor] = []
    handle = attention.out_proj.register_forward_pre_hook(
        lambda module, arguments: kept.append(arguments[0][0].clone())
    )
    with torch.no_grad():
        model(**theirs)
    handle.remove()
    width = kept[0].shape[1] // attention.num_heads
    columns = slice(patch.head * width, (patch.head + 1) * width)
    handle = attention.out_proj.register_forward_pre_hook(reading(kept[0], slice(len(kept[0])), columns))
    with torch.no_grad():
        found = model(**inputs(translator, A_TEXT, A_TARGET)).logits[0].log_softmax(-1).numpy()
    handle.remove()
    return found


@pytest.mark.parametrize("name", PATCHES)
def test_patching_is_an_independent_recomputation(name: str, translator: Translator, directory: Path) -> None:
    patch = PATCHES[name]
    plain, found = logs(translator, patched()), logs(translator, patched(patch))
    assert np.abs(found - plain).max() > 1e-3
    np.testing.assert_allclose(found, reference(translator, directory, patch), atol=1e-4)
    # In one parallel pass as row by row.
    check = finished(translator.check_steps(patched(patch)))
    assert check.log_probabilities < 1e-4 and check.weights < 1e-5


def test_what_is_taken_from_oneself_changes_nothing(translator: Translator) -> None:
    plain = logs(translator, patched())
    for patch in PATCHES.values():
        np.testing.assert_allclose(logs(translator, patched(replace(patch, donor=OWN))), plain, atol=1e-5)


def test_the_last_layer_of_another_trace_brings_its_predictions(translator: Translator) -> None:
    theirs = logs(translator, teacher_force(Document(B_TEXT), B_TARGET))
    found = logs(translator, patched(Patch(DECODER, LAST, DONOR)))
    np.testing.assert_allclose(found[: len(B_TARGET)], theirs, atol=1e-5)
    own = logs(translator, patched())
    np.testing.assert_allclose(found[len(B_TARGET) :], own[len(B_TARGET) :], atol=1e-5)


def test_the_donor_is_computed_under_its_own_interventions(translator: Translator) -> None:
    off = Interventions(heads_off=frozenset({HeadId(CROSS, 1, 0)}))
    found = logs(translator, patched(Patch(DECODER, 1, replace(OWN, interventions=off))))
    np.testing.assert_allclose(found, logs(translator, intervene(patched(), off)), atol=1e-5)


def test_all_that_a_document_is_measured_by_is_patched(translator: Translator) -> None:
    """Beam, ranking and effect: each with all of the last layer taken from B, whose rows then do not depend on A."""
    document = patched(Patch(DECODER, LAST, DONOR))
    before = [effect.divergence for effect in finished(translator.rank_heads_steps(patched()))]
    after = [effect.divergence for effect in finished(translator.rank_heads_steps(document))]
    assert sum(after) < sum(before)
    effect = finished(translator.effect_steps(go_to(document, 3)))
    assert effect.divergence > 0
    plain, other = (finished(translator.beam_steps(each)) for each in (patched(), document))
    assert [node.log_probability for node in plain.nodes[:4]] != [node.log_probability for node in other.nodes[:4]]


def test_patches_are_kept_in_files_and_one_stands_at_a_place() -> None:
    one, other = PATCHES["a cross head"], PATCHES["a position of the encoder"]
    both = with_patch(with_patch(Interventions(), one), other)
    assert from_json(to_json(both)) == both and "patches" not in to_json(Interventions())
    again = replace(one, donor=OWN)
    assert with_patch(both, again).patches == (other, again)
    assert without_patch(both, one).patches == (other,)
    twice = replace(one, donor=replace(DONOR, interventions=both))
    assert with_patch(Interventions(), twice).patches[0].donor.interventions == Interventions()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"layer": -1}, "patches 1: layer"),
        ({"kind": 3}, "patches 1: kind"),
        ({"head": "a"}, "patches 1: head"),
        ({"donor": 3}, "donor"),
        ({"donor": {"source": "a", "outputs": [-1], "interventions": {}}}, "interventions"),
    ],
)
def test_a_file_is_not_believed(change: dict[str, Any], words: str) -> None:
    values = to_json(with_patch(Interventions(), PATCHES["a cross head"]))
    values["patches"][0].update(change)
    with pytest.raises(InputError, match=words):
        from_json(values)
    nested = to_json(with_patch(Interventions(), PATCHES["a cross head"]))
    nested["patches"][0]["donor"]["interventions"] = to_json(with_patch(Interventions(), PATCHES["a cross head"]))
    with pytest.raises(InputError, match="may not be patched"):
        from_json(nested)


@pytest.mark.parametrize(
    ("patch", "words"),
    [
        (Patch(CROSS, LAST + 1, DONOR, head=0), "3 layers"),
        (Patch(CROSS, 1, DONOR, head=4), "head 5"),
        (Patch("x", 1, DONOR, head=4), "no attention called 'x'"),
        (Patch(CROSS, 1, replace(DONOR, outputs=(10**6,))), "token 1000000"),
        (Patch(CROSS, 1, replace(DONOR, source=" ")), "empty"),
    ],
)
def test_places_and_tokens_that_the_model_has_not_are_refused(translator: Translator, patch: Patch, words: str) -> None:
    with pytest.raises(InputError, match=words):
        translator.trace(patched(patch))
