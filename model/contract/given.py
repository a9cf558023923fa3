"""A trace of attention weights that another program computed. Torch-free.

Weights come as arrays or nested sequences of them, torch tensors included: [layers, heads, rows, columns], a sequence
with a layer each, with or without a batch axis of one sentence, as `transformers` gives them for
`output_attentions=True`; or, as its `generate` gives them, a sequence of steps, each with its layers.

Shape letters: L layers, H heads, S source tokens, T decoder rows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np
from attention_viewer.model.contract.api import DecodeStep, Floats, How, Token, Trace
from attention_viewer.model.contract.errors import InputError, quoted
from attention_viewer.model.contract.maps import CROSS, DECODER, ENCODER, EXPECTED, Kind, MapInfo, Stream, named
from numpy.typing import NDArray

LARGEST = 1 << 26
"""Weights of one kind at most: 256 MB."""
MOST_TOKENS = 4096
LONGEST_TOKEN = 200
"""Characters of a token at most."""
TOLERANCE = 1e-3
"""By so much a weight may miss 0 or 1: half precision rounds."""
UNKNOWN = "?"
"""What the last row predicts, where nobody says."""

_SPECIAL = re.compile(r"<[^<>\s]+>|\[[A-Z]+\]")


def given_trace(
    encoder: Any = None,
    decoder: Any = None,
    cross: Any = None,
    source_tokens: Sequence[str] = (),
    target_tokens: Sequence[str] = (),
) -> Trace:
    """The trace of weights computed elsewhere; of what is None there is no map.

    `encoder` [L, H, S, S], `decoder` [L, H, T, T], `cross` [L, H, T, S]. `target_tokens` are what the T rows read, the
    start token first, and one more: what the last row predicts ("?" where it is left out). Raises InputError for what
    is no attention of these tokens.
    """
    given = {ENCODER: encoder, DECODER: decoder, CROSS: cross}
    attention = {kind: _weights(kind, value) for kind, value in given.items() if value is not None}
    if not attention:
        raise InputError("There is nothing to show: give encoder, decoder or cross, the weights of an attention.")
    rows = next((attention[kind].shape[2] for kind in (DECODER, CROSS) if kind in attention), 0)
    texts = {"source_tokens": source_tokens, "target_tokens": target_tokens}
    source, target = _tokens({name: _texts(name, each) for name, each in texts.items()})
    if len(target) not in (rows, rows + 1):
        raise InputError(
            f"There are {len(target)} target_tokens for {rows} decoder rows: give those that the rows read, {rows}, "
            "and if you like the one that the last row predicts."
        )
    maps = tuple(_map(kind, weights) for kind, weights in attention.items())
    lengths = {Stream.SOURCE: len(source), Stream.TARGET: rows}
    for each in maps:
        weights, wanted = attention[each.kind], (lengths[each.rows], lengths[each.columns])
        if weights.shape[2:] != wanted:
            raise InputError(
                f"The {each.kind} weights have {weights.shape[2]} rows and {weights.shape[3]} columns; the tokens call "
                f"for {wanted[0]} and {wanted[1]}."
            )
    causal = DECODER not in attention or not np.triu(attention[DECODER], 1).any()
    return Trace(source, _steps(target, rows, attention), maps, MappingProxyType(attention), causal=causal)


def _map(kind: Kind, weights: Floats) -> MapInfo:
    """A map of an encoder-decoder, of as many layers and heads as there are weights."""
    layers, heads = weights.shape[:2]
    return replace(named(EXPECTED, kind), layers=layers, heads=heads)


def _weights(kind: Kind, given: Any) -> Floats:
    """Weights as [L, H, rows, columns], checked."""
    try:
        stacked = _stacked(given)
    except (TypeError, ValueError) as error:
        raise InputError(f"The {kind} weights are no arrays of numbers ({quoted(str(error))}).") from None
    if stacked.ndim == 5 and stacked.shape[1] == 1:
        stacked = stacked[:, 0]
    if stacked.ndim == 5:
        raise InputError(
            f"The {kind} weights hold {stacked.shape[1]} sentences, or hypotheses of a beam: give those of one "
            "sentence. Of a beam, let the model read the tokens that it found."
        )
    if stacked.ndim != 4 or 0 in stacked.shape:
        raise InputError(
            f"The {kind} weights have the shape {list(stacked.shape)}; give [layers, heads, rows, columns] of one "
            "sentence."
        )
    if not np.isfinite(stacked).all():
        raise InputError(f"The {kind} weights hold numbers that are infinite or none.")
    low, high = float(stacked.min()), float(stacked.max())
    if low < -TOLERANCE or high > 1.0 + TOLERANCE:
        raise InputError(
            f"The {kind} weights run from {low:.4g} to {high:.4g}; attention lies between 0 and 1: give it after the "
            "softmax."
        )
    weights: Floats = np.clip(stacked, 0.0, 1.0)
    weights.flags.writeable = False
    return weights


def _stacked(given: Any) -> NDArray[Any]:
    """What was given as one array, its steps or layers first."""
    if not isinstance(given, list | tuple):
        return _array(given)
    if given and isinstance(given[0], list | tuple) and not _is_numbers(given[0]):
        return _of_steps([_stacked(step) for step in given])
    return _bounded(np.stack([_array(layer) for layer in given]))


def _is_numbers(given: Sequence[Any]) -> bool:
    """Whether lists hold numbers all the way down, as JSON has arrays, and no arrays of a library."""
    first: Any = given
    while isinstance(first, list | tuple):
        if not first:
            return True
        first = first[0]
    return isinstance(first, int | float)


def _of_steps(steps: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Steps [L, ..., H, q, k], each as wide as what had been read by then, below each other: [L, ..., H, T, K]."""
    widest = max(step.shape[-1] for step in steps)
    padded = [
        np.pad(step, [(0, 0)] * (step.ndim - 1) + [(0, widest - step.shape[-1])]) for step in steps if step.ndim > 1
    ]
    return _bounded(np.concatenate(padded, axis=-2))


