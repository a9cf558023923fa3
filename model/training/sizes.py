"""The configuration of the model that a run trains, from its settings or from the checkpoint it starts from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from attention_viewer.model.checkpoint import check_checkpoint
from attention_viewer.model.contract.config import ModelConfig, read_config
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.training.settings import TrainingSettings
from attention_viewer.model.training.subwords import Subwords


def model_config(settings: TrainingSettings, subwords: Subwords) -> ModelConfig:
    """The Marian configuration of a model with these settings and this vocabulary."""
    return ModelConfig(
        d_model=settings.d_model,
        encoder_layers=settings.layers,
        decoder_layers=settings.layers,
        encoder_attention_heads=settings.heads,
        decoder_attention_heads=settings.heads,
        encoder_ffn_dim=settings.ffn,
        decoder_ffn_dim=settings.ffn,
        activation_function="relu",
        vocab_size=subwords.size,
        decoder_vocab_size=subwords.size,
        pad_token_id=subwords.pad,
        eos_token_id=subwords.eos,
        decoder_start_token_id=subwords.pad,
        scale_embedding=True,
        share_encoder_decoder_embeddings=True,
        tie_word_embeddings=True,
        guided_head=settings.guided_head,
        barred_ids=(subwords.pad,),
    )


def sizes_of(checkpoint: Path, settings: TrainingSettings) -> TrainingSettings:
    """The settings with the sizes of a checkpoint; InputError where this pipeline could not have made it."""
    check_checkpoint(checkpoint)
    config = read_config(checkpoint)
    subwords = Subwords((checkpoint / "source.spm").read_bytes())
    sizes = replace(
        settings,
        d_model=config.d_model,
        layers=config.encoder_layers,
        heads=config.encoder_attention_heads,
        ffn=config.encoder_ffn_dim,
        vocabulary=subwords.size - 1,
    )
    same = (checkpoint / "source.spm").read_bytes() == (checkpoint / "target.spm").read_bytes()
    barred = (subwords.pad,)
    comparable = replace(
        config,
        guided_head=sizes.guided_head,
        barred_ids=barred,
        begin_barred_ids=(),
        not_followed=(),
        trained_length=None,
        max_positions=None,
    )
    if not same or model_config(sizes, subwords) != comparable:
        raise InputError(
            f"{checkpoint} cannot be trained further: it must have one joint vocabulary, numbered as SentencePiece "
            "does, as many layers and heads in the encoder as in the decoder, ReLU and tied embeddings."
        )
    return sizes
