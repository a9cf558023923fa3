"""The command `evaluate`: a checkpoint's scores, loss and speed, and how well its heads align words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import torch
from attention_viewer.model.analysis.alignment import Gold, check_links, read_gold
from attention_viewer.model.checkpoint import content_hash, load
from attention_viewer.model.contract.config import read_config
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.tokenizer import Tokenizer
from attention_viewer.model.training.arguments import EvaluateOptions
from attention_viewer.model.training.attribution_lines import attribution_lines
from attention_viewer.model.training.batches import Example
from attention_viewer.model.training.data import Pair, read_pairs
from attention_viewer.model.training.evaluation import LIMIT, loss, score, translate
from attention_viewer.model.training.figures import (
    Part,
    alignment_part,
    bar,
    lines_part,
    roles_part,
    scores_part,
    watched,
)
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
    values: dict[str, Any] = {"model": content_hash(options.model)}
    for part in _parts(options, pairs, gold, to_copy):
        values |= part.values
        for line in () if options.json else part.lines:
            print(line, flush=True)
    if options.json:
        print(json.dumps(values))
    return 0


def _parts(
    options: EvaluateOptions, pairs: Sequence[Pair], gold: Sequence[Gold] | None, to_copy: Sequence[Pair]
) -> Iterator[Part]:
    """The scores, and what is measured only where an option asks for it."""
    spoken = [replace(pair, source=f"{options.prefix}{pair.source}") for pair in pairs]
    sources = [pair.source for pair in spoken]
    yield _scores_part(options, spoken)
    if options.typed:
        yield lines_part(typed_lines(pairs, _tokenizer(options), _translator(options)))
    if to_copy:
        yield lines_part(copied_lines(to_copy, _translator(options)))
    if gold is not None:
        yield alignment_part(Translator(options.model, options.threads), spoken, gold)
    if options.heads:
        yield roles_part(Translator(options.model, options.threads), sources)
    if options.attributions:
        translator = Translator(options.model, options.threads)
        yield lines_part(attribution_lines(translator, watched(sources, "sentences attributed"), LIMIT))


def _tokenizer(options: EvaluateOptions) -> Tokenizer:
    return Tokenizer(options.model, read_config(options.model))


def _translator(options: EvaluateOptions) -> Callable[[Sequence[str]], tuple[str, ...]]:
    """Translates sentences greedily, in batches."""
    model, tokenizer = load(options.model), _tokenizer(options)

    def translations(texts: Sequence[str]) -> tuple[str, ...]:
        sources = [[token.id for token in tokenizer.encode_source(f"{options.prefix}{text}")] for text in texts]
        return translate(model, sources, tokenizer.decode).texts

    return translations


def _scores_part(options: EvaluateOptions, pairs: Sequence[Pair]) -> Part:
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
    sources = [each.source for each in examples]
    with bar(len(sources), "sentences translated") as shown:
        translations = translate(model, sources, tokenizer.decode, done=shown.update)
    scores = score(translations.texts, [pair.target for pair in pairs])
    return scores_part(len(pairs), found, scores, translations, options.threads)


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
