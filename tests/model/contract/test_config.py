"""`config.json`: what is accepted, and that each complaint names the file, the field and the value."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from attention_viewer.model.contract.config import read_barred, read_config, read_languages
from attention_viewer.model.contract.errors import CheckpointError
from support.bundled import PAD, VOCABULARY

GOOD: dict[str, Any] = {
    "d_model": 16,
    "encoder_layers": 2,
    "decoder_layers": 3,
    "encoder_attention_heads": 4,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 24,
    "decoder_ffn_dim": 20,
    "activation_function": "relu",
    "vocab_size": 40,
    "pad_token_id": 39,
}


def write(directory: Path, **changes: Any) -> Path:
    values = {name: value for name, value in {**GOOD, **changes}.items() if value != "absent"}
    (directory / "config.json").write_text(json.dumps(values), encoding="utf-8")
    return directory


def test_the_bundled_configuration(bundled: Path) -> None:
    config = read_config(bundled)
    assert (config.d_model, config.encoder_layers, config.decoder_layers) == (256, 4, 4)
    assert (config.encoder_attention_heads, config.decoder_attention_heads) == (8, 8)
    assert (config.vocab_size, config.pad_token_id, config.decoder_start_token_id) == (VOCABULARY, PAD, PAD)
    assert config.scale_embedding and config.tie_word_embeddings


def test_what_old_checkpoints_leave_out_has_its_usual_value(tmp_path: Path) -> None:
    config = read_config(write(tmp_path))
    assert config.decoder_vocab_size == 40
    assert config.decoder_start_token_id == 39
    assert config.eos_token_id == 0
    assert config.share_encoder_decoder_embeddings and config.tie_word_embeddings
    assert not config.scale_embedding
    assert read_config(write(tmp_path, scale_embedding=None, eos_token_id=None)) == config


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("d_model", "absent"),
        ("d_model", 0),
        ("d_model", -16),
        ("d_model", 16.0),
        ("d_model", True),
        ("d_model", "16"),
        ("d_model", 10**12),
        ("encoder_layers", None),
        ("decoder_layers", [3]),
        ("encoder_attention_heads", 3),
        ("decoder_attention_heads", 32),
        ("activation_function", "tanh"),
        ("activation_function", ["relu"]),
        ("pad_token_id", 40),
        ("eos_token_id", -1),
        ("decoder_start_token_id", 41),
        ("scale_embedding", "yes"),
        ("normalize_before", True),
        ("add_final_layer_norm", True),
        ("normalize_embedding", True),
        ("model_type", "bart"),
        ("tie_word_embeddings", False),
        ("guided_head", [1, 1]),
    ],
)
def test_a_bad_field_is_named_with_its_value(field: str, value: Any, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError) as caught:
        read_config(write(tmp_path, **{field: value}))
    message = str(caught.value)
    assert "config.json" in message and field in message
    assert ("is missing" if value == "absent" else repr(value)) in message


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ({"layer": 1}, "head is missing"),
        ({"layer": 0, "head": 1}, "layer is 0; it must be a whole number from 1 to 3"),
        ({"layer": 4, "head": 1}, "layer is 4"),
        ({"layer": 1, "head": 3}, "head is 3; it must be a whole number from 1 to 2"),
        ({"layer": True, "head": 1}, "layer is True"),
    ],
)
def test_a_guided_head_that_the_model_has_not_is_refused(head: dict[str, Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=f"config.json, guided_head: {said}"):
        read_config(write(tmp_path, guided_head=head))


def test_the_guided_head_counts_from_one_in_the_file(tmp_path: Path) -> None:
    assert read_config(write(tmp_path)).guided_head is None
    assert read_config(write(tmp_path, guided_head=None)).guided_head is None
    assert read_config(write(tmp_path, guided_head={"layer": 3, "head": 2})).guided_head == (2, 1)


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe", b"[" * 100_000])
def test_a_damaged_file_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_bytes(content)
    with pytest.raises(CheckpointError, match=r"config\.json is damaged"):
        read_config(tmp_path)


def test_barred_tokens(tmp_path: Path) -> None:
    config = read_config(write(tmp_path))
    assert read_barred(tmp_path, config) == (39,)
    generation = tmp_path / "generation_config.json"
    generation.write_text(json.dumps({"bad_words_ids": [[39], [7], [3, 4], [99]]}))
    assert read_barred(tmp_path, config) == (7, 39)
    generation.write_text(json.dumps({"bad_words_ids": 7}))
    with pytest.raises(CheckpointError, match="bad_words_ids is 7"):
        read_barred(tmp_path, config)


def test_languages(bundled: Path, tmp_path: Path) -> None:
    assert read_languages(bundled) == ("en", "fr")
    assert read_languages(tmp_path) == ("", "")
