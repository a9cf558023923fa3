"""Made-up inner values: numbers of no model, in the shapes of one."""

from __future__ import annotations

import numpy as np
from attention_viewer.model.contract.api import Candidate, Floats, Token
from attention_viewer.model.contract.inside import (
    AttentionInside,
    DecoderLens,
    Inside,
    Lens,
    Permutation,
    StackInside,
    SublayerInside,
)

D_MODEL, HIDDEN = 8, 12


def inside(source: int, rows: int, layers: int = 2, heads: int = 2, tokens: tuple[Token, ...] = ()) -> Inside:
    """Everything between the maps of `source` positions and `rows` decoder rows."""
    chance = np.random.default_rng(7)
    steps = {f"decoder.{layer}.cross.query": rows for layer in range(layers)}
    runs = {"encoder.0.self.query": 1, "decoder.0.cross.projected": 1, "logits": rows, **steps}
    return Inside(
        _stack(chance, source, source, layers, heads, ("self", "ffn")),
        _stack(chance, rows, source, layers, heads, ("self", "cross", "ffn")) if rows else None,
        _numbers(chance, rows),
        lens(layers + 1, rows, tokens) if rows else None,
        runs,
        dict.fromkeys(runs, 1),
    )


def lens(depths: int, rows: int, tokens: tuple[Token, ...] = ()) -> Lens:
    """A lens that grows sure of its token from depth to depth."""
    token = tokens[0] if tokens else Token(2, "▁un", "un")
    sure = np.linspace(0.1, 0.9, depths)
    best = tuple(tuple((Candidate(token, float(each)),) for _ in range(rows)) for each in sure)
    probability = np.repeat(sure[:, None], rows, axis=1).astype(np.float32)
    return Lens(best, probability, np.where(probability > 0.4, 1, 3).astype(np.float32))


def decoder_lens(depths: int, rows: int, tokens: tuple[Token, ...] = ()) -> DecoderLens:
    """A lens on the encoder's layers."""
    return DecoderLens(lens(depths, rows, tokens), (tokens,) * depths)


def permutation(source: int) -> Permutation:
    """Tokens the other way round."""
    order = tuple(reversed(range(source)))
    return Permutation(order, np.zeros(source, np.float32), np.ones(source, np.float32), np.zeros(source, np.float32))


def _stack(
    chance: np.random.Generator, length: int, source: int, layers: int, heads: int, parts: tuple[str, ...]
) -> StackInside:
    flow = [[_sublayer(chance, part, length, source, heads) for part in parts] for _ in range(layers)]
    embedding = _numbers(chance, length, D_MODEL)
    last = flow[-1][-1].normed
    return StackInside(embedding, embedding + 0.5, last, tuple(tuple(layer) for layer in flow))


def _sublayer(chance: np.random.Generator, name: str, length: int, source: int, heads: int) -> SublayerInside:
    read, output = _numbers(chance, length, D_MODEL), 0.5 * _numbers(chance, length, D_MODEL)
    normed = read + output
    if name == "ffn":
        hidden = np.maximum(_numbers(chance, length, HIDDEN), 0.0)
        return SublayerInside(name, read, output, normed, normed, hidden=hidden)
    keys, width = source if name == "cross" else length, D_MODEL // heads
    query, key, value = (_numbers(chance, heads, size, width) for size in (length, keys, keys))
    scores = query @ key.transpose(0, 2, 1) / np.sqrt(np.float32(width))
    weights = np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)
    attention = AttentionInside(query, key, value, scores, weights, weights @ value)
    return SublayerInside(name, read, output, normed, normed, attention=attention)


def _numbers(chance: np.random.Generator, *shape: int) -> Floats:
    return chance.normal(size=shape).astype(np.float32)
