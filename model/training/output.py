"""A complete checkpoint directory in the Marian layout, written as a whole or not at all."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from attention_viewer.model.checkpoint import write_weights
from attention_viewer.model.contract.architecture import Architecture
from attention_viewer.model.contract.config import TRAINED_LENGTH
from attention_viewer.model.nn.transformer import Transformer
from attention_viewer.model.training.subwords import write_vocabulary
from attention_viewer.model.whole_files import whole_directory

LONGEST = 512


@dataclass(frozen=True)
class Languages:
    """Two-letter codes, as `tokenizer_config.json` names them."""

    source: str = "en"
    target: str = "fr"


def write_checkpoint(
    directory: Path,
    model: Transformer,
    subwords: bytes,
    languages: Languages,
    dropout: float,
    card: str,
    trained_length: int | None = None,
) -> None:
    """Write weights (half precision), vocabulary, configuration and `card` into `directory`, replacing it.

    `trained_length` is how many tokens the longest sentence might have that it was trained on. Raises WriteError where
    that fails.
    """
    with whole_directory(directory) as part:
        write_weights(model, part, torch.float16)
        write_vocabulary(part, subwords)
        length = {} if trained_length is None else {TRAINED_LENGTH: trained_length}
        _write_json(part / "config.json", {**_config(model.architecture, dropout), **length})
        _write_json(part / "generation_config.json", _generation(model.architecture))
        _write_json(part / "tokenizer_config.json", _tokenizer(languages))
        (part / "README.md").write_text(card, encoding="utf-8")


def _write_json(path: Path, values: dict[str, Any]) -> None:
    path.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")


def _config(architecture: Architecture, dropout: float) -> dict[str, Any]:
    return {
        "architectures": ["MarianMTModel"],
        "model_type": "marian",
        "d_model": architecture.d_model,
        "encoder_layers": architecture.encoder.layers,
        "decoder_layers": architecture.decoder.layers,
        "encoder_attention_heads": architecture.encoder.heads,
        "decoder_attention_heads": architecture.decoder.heads,
        "encoder_ffn_dim": architecture.encoder.ffn_width,
        "decoder_ffn_dim": architecture.decoder.ffn_width,
        "activation_function": architecture.activation,
        "max_position_embeddings": LONGEST,
        "vocab_size": architecture.source_vocabulary,
        "decoder_vocab_size": architecture.target_vocabulary,
        "pad_token_id": architecture.pad_token_id,
        "eos_token_id": architecture.eos_token_id,
        "bos_token_id": architecture.eos_token_id,
        "decoder_start_token_id": architecture.decoder_start_token_id,
        "forced_eos_token_id": architecture.eos_token_id,
        "scale_embedding": architecture.scaled_embedding,
        "static_position_embeddings": True,
        "normalize_before": False,
        "normalize_embedding": False,
        "add_final_layer_norm": False,
        "add_bias_logits": False,
        "share_encoder_decoder_embeddings": architecture.shared_embedding,
        "tie_word_embeddings": architecture.tied_output,
        "is_encoder_decoder": True,
        "dropout": dropout,
        "attention_dropout": 0.0,
        "activation_dropout": 0.0,
        "use_cache": True,
        "dtype": "float16",
        **_guided_head(architecture),
    }


def _guided_head(architecture: Architecture) -> dict[str, Any]:
    """The guided head counted from 1, as people do; no library but ours reads it."""
    if architecture.guided_head is None:
        return {}
    layer, head = architecture.guided_head
    return {"guided_head": {"layer": layer + 1, "head": head + 1}}


def _generation(architecture: Architecture) -> dict[str, Any]:
    return {
        "bad_words_ids": [[architecture.pad_token_id]],
        "bos_token_id": architecture.eos_token_id,
        "decoder_start_token_id": architecture.decoder_start_token_id,
        "eos_token_id": architecture.eos_token_id,
        "forced_eos_token_id": architecture.eos_token_id,
        "max_length": LONGEST,
        "num_beams": 4,
        "pad_token_id": architecture.pad_token_id,
    }


def _tokenizer(languages: Languages) -> dict[str, Any]:
    return {
        "source_lang": languages.source,
        "target_lang": languages.target,
        "tokenizer_class": "MarianTokenizer",
        "model_max_length": LONGEST,
    }
