"""From links of words to rows of a guided head, through everything that changes a pair while training."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from attention_viewer.model.training.augment import augment
from attention_viewer.model.training.data import Pair
from attention_viewer.model.training.piece_links import guide_weights, piece_spans
from attention_viewer.model.training.settings import AugmentationRates
from attention_viewer.model.training.subwords import Subwords
from attention_viewer.model.training.word_links import words

CAT = Pair("The cat's asleep.", "Le chat dort.", ((0, 0), (1, 1), (2, 2), (3, 2), (4, 2), (5, 3)))
EGG = Pair("My egg…", "L'été rougeâtre…", ((1, 2), (2, 4), (0, 0), (0, 1)))
NONE = AugmentationRates.none()


@pytest.fixture(scope="module")
def subwords(bundled: Path) -> Subwords:
    return Subwords((bundled / "source.spm").read_bytes())


def spelled(subwords: Subwords, text: str) -> list[tuple[str, str]]:
    """Each piece with the characters it is said to cover."""
    (ids,) = subwords.encode([text])
    spans = subwords.spans(ids, text)
    assert len(spans) == len(ids) and spans[-1] == (0, 0)
    return [(subwords._pieces[each], text[slice(*span)]) for each, span in zip(ids[:-1], spans[:-1], strict=True)]


@pytest.mark.parametrize("text", ["The cat's asleep.", "L'œuf jaunâtre", "Où est-il allé ?", "a"])
def test_pieces_cover_the_text_they_spell(subwords: Subwords, text: str) -> None:
    found = spelled(subwords, text)
    assert [piece.removeprefix("▁") for piece, _ in found] == [covered for _, covered in found]
    assert "".join(covered for _, covered in found) == text.replace(" ", "")


def test_bytes_and_characters_that_become_others(subwords: Subwords) -> None:
    assert spelled(subwords, "ж☃ a") == [
        ("▁", ""), ("<0xD0>", "ж"), ("<0xB6>", "ж"), ("<0xE2>", "☃"), ("<0x98>", "☃"), ("<0x83>", "☃"), ("▁a", "a"),
    ]  # fmt: skip
    assert spelled(subwords, "TV™… ½") == [
        ("▁TV", "TV"), ("T", "™"), ("M", "™"), (".", "…"), (".", "…"), (".", "…"),
        ("▁", ""), ("1", "½"), ("<0xE2>", "½"), ("<0x81>", "½"), ("<0x84>", "½"), ("2", "½"),
    ]  # fmt: skip
    assert spelled(subwords, "It’s a\u200bb") == [("▁It", "It"), ("'", "’"), ("s", "s"), ("▁a", "a\u200b"), ("b", "b")]


def test_sampled_pieces_cover_the_same_text(subwords: Subwords) -> None:
    text = "Nobody’s unbelievable ☃ grandmother"
    seen = set()
    for ids in subwords.sample([text] * 30, 0.0, random.Random(4)):
        seen.add(tuple(ids))
        covered = [text[slice(*span)] for span in subwords.spans(ids, text)]
        whole = "".join(characters for characters, before in zip(covered, ["", *covered], strict=False)
                        if characters != "☃" or before != "☃")  # fmt: skip
        assert whole == text.replace(" ", "")
        assert sum(characters == "☃" for characters in covered) == 3
    assert len(seen) > 5


def test_pieces_that_do_not_spell_the_text_cover_nothing() -> None:
    assert piece_spans(["▁a", "<unk>"], "▁a☃", [0, 0, 1, 2]) == [(0, 0)] * 3
    assert piece_spans(["▁a", "☃"], "▁a☃", [0, 0, 1, 2]) == [(0, 1), (1, 2), (0, 0)]


def looked_at(pair: Pair, subwords: Subwords, source: list[int] | None = None) -> list[tuple[str, list[str]]]:
    """Each target piece with the source pieces its row should look at; `source` is their segmentation."""
    sources, (target,) = source or subwords.encode([pair.source])[0], subwords.encode([pair.target])
    guide = guide_weights(pair, subwords.spans(sources, pair.source), subwords.spans(target, pair.target))
    assert guide.shape == (len(target), len(sources)) and guide.dtype == np.float32
    assert all(row.sum() == pytest.approx(1.0) or not row.any() for row in guide)
    assert all(len(set(row[row > 0].tolist())) <= 1 for row in guide)
    names = [*subwords._pieces, "<pad>"]
    return [
        (names[token], [names[sources[column]] for column in np.flatnonzero(row)])
        for token, row in zip(target, guide, strict=True)
    ]


def test_rows_are_those_of_the_token_they_predict(subwords: Subwords) -> None:
    assert looked_at(CAT, subwords) == [
        ("▁Le", ["▁The"]), ("▁chat", ["▁cat"]), ("▁dort", ["'", "s", "▁asleep"]), (".", ["."]), ("</s>", ["</s>"]),
    ]  # fmt: skip
    assert looked_at(EGG, subwords) == [
        ("▁L", ["▁My"]), ("'", ["▁My"]), ("été", ["▁egg"]), ("▁rouge", []), ("â", []), ("t", []), ("re", []),
        (".", [".", ".", "."]), (".", [".", ".", "."]), (".", [".", ".", "."]), ("</s>", ["</s>"]),
    ]  # fmt: skip
    assert looked_at(Pair("A", "B"), subwords)[-1] == ("</s>", ["</s>"])


def test_a_piece_across_words_looks_at_what_all_of_them_are_linked_to() -> None:
    pair = Pair("a b c", "d-e", ((0, 0), (2, 2)))
    guide = guide_weights(pair, [(0, 1), (2, 5), (0, 0)], [(0, 3), (0, 0)])
    assert guide.tolist() == [[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]]


def linked_words(pair: Pair) -> list[tuple[str, str]]:
    source, target = words(pair.source), words(pair.target)
    return [(source[left], target[right]) for left, right in pair.links]


def changed(pairs: list[Pair], **rates: float) -> list[Pair]:
    return augment(pairs, AugmentationRates(**{**vars(NONE), **rates}), random.Random(1))


def test_links_survive_what_is_done_to_pairs(subwords: Subwords) -> None:
    plain = linked_words(CAT)
    assert plain[2:] == [("'", "dort"), ("s", "dort"), ("asleep", "dort"), (".", ".")]
    small = [(source.lower(), target) for source, target in plain]
    assert linked_words(changed([CAT], all_small=1.0)[0]) == small
    assert linked_words(changed([CAT], small_first=1.0)[0]) == small
    assert linked_words(changed([CAT], curly=1.0)[0])[2] == ("’", "dort")
    assert linked_words(changed([CAT], no_stop=1.0)[0]) == plain[:-1]
    assert looked_at(changed([CAT], curly=1.0)[0], subwords)[2] == ("▁dort", ["'", "s", "▁asleep"])
    assert looked_at(changed([CAT], no_stop=1.0)[0], subwords)[3] == (".", [])


def test_links_of_joined_pairs_are_those_of_both() -> None:
    for pair in changed([CAT, EGG], joined=1.0, no_stop=1.0):
        first, second = (CAT, EGG) if pair.source.startswith("The") else (EGG, CAT)
        other = CAT if pair.source.count("cat") == 2 else EGG if pair.source.count("egg") == 2 else second
        mine = linked_words(first)
        assert linked_words(pair) == (mine[:-1] if first is CAT else mine) + linked_words(other)
    assert changed([CAT, Pair("A", "B")], joined=1.0)[1].links in ((), tuple((s + 1, t + 1) for s, t in CAT.links))


def test_a_letter_that_becomes_two_words_loses_the_links_and_nothing_else_does() -> None:
    turkish = Pair("İzmir.", "Izmir.", ((0, 0), (1, 1)))
    assert len(words(turkish.source.lower())) == 4
    assert changed([turkish], all_small=1.0)[0].links == ()
    assert changed([turkish])[0].links == turkish.links
    every = (chr(code) for code in range(0x110000))
    assert [character for character in every if len(character.lower()) > 1] == ["İ"]


def test_augmentation_draws_the_same_with_and_without_links() -> None:
    rates = AugmentationRates(0.5, 0.5, 0.5, 0.5, 0.5)
    bare = [Pair(pair.source, pair.target) for pair in (CAT, EGG)]
    assert augment([CAT, EGG] * 20, rates, random.Random(2)) == augment(bare * 20, rates, random.Random(2))


def test_another_segmentation_means_the_same_words(subwords: Subwords) -> None:
    seen = set()
    for source in subwords.sample([CAT.source] * 30, 0.0, random.Random(3)):
        rows = dict(looked_at(CAT, subwords, source))
        seen.add(tuple(source))
        shown = {piece: "".join(columns).replace("▁", "") for piece, columns in rows.items()}
        assert (shown["▁Le"], shown["▁chat"], shown["▁dort"]) == ("The", "cat", "'sasleep")
        assert rows["."] == ["."] and rows["</s>"] == ["</s>"]
    assert len(seen) > 5
