"""What the numbers in a checkpoint's `config.json` mean, read once and validated. Torch-free."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from attention_viewer.model.contract.errors import CheckpointError

ACTIVATIONS = ("relu", "swish", "silu", "gelu")
"""Activation functions of the feed-forward networks that the model can compute."""

_LARGEST_SIZE = 1_000_000
_MUST_BE_FALSE = ("normalize_before", "add_final_layer_norm", "normalize_embedding")


@dataclass(frozen=True)
class ModelConfig:
    """Sizes and options of an encoder-decoder Transformer, under the names of the Marian `config.json`.

    `vocab_size` belongs to the source, `decoder_vocab_size` to the target; with
    `share_encoder_decoder_embeddings` they are equal. `guided_head` is layer and head, from 0, of the
    cross-attention head that was trained to align words; None where none is known to be. The file has it as
    `{"layer": 3, "head": 1}`, from 1; it changes nothing the model computes.
    """

    d_model: int
    encoder_layers: int
    decoder_layers: int
    encoder_attention_heads: int
    decoder_attention_heads: int
    encoder_ffn_dim: int
    decoder_ffn_dim: int
    activation_function: str
    vocab_size: int
    decoder_vocab_size: int
    pad_token_id: int
    eos_token_id: int
    decoder_start_token_id: int
    scale_embedding: bool
    share_encoder_decoder_embeddings: bool
    tie_word_embeddings: bool
    max_position_embeddings: int
    guided_head: tuple[int, int] | None = None


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in a file of the checkpoint.

    Raises CheckpointError where the file cannot be read or holds anything but one JSON object.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError) as error:
        reason = f"it is not valid JSON ({error})"
        raise CheckpointError(f"{path} is damaged: {reason}. Get the file again.") from None
    if not isinstance(values, dict):
        raise CheckpointError(f"{path} is damaged: it must hold a JSON object. Get the file again.")
    return values


def read_config(directory: Path) -> ModelConfig:
    """The validated `config.json` of a Marian checkpoint directory.

    Raises CheckpointError naming the file, the field and its value where something is missing, out of range
    or not supported.
    """
    fields = _Fields(directory / "config.json", read_json(directory / "config.json"))
    _check_supported(fields)
    shared = fields.flag("share_encoder_decoder_embeddings", True)
    vocabulary = fields.size("vocab_size")
    target_vocabulary = vocabulary if shared else fields.size("decoder_vocab_size", vocabulary)
    pad = fields.whole("pad_token_id", 0, target_vocabulary - 1)
    config = ModelConfig(
        d_model=fields.size("d_model"),
        encoder_layers=fields.size("encoder_layers"),
        decoder_layers=fields.size("decoder_layers"),
        encoder_attention_heads=fields.size("encoder_attention_heads"),
        decoder_attention_heads=fields.size("decoder_attention_heads"),
        encoder_ffn_dim=fields.size("encoder_ffn_dim"),
        decoder_ffn_dim=fields.size("decoder_ffn_dim"),
        activation_function=fields.choice("activation_function", ACTIVATIONS),
        vocab_size=vocabulary,
        decoder_vocab_size=target_vocabulary,
        pad_token_id=pad,
        eos_token_id=fields.whole("eos_token_id", 0, min(vocabulary, target_vocabulary) - 1, 0),
        decoder_start_token_id=fields.whole("decoder_start_token_id", 0, target_vocabulary - 1, pad),
        scale_embedding=fields.flag("scale_embedding", False),
        share_encoder_decoder_embeddings=shared,
        tie_word_embeddings=fields.flag("tie_word_embeddings", True),
        max_position_embeddings=fields.size("max_position_embeddings", 512),
        guided_head=fields.guided_head(fields.size("decoder_layers"), fields.size("decoder_attention_heads")),
    )
    if shared and not config.tie_word_embeddings:
        fields.fail("tie_word_embeddings", "it must be true where the encoder and decoder share embeddings")
    for name in ("encoder_attention_heads", "decoder_attention_heads"):
        if config.d_model % getattr(config, name):
            fields.fail(name, f"it must divide d_model, which is {config.d_model}")
    return config


def read_barred(directory: Path, config: ModelConfig) -> tuple[int, ...]:
    """Ids never to be chosen: `<pad>` and the one-token `bad_words_ids` of `generation_config.json`."""
    barred = {config.pad_token_id}
    path = directory / "generation_config.json"
    words = (read_json(path).get("bad_words_ids") if path.exists() else None) or []
    if not isinstance(words, list) or not all(isinstance(word, list) for word in words):
        raise CheckpointError(f"{path}: bad_words_ids is {words!r}; it must be a list of lists of token ids.")
    barred.update(word[0] for word in words if len(word) == 1 and type(word[0]) is int)
    return tuple(sorted(token for token in barred if 0 <= token < config.decoder_vocab_size))


def read_languages(directory: Path) -> tuple[str, str]:
    """Source and target language of `tokenizer_config.json`, "" where it names none."""
    path = directory / "tokenizer_config.json"
    values = read_json(path) if path.exists() else {}
    source, target = values.get("source_lang"), values.get("target_lang")
    return source if isinstance(source, str) else "", target if isinstance(target, str) else ""


@dataclass(frozen=True)
class _Fields:
    """Typed access to the fields of one JSON file; every complaint names file, field and value."""

    path: Path
    values: Mapping[str, Any]

    def fail(self, name: str, demand: str) -> None:
        raise CheckpointError(f"{self.path}: {name} is {self.values.get(name)!r}; {demand}.")

    def size(self, name: str, default: int | None = None) -> int:
        return self.whole(name, 1, _LARGEST_SIZE, default)

    def whole(self, name: str, least: int, most: int, default: int | None = None) -> int:
        value = self.values.get(name)
        if value is None:
            value = default
        if type(value) is not int or not least <= value <= most:
            self.fail(name, f"it must be a whole number from {least} to {most}")
        return int(value)  # type: ignore[arg-type]

    def flag(self, name: str, default: bool) -> bool:
        value = self.values.get(name, default)
        if not isinstance(value, bool):
            self.fail(name, "it must be true or false")
        return bool(value)

    def guided_head(self, layers: int, heads: int) -> tuple[int, int] | None:
        value = self.values.get("guided_head")
        if value is None:
            return None
        layer, head = (value.get(name) if isinstance(value, dict) else None for name in ("layer", "head"))
        if type(layer) is int and type(head) is int and 1 <= layer <= layers and 1 <= head <= heads:
            return layer - 1, head - 1
        example = '{"layer": 1, "head": 1}'
        self.fail("guided_head", f"it must be such as {example}, with a layer up to {layers} and a head up to {heads}")
        return None

    def choice(self, name: str, options: tuple[str, ...]) -> str:
        value = self.values.get(name)
        if value not in options:
            self.fail(name, f"this program computes {', '.join(options)}")
        return str(value)


def _check_supported(fields: _Fields) -> None:
    if fields.values.get("model_type", "marian") != "marian":
        fields.fail("model_type", "only marian checkpoints can be opened")
    for name in _MUST_BE_FALSE:
        if fields.flag(name, False):
            fields.fail(name, "it must be false: only the post-norm architecture of the paper is supported")
