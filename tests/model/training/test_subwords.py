from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.training.subwords import Subwords, train_subwords, write_vocabulary
from support.made_up import digit_pairs

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def model() -> bytes:
    return train_subwords(digit_pairs(200), 290)


def test_the_vocabulary_is_the_layouts(model: bytes, tmp_path: Path) -> None:
    size = write_vocabulary(tmp_path, model)
    ids = json.loads((tmp_path / "vocab.json").read_text(encoding="utf-8"))
    assert sorted(ids.values()) == list(range(size)) and size == 291
    assert (ids["</s>"], ids["<unk>"], ids["<pad>"]) == (0, 1, 290)
    assert "<0x00>" in ids and "<0xFF>" in ids
    assert (tmp_path / "source.spm").read_bytes() == (tmp_path / "target.spm").read_bytes() == model


def test_text_comes_back_and_strange_characters_become_bytes(model: bytes) -> None:
    subwords = Subwords(model)
    for text in ("un deux trois", "ж☃"):
        (ids,) = subwords.encode([text])
        assert ids[-1] == subwords.eos and 1 not in ids
        assert subwords.decode(ids[:-1]) == text


def test_sampling_depends_on_nothing_but_the_seed(model: bytes) -> None:
    subwords = Subwords(model)
    texts = ["quatre cinq six", "zéro neuf huit"] * 20
    first = subwords.sample(texts, 0.3, random.Random(5))
    assert subwords.sample(texts, 0.3, random.Random(5)) == first != subwords.sample(texts, 0.3, random.Random(6))
    assert len(set(map(tuple, first))) > 2 and first != subwords.encode(texts)
    assert [subwords.decode(ids[:-1]) for ids in first] == texts
    assert subwords.sample(texts, 1e6, random.Random(5)) == subwords.encode(texts)


def test_another_process_draws_the_same() -> None:
    code = (
        "import random; from support.made_up import digit_pairs; "
        "from attention_viewer.model.training.subwords import Subwords, train_subwords; "
        "print(Subwords(train_subwords(digit_pairs(200), 290)).sample(['quatre cinq six'] * 9, 0.3, random.Random(5)))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}
    runs = [
        subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True) for _ in range(2)
    ]
    assert runs[0].stdout == runs[1].stdout != "", runs[0].stderr


def test_no_path_of_the_training_stays_in_the_model(model: bytes, tmp_path: Path) -> None:
    assert str(tmp_path.parent).encode() not in model and str(Path.cwd()).encode() not in model


def test_too_large_a_vocabulary_is_refused() -> None:
    with pytest.raises(InputError, match="5000 pieces"):
        train_subwords(digit_pairs(50), 5000)
