"""The package as a library: what the README's Python example promises."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import attention_viewer
import numpy as np
import pytest
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.errors import InputError, UserError
from attention_viewer.model.contract.maps import CROSS
from attention_viewer.model.translator import Translator

TEXT, TARGET = "I am hungry.", "J'ai très faim."


def test_it_gives_what_the_model_gives(model: attention_viewer.Model, translator: Translator) -> None:
    document = Document(TEXT, step=200)
    trace, expected = model.trace(TEXT), translator.trace(document)
    assert model.info.content_hash == translator.info.content_hash
    assert trace.output_tokens == expected.output_tokens and model.translate(TEXT) == translator.text(expected)
    assert np.array_equal(trace.cross_attention, expected.cross_attention)
    assert np.array_equal(model.trace(document).cross_attention, expected.cross_attention)


def test_steps_and_a_given_translation(model: attention_viewer.Model) -> None:
    assert len(model.trace(TEXT, steps=2).steps) == 2
    forced = model.trace(TEXT, target=TARGET)
    assert "".join(token.piece for token in forced.output_tokens).replace("▁", " ").strip().startswith("J'ai très faim")


def test_what_rows_depend_on(model: attention_viewer.Model, translator: Translator) -> None:
    found = model.attribution("norms", TEXT, TARGET)
    trace = model.trace(TEXT, TARGET)
    assert found.maps[CROSS].shape == trace.cross_attention.shape
    with pytest.raises(InputError, match=r"'magic'.*leave-one-out"):
        model.attribution("magic", TEXT)


def test_a_row_is_contrasted_with_a_piece(model: attention_viewer.Model) -> None:
    found = model.attribution("contrast", TEXT, TARGET, against=(1, "▁bien"))
    assert found.against[1].piece == "▁bien"
    assert model.attribution("contrast", TEXT, TARGET, against=(1, "bien")).against[1].piece == "▁bien"
    own = model.trace(TEXT, TARGET).output_tokens[1].piece
    for against, words in (((99, "bien"), "no row 99"), ((1, "x y"), "no piece"), ((1, own), "with itself")):
        with pytest.raises(InputError, match=words):
            model.attribution("contrast", TEXT, TARGET, against=against)


def test_writing_is_whole_and_never_by_accident(model: attention_viewer.Model, tmp_path: Path) -> None:
    path = tmp_path / "trace.npz"
    model.write(path, TEXT, target=TARGET)
    with np.load(path, allow_pickle=False) as file:
        assert np.array_equal(file["cross_attention"], model.trace(TEXT, target=TARGET).cross_attention)
        assert json.loads(str(file["meta"]))["target"] == TARGET
    with pytest.raises(UserError, match="exists"):
        model.write(path, TEXT)
    model.write(str(path), TEXT, overwrite=True)
    with pytest.raises(UserError, match="no data format"):
        model.write(tmp_path / "trace.xyz", TEXT)
    assert [each.name for each in tmp_path.iterdir()] == ["trace.npz"]


def test_what_will_not_do_is_refused_in_words(model: attention_viewer.Model, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"):
        attention_viewer.open_model(tmp_path / "nothing")
    with pytest.raises(InputError):
        model.translate("  ")


def test_importing_it_is_light() -> None:
    code = "import sys, attention_viewer; print([n for n in ('torch', 'PySide6', 'numpy') if n in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
