from __future__ import annotations

from pathlib import Path

import pytest
import torch
from attention_viewer.model.checkpoint import load
from attention_viewer.model.contract.config import read_config
from attention_viewer.model.contract.document import Document
from attention_viewer.model.tokenizer import Tokenizer
from attention_viewer.model.training import evaluation
from attention_viewer.model.training.batches import Example
from attention_viewer.model.training.evaluation import loss, score, translate
from attention_viewer.model.translator import Translator

SENTENCES = [
    "The cat is sleeping.",
    "I love you.",
    "Where did you put the keys of the old house, my friend?",
    "Go!",
    "She doesn't know what she wants to do tomorrow.",
]


@pytest.mark.parametrize("positions", [20, 4000])
def test_batched_translations_are_the_sessions(
    bundled: Path, translator: Translator, positions: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluation, "BATCH_POSITIONS", positions)
    model = load(bundled)
    tokenizer = Tokenizer(bundled, read_config(bundled))
    sources = [[token.id for token in tokenizer.encode_source(text)] for text in SENTENCES]
    found = translate(model, sources, tokenizer.decode)
    assert list(found.texts) == [translator.text(translator.trace(Document(text, step=200))) for text in SENTENCES]
    assert found.tokens_per_second > 0
    cut = translate(model, sources, tokenizer.decode, limit=2)
    assert all(len(text.split()) <= 2 for text in cut.texts)


def test_the_loss_is_the_mean_of_single_sentences(bundled: Path) -> None:
    model = load(bundled).train()
    pairs = [("I love you.", "Je t'aime."), ("The cat is sleeping.", "Le chat dort."), ("Go!", "Va !")]
    tokenizer = Tokenizer(bundled, read_config(bundled))
    examples = [
        Example([t.id for t in tokenizer.encode_source(a)], [t.id for t in tokenizer.encode_target(b)])
        for a, b in pairs
    ]
    found = loss(model, examples, sum(len(target) for _, target in pairs), model.architecture.pad_token_id)
    assert model.training
    model.eval()
    total, tokens = 0.0, 0
    with torch.no_grad():
        for example in examples:
            inputs = torch.tensor([[model.architecture.decoder_start_token_id, *example.target[:-1]]])
            logs = model(torch.tensor([example.source]), inputs)[0]
            total -= float(logs[range(len(example.target)), example.target].sum())
            tokens += len(example.target)
    assert found.total == pytest.approx(total, rel=1e-5)
    assert found.per_token == pytest.approx(total / tokens, rel=1e-5)
    assert found.per_character == pytest.approx(total / sum(len(b) for _, b in pairs), rel=1e-5)


def test_scores_are_sacrebleus() -> None:
    perfect = score(
        ["le chat dort sur le lit", "il pleut ce matin encore"], ["le chat dort sur le lit", "il pleut ce matin encore"]
    )
    assert perfect.bleu == pytest.approx(100.0) and perfect.chrf == pytest.approx(100.0)
    half = score(
        ["le chat dort sur le lit", "nothing of the kind"], ["le chat dort sur le lit", "il pleut ce matin encore"]
    )
    assert 0 < half.bleu < 100 and 0 < half.chrf < 100
    assert "tok:13a" in half.bleu_signature and "nc:6" in half.chrf_signature
