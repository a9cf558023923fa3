"""What `evaluate` measures, in parts: each as lines to read and as values for programs.

Layers and heads count from 1 in lines, from 0 in values.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

from attention_viewer.model.analysis.alignment import (
    AlignmentError,
    Convention,
    Gold,
    Sentence,
    head_counts,
    words_of,
)
from attention_viewer.model.analysis.roles import head_roles
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.hypotheses import teacher_force
from attention_viewer.model.contract.remarks import in_language
from attention_viewer.model.training.data import Pair
from attention_viewer.model.training.evaluation import LIMIT, Loss, Scores, Translations
from attention_viewer.model.translator import Translator
from tqdm import tqdm

DIGITS = 6
"""Decimals of a value."""
Item = TypeVar("Item")
Counts = Mapping[tuple[int, int], AlignmentError]


@dataclass(frozen=True)
class Part:
    """Figures by name, and the lines that say them."""

    values: Mapping[str, Any]
    lines: tuple[str, ...]


def watched(items: Sequence[Item], what: str) -> Iterator[Item]:
    """The items one by one; where a person is watching, standard error says how many are done."""
    with bar(len(items), what) as shown:
        for item in items:
            yield item
            shown.update()


def bar(total: int, what: str) -> tqdm[NoReturn]:
    """Where a person is watching, standard error says how many of `total` are done."""
    bar_format = "{n_fmt} of {total_fmt} " + what + " |{bar}| {elapsed} < {remaining}"
    watched = sys.stderr is not None and sys.stderr.isatty()
    return tqdm(total=total, disable=not watched, dynamic_ncols=True, leave=False, bar_format=bar_format)


def scores_part(pairs: int, found: Loss, scores: Scores, translations: Translations, threads: int) -> Part:
    """Loss, BLEU, chrF and speed."""
    values = {
        "pairs": pairs,
        "loss": {"nats_per_token": found.per_token, "nats_per_character": found.per_character, "tokens": found.tokens},
        "bleu": {"score": scores.bleu, "signature": scores.bleu_signature},
        "chrf": {"score": scores.chrf, "signature": scores.chrf_signature},
        "speed": {"tokens_per_second": translations.tokens_per_second, "threads": threads},
    }
    on = "1 thread" if threads == 1 else f"{threads} threads"
    lines = (
        f"{pairs:,} pairs",
        f"loss    {found.per_token:.4f} nats a target token, {found.per_character:.4f} a target character",
        f"BLEU    {scores.bleu:.2f}  {scores.bleu_signature}",
        f"chrF    {scores.chrf:.2f}  {scores.chrf_signature}",
        f"speed   {translations.tokens_per_second:,.0f} tokens a second, greedy, in batches, on {on}",
    )
    return Part(values, lines)


def alignment_part(translator: Translator, pairs: Sequence[Pair], gold: Sequence[Gold]) -> Part:
    """How well each cross-attention head aligns words, under both conventions, and how many sentences that was on."""
    both = list(zip(pairs, gold, strict=True))
    sentences = [_aligned(translator, pair, links) for pair, links in watched(both, "sentences aligned")]
    kept = [sentence for sentence in sentences if sentence is not None]
    left_out = len(sentences) - len(kept)
    if left_out:
        print(
            f"{left_out} of {len(pairs)} sentences are left out of the alignment: their words do not fall into whole "
            "pieces of this vocabulary.",
            file=sys.stderr,
        )
    counts = {convention: head_counts(kept, convention) for convention in Convention}
    rows = {convention.name.lower(): _rows(each) for convention, each in counts.items()}
    lines = tuple(line for convention, each in counts.items() for line in _table(convention, each))
    return Part({"alignment": {"sentences": len(kept), "left_out": left_out, "rows": rows}}, lines)


def _rows(counts: Counts) -> list[dict[str, Any]]:
    """The heads, layer by layer."""
    return [
        {
            "layer": layer,
            "head": head,
            "aer": round(each.rate, DIGITS),
            "precision": round(each.precision, DIGITS),
            "recall": round(each.recall, DIGITS),
        }
        for (layer, head), each in sorted(counts.items())
    ]


def _table(convention: Convention, counts: Counts) -> Iterator[str]:
    layers, heads = (1 + max(key[axis] for key in counts) for axis in (0, 1))
    yield ""
    yield f"Word-alignment error rate of cross-attention; row = {convention}"
    yield "layer  " + "  ".join(f"head {head + 1:<2}" for head in range(heads))
    for layer in range(layers):
        yield f"{layer + 1:>5}  " + "  ".join(f"{counts[layer, head].rate:7.3f}" for head in range(heads))
    best = min(sorted(counts), key=lambda key: counts[key].rate)
    found = counts[best]
    yield f"best: layer {best[0] + 1} head {best[1] + 1}, {found.rate:.3f}"
    yield f"its precision {found.precision:.3f}, its recall {found.recall:.3f}"


def _aligned(translator: Translator, pair: Pair, gold: Gold) -> Sentence | None:
    """The weights of a forced translation with the words of both sides; None where words cannot be told apart."""
    target = translator.encode_target(pair.target)
    trace = translator.trace(teacher_force(Document(pair.source), [token.id for token in target]))
    source_words, target_words = words_of(trace.source_tokens), words_of(target)
    # The token of the language to translate into is no word.
    source = in_language(translator.info.language_tokens, pair.source, "")
    if [_count(source_words), _count(target_words)] != [len(source.split()), len(pair.target.split())]:
        return None
    return Sentence(trace.cross_attention, tuple(target_words), tuple(source_words), gold)


def _count(words: Sequence[int | None]) -> int:
    return 1 + max((word for word in words if word is not None), default=-1)


def roles_part(translator: Translator, sources: Sequence[str]) -> Part:
    """What each head looks at while the sources are translated greedily."""
    traces = [translator.trace(Document(source, step=LIMIT)) for source in watched(sources, "sentences traced")]
    values: list[dict[str, Any]] = []
    lines: list[str] = []
    for kind in (each.kind for each in translator.info.maps):
        lines += ["", f"Heads of {kind} attention: what they look at, its share of their weight, entropy from 0 to 1"]
        for each in head_roles(traces, kind):
            where = f"layer {each.layer + 1} head {each.head + 1}"
            lines.append(f"{where:<16} {each.role:<17} {each.share:.2f}  {each.entropy:.2f}")
            values.append(
                {
                    "kind": str(kind),
                    "layer": each.layer,
                    "head": each.head,
                    "role": each.role,
                    "share": round(each.share, DIGITS),
                    "entropy": round(each.entropy, DIGITS),
                }
            )
    return Part({"heads": values}, tuple(lines))


def lines_part(lines: Iterable[str]) -> Part:
    """What is only said in lines."""
    return Part({}, tuple(lines))
