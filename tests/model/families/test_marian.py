"""Marian checkpoints as architectures, and what is refused because it cannot be computed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from attention_viewer.model import checkpoint
from attention_viewer.model.checkpoint import load
from attention_viewer.model.contract.architecture import Normalisation, Norms, PositionKind
from attention_viewer.model.contract.description import Description
from attention_viewer.model.contract.errors import CheckpointError
from attention_viewer.model.families.family import MARIAN, family_of
from attention_viewer.model.nn.computable import what_is_missing
from attention_viewer.model.stored.weight_files import find
from safetensors.torch import load_file
from support.checkpoints import MakeCheckpoint


def test_every_tensor_of_the_bundled_model_has_a_name(bundled: Path) -> None:
    stored = load_file(bundled / "model.safetensors")
    architecture = MARIAN.read(bundled, find(bundled).entries).architecture
    model = load(bundled)
    assert model.architecture == architecture
    named = {names for name in model.state_dict() for names in MARIAN.stored_names(name, architecture)[0]}
    assert named == set(stored)


def test_layers_that_config_does_not_know_of_are_refused(make_checkpoint: MakeCheckpoint) -> None:
    directory = make_checkpoint("deep")
    config = json.loads((directory / "config.json").read_text())
    (directory / "config.json").write_text(json.dumps({**config, "decoder_layers": 2}))
    with pytest.raises(CheckpointError, match=r"decoder_layers is 2, but the weight file has 3 decoder layers"):
        load(directory)


def test_another_family_is_refused_by_name(make_checkpoint: MakeCheckpoint) -> None:
    directory = make_checkpoint("other")
    config = json.loads((directory / "config.json").read_text())
    (directory / "config.json").write_text(json.dumps({**config, "model_type": "t5"}))
    assert family_of(directory) is MARIAN
    with pytest.raises(CheckpointError, match="model_type is 't5'; only marian"):
        load(directory)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"positions": PositionKind.RELATIVE}, "relative positions"),
        ({"norms": Norms(kind=Normalisation.RMS)}, "rms normalisation"),
        ({"activation": "tanh", "biases": False}, "layers without biases, the activation tanh"),
    ],
)
def test_what_cannot_be_computed_is_refused(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, object], words: str
) -> None:
    def read(directory: Path, stored: object) -> Description:
        found = MARIAN.read(directory, {})
        return replace(found, architecture=replace(found.architecture, **change))  # type: ignore[arg-type]

    assert what_is_missing(read(tiny, {}).architecture) == words
    monkeypatch.setattr(checkpoint, "family_of", lambda directory: replace(MARIAN, read=read))
    with pytest.raises(CheckpointError, match=f"cannot be computed here: it has {words}"):
        load(tiny)
