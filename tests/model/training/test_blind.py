"""The sheet on which two models are judged without knowing which is which."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

WORDS = [f"s{number}" for number in range(40)]
BEFORE, AFTER = [f"{word} old" for word in WORDS], [f"{word} new" for word in WORDS]


@pytest.fixture(scope="module")
def blind() -> ModuleType:
    spec = importlib.util.spec_from_file_location("blind", Path(__file__).parent / "sentences" / "blind.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_sides_are_shuffled_and_the_key_tells_them_apart(blind: ModuleType) -> None:
    text, key = blind.sheet(WORDS, BEFORE, AFTER, 1)
    assert blind.sheet(WORDS, BEFORE, AFTER, 1) == (text, key) != blind.sheet(WORDS, BEFORE, AFTER, 2)
    assert 10 < sum(key) < 30
    for line, first in zip(text.splitlines(), key, strict=True):
        _, one, two, verdict = line.split("\t")
        assert one.endswith("new" if first else "old") and two.endswith("old" if first else "new") and not verdict


def test_verdicts_are_counted_for_the_model_they_meant(blind: ModuleType) -> None:
    text, key = blind.sheet(WORDS, BEFORE, AFTER, 1)
    judged = "".join(
        line + ("1" if line.split("\t")[1].endswith("new") else "2 n1" if index % 2 else "=") + "\n"
        for index, line in enumerate(text.splitlines())
    )
    seconds = [index for index, first in enumerate(key) if not first]
    odd = sum(index % 2 for index in seconds)
    assert blind.count(judged, key) == {
        "after better": sum(key) + odd,
        "before noise": odd,
        "equal": len(seconds) - odd,
    }


def test_equal_translations_are_judged_already_and_a_forgotten_line_is_named(blind: ModuleType) -> None:
    text, key = blind.sheet(["a", "b"], ["x", "y"], ["x", "y"], 1)
    assert blind.count(text, key) == {"equal": 2}
    with pytest.raises(ValueError, match="Line 2 has the verdict"):
        blind.count(text.replace("y\ty\t=", "y\ty\t?"), key)


def test_the_sentences_are_as_many_as_they_are_said_to_be() -> None:
    folder = Path(__file__).parent / "sentences"
    counts = {file.stem: len(file.read_text(encoding="utf-8").splitlines()) for file in folder.glob("*.tsv")}
    assert counts == {"copied": 200, "everyday": 50, "well-known": 30, "first-typed": 8}
