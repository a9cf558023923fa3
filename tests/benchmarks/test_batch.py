"""Many lines translated side by side, against `transformers`' generate in batches of 32."""

from __future__ import annotations

import time
from pathlib import Path

import torch
from attention_viewer.model.translator import Translator
from pytest_benchmark.fixture import BenchmarkFixture
from support.lines import english_lines
from support.reference import reference_model

LINES, BATCH, LIMIT = 300, 32, 80


def test_lines_a_second_are_at_least_those_of_transformers(bundled: Path, benchmark: BenchmarkFixture) -> None:
    translator = Translator(bundled, threads=1)
    lines = english_lines(LINES)
    model = reference_model(bundled)
    sources = [[token.id for token in translator.tokenize(line)] for line in lines]

    def ours(part: slice) -> float:
        began = time.perf_counter()
        assert all(isinstance(each, str) for each in translator.translate_many(lines[part], LIMIT))
        return time.perf_counter() - began

    def theirs(part: slice) -> float:
        began = time.perf_counter()
        for start in range(part.start, part.stop, BATCH):
            group = sources[start : min(start + BATCH, part.stop)]
            longest = max(map(len, group))
            pad = translator.info.architecture.pad_token_id
            ids = torch.tensor([[*source, *[pad] * (longest - len(source))] for source in group])
            with torch.inference_mode():
                model.generate(
                    ids, attention_mask=(ids != pad).long(), num_beams=1, do_sample=False, max_length=LIMIT + 1
                )
        return time.perf_counter() - began

    warm_up = slice(0, BATCH)
    ours(warm_up), theirs(warm_up)
    halves = [slice(0, 160), slice(160, LINES)]
    times = [(ours(part), theirs(part)) for part in halves]  # taking turns, so that a busy machine slows both
    mine, reference = (LINES / sum(each) for each in zip(*times, strict=True))
    benchmark.extra_info.update(lines_a_second=mine, transformers=reference)
    benchmark.pedantic(ours, args=(warm_up,), rounds=3)
    print(f"\nours {mine:.0f} lines a second, transformers {reference:.0f}, ratio {mine / reference:.2f}")
    assert mine >= reference
