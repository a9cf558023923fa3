"""A SentencePiece model, looked at before it is used: the library ends the process on some damaged ones. Torch-free."""

from __future__ import annotations

from pathlib import Path

from attention_viewer.model.contract.errors import CheckpointError
from attention_viewer.model.contract.plain_files import content
from attention_viewer.model.contract.vocabulary import LONGEST_PIECE
from sentencepiece import SentencePieceProcessor

LARGEST_SUBWORDS = 32_000_000
"""Bytes of a SentencePiece model at most; one of 256,000 pieces has 5 million."""
MOST_PIECES = 1_000_000


def read_subwords(path: Path) -> tuple[SentencePieceProcessor, list[str]]:
    """The SentencePiece model in a file, and its pieces. Raises CheckpointError where there is none."""
    data = content(path, LARGEST_SUBWORDS)
    processor = SentencePieceProcessor()
    # SentencePiece accepts an empty model and ends the process when it is used.
    try:
        loaded = bool(data) and processor.LoadFromSerializedProto(data) is not False
    except (RuntimeError, ValueError, OSError):
        loaded = False
    count = processor.get_piece_size() if loaded else 0
    if not 0 < count <= MOST_PIECES:
        raise CheckpointError(f"{path} is damaged: it is not a SentencePiece model. Get the file again.")
    try:
        pieces: list[str] = processor.id_to_piece(list(range(count)))
    except UnicodeDecodeError:
        raise CheckpointError(f"{path} is damaged: a piece in it is not valid UTF-8. Get the file again.") from None
    if max(map(len, pieces)) > LONGEST_PIECE:
        raise CheckpointError(f"{path} has a piece of more than {LONGEST_PIECE} characters. Check what the file is.")
    return processor, pieces
