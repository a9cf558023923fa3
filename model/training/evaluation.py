"""How good a model is: loss on given translations, and BLEU and chrF of its own.

Shape letters: B sentences, S source positions, T target positions, V vocabulary.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from model.decoding import decode_step, encode
from model.training.batches import IGNORED, Example, collate
from model.training.data import Pair
from model.transformer import Transformer

BATCH_POSITIONS = 4000


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
        return self.total / self.characters


@dataclass(frozen=True)
class Scores:
    """Corpus scores by sacrebleu with their signatures, and decoding speed in tokens a second."""

    bleu: float
    bleu_signature: str
    chrf: float
    chrf_signature: str
    tokens_per_second: float


@torch.inference_mode()
def dev_loss(model: Transformer, examples: Sequence[Example], pairs: Sequence[Pair], pad: int) -> Loss:
    """The loss of the model on `examples`, the tokenised `pairs`."""
    was_training = model.training
    model.eval()
    total = 0.0
    for group in _by_length(examples):
        batch = collate([examples[index] for index in group], pad)
        memory, _ = model.encode(batch.source, batch.padding)
        hidden, _, _ = model.decode(batch.inputs, memory, batch.padding)
        real = batch.outputs != IGNORED
        total += float(functional.cross_entropy(model.logits(hidden[real]), batch.outputs[real], reduction="sum"))
    model.train(was_training)
    tokens = sum(len(each.target) for each in examples)
    return Loss(total, tokens, sum(len(pair.target) for pair in pairs))


@torch.inference_mode()
def greedy(
    model: Transformer, sources: Sequence[Sequence[int]], pad: int, eos: int, barred: Sequence[int], limit: int = 200
) -> list[list[int]]:
    """The greedy translation of each source (ids, `</s>` last), without its `</s>`; sentences decode in batches."""
    was_training = model.training
    model.eval()
    results: list[list[int]] = [[] for _ in sources]
    examples = [Example(list(ids), [eos]) for ids in sources]
    for group in _by_length(examples):
        batch = collate([examples[index] for index in group], pad)
        for index, ids in zip(group, _greedy_batch(model, batch.source, batch.padding, pad, eos, barred, limit), strict=True):
            results[index] = ids
    model.train(was_training)
    return results


def _greedy_batch(
    model: Transformer, source: Tensor, padding: Tensor, pad: int, eos: int, barred: Sequence[int], limit: int
) -> list[list[int]]:
    state = encode(model, source, padding).state
    token = torch.full((source.shape[0],), pad)
    ended = torch.zeros(source.shape[0], dtype=torch.bool)
    rows: list[Tensor] = []
    while len(rows) < limit and not bool(ended.all()):
        state, row = decode_step(model, state, token)
        scores = row.log_probabilities.clone()
        scores[:, list(barred)] = -torch.inf
        token = scores.argmax(-1).masked_fill(ended, eos)
        ended |= token == eos
        rows.append(token)
    return [ids[: ids.index(eos)] if eos in ids else ids for ids in torch.stack(rows, 1).tolist()]


def score(hypotheses: Sequence[str], references: Sequence[str], seconds: float, tokens: int) -> Scores:
    """BLEU and chrF of translations against one reference each."""
    from sacrebleu.metrics import BLEU, CHRF

    bleu, chrf = BLEU(), CHRF()
    bleu_score = bleu.corpus_score(list(hypotheses), [list(references)])
    chrf_score = chrf.corpus_score(list(hypotheses), [list(references)])
    return Scores(
        bleu_score.score,
        str(bleu.get_signature()),
        chrf_score.score,
        str(chrf.get_signature()),
        tokens / max(seconds, 1e-9),
    )


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._started = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Seconds so far."""
        return time.perf_counter() - self._started


def _by_length(examples: Sequence[Example]) -> Iterator[list[int]]:
    """Indices of examples in groups of like source length, at most BATCH_POSITIONS padded positions each."""
    order = sorted(range(len(examples)), key=lambda index: len(examples[index].source))
    group: list[int] = []
    for index in order:
        longest = max(len(examples[index].source), len(examples[index].target))
        if group and (len(group) + 1) * longest > BATCH_POSITIONS:
            yield group
            group = []
        group.append(index)
    if group:
        yield group
