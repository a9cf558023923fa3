"""Tokens named as a printed map needs it: `▁` where a word begins, for there are no chips to join its pieces.

Pure; no Qt, no torch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from attention_viewer.model.contract.api import Candidate, DecodeStep, Token, Trace
from attention_viewer.model.contract.candidates import most_probable
from attention_viewer.viewer.state.loaded import Loaded

WORD = "▁"
"""Begins a word, as in the vocabulary's own pieces."""


def with_word_starts(loaded: Loaded, candidates: int) -> Loaded:
    """What is loaded with tokens whose text says where words begin, and `candidates` next tokens a step at most."""
    trace, other = loaded.trace, loaded.results.other
    if trace is None:
        return loaded
    results = loaded.results
    if other is not None:
        results = replace(results, other=replace(other, trace=_trace(other.trace, candidates)))
    return replace(loaded, trace=_trace(trace, candidates), results=results)


def named(token: Token) -> Token:
    """The token with `▁` before its text where it begins a word."""
    begins = token.piece.startswith(WORD) and not token.special and not token.text.startswith(WORD)
    return replace(token, text=f"{WORD}{token.text}") if begins else token


def told_apart(tokens: Sequence[Token]) -> tuple[str, ...]:
    """The texts of tokens in one list; those that look alike say where a word begins, or else their ids."""
    alike = Counter(token.text for token in tokens)
    names = [named(token).text if alike[token.text] > 1 else token.text for token in tokens]
    still = Counter(names)
    told = zip(tokens, names, strict=True)
    return tuple(f"{name} (id {token.id})" if still[name] > 1 else name for token, name in told)


def _trace(trace: Trace, candidates: int) -> Trace:
    last = len(trace.steps) - 1
    # The others' candidates are not looked at, and sorting them out takes time.
    steps = tuple(_step(step, candidates if index == last else None) for index, step in enumerate(trace.steps))
    return replace(trace, source_tokens=_tokens(trace.source_tokens), steps=steps)


def _step(step: DecodeStep, candidates: int | None) -> DecodeStep:
    step = replace(step, reads=named(step.reads), output=named(step.output))
    if candidates is None:
        return step
    found = most_probable(step.candidates, candidates)
    return replace(step, candidates=tuple(Candidate(named(each.token), each.probability) for each in found))


def _tokens(tokens: Sequence[Token]) -> tuple[Token, ...]:
    return tuple(named(token) for token in tokens)