def _array(given: Any) -> NDArray[Any]:
    # A torch tensor may need gradients, lie on a GPU, or have a type that NumPy does not know.
    if hasattr(given, "detach"):
        given = given.detach().float().cpu().numpy()
    found = np.asarray(given)
    if found.dtype.kind not in "fiub":
        raise ValueError(f"their type is {found.dtype}")
    # What is too large becomes infinite, and is refused as that.
    with np.errstate(over="ignore"):
        return _bounded(found).astype(np.float32)


def _bounded(array: NDArray[Any]) -> NDArray[Any]:
    """The array. Raises InputError where it is too large."""
    if array.size > LARGEST:
        raise InputError(f"There are {array.size:,} weights of one kind; {LARGEST:,} can be shown. Take fewer tokens.")
    return array


def _texts(name: str, given: Sequence[str]) -> list[str]:
    """The texts of tokens, checked."""
    if isinstance(given, str) or not all(isinstance(each, str) for each in given):
        raise InputError(f"{name} must be a list of texts, one a token.")
    texts = [str(each) for each in given]
    if len(texts) > MOST_TOKENS or any(len(each) > LONGEST_TOKEN for each in texts):
        raise InputError(
            f"{name} holds more than {MOST_TOKENS} tokens, or one of more than {LONGEST_TOKEN} characters."
        )
    return texts


def _tokens(texts: Mapping[str, Sequence[str]]) -> list[tuple[Token, ...]]:
    """Tokens as pieces: words begin with ▁, whichever way the other program marks them (▁, Ġ, or ## inside a word)."""
    together = [text for each in texts.values() for text in each]
    marked = any(text.startswith(("▁", "Ġ")) for text in together)
    ids = {text: index for index, text in enumerate(dict.fromkeys(together))}
    return [tuple(_token(text, ids[text], marked) for text in each) for each in texts.values()]


def _token(text: str, index: int, marked: bool) -> Token:
    if _SPECIAL.fullmatch(text):
        return Token(index, text, text, special=True)
    if text.startswith("##"):
        return Token(index, text[2:], text[2:])
    piece = text.replace("Ġ", "▁") if marked else f"▁{text}"
    return Token(index, piece, piece.replace("▁", " ").strip() or "␣")


def _steps(target: Sequence[Token], rows: int, attention: dict[Kind, Floats]) -> tuple[DecodeStep, ...]:
    """The decoder's rows; nobody says what else they might have predicted, or how probable it was."""
    count = 1 + max((token.id for token in target), default=0)
    after = (*target[1:], *([] if len(target) > rows else [Token(count, UNKNOWN, UNKNOWN, special=True)]))
    unknown = np.full(count + 1, np.nan, dtype=np.float32)
    unknown.flags.writeable = False
    nothing = np.zeros((0, 0, 0), dtype=np.float32)
    return tuple(
        DecodeStep(
            target[row],
            after[row],
            How.GREEDY,
            unknown,
            (),
            attention[DECODER][:, :, row, : row + 1] if DECODER in attention else nothing,
            attention[CROSS][:, :, row] if CROSS in attention else nothing,
        )
        for row in range(rows)
    )
