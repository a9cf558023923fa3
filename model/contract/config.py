"""What the numbers in a checkpoint's `config.json` mean, read once and validated. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from attention_viewer.model.contract.errors import CheckpointError
from attention_viewer.model.contract.fields import Fields
from attention_viewer.model.contract.generation import generation_fields, read_generation
from attention_viewer.model.contract.json_file import read_json

ACTIVATIONS = ("relu", "swish", "silu", "gelu")
"""Activation functions of the feed-forward networks that the model can compute."""

MOST_LAYERS, MOST_HEADS, WIDEST_MODEL, WIDEST_FFN, LARGEST_VOCABULARY = 100, 128, 8192, 65_536, 1_000_000
"""Limits, far above any model of the kind: nothing larger is begun with."""
LARGEST_CONFIG = 1_000_000
"""Bytes of a configuration file at most."""

_MUST_BE_FALSE = ("normalize_before", "add_final_layer_norm", "normalize_embedding")


@dataclass(frozen=True)
class ModelConfig:
    """Sizes and options of an encoder-decoder Transformer, under the names of the Marian `config.json`.

    `vocab_size` belongs to the source, `decoder_vocab_size` to the target; with
    `share_encoder_decoder_embeddings` they are equal. `guided_head` is layer and head, from 0, of the
    cross-attention head that was trained to align words; None where none is known to be. The file has it as
    `{"layer": 3, "head": 1}`, from 1; it changes nothing the model computes. How it decodes is what `Generation` says.
    `trained_length` is how many tokens the longest sentence might have that it was trained on, `max_positions` how many
    positions it is said to have (sinusoids go on); None where that is not known.
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
    guided_head: tuple[int, int] | None = None
    forced_first_ids: tuple[int, ...] = ()
    barred_ids: tuple[int, ...] = ()
    begin_barred_ids: tuple[int, ...] = ()
    not_followed: tuple[str, ...] = ()
    trained_length: int | None = None
    max_positions: int | None = None


TRAINED_LENGTH = "trained_length"
"""A field of `config.json` that this program's training writes."""


def read_config(directory: Path) -> ModelConfig:
    """The validated `config.json` of a Marian checkpoint directory, with the ids that decoding takes.

    Raises CheckpointError naming the file, the field and its value where something is missing, out of range
    or not supported.
    """
    fields = _fields(directory / "config.json")
    _check_supported(fields)
    shared = fields.flag("share_encoder_decoder_embeddings", True)
    vocabulary = fields.whole("vocab_size", 2, LARGEST_VOCABULARY)
    target_vocabulary = vocabulary if shared else fields.whole("decoder_vocab_size", 2, LARGEST_VOCABULARY, vocabulary)
    pad = fields.whole("pad_token_id", 0, target_vocabulary - 1)
    generation = read_generation(generation_fields(directory, fields), pad, vocabulary, target_vocabulary)
    config = ModelConfig(
        d_model=fields.whole("d_model", 1, WIDEST_MODEL),
        encoder_layers=fields.whole("encoder_layers", 1, MOST_LAYERS),
        decoder_layers=fields.whole("decoder_layers", 1, MOST_LAYERS),
        encoder_attention_heads=fields.whole("encoder_attention_heads", 1, MOST_HEADS),
        decoder_attention_heads=fields.whole("decoder_attention_heads", 1, MOST_HEADS),
        encoder_ffn_dim=fields.whole("encoder_ffn_dim", 1, WIDEST_FFN),
        decoder_ffn_dim=fields.whole("decoder_ffn_dim", 1, WIDEST_FFN),
        activation_function=fields.one_of("activation_function", ACTIVATIONS),
        vocab_size=vocabulary,
        decoder_vocab_size=target_vocabulary,
        pad_token_id=pad,
        eos_token_id=generation.end,
        decoder_start_token_id=generation.start,
        scale_embedding=fields.flag("scale_embedding", False),
        share_encoder_decoder_embeddings=shared,
        tie_word_embeddings=fields.flag("tie_word_embeddings", True),
        guided_head=_guided_head(fields),
        forced_first_ids=generation.forced_first,
        barred_ids=generation.barred,
        begin_barred_ids=generation.begin_barred,
        not_followed=generation.not_followed,
        trained_length=_length(fields, TRAINED_LENGTH),
        max_positions=_length(fields, "max_position_embeddings"),
    )
    _check_heads(fields, config)
    return config


def read_languages(directory: Path) -> tuple[str, str]:
    """Source and target language of `tokenizer_config.json`, "" where it names none."""
    path = directory / "tokenizer_config.json"
    values = read_json(path, LARGEST_CONFIG) if path.exists() else {}
    source, target = values.get("source_lang"), values.get("target_lang")
    return source if isinstance(source, str) else "", target if isinstance(target, str) else ""


def _fields(path: Path) -> Fields:
    return Fields(str(path), read_json(path, LARGEST_CONFIG), CheckpointError)


def _guided_head(fields: Fields) -> tuple[int, int] | None:
    """The head of a model trained here; whatever else stands there changes nothing, and refuses no model."""
    try:
        head = fields.part("guided_head")
        layer = head.whole("layer", 1, fields.whole("decoder_layers"))
        return layer - 1, head.whole("head", 1, fields.whole("decoder_attention_heads")) - 1
    except CheckpointError:
        return None


def _check_heads(fields: Fields, config: ModelConfig) -> None:
    for name in ("encoder_attention_heads", "decoder_attention_heads"):
        if config.d_model % getattr(config, name):
            fields.fail(name, f"it must divide d_model, which is {config.d_model}")


def _length(fields: Fields, name: str) -> int | None:
    """A number of tokens; whatever else stands there changes nothing the model computes, and refuses none."""
    try:
        return fields.whole(name, 1)
    except CheckpointError:
        return None


def _check_supported(fields: Fields) -> None:
    if fields.values.get("model_type", "marian") != "marian":
        fields.fail("model_type", "only marian checkpoints can be opened")
    for name in _MUST_BE_FALSE:
        if fields.flag(name, False):
            fields.fail(name, "it must be false: only the post-norm architecture of the paper is supported")
