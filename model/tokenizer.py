"""Sentences to tokens and back: SentencePiece models and the vocabulary of a Marian checkpoint. Torch-free.

A piece is what SentencePiece cuts (`▁chat`); its id comes from `vocab.json`, not from SentencePiece, which
numbers its pieces in another way. Characters without a piece of their own become bytes (`<0xE4>`) where the
SentencePiece model allows it, `<unk>` otherwise.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

from attention_viewer.model.contract.api import Token
from attention_viewer.model.contract.config import ModelConfig
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.vocabulary import (
    EOS,
    PAD,
    UNKNOWN,
    check_belongs,
    is_language,
    read_vocabulary,
)
from attention_viewer.model.subwords import read_subwords
from sentencepiece import SentencePieceProcessor

SOURCE_LIMIT = 512
"""Most tokens of a sentence, `</s>` included."""

CHARACTER_LIMIT = 20_000
"""Longer texts are refused before they are cut into tokens."""

SPACE = "▁"

Piece = tuple[str, tuple[int, int]]

_BYTE = re.compile("<0x[0-9A-F]{2}>")


class Tokenizer:
    """The two SentencePiece models and the vocabularies of one checkpoint."""

    def __init__(self, directory: Path, config: ModelConfig) -> None:
        self._source, source_pieces = read_subwords(directory / "source.spm")
        self._target, target_pieces = read_subwords(directory / "target.spm")
        self._config = config
        self._source_ids = read_vocabulary(directory / "vocab.json", config.vocab_size, config)
        separate, path = directory / "target_vocab.json", directory / "vocab.json"
        self._target_ids = self._source_ids
        if separate.exists():
            path, self._target_ids = separate, read_vocabulary(separate, config.decoder_vocab_size, config)
        elif config.decoder_vocab_size != config.vocab_size:
            self._target_ids = read_vocabulary(path, config.decoder_vocab_size, config)
        check_belongs(directory / "source.spm", source_pieces, directory / "vocab.json", self._source_ids)
        check_belongs(directory / "target.spm", target_pieces, path, self._target_ids)

    @cached_property
    def vocabulary(self) -> tuple[Token, ...]:
        """Every token of the target side, indexed by id."""
        pieces = {token_id: piece for piece, token_id in self._target_ids.items()}
        return tuple(
            self._target_token(token_id, pieces.get(token_id, f"<{token_id}>"), token_id in pieces)
            for token_id in range(self._config.decoder_vocab_size)
        )

    @property
    def language_tokens(self) -> tuple[str, ...]:
        """The `>>fra<<` that say which language to translate into, sorted; most models have none."""
        return tuple(sorted(piece for piece in self._source_ids if is_language(piece)))

    def token(self, token_id: int) -> Token:
        """The target token of an id; InputError where there is none."""
        if not 0 <= token_id < len(self.vocabulary):
            raise InputError(
                f"There is no token {token_id}: the target vocabulary of this model has ids 0 to "
                f"{len(self.vocabulary) - 1}."
            )
        return self.vocabulary[token_id]

    def encode_source(self, text: str) -> tuple[Token, ...]:
        """The tokens of a sentence to translate, `</s>` last, each with the characters of `text` it covers.

        Raises InputError where there is nothing but spaces, or more than SOURCE_LIMIT tokens.
        """
        prefix = self._language_prefix(text)
        shift = len(prefix)
        pieces = _cut(self._source, text[shift:], "sentence")
        tokens = [self._source_token(piece, (start + shift, stop + shift)) for piece, (start, stop) in pieces]
        if prefix:
            tokens.insert(0, Token(self._source_ids[prefix], prefix, prefix, (0, len(prefix)), special=True))
        tokens.append(Token(self._config.eos_token_id, EOS, EOS, None, special=True))
        _check_length(tokens, "sentence")
        return tuple(tokens)

    def encode_target(self, text: str) -> tuple[Token, ...]:
        """The tokens of a translation, `</s>` last.

        Raises InputError where there is nothing but spaces, or more than SOURCE_LIMIT tokens.
        """
        pieces = _cut(self._target, text, "translation")
        tokens = [self.token(self._ordinary_id(self._target_ids, piece)) for piece, _ in pieces]
        tokens.append(self.token(self._config.eos_token_id))
        _check_length(tokens, "translation")
        return tuple(tokens)

    def target_ranges(self, text: str) -> tuple[tuple[int, int] | None, ...]:
        """The characters of a translation `text` that each of its tokens covers; None for `</s>`.

        Raises InputError as `encode_target` does.
        """
        ranges = [span if span[0] < span[1] else None for _, span in _cut(self._target, text, "translation")]
        return (*ranges, None)

    def decode(self, ids: Iterable[int]) -> str:
        """The text of target ids, special tokens left out."""
        tokens = [self.token(token_id) for token_id in ids]
        text: str = self._target.decode([token.piece for token in tokens if not token.special])
        return text.replace(SPACE, " ").strip()

    def _language_prefix(self, text: str) -> str:
        """The `>>fra<<` that tells a multilingual model its target language; it counts only at the start."""
        end = text.find("<<", 2, 40)
        prefix = text[: end + 2] if text.startswith(">>") and end > 0 else ""
        return prefix if prefix in self._source_ids else ""

    def _source_token(self, piece: str, span: tuple[int, int]) -> Token:
        token_id = self._ordinary_id(self._source_ids, piece)
        known = piece if token_id == self._source_ids.get(piece) else UNKNOWN
        return Token(token_id, known, readable(known), None if span[0] == span[1] else span)

    def _ordinary_id(self, ids: dict[str, int], piece: str) -> int:
        """The id of a piece cut from text; text that merely looks like a special token is unknown."""
        token_id = ids.get(piece, ids[UNKNOWN])
        return ids[UNKNOWN] if self._is_special(token_id, piece) else token_id

    def _is_special(self, token_id: int, piece: str) -> bool:
        config = self._config
        if token_id in (config.eos_token_id, config.pad_token_id, config.decoder_start_token_id):
            return True
        return piece in (EOS, PAD) or is_language(piece)

    def _target_token(self, token_id: int, piece: str, known: bool) -> Token:
        text = "<start>" if token_id == self._config.decoder_start_token_id else readable(piece)
        return Token(token_id, piece, text, None, special=not known or self._is_special(token_id, piece))


def readable(piece: str) -> str:
    """What people read for a piece: no `▁`, a visible sign for a lone space, ASCII bytes as characters."""
    if _is_byte(piece):
        code = int(piece[3:5], 16)
        return chr(code) if 0x20 < code < 0x7F else piece
    text = piece.replace(SPACE, " ").strip()
    return text or "␣"


def _cut(model: SentencePieceProcessor, text: str, what: str) -> list[Piece]:
    """Pieces of `text` and the half-open range of its characters that each covers."""
    if not text or text.isspace():
        raise InputError(f"The {what} is empty: type at least one word.")
    if len(text) > CHARACTER_LIMIT:
        raise InputError(
            f"The {what} has {len(text):,} characters, far more than the {SOURCE_LIMIT} tokens that fit. "
            "Shorten it to a sentence or two."
        )
    # Lone surrogates have no UTF-8 form; one character replaces another, so ranges stay true.
    text = "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)
    pieces = model.encode(text, out_type=str)
    if not pieces:
        raise InputError(f"The {what} holds no readable characters: type at least one word.")
    normalised, starts = model.normalize(text, with_offsets=True)
    return list(zip(pieces, _character_ranges(text, pieces, normalised, starts), strict=True))


def _character_ranges(
    text: str, pieces: Sequence[str], normalised: str, starts: Sequence[int]
) -> list[tuple[int, int]]:
    """The half-open range of characters of `text` that each piece covers, as they were written.

    `starts` says where in `text` each character of its normalised form begins. A written character that became
    several pieces (bytes, ligatures, ™) belongs to each of them; spaces and invisible characters at either end of
    a range are left out of it.
    """
    ranges: list[tuple[int, int]] = []
    position = 0
    for piece in pieces:
        first = position - _continues(piece)
        position = first + (1 if _is_byte(piece) else len(piece))
        if piece == SPACE:
            ranges.append((starts[first], min(starts[first] + 1, starts[first + 1])))
        else:
            ranges.append(_trimmed(text, starts[first], _end(starts, position - 1)))
    return ranges


def _end(starts: Sequence[int], index: int) -> int:
    """Where the written character ends that character `index` of the normalised text comes from."""
    following = index + 1
    while starts[following] == starts[index]:
        following += 1
    return starts[following]


def _trimmed(text: str, start: int, stop: int) -> tuple[int, int]:
    while start < stop - 1 and _is_unseen(text[start]):
        start += 1
    while start < stop - 1 and _is_unseen(text[stop - 1]):
        stop -= 1
    return start, stop


def _is_unseen(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in ("Cc", "Cf")


def _is_byte(piece: str) -> bool:
    return piece.startswith("<0x") and _BYTE.fullmatch(piece) is not None


def _continues(piece: str) -> bool:
    """True for a byte that is not the first of its character (10xxxxxx in UTF-8)."""
    return _is_byte(piece) and int(piece[3:5], 16) & 0xC0 == 0x80


def _check_length(tokens: Sequence[Token], what: str) -> None:
    if len(tokens) > SOURCE_LIMIT:
        raise InputError(f"The {what} has {len(tokens):,} tokens; at most {SOURCE_LIMIT} fit. Shorten it or split it.")
