"""The vocabulary of a checkpoint: which id each piece has, believed only where the other files agree. Torch-free."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from attention_viewer.model.contract.config import ModelConfig
from attention_viewer.model.contract.errors import CheckpointError, quoted
from attention_viewer.model.contract.json_file import read_json

EOS, UNKNOWN, PAD = "</s>", "<unk>", "<pad>"
LONGEST_PIECE = 256
"""Characters of a piece at most; SentencePiece makes none of more than 16 unless told to."""
SHARE_MISSING = 0.05
"""The share of pieces that may have no id, and of ids that may have no piece; published models stay below 0.01."""
FEW = 8
"""So many may be missing, however small the vocabulary."""


def is_language(piece: str) -> bool:
    """Whether a piece names a language to translate into, such as `>>fra<<`."""
    return len(piece) > 4 and piece.startswith(">>") and piece.endswith("<<")


def read_vocabulary(path: Path, size: int, config: ModelConfig) -> dict[str, int]:
    """The ids of the pieces in a file, each below `size`.

    Raises CheckpointError where the file is damaged, or contradicts the sizes and ids of `config`.
    """
    values = read_json(path)
    _check_ids(path, values, size)
    _check_pieces(path, values)
    for piece, meant, name in ((EOS, config.eos_token_id, "eos_token_id"), (PAD, config.pad_token_id, "pad_token_id")):
        found = values.get(piece)
        # Models whose padding is the end need no piece for it.
        is_wrong = found is not None and found != meant and not (piece == PAD and meant == config.eos_token_id)
        if is_wrong or (found is None and piece == EOS):
            has = f"gives {piece} the id {found}" if is_wrong else f"has no {piece} piece"
            raise CheckpointError(
                f"{path} {has}, but {name} of the configuration is {meant}. The files do not belong together."
            )
    ids = len(set(values.values()))
    if len(values) > size or size - ids > _allowed(size):
        raise CheckpointError(
            f"{path} has {len(values):,} pieces on {ids:,} different ids; config.json asks for {size:,}, of which "
            f"{_allowed(size):,} may be missing. The two files do not belong together."
        )
    return values


def check_belongs(subwords: Path, pieces: Sequence[str], vocabulary: Path, ids: Mapping[str, int]) -> None:
    """Raise CheckpointError where more `pieces` of a SentencePiece model have no id than a published one leaves out."""
    missing = sum(piece not in ids for piece in pieces)
    if missing > _allowed(len(pieces)):
        raise CheckpointError(
            f"{subwords}: {missing:,} of its {len(pieces):,} pieces are not in {vocabulary.name}; at most "
            f"{_allowed(len(pieces)):,} may be missing. It belongs to another model."
        )


def _check_ids(path: Path, values: Mapping[str, object], size: int) -> None:
    for piece, token_id in values.items():
        if type(token_id) is not int or not 0 <= token_id < size:
            raise CheckpointError(
                f"{path}: the piece {quoted(piece)} has id {quoted(token_id)}; it must be a whole number from 0 to "
                f"{size - 1}, below the vocabulary size of config.json."
            )
    if UNKNOWN not in values:
        raise CheckpointError(f"{path} has no {UNKNOWN} piece. It does not belong to a Marian model.")


def _check_pieces(path: Path, pieces: Mapping[str, object]) -> None:
    longest = max(pieces, key=len)
    if len(longest) > LONGEST_PIECE:
        raise CheckpointError(
            f"{path}: the piece {quoted(longest, 40)} has {len(longest):,} characters; a piece has {LONGEST_PIECE} at "
            "most. Check what the file is."
        )
    try:
        "".join(pieces).encode("utf-8")
    except UnicodeEncodeError as error:
        odd = quoted(error.object[error.start])
        raise CheckpointError(f"{path}: a piece holds {odd}, which has no UTF-8 form. Get the file again.") from None


def _allowed(count: int) -> int:
    return max(FEW, int(count * SHARE_MISSING))
