"""A checkpoint that will not do is refused with a sentence that names what is wrong."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from model.checkpoint import check_checkpoint, content_hash, load, write_weights
from model.config import read_config
from model.errors import CheckpointError
from model.session import Session


@pytest.fixture
def copy(tiny: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny, tmp_path / "copy"))


def change_config(directory: Path, **values: Any) -> None:
    path = directory / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def test_missing_files_are_all_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(CheckpointError, match=r"vocab\.json, source\.spm, target\.spm, model\.safetensors or"):
        check_checkpoint(tmp_path)
    with pytest.raises(CheckpointError, match="does not exist"):
        check_checkpoint(tmp_path / "nothing")


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"d_model": "wide"}, "d_model"),
        ({"decoder_attention_heads": 3}, "decoder_attention_heads"),
        ({"normalize_before": True}, "normalize_before"),
        ({"activation_function": "tanh"}, "tanh"),
        ({"model_type": "t5"}, "t5"),
        ({"pad_token_id": 10_000}, "pad_token_id"),
    ],
)
def test_the_field_and_its_value_are_named(copy: Path, values: dict[str, Any], named: str) -> None:
    change_config(copy, **values)
    with pytest.raises(CheckpointError, match=named):
        read_config(copy)


@pytest.mark.parametrize("damage", [b"", b"{", b"\x00" * 64, b"not a model at all"])
@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "vocab.json", "source.spm"])
def test_damaged_files_are_refused_not_executed(copy: Path, name: str, damage: bytes) -> None:
    (copy / name).write_bytes(damage)
    with pytest.raises(CheckpointError):
        Session(copy)


def test_weights_cut_short_are_refused(copy: Path) -> None:
    path = copy / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(CheckpointError, match="damaged or cut short"):
        load(copy)


def test_a_pickle_that_would_run_code_is_refused(copy: Path, tmp_path: Path) -> None:
    import pickle

    class Evil:
        def __reduce__(self) -> Any:
            return Path.touch, (tmp_path / "executed",)

    (copy / "model.safetensors").unlink()
    (copy / "pytorch_model.bin").write_bytes(pickle.dumps(Evil()))
    with pytest.raises(CheckpointError):
        load(copy)
    assert not (tmp_path / "executed").exists()


def test_weights_of_another_size_are_refused(copy: Path) -> None:
    change_config(copy, encoder_ffn_dim=28)
    with pytest.raises(CheckpointError, match="fc1"):
        load(copy)


def test_written_weights_are_read_back_the_same(copy: Path) -> None:
    before = load(copy)
    write_weights(before, copy)
    after = load(copy)
    for name, tensor in before.state_dict().items():
        assert (after.state_dict()[name] == tensor).all(), name


def test_the_hash_follows_what_is_computed(copy: Path) -> None:
    before = content_hash(copy)
    (copy / "README.md").write_text("a model card")
    assert content_hash(copy) == before
    change_config(copy, scale_embedding=False)
    assert content_hash(copy) != before
