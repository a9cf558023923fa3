"""The Marian family (OPUS-MT, and the models trained here) in the layout of Hugging Face. Torch-free.

Post-norm with biases everywhere, sinusoidal positions, one embedding for both sides and the output unless
`config.json` says otherwise, decoding from `<pad>`, which is never chosen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from attention_viewer.model.contract.architecture import Architecture, Norms, StackShape
from attention_viewer.model.contract.config import ModelConfig, read_config, read_languages
from attention_viewer.model.contract.description import Description
from attention_viewer.model.contract.errors import CheckpointError
from attention_viewer.model.stored.entry import Entry

if TYPE_CHECKING:
    from attention_viewer.model.tokenizer import Tokenizer

_LAYER = re.compile(r"model\.(encoder|decoder)\.layers\.(\d+)\.")

_PARTS = (
    ("self_attention_norm", "self_attn_layer_norm"),
    ("cross_attention_norm", "encoder_attn_layer_norm"),
    ("ffn_norm", "final_layer_norm"),
    ("ffn.inner", "fc1"),
    ("ffn.outer", "fc2"),
    ("self_attention.output", "self_attn.out_proj"),
    ("cross_attention.output", "encoder_attn.out_proj"),
    ("self_attention", "self_attn.*_proj"),
    ("cross_attention", "encoder_attn.*_proj"),
)


def read(directory: Path, stored: Mapping[str, Entry]) -> Description:
    """The model of a checkpoint directory whose weight files hold the tensors `stored`; {}: they are not looked at.

    Raises CheckpointError where a file is damaged, or `config.json` knows of other layers than are stored.
    """
    config = read_config(directory)
    found = architecture(config)
    for side, shape in (("encoder", found.encoder), ("decoder", found.decoder)):
        matches = (_LAYER.match(name) for name in stored)
        layers = len({match[2] for match in matches if match and match[1] == side})
        if stored and layers != shape.layers:
            raise CheckpointError(
                f"{directory / 'config.json'}: {side}_layers is {shape.layers}, but the weight file has {layers} "
                f"{side} layers. The two files do not belong together."
            )
    languages = read_languages(directory)
    return Description(found, languages, config.not_followed, config.trained_length, config.max_positions)


def tokenizer(directory: Path) -> Tokenizer:
    """The SentencePiece models and vocabularies of a checkpoint directory."""
    from attention_viewer.model.tokenizer import Tokenizer

    return Tokenizer(directory, read_config(directory))


def architecture(config: ModelConfig) -> Architecture:
    """The architecture that a `config.json` describes."""
    return Architecture(
        family="marian",
        d_model=config.d_model,
        encoder=StackShape(
            config.encoder_layers,
            config.encoder_attention_heads,
            config.d_model // config.encoder_attention_heads,
            config.encoder_ffn_dim,
        ),
        decoder=StackShape(
            config.decoder_layers,
            config.decoder_attention_heads,
            config.d_model // config.decoder_attention_heads,
            config.decoder_ffn_dim,
        ),
        activation=config.activation_function,
        source_vocabulary=config.vocab_size,
        target_vocabulary=config.decoder_vocab_size,
        pad_token_id=config.pad_token_id,
        eos_token_id=config.eos_token_id,
        decoder_start_token_id=config.decoder_start_token_id,
        forced_first_ids=config.forced_first_ids,
        barred_ids=config.barred_ids,
        begin_barred_ids=config.begin_barred_ids,
        norms=Norms(first=False, epsilon=1e-5),
        scaled_embedding=config.scale_embedding,
        shared_embedding=config.share_encoder_decoder_embeddings,
        tied_output=config.tie_word_embeddings,
        guided_head=config.guided_head,
    )


def stored_names(name: str, architecture: Architecture) -> list[tuple[str, ...]]:
    """Where Marian stores our tensor `name`: alternatives, each one name or three to be stacked."""
    source, target = "model.encoder.embed_tokens.weight", "model.decoder.embed_tokens.weight"
    output, shared = "lm_head.weight", "model.shared.weight"
    target_first = [target, output] if architecture.tied_output else [target]
    if architecture.shared_embedding:
        source_names, target_names = [shared, source, *target_first], [shared, source, *target_first]
    else:
        source_names, target_names = [source], target_first
    embeddings = {
        "source_embedding.tokens.weight": source_names,
        "target_embedding.tokens.weight": target_names,
        "generator.weight": target_names if architecture.tied_output else [output],
        "logits_bias": ["final_logits_bias"],
    }
    if name in embeddings:
        return [(stored,) for stored in embeddings[name]]
    for ours, marian in _PARTS:
        if ours in name:
            stored = "model." + name.replace(ours, marian)
            return [tuple(stored.replace("*", letter) for letter in "qkv") if "*" in stored else (stored,)]
    raise KeyError(name)
