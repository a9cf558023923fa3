"""One decoder row with every attention in the Trace, against the cached forward pass of `transformers`."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import pytest
import torch
from attention_viewer.model.contract.api import How
from attention_viewer.model.contract.document import Choice, Document
from attention_viewer.model.translator import Translator
from pytest_benchmark.fixture import BenchmarkFixture
from support.reference import cached_pass, reference_model
from transformers.modeling_outputs import BaseModelOutput

SOURCE = "The old man was reading a good book when his children came home."
SOURCE_LENGTH, TARGET_LENGTH = 15, 14
ROUNDS = 60
TURNS, STEPS_A_TURN = 4, 40
BOUND = 0.4


@pytest.fixture
def translator(bundled: Path) -> Translator:
    return Translator(bundled, threads=1)


def test_a_step_takes_at_most_two_fifths_of_the_time_of_transformers(
    translator: Translator, bundled: Path, benchmark: BenchmarkFixture
) -> None:
    documents = _documents(translator)
    assert len(translator.trace(next(documents)).steps) == TARGET_LENGTH
    reference = _reference(translator, bundled)

    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(TURNS):  # taking turns, so that a busy machine slows both; steps follow steps, as in decoding
        ours += [_seconds(translator.trace, next(documents)) for _ in range(STEPS_A_TURN)]
        theirs += [reference() for _ in range(STEPS_A_TURN)]
    ratio = median(ours) / median(theirs)
    benchmark.extra_info.update(ours=median(ours), transformers=median(theirs), ratio=ratio)
    benchmark.pedantic(translator.trace, setup=lambda: ((next(documents),), {}), rounds=ROUNDS)
    print(f"\nours {median(ours) * 1e3:.2f} ms, transformers {median(theirs) * 1e3:.2f} ms, ratio {ratio:.2f}")
    assert ratio <= BOUND


def _documents(translator: Translator) -> Iterator[Document]:
    """Documents of 14 rows that share 13: only the token which the last row reads differs."""
    chosen = translator.trace(Document(SOURCE, step=TARGET_LENGTH - 2)).output_tokens
    shared = tuple(Choice(token.id, How.GREEDY, index - 1 if index else None) for index, token in enumerate(chosen))
    for token in range(300, 8000):
        choices = (*shared, Choice(token, How.FORCED, len(shared) - 1))
        yield Document(SOURCE, choices, len(shared), TARGET_LENGTH)


def _reference(translator: Translator, bundled: Path) -> Callable[[], float]:
    """Seconds that one cached forward pass takes, with everything that comes before it already done."""
    model = reference_model(bundled)
    source = torch.tensor([[token.id for token in translator.tokenize(SOURCE)]])
    target = torch.randint(300, 8000, (1, TARGET_LENGTH))
    assert source.shape[1] == SOURCE_LENGTH
    with torch.inference_mode():
        memory = BaseModelOutput(model.model.encoder(source).last_hidden_state)
        _, start = cached_pass(model, encoder_outputs=memory, decoder_input_ids=target[:, :-1])

    @torch.inference_mode()
    def step() -> float:
        past = copy.deepcopy(start)
        began = time.perf_counter()
        outputs, _ = cached_pass(
            model, past, encoder_outputs=memory, decoder_input_ids=target[:, -1:], output_attentions=True
        )
        elapsed = time.perf_counter() - began
        assert outputs.decoder_attentions[0].shape[-1] == TARGET_LENGTH
        assert outputs.cross_attentions[0].shape[-1] == SOURCE_LENGTH
        return elapsed

    return step


def _seconds(call: Callable[[Document], object], document: Document) -> float:
    began = time.perf_counter()
    call(document)
    return time.perf_counter() - began
