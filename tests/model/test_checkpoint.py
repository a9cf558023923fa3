"""Reading checkpoints: whatever is missing or damaged ends in one clear sentence."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from attention_viewer.model.checkpoint import check_checkpoint, content_hash, load, write_weights
from attention_viewer.model.contract.errors import CheckpointError
from attention_viewer.model.stored import weight_files
from attention_viewer.model.translator import Translator
from safetensors.torch import load_file, save_file
from support.checkpoints import MakeCheckpoint

MODEL = "model.safetensors"


@pytest.fixture
def checkpoint(tiny: Path, tmp_path: Path) -> Path:
    """A copy that a test may damage."""
    directory = tmp_path / "copy"
    shutil.copytree(tiny, directory)
    return directory


def test_every_missing_file_is_named_at_once(checkpoint: Path) -> None:
    check_checkpoint(checkpoint)
    for name in ("vocab.json", "target.spm", MODEL):
        (checkpoint / name).unlink()
    with pytest.raises(CheckpointError) as caught:
        check_checkpoint(checkpoint)
    message = str(caught.value)
    assert all(name in message for name in ("vocab.json", "target.spm", MODEL, "pytorch_model.bin", str(checkpoint)))
    assert "source.spm" not in message and "config.json" not in message


def test_what_is_no_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="does not exist"):
        check_checkpoint(tmp_path / "nowhere")
    (tmp_path / "file").touch()
    with pytest.raises(CheckpointError, match="is not a directory"):
        Translator(tmp_path / "file")


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def cut_to_a_few_bytes(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def overwrite(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 40)


@pytest.mark.parametrize("damage", [cut_short, cut_to_a_few_bytes, empty, overwrite])
@pytest.mark.parametrize("name", [MODEL, "pytorch_model.bin"])
def test_damaged_weights(damage: Callable[[Path], None], name: str, checkpoint: Path) -> None:
    if name != MODEL:
        torch.save(load_file(checkpoint / MODEL), checkpoint / name)
        (checkpoint / MODEL).unlink()
    damage(checkpoint / name)
    with pytest.raises(CheckpointError, match=f"{name} is damaged or cut short"):
        Translator(checkpoint)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"weight": "text"}, "holds other things than tensors"),
        ([torch.ones(2)], "does not hold a table of tensors"),
        ({"epoch": 3, "state_dict": {"weight": torch.ones(2)}}, r"a trainer saved to go on with \(it holds state_dict"),
        (print, "asks for __builtin__.print, which is no part of a table of tensors. Nothing of it was run"),
        ({"weight": torch.ones(2).to_sparse()}, "holds a sparse tensor"),
        ({"weight": torch.ones(2, device="meta")}, "holds a tensor without numbers"),
        ({"weight": torch.ones(1).expand(10**9)}, "claims more numbers than are stored"),
    ],
)
@pytest.mark.parametrize("zipped", [True, False])
def test_a_pickle_of_anything_but_tensors(content: object, said: str, zipped: bool, checkpoint: Path) -> None:
    (checkpoint / MODEL).unlink()
    torch.save(content, checkpoint / "pytorch_model.bin", _use_new_zipfile_serialization=zipped)
    with pytest.raises(CheckpointError, match=rf"pytorch_model\.bin .*{said}"):
        weight_files.read(weight_files.find(checkpoint))


@pytest.mark.parametrize("name", ["config.json", "vocab.json"])
@pytest.mark.parametrize("damage", [cut_short, empty, overwrite])
def test_damaged_json(damage: Callable[[Path], None], name: str, checkpoint: Path) -> None:
    damage(checkpoint / name)
    with pytest.raises(CheckpointError, match=f"{name} is damaged"):
        Translator(checkpoint)


@pytest.mark.parametrize("name", ["source.spm", "target.spm"])
@pytest.mark.parametrize("damage", [cut_to_a_few_bytes, empty, overwrite])
def test_damaged_subword_models(damage: Callable[[Path], None], name: str, checkpoint: Path) -> None:
    damage(checkpoint / name)
    with pytest.raises(CheckpointError, match=f"{name} is damaged"):
        Translator(checkpoint)


@pytest.mark.parametrize(("piece", "token_id"), [("▁x", 999), ("▁x", -1), ("▁x", 1.5), ("▁x", None), ("▁x", True)])
def test_vocabulary_ids_out_of_range(piece: str, token_id: object, checkpoint: Path) -> None:
    path = checkpoint / "vocab.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), piece: token_id}))
    with pytest.raises(CheckpointError, match=r"vocab\.json.*'▁x' has id"):
        Translator(checkpoint)


def test_a_vocabulary_without_an_unknown_piece(checkpoint: Path) -> None:
    (checkpoint / "vocab.json").write_text('{"a": 1}')
    with pytest.raises(CheckpointError, match="no <unk> piece"):
        Translator(checkpoint)


def edit(checkpoint: Path, change: Callable[[dict[str, torch.Tensor]], object]) -> None:
    tensors = load_file(checkpoint / MODEL)
    change(tensors)
    save_file(tensors, checkpoint / MODEL, metadata={"format": "pt"})


@pytest.mark.parametrize(
    "name",
    [
        "model.encoder.layers.1.self_attn.q_proj.weight",
        "model.decoder.layers.2.encoder_attn.v_proj.bias",
        "model.decoder.layers.0.final_layer_norm.weight",
        "model.shared.weight",
    ],
)
def test_a_missing_tensor_is_named(name: str, checkpoint: Path) -> None:
    edit(checkpoint, lambda tensors: tensors.pop(name))
    with pytest.raises(CheckpointError, match=f"lacks the tensor {name}"):
        load(checkpoint)


@pytest.mark.parametrize("name", ["model.shared.weight", "model.encoder.layers.0.fc1.bias", "final_logits_bias"])
def test_a_wrong_shape_is_named_with_both_shapes(name: str, checkpoint: Path) -> None:
    edit(checkpoint, lambda tensors: tensors.update({name: torch.ones(3, 5)}))
    with pytest.raises(CheckpointError, match=rf"{name} is float32 \[(3, )?5\]; config\.json asks for"):
        load(checkpoint)


def test_whole_numbers_are_no_weights(checkpoint: Path) -> None:
    name = "model.encoder.layers.0.fc1.bias"
    edit(checkpoint, lambda tensors: tensors.update({name: tensors[name].long()}))
    with pytest.raises(CheckpointError, match=r"is int64"):
        load(checkpoint)


def test_the_logits_bias_may_be_left_out(checkpoint: Path) -> None:
    edit(checkpoint, lambda tensors: tensors.pop("final_logits_bias"))
    assert torch.count_nonzero(load(checkpoint).logits_bias) == 0


def test_the_hash_follows_what_is_computed_and_nothing_else(checkpoint: Path) -> None:
    before = content_hash(checkpoint)
    (checkpoint / "README.md").write_text("A model card.")
    (checkpoint / "tokenizer_config.json").write_text('{"source_lang": "xx"}')
    assert content_hash(checkpoint) == before
    edit(checkpoint, lambda tensors: tensors["final_logits_bias"].add_(1.0))
    changed = content_hash(checkpoint)
    assert changed != before
    (checkpoint / "generation_config.json").write_text('{"bad_words_ids": [[5]]}')
    assert content_hash(checkpoint) not in (before, changed)


@pytest.mark.parametrize("separate", [False, True])
def test_written_weights_are_those_that_were_read(
    separate: bool, make_checkpoint: MakeCheckpoint, tmp_path: Path
) -> None:
    directory = make_checkpoint("written", separate=separate)
    model = load(directory)
    copy = tmp_path / "written"
    shutil.copytree(directory, copy)
    (copy / MODEL).unlink()
    write_weights(model, copy)
    assert (copy / MODEL).stat().st_mode & 0o777 == (copy.stat().st_mode & 0o666)
    for name, tensor in load(copy).state_dict().items():
        assert torch.equal(tensor, model.state_dict()[name]), name
    stored, original = load_file(copy / MODEL), load_file(directory / MODEL)
    assert set(original) <= set(stored)
    assert all(torch.equal(stored[name], tensor) for name, tensor in original.items())


def test_half_precision_is_written_when_asked_for(tiny: Path, tmp_path: Path) -> None:
    write_weights(load(tiny), tmp_path, torch.float16)
    assert {tensor.dtype for tensor in weight_files.read(weight_files.find(tmp_path)).values()} == {torch.float16}
