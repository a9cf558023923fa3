"""The command `evaluate`: a checkpoint's scores, loss and speed, and how well its heads align words."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from attention_viewer.model.analysis.alignment import (
    Convention,
    Gold,
    Sentence,
    check_links,
    head_errors,
    read_gold,
    words_of,
)
from attention_viewer.model.analysis.roles import head_roles
from attention_viewer.model.checkpoint import load
from attention_viewer.model.contract.api import Floats
from attention_viewer.model.contract.config import read_config
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.hypotheses import teacher_force
from attention_viewer.model.tokenizer import Tokenizer
from attention_viewer.model.training.arguments import EvaluateOptions
from attention_viewer.model.training.attribution_lines import attribution_lines
from attention_viewer.model.training.batches import Example
from attention_viewer.model.training.data import Pair, read_pairs
from attention_viewer.model.training.evaluation import LIMIT, loss, score, translate
from attention_viewer.model.training.typed import copied_lines, read_copied, typed_lines
from attention_viewer.model.translator import Translator


def evaluate(options: EvaluateOptions) -> int:
    """Print the figures; returns the exit code. Raises UserError where the input is no good."""
    pairs = read_pairs(options.pairs)[: options.lines]
    if not pairs:
        raise InputError(f"{options.pairs} holds no pairs: each line must be source, tab, target.")
    gold = None if options.alignments is None else _read_gold(options, pairs)
    to_copy = read_copied(options.copied) if options.copied else []
    torch.set_num_threads(options.threads)
    for line in _translation_lines(options, pairs):
        print(line, flush=True)
    for line in _lines_asked_for(options, pairs, gold, to_copy):
        print(line, flush=True)
    return 0


def _lines_asked_for(
    options: EvaluateOptions, pairs: Sequence[Pair], gold: Sequence[Gold] | None, to_copy: Sequence[Pair]
) -> Iterator[str]:
    """What is printed only where an option asks for it."""
    if options.typed:
        yield from typed_lines(pairs, _tokenizer(options), _translator(options))
    if to_copy:
        yield from copied_lines(to_copy, _translator(options))
    if gold is not None:
        yield from _alignment_lines(options, pairs, gold)
    if options.heads:
        yield from _role_lines(options, pairs)
    if options.attributions:
        session = Translator(options.model, options.threads)
        yield from attribution_lines(session, (pair.source for pair in pairs), LIMIT)


def _tokenizer(options: EvaluateOptions) -> Tokenizer:
    return Tokenizer(options.model, read_config(options.model))


def _translator(options: EvaluateOptions) -> Callable[[Sequence[str]], tuple[str, ...]]:
    """Translates sentences greedily, in batches."""
    model, tokenizer = load(options.model), _tokenizer(options)
    barred = model.architecture.barred_ids

    def translations(texts: Sequence[str]) -> tuple[str, ...]:
        sources = [[token.id for token in tokenizer.encode_source(text)] for text in texts]
        return translate(model, sources, barred, tokenizer.decode).texts

    return translations


def _translation_lines(options: EvaluateOptions, pairs: Sequence[Pair]) -> Iterator[str]:
    model = load(options.model)
    tokenizer = Tokenizer(options.model, read_config(options.model))
    examples = [
        Example(
            [token.id for token in tokenizer.encode_source(pair.source)],
            [token.id for token in tokenizer.encode_target(pair.target)],
        )
        for pair in pairs
    ]
    found = loss(model, examples, sum(len(pair.target) for pair in pairs), model.architecture.pad_token_id)
    yield f"{len(pairs):,} pairs"
    yield f"loss    {found.per_token:.4f} nats a target token, {found.per_character:.4f} a target character"
    barred = model.architecture.barred_ids
    translations = translate(model, [each.source for each in examples], barred, tokenizer.decode)
    scores = score(translations.texts, [pair.target for pair in pairs])
    yield f"BLEU    {scores.bleu:.2f}  {scores.bleu_signature}"
    yield f"chrF    {scores.chrf:.2f}  {scores.chrf_signature}"
    threads = "1 thread" if options.threads == 1 else f"{options.threads} threads"
    yield f"speed   {translations.tokens_per_second:,.0f} tokens a second, greedy, in batches, on {threads}"


def _alignment_lines(options: EvaluateOptions, pairs: Sequence[Pair], gold: Sequence[Gold]) -> Iterator[str]:
    session = Translator(options.model, options.threads)
    sentences = [_aligned(session, pair, links) for pair, links in zip(pairs, gold, strict=True)]
    left_out = sum(sentence is None for sentence in sentences)
    kept = [sentence for sentence in sentences if sentence is not None]
    if left_out:
        print(
            f"{left_out} of {len(pairs)} sentences are left out of the alignment: their words do not fall into whole "
            "pieces of this vocabulary.",
            file=sys.stderr,
        )
    for convention in Convention:
        yield from _table(convention, head_errors(kept, convention))


def _role_lines(options: EvaluateOptions, pairs: Sequence[Pair]) -> Iterator[str]:
    """What each head looks at while the sources are translated greedily."""
    session = Translator(options.model, options.threads)
    traces = [session.trace(Document(pair.source, step=LIMIT)) for pair in pairs]
    for kind in (each.kind for each in session.info.maps):
        yield ""
        yield f"Heads of {kind} attention: what they look at, its share of their weight, entropy from 0 to 1"
        for each in head_roles(traces, kind):
            where = f"layer {each.layer + 1} head {each.head + 1}"
            yield f"{where:<16} {each.role:<17} {each.share:.2f}  {each.entropy:.2f}"


def _table(convention: Convention, errors: Floats) -> Iterator[str]:
    yield ""
    yield f"Word-alignment error rate of cross-attention; row = {convention}"
    yield "layer  " + "  ".join(f"head {head + 1:<2}" for head in range(errors.shape[1]))
    for layer, row in enumerate(errors):
        yield f"{layer + 1:>5}  " + "  ".join(f"{error:7.3f}" for error in row)
    best = np.unravel_index(errors.argmin(), errors.shape)
    yield f"best: layer {best[0] + 1} head {best[1] + 1}, {errors.min():.3f}"


def _aligned(session: Translator, pair: Pair, gold: Gold) -> Sentence | None:
    """The weights of a forced translation with the words of both sides; None where words cannot be told apart."""
    target = session.encode_target(pair.target)
    trace = session.trace(teacher_force(Document(pair.source), [token.id for token in target]))
    source_words, target_words = words_of(trace.source_tokens), words_of(target)
    counts = [
        1 + max((word for word in words if word is not None), default=-1) for words in (source_words, target_words)
    ]
    if counts != [len(pair.source.split()), len(pair.target.split())]:
        return None
    return Sentence(trace.cross_attention, tuple(target_words), tuple(source_words), gold)


def _count(words: Sequence[int | None]) -> int:
    return 1 + max((word for word in words if word is not None), default=-1)


def _read_gold(options: EvaluateOptions, pairs: Sequence[Pair]) -> list[Gold]:
    if options.alignments is None:
        return []
    gold = read_gold(options.alignments)[: options.lines]
    if len(gold) != len(pairs):
        raise InputError(
            f"{options.alignments} has {len(gold)} lines and {options.pairs} {len(pairs)}: they must be the same lines."
        )
    for number, (pair, links) in enumerate(zip(pairs, gold, strict=True), start=1):
        check_links(links, len(pair.source.split()), len(pair.target.split()), f"Line {number} of {options.alignments}")
    return gold
