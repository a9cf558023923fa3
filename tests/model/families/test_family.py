"""The seam between families: whoever asks for a model by its directory gets what the directory's family says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from attention_viewer.model.contract.description import Description
from attention_viewer.model.contract.document import Document, go_to
from attention_viewer.model.contract.remarks import remarks
from attention_viewer.model.families.family import FAMILIES, MARIAN, Family, described
from attention_viewer.model.stored.entry import Entry
from attention_viewer.model.tokenizer import Tokenizer
from attention_viewer.model.translator import Translator
from attention_viewer.viewer.cli.heads import architecture_of
from attention_viewer.viewer.resolve.resolve import model_line
from attention_viewer.viewer.state.known_maps import known_maps
from attention_viewer.viewer.window.checkpoint import d_model_of
from support.checkpoints import MakeCheckpoint


@pytest.fixture
def foreign(make_checkpoint: MakeCheckpoint, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkpoint of another family, whose configuration Marian's reader refuses."""
    directory = make_checkpoint("foreign")
    path = directory / "config.json"
    known = json.loads(path.read_text())
    path.write_text(json.dumps({"model_type": "toy", "known": known}))

    def as_marian(directory: Path) -> Path:
        aside = directory / "aside"
        aside.mkdir(exist_ok=True)
        (aside / "config.json").write_text(json.dumps(json.loads(path.read_text())["known"]))
        for each in directory.iterdir():
            if each.is_file() and each != path and not (aside / each.name).exists():
                (aside / each.name).symlink_to(each)
        return aside

    def read(directory: Path, stored: Mapping[str, Entry]) -> Description:
        found = MARIAN.read(as_marian(directory), stored)
        return replace(found, languages=("tlh", "eo"), not_followed=("a toy setting",))

    def tokenizer(directory: Path) -> Tokenizer:
        return MARIAN.tokenizer(as_marian(directory))

    monkeypatch.setitem(FAMILIES, "toy", Family("toy", read, tokenizer, MARIAN.stored_names))
    return directory


def test_a_checkpoint_of_another_family_is_opened_by_its_own_reader(foreign: Path) -> None:
    translator = Translator(foreign)
    assert translator.info.description == described(foreign)
    assert translator.info.architecture.encoder.heads == 4
    assert "tlh → eo" in model_line(translator.info)
    assert "a toy setting" in remarks(translator.info)[0]
    assert translator.trace(go_to(Document("the old cat", limit=5), 3)).steps


def test_window_and_commands_ask_the_family_before_the_model_is_open(foreign: Path) -> None:
    expected = described(foreign).architecture
    assert architecture_of(foreign) == expected and known_maps(foreign) == expected.maps
    assert expected.maps[0].shape == (2, 4)
    assert d_model_of(foreign) == expected.d_model == 16
