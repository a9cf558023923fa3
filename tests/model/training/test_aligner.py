from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.training.aligner import align
from attention_viewer.model.training.data import Pair
from support.made_up import digit_pairs


def test_a_missing_package_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "eflomal", None)
    with pytest.raises(InputError, match=r"pip install eflomal.*`align`.*--links"):
        align([Pair("a", "b")])


def test_both_directions_are_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    class Aligner:
        def align(self, source: list[str], target: list[str], links_filename_fwd: str, links_filename_rev: str) -> None:
            assert (source, target) == (["I ' m off .", "A"], ["Je m ' en vais .", "B"])
            Path(links_filename_fwd).write_text("0-0 3-3 4-5\n0-0\n", encoding="ascii")
            Path(links_filename_rev).write_text("0-0 3-3 3-4 4-5 9-9\n\n", encoding="ascii")

    monkeypatch.setitem(sys.modules, "eflomal", SimpleNamespace(Aligner=Aligner))
    assert align([Pair("I'm off.", "Je m'en vais."), Pair("A", "B")]) == [((0, 0), (3, 3), (3, 4), (4, 5)), ()]


def test_eflomal_finds_the_digits() -> None:
    pytest.importorskip("eflomal")
    pairs = digit_pairs(400)
    found = align(pairs)
    assert len(found) == len(pairs)
    right = sum(len({(word, word) for word in range(len(pair.source.split()))} & set(line))
                for pair, line in zip(pairs, found, strict=True))  # fmt: skip
    assert right > 0.9 * sum(len(pair.source.split()) for pair in pairs)
    assert sum(map(len, found)) < 1.1 * right
