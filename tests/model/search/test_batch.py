"""Translating many lines side by side: the same tokens as one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from attention_viewer.model.checkpoint import load
from attention_viewer.model.contract.api import Trace
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.search import batch
from attention_viewer.model.search.batch import greedy, greedy_all
from attention_viewer.model.translator import Translator
from support.lines import english_lines


def alone(translator: Translator, text: str, limit: int) -> list[int]:
    return [token.id for token in translator.trace(Document(text, step=limit, limit=limit)).output_tokens]


@pytest.mark.timeout(1500)
@pytest.mark.parametrize("count", [40, pytest.param(300, marks=pytest.mark.slow)])
def test_lines_have_the_tokens_of_their_own_traces(translator: Translator, bundled: Path, count: int) -> None:
    lines = english_lines(count)
    assert len(set(lines)) == count
    model = load(bundled)
    sources = [[token.id for token in translator.tokenize(line)] for line in lines]
    found = greedy_all(model, sources, 60)
    expected = [alone(translator, line, 60) for line in lines]
    close = [index for index, each in enumerate(found) if each.close]
    assert len(close) < count / 20
    assert [each.ids for index, each in enumerate(found) if index not in close] == [
        ids for index, ids in enumerate(expected) if index not in close
    ]
    translated = list(translator.translate_many(lines, 60))
    assert translated == [translator.text(translator.trace(Document(line, step=60, limit=60))) for line in lines]


def test_a_near_tie_is_decoded_by_itself(translator: Translator, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    trace = translator.trace

    def noted(document: Document) -> Trace:
        asked.append(document.source)
        return trace(document)

    monkeypatch.setattr(translator, "trace", noted)
    plain = list(translator.translate_many(["The cat sleeps.", "I am hungry."]))
    assert asked == []
    monkeypatch.setattr(batch, "MARGIN", 100.0)
    assert list(translator.translate_many(["The cat sleeps.", "I am hungry."])) == plain
    assert sorted(asked) == ["I am hungry.", "The cat sleeps."]


def test_lines_that_cannot_be_translated_keep_their_place(translator: Translator) -> None:
    first, empty, long, last, again = translator.translate_many(["Good night.", "  ", "cat " * 600, "Good night.", ""])
    assert first == last == translator.text(translator.trace(Document("Good night.", step=200)))
    assert isinstance(empty, InputError) and isinstance(long, InputError) and isinstance(again, InputError)
    assert list(translator.translate_many([])) == []


def test_lines_are_read_only_some_ahead(translator: Translator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("attention_viewer.model.translator.LINES_AHEAD", 3)
    read: list[int] = []

    def lines() -> Iterator[str]:
        for index in range(9):
            read.append(index)
            yield f"I have {index} cats."

    translations = translator.translate_many(lines())
    next(translations)
    assert read == [0, 1, 2]
    assert len(list(translations)) == 8 and read == list(range(9))


def test_the_limit_and_barred_tokens_hold(tiny: Path) -> None:
    model = load(tiny)
    source = torch.tensor([[7, 9, 0], [5, 0, 2]])
    padding = torch.tensor([[False, False, False], [False, False, True]])
    free = greedy(model, source, padding, 4)
    barred = {each.ids[0] for each in free}
    model.architecture = replace(model.architecture, barred_ids=tuple(sorted(barred)))
    held = greedy(model, source, padding, 4)
    assert all(len(each.ids) <= 4 for each in (*free, *held))
    assert not barred & {token for each in held for token in each.ids}


def test_a_sentence_is_not_changed_by_its_neighbours_leaving(translator: Translator, bundled: Path) -> None:
    model = load(bundled)
    texts = ["Go!", "I know.", "The old man was reading a good book when his children came home.", "No."]
    sources = [[token.id for token in translator.tokenize(text)] for text in texts]
    found = greedy_all(model, sources, 60)
    assert [each.ids for each in found] == [alone(translator, text, 60) for text in texts]
    assert len(found[2].ids) > 2 * len(found[0].ids)
