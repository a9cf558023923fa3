"""Fixtures for every test: the bundled checkpoint, tiny random ones, and translators on them."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from attention_viewer.model.translator import Translator

ROOT = Path(__file__).resolve().parents[2]

SOURCE_WORDS = [
    "a",
    "the",
    "cat",
    "dog",
    "bird",
    "tree",
    "house",
    "river",
    "sees",
    "hears",
    "follows",
    "finds",
    "big",
    "small",
    "old",
    "red",
]
TARGET_WORDS = [
    "un",
    "une",
    "le",
    "chat",
    "chien",
    "oiseau",
    "arbre",
    "maison",
    "voit",
    "entend",
    "suit",
    "trouve",
    "grand",
    "petit",
    "vieux",
]

# Qt ends the process where it finds no display; this platform needs none.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

MakeCheckpoint = Callable[..., Path]


@dataclass(frozen=True)
class Subwords:
    """A SentencePiece model trained on random sentences of a few words."""

    path: Path

    def pieces(self) -> list[str]:
        """Its pieces, in SentencePiece's own order."""
        from sentencepiece import SentencePieceProcessor

        processor = SentencePieceProcessor(model_file=str(self.path))
        return [processor.id_to_piece(index) for index in range(processor.get_piece_size())]


@pytest.fixture(scope="session")
def bundled() -> Path:
    """The checkpoint that ships with the program."""
    return ROOT / "assets" / "models" / "en-fr"


@pytest.fixture(scope="session")
def translator(bundled: Path) -> Translator:
    """A translator on the bundled checkpoint."""
    return Translator(bundled)


@pytest.fixture(scope="session")
def subwords(tmp_path_factory: pytest.TempPathFactory) -> tuple[Subwords, Subwords]:
    """Tiny SentencePiece models of a source and a target language."""
    directory = tmp_path_factory.mktemp("subwords")
    source = _train_subwords(directory / "source", SOURCE_WORDS, 48)
    return source, _train_subwords(directory / "target", TARGET_WORDS, 44)


@pytest.fixture(scope="session")
def make_checkpoint(tmp_path_factory: pytest.TempPathFactory, subwords: tuple[Subwords, Subwords]) -> MakeCheckpoint:
    """Writes a tiny random Marian checkpoint with `transformers` and returns its directory."""

    def make(name: str = "tiny", seed: int = 0, separate: bool = False, **options: Any) -> Path:
        directory = tmp_path_factory.mktemp(name)
        source, target = subwords
        if not separate:
            target = source
        _write_vocabulary(directory / "vocab.json", source, seed)
        if separate:
            _write_vocabulary(directory / "target_vocab.json", target, seed)
        (directory / "source.spm").write_bytes(source.path.read_bytes())
        (directory / "target.spm").write_bytes(target.path.read_bytes())
        sizes = {"vocab_size": len(source.pieces()) + 1, "decoder_vocab_size": len(target.pieces()) + 1}
        _write_model(directory, seed, {**sizes, "share_encoder_decoder_embeddings": not separate, **options})
        return directory

    return make


@pytest.fixture(scope="session")
def tiny(make_checkpoint: MakeCheckpoint) -> Path:
    """A tiny random checkpoint whose encoder and decoder differ in depth and number of heads."""
    return make_checkpoint()


@pytest.fixture(scope="session")
def tiny_translator(tiny: Path) -> Translator:
    """A translator on the tiny checkpoint."""
    return Translator(tiny)


def _train_subwords(prefix: Path, words: list[str], size: int) -> Subwords:
    from sentencepiece import SentencePieceTrainer

    chance = random.Random(7)
    sentences = [" ".join(chance.choices(words, k=6)) + "." for _ in range(300)]
    SentencePieceTrainer.train(
        sentence_iterator=iter(sentences),
        model_prefix=str(prefix),
        vocab_size=size,
        model_type="unigram",
        hard_vocab_limit=False,
        bos_id=-1,
        eos_id=0,
        unk_id=1,
        minloglevel=2,
    )
    return Subwords(prefix.with_suffix(".model"))


def _write_vocabulary(path: Path, subwords: Subwords, seed: int) -> None:
    """Ids in an order of their own, as in OPUS-MT, where SentencePiece's numbering does not hold."""
    ordinary = [piece for piece in subwords.pieces() if piece not in ("</s>", "<unk>")]
    random.Random(seed).shuffle(ordinary)
    pieces = ["</s>", "<unk>", "<pad>", *ordinary]
    path.write_text(json.dumps({piece: index for index, piece in enumerate(pieces)}), encoding="utf-8")


def _write_model(directory: Path, seed: int, options: dict[str, Any]) -> None:
    import torch
    from transformers import MarianConfig, MarianMTModel

    settings = {
        "d_model": 16,
        "encoder_layers": 2,
        "decoder_layers": 3,
        "encoder_attention_heads": 4,
        "decoder_attention_heads": 2,
        "encoder_ffn_dim": 24,
        "decoder_ffn_dim": 20,
        "activation_function": "relu",
        "scale_embedding": True,
        "max_position_embeddings": 512,
        "pad_token_id": 2,
        "decoder_start_token_id": 2,
        "eos_token_id": 0,
        "forced_eos_token_id": None,
        "static_position_embeddings": True,
        "normalize_before": False,
        **options,
    }
    torch.manual_seed(seed)
    model = MarianMTModel(MarianConfig(**settings))
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "embed_positions" not in name:
                parameter.normal_(std=0.3).add_(1.0 if name.endswith("norm.weight") else 0.0)
        model.final_logits_bias.normal_()
    model.save_pretrained(directory)
