"""Small made-up traces for tests of the viewer: recognisable weights, S != T, no model needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np
from attention_viewer.model.contract.api import (
    Candidate,
    DecodeStep,
    Ended,
    Floats,
    How,
    Kind,
    ModelInfo,
    Token,
    Trace,
)
from attention_viewer.model.contract.config import ModelConfig
from attention_viewer.model.contract.description import Description
from attention_viewer.model.contract.maps import CROSS, DECODER, ENCODER, encoder_decoder
from attention_viewer.model.families.marian import architecture

SOURCE = (
    Token(11, "▁The", "The", (0, 3)),
    Token(12, "▁ma", "ma", (4, 6)),
    Token(13, "t", "t", (6, 7)),
    Token(14, "▁is", "is", (8, 10)),
    Token(0, "</s>", "</s>", None, special=True),
)
START = Token(40, "<pad>", "<start>", None, special=True)
TARGET = (
    Token(21, "▁Le", "Le"),
    Token(22, "▁tap", "tap"),
    Token(23, "is", "is"),
    Token(0, "</s>", "</s>", None, special=True),
)
VOCABULARY = 41
LAYERS, HEADS = 2, 3
CHECKPOINT = "0" * 64
"""The content hash of the made-up model."""
MAPS = encoder_decoder((LAYERS, HEADS), (LAYERS, HEADS))
KINDS = tuple(each.kind for each in MAPS)


def config(**changes: Any) -> ModelConfig:
    """The sizes of the made-up model: 2 + 2 layers of 3 heads, 12 wide."""
    sizes: dict[str, Any] = {
        "d_model": 12,
        "encoder_layers": LAYERS,
        "decoder_layers": LAYERS,
        "encoder_attention_heads": HEADS,
        "decoder_attention_heads": HEADS,
        "encoder_ffn_dim": 24,
        "decoder_ffn_dim": 24,
        "activation_function": "relu",
        "vocab_size": VOCABULARY,
        "decoder_vocab_size": VOCABULARY,
        "pad_token_id": 40,
        "eos_token_id": 0,
        "decoder_start_token_id": 40,
        "scale_embedding": True,
        "share_encoder_decoder_embeddings": True,
        "tie_word_embeddings": True,
    }
    return ModelConfig(**{**sizes, **changes})


def info(**changes: Any) -> ModelInfo:
    """What is known of the made-up model."""
    return ModelInfo("toy", "toy", CHECKPOINT, 9_400_000, Description(architecture(config(**changes)), ("en", "fr")))


def attention(rows: int, columns: int, layers: int = LAYERS, heads: int = HEADS) -> Floats:
    """Rows that sum to 1, all different: [layers, heads, rows, columns]."""
    raw = 1.0 + np.arange(layers * heads * rows * columns, dtype=np.float32).reshape(layers, heads, rows, columns) % 7
    weights: Floats = raw / raw.sum(axis=-1, keepdims=True)
    return weights


def decode_step(index: int) -> DecodeStep:
    """Decoder row `index` of the made-up translation."""
    probabilities = np.full(VOCABULARY, 0.3 / (VOCABULARY - 1), dtype=np.float32)
    probabilities[TARGET[index].id] = 0.7
    logs = np.log(probabilities)
    rest = [token for token in TARGET if token is not TARGET[index]]
    candidates = [Candidate(TARGET[index], 0.7), *(Candidate(token, float(probabilities[token.id])) for token in rest)]
    return DecodeStep(
        reads=START if index == 0 else TARGET[index - 1],
        output=TARGET[index],
        how=How.GREEDY,
        log_probabilities=logs,
        candidates=tuple(candidates),
        self_attention=attention(1, index + 1)[:, :, 0],
        cross_attention=attention(1, len(SOURCE))[:, :, 0],
    )


def trace(rows: int) -> Trace:
    """The made-up trace after `rows` decoder rows, at most 4."""
    steps = tuple(decode_step(index) for index in range(rows))
    decoder = np.zeros((LAYERS, HEADS, rows, rows), dtype=np.float32)
    for index, step in enumerate(steps):
        decoder[:, :, index, : index + 1] = step.self_attention
    ended = Ended.EOS if rows == len(TARGET) else None
    return Trace(SOURCE, steps, MAPS, of_maps(attention(5, 5), decoder, attention(rows, 5)), ended)


def of_maps(encoder: Floats, decoder: Floats, cross: Floats) -> Mapping[Kind, Floats]:
    """Weights of an encoder-decoder by the names of its maps."""
    return MappingProxyType({ENCODER: encoder, DECODER: decoder, CROSS: cross})


def with_weights(trace: Trace, **weights: Floats) -> Trace:
    """A trace with other weights of some maps, by their names."""
    return replace(trace, attention=MappingProxyType({**trace.attention, **weights}))
