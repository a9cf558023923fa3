"""`config.json`: what is accepted, and that each complaint names the file, the field and the value."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from attention_viewer.model.contract.config import read_config, read_languages
from attention_viewer.model.contract.errors import CheckpointError, quoted
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
        ("encoder_layers", 20_000),
        ("d_model", 10**6),
        ("vocab_size", 1),
        ("encoder_ffn_dim", 10**400),
        ("forced_bos_token_id", 40),
        ("suppress_tokens", ["a"]),
    ],
)
def test_a_bad_field_is_named_with_its_value(field: str, value: Any, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError) as caught:
        read_config(write(tmp_path, **{field: value}))
    message = str(caught.value)
    assert "config.json" in message and field in message
    assert ("is missing" if value == "absent" else quoted(value)) in message


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("guided_head", [1, 1]),
        ("guided_head", {"layer": 1}),
        ("guided_head", {"layer": 4, "head": 1}),
        ("guided_head", {"layer": True, "head": 1}),
        ("max_position_embeddings", -3),
        ("dropout", "much"),
        ("static_position_embeddings", "yes"),
    ],
)
def test_keys_that_change_nothing_computed_refuse_nothing(key: str, value: Any, tmp_path: Path) -> None:
    assert read_config(write(tmp_path, **{key: value})) == read_config(write(tmp_path))


def test_the_guided_head_counts_from_one_in_the_file(tmp_path: Path) -> None:
    assert read_config(write(tmp_path)).guided_head is None
    assert read_config(write(tmp_path, guided_head=None)).guided_head is None
    assert read_config(write(tmp_path, guided_head={"layer": 3, "head": 2})).guided_head == (2, 1)


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe", b"[" * 100_000])
def test_a_damaged_file_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_bytes(content)
    with pytest.raises(CheckpointError, match=r"config\.json is damaged"):
        read_config(tmp_path)


def generation(directory: Path, **values: Any) -> None:
    (directory / "generation_config.json").write_text(json.dumps(values), encoding="utf-8")


def test_barred_tokens(tmp_path: Path) -> None:
    write(tmp_path, bad_words_ids=[[39], [8]])
    assert read_config(tmp_path).barred_ids == (8, 39)
    generation(tmp_path, bad_words_ids=[[39], [7], [3, 4]], suppress_tokens=[5])
    config = read_config(tmp_path)
    assert config.barred_ids == (5, 7, 39)
    assert config.not_followed == ("bad_words_ids of several tokens",)
    generation(tmp_path, bad_words_ids=[[each] for each in range(1, 40)])
    with pytest.raises(CheckpointError, match="bars every token"):
        read_config(tmp_path)


@pytest.mark.parametrize("words", [7, [7], [["a"]], [[1.5]], [[]], [[-1]], [[40]], [[10**400]], [[True]], {"a": 1}])
def test_barred_words_that_are_none(words: Any, tmp_path: Path) -> None:
    generation(write(tmp_path), bad_words_ids=words)
    with pytest.raises(CheckpointError, match=r"generation_config\.json: bad_words_ids (is|has)"):
        read_config(tmp_path)


def test_the_end_is_never_barred(tmp_path: Path) -> None:
    config = read_config(write(tmp_path, pad_token_id=0, bad_words_ids=[[0], [3]]))
    assert (config.eos_token_id, config.barred_ids) == (0, (3,))


def test_generation_settings_come_before_those_of_the_configuration(tmp_path: Path) -> None:
    write(tmp_path, decoder_start_token_id=39, eos_token_id=0, forced_bos_token_id=None)
    generation(tmp_path, decoder_start_token_id=4, eos_token_id=[3, 2], forced_bos_token_id=6)
    config = read_config(tmp_path)
    assert (config.decoder_start_token_id, config.eos_token_id, config.forced_first_ids) == (4, 3, (6,))
    assert config.not_followed == ("several eos_token_id",)
    generation(tmp_path, eos_token_id=0, forced_eos_token_id=0, begin_suppress_tokens=[5, 39], suppress_tokens=[39])
    config = read_config(tmp_path)
    assert (config.barred_ids, config.begin_barred_ids, config.not_followed) == ((39,), (5,), ())
    generation(tmp_path, eos_token_id=0, forced_eos_token_id=8)
    assert read_config(tmp_path).not_followed == ("forced_eos_token_id = 8",)
    generation(tmp_path, decoder_start_token_id=None)
    assert read_config(tmp_path).decoder_start_token_id == 39


def test_settings_that_are_not_followed_are_named(tmp_path: Path) -> None:
    generation(write(tmp_path), no_repeat_ngram_size=3, repetition_penalty=1.0, min_length=0, num_beams=4)
    assert read_config(tmp_path).not_followed == ("no_repeat_ngram_size = 3",)
    generation(tmp_path, no_repeat_ngram_size=0, repetition_penalty=1.2)
    assert read_config(tmp_path).not_followed == ("repetition_penalty = 1.2",)


def test_languages(bundled: Path, tmp_path: Path) -> None:
    assert read_languages(bundled) == ("en", "fr")
    assert read_languages(tmp_path) == ("", "")
