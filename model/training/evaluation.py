"""How good a model is: loss on given translations, and BLEU and chrF of its own greedy ones.

Shape letters: B sentences, S source positions, T target positions, V vocabulary.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from attention_viewer.model.nn.transformer import Transformer
from attention_viewer.model.search.batch import greedy
from attention_viewer.model.training.batches import IGNORED, Example, collate
from torch.nn import functional

BATCH_POSITIONS = 4000
LIMIT = 200
"""Most tokens of a translation."""


@dataclass(frozen=True)
class Loss:
    """Cross-entropy in nats (no label smoothing) over `tokens` target tokens and `characters` of their text."""

    total: float
    tokens: int
    characters: int

    @property
    def per_token(self) -> float:
        """Nats per target token, `</s>` included."""
        return self.total / self.tokens

    @property
    def per_character(self) -> float:
        """Nats per character of the target text; comparable between vocabularies."""
        return self.total / max(self.characters, 1)


@dataclass(frozen=True)
class Scores:
    """Corpus scores by sacrebleu with their signatures."""

    bleu: float
    bleu_signature: str
    chrf: float
    chrf_signature: str


@dataclass(frozen=True)
class Translations:
    """Greedy translations, in the order of their sources, and how many tokens a second they took."""

    texts: tuple[str, ...]
    tokens_per_second: float


@torch.inference_mode()
def loss(model: Transformer, examples: Sequence[Example], characters: int, pad: int) -> Loss:
    """The loss of the model on `examples`, whose target texts have `characters` characters."""
    device = model.logits_bias.device
    total = 0.0
    with _evaluating(model):
        for group in _by_length(examples):
            batch = collate([examples[index] for index in group], pad)
            source, padding, outputs = (each.to(device) for each in (batch.source, batch.padding, batch.outputs))
            memory, _ = model.encode(source, padding)
            hidden, _, _ = model.decode(batch.inputs.to(device), memory, padding)
            real = outputs != IGNORED
            total += float(functional.cross_entropy(model.logits(hidden[real]), outputs[real], reduction="sum"))
    return Loss(total, sum(len(each.target) for each in examples), characters)


@torch.inference_mode()
def translate(
    model: Transformer,
    sources: Sequence[Sequence[int]],
    text: Callable[[list[int]], str],
    limit: int = LIMIT,
    done: Callable[[int], object] = lambda sentences: None,
) -> Translations:
    """The greedy translation of each source (ids, `</s>` last), at most `limit` tokens each.

    Sentences of like length decode side by side; `text` spells ids, `done` is told of
    each group of sentences how many it has.
    """
    pad = model.architecture.pad_token_id
    results: list[list[int]] = [[] for _ in sources]
    examples = [Example(list(ids), [pad]) for ids in sources]
    started = time.perf_counter()
    with _evaluating(model):
        for group in _by_length(examples):
            batch = collate([examples[index] for index in group], pad)
            found = greedy(model, batch.source, batch.padding, limit)
            for index, decoded in zip(group, found, strict=True):
                results[index] = [token for token in decoded.ids if token != model.architecture.eos_token_id]
            done(len(group))
    seconds = time.perf_counter() - started
    tokens = sum(len(ids) + 1 for ids in results)
    return Translations(tuple(map(text, results)), tokens / max(seconds, 1e-9))


def score(hypotheses: Sequence[str], references: Sequence[str]) -> Scores:
    """BLEU (Papineni et al. 2002) and chrF (Popović 2015) of translations against one reference each."""
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

    bleu, chrf = BLEU(), CHRF()
    bleu_score = bleu.corpus_score(list(hypotheses), [list(references)]).score
    chrf_score = chrf.corpus_score(list(hypotheses), [list(references)]).score
    return Scores(bleu_score, str(bleu.get_signature()), chrf_score, str(chrf.get_signature()))


@contextmanager
def _evaluating(model: Transformer) -> Iterator[None]:
    """Without dropout, and afterwards as before."""
    was_training = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(was_training)


def _by_length(examples: Sequence[Example]) -> Iterator[list[int]]:
    """Indices of examples in groups of like source length, at most BATCH_POSITIONS padded positions each."""
    order = sorted(range(len(examples)), key=lambda index: len(examples[index].source))
    group: list[int] = []
    longest = 0
    for index in order:
        longest = max(longest, len(examples[index].source), len(examples[index].target))
        if group and (len(group) + 1) * longest > BATCH_POSITIONS:
            yield group
            group, longest = [], max(len(examples[index].source), len(examples[index].target))
        group.append(index)
    if group:
        yield group
