"""One SentencePiece unigram vocabulary for both languages (Kudo 2018), with byte fallback. Torch-free."""

from __future__ import annotations

import io
import json
import math
import random
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import sentencepiece
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.training.data import Pair
from attention_viewer.model.training.normalisation import normalisation_table, normalised_alone
from attention_viewer.model.training.piece_links import piece_spans
from attention_viewer.model.training.spm_file import without_paths
from attention_viewer.model.training.word_links import Span

PAD = "<pad>"
BEST = 16
"""Segmentations of a sentence that sampling chooses from."""


def train_subwords(pairs: Sequence[Pair], size: int) -> bytes:
    """The serialised SentencePiece model of `size` pieces: `</s>` is 0, `<unk>` 1, then bytes and pieces.

    Characters are first written as `normalisation_table` says; digits are pieces of their own, and so are the
    letters and signs of the data below U+0180, however rare.

    Raises InputError where the data hold too few different sentences for so large a vocabulary.
    """
    with TemporaryDirectory() as directory:
        table = Path(directory, "normalisation.tsv")
        table.write_text(normalisation_table(), encoding="utf-8")
        return without_paths(_train(pairs, size, table))


def _train(pairs: Sequence[Pair], size: int, table: Path) -> bytes:
    model = io.BytesIO()
    try:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=(text for pair in pairs for text in (pair.source, pair.target)),
            model_writer=model,
            vocab_size=size,
            model_type="unigram",
            byte_fallback=True,
            character_coverage=0.9998,
            normalization_rule_tsv=str(table),
            split_digits=True,
            required_chars=_required(pairs),
            eos_id=0,
            unk_id=1,
            bos_id=-1,
            pad_id=-1,
            # With several threads, sums are taken in another order each time, and pieces differ.
            num_threads=1,
            minloglevel=2,
        )
    except RuntimeError as error:
        reason = str(error).strip().splitlines()[-1]
        raise InputError(f"A vocabulary of {size} pieces cannot be made from these data: {reason}") from None
    return model.getvalue()


def _required(pairs: Sequence[Pair]) -> str:
    """The visible characters of the data, as normalised, that belong to the Latin alphabets and their signs."""
    found = {each for pair in pairs for each in pair.source + pair.target}
    return "".join(sorted(each for each in found if " " < each < "\u0180" and normalised_alone(each)))


def write_vocabulary(directory: Path, model: bytes) -> int:
    """Write source.spm, target.spm and vocab.json (with `<pad>` last); returns the vocabulary's size."""
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    pieces = [processor.id_to_piece(index) for index in range(processor.get_piece_size())]
    for name in ("source.spm", "target.spm"):
        (directory / name).write_bytes(model)
    ids = {piece: index for index, piece in enumerate([*pieces, PAD])}
    (directory / "vocab.json").write_text(json.dumps(ids, ensure_ascii=False, indent=0), encoding="utf-8")
    return len(ids)


class Subwords:
    """Sentences to ids of the joint vocabulary; SentencePiece's ids are the vocabulary's."""

    def __init__(self, model: bytes) -> None:
        self._model = model
        self._processor = sentencepiece.SentencePieceProcessor(model_proto=model)
        self.size = self._processor.get_piece_size() + 1
        self._pieces = [self._processor.id_to_piece(index) for index in range(self.size - 1)]
        self._scores = [self._processor.get_score(index) for index in range(self.size - 1)]

    @property
    def eos(self) -> int:
        """The id of `</s>`."""
        return int(self._processor.eos_id())

    @property
    def pad(self) -> int:
        """The id of `<pad>`."""
        return self.size - 1

    @property
    def model(self) -> bytes:
        """The serialised SentencePiece model."""
        return self._model

    def decode(self, ids: Sequence[int]) -> str:
        """The text that ids spell."""
        text: str = self._processor.decode(list(ids))
        return text

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text, `</s>` last."""
        return [[*ids, self.eos] for ids in self._processor.encode(list(texts))]

    def sample(self, texts: Sequence[str], alpha: float, chance: random.Random) -> list[list[int]]:
        """The ids of each text under a sampled segmentation, `</s>` last (Kudo 2018, section 3.2).

        One of the `BEST` best segmentations x is drawn, with a probability proportional to P(x)^alpha.
        SentencePiece's own sampling cannot be repeated in another process, whatever its seed.
        """
        return [[*self._drawn(text, alpha, chance), self.eos] for text in texts]

    def spans(self, ids: Sequence[int], text: str) -> list[Span]:
        """The characters of `text` that each of its ids covers; `</s>`, which is last, covers none."""
        normalised, offsets = self._processor.normalize(text, with_offsets=True)
        return piece_spans([self._pieces[each] for each in ids[:-1]], normalised, offsets)

    def _drawn(self, text: str, alpha: float, chance: random.Random) -> list[int]:
        best: list[list[int]] = self._processor.nbest_encode(text, nbest_size=BEST)
        scores = [sum(self._scores[piece] for piece in ids) for ids in best]
        weights = [math.exp(alpha * (score - max(scores))) for score in scores]
        return chance.choices(best, weights)[0]
