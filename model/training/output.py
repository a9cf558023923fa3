"""A complete checkpoint directory in the Marian layout, written as a whole or not at all."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from attention_viewer.model.checkpoint import write_weights
from attention_viewer.model.contract.config import ModelConfig
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
    directory: Path, model: Transformer, subwords: bytes, languages: Languages, dropout: float, card: str
) -> None:
    """Write weights (half precision), vocabulary, configuration and `card` into `directory`, replacing it.

    Raises WriteError where that fails.
    """
    with whole_directory(directory) as part:
        write_weights(model, part, torch.float16)
        write_vocabulary(part, subwords)
        _write_json(part / "config.json", _config(model.config, dropout))
        _write_json(part / "generation_config.json", _generation(model.config))
        _write_json(part / "tokenizer_config.json", _tokenizer(languages))
        (part / "README.md").write_text(card, encoding="utf-8")


def _write_json(path: Path, values: dict[str, Any]) -> None:
    path.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")


def _config(config: ModelConfig, dropout: float) -> dict[str, Any]:
    return {
        "architectures": ["MarianMTModel"],
        "model_type": "marian",
        "d_model": config.d_model,
        "encoder_layers": config.encoder_layers,
        "decoder_layers": config.decoder_layers,
        "encoder_attention_heads": config.encoder_attention_heads,
        "decoder_attention_heads": config.decoder_attention_heads,
        "encoder_ffn_dim": config.encoder_ffn_dim,
        "decoder_ffn_dim": config.decoder_ffn_dim,
        "activation_function": config.activation_function,
        "max_position_embeddings": config.max_position_embeddings,
        "vocab_size": config.vocab_size,
        "decoder_vocab_size": config.decoder_vocab_size,
        "pad_token_id": config.pad_token_id,
        "eos_token_id": config.eos_token_id,
        "bos_token_id": config.eos_token_id,
        "decoder_start_token_id": config.decoder_start_token_id,
        "forced_eos_token_id": config.eos_token_id,
        "scale_embedding": config.scale_embedding,
        "static_position_embeddings": True,
        "normalize_before": False,
        "normalize_embedding": False,
        "add_final_layer_norm": False,
        "add_bias_logits": False,
        "share_encoder_decoder_embeddings": config.share_encoder_decoder_embeddings,
        "tie_word_embeddings": config.tie_word_embeddings,
        "is_encoder_decoder": True,
        "dropout": dropout,
        "attention_dropout": 0.0,
        "activation_dropout": 0.0,
        "use_cache": True,
        "dtype": "float16",
        **_guided_head(config),
    }


def _guided_head(config: ModelConfig) -> dict[str, Any]:
    """The guided head counted from 1, as people do; no library but ours reads it."""
    if config.guided_head is None:
        return {}
    layer, head = config.guided_head
    return {"guided_head": {"layer": layer + 1, "head": head + 1}}


def _generation(config: ModelConfig) -> dict[str, Any]:
    return {
        "bad_words_ids": [[config.pad_token_id]],
        "bos_token_id": config.eos_token_id,
        "decoder_start_token_id": config.decoder_start_token_id,
        "eos_token_id": config.eos_token_id,
        "forced_eos_token_id": config.eos_token_id,
        "max_length": LONGEST,
        "num_beams": 4,
        "pad_token_id": config.pad_token_id,
    }


def _tokenizer(languages: Languages) -> dict[str, Any]:
    return {
        "source_lang": languages.source,
        "target_lang": languages.target,
        "tokenizer_class": "MarianTokenizer",
        "model_max_length": LONGEST,
    }
