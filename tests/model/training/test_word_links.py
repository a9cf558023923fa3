from __future__ import annotations

import pytest
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.training.data import Pair, prepare
from attention_viewer.model.training.word_links import (
    parse_links,
    spell_links,
    symmetrise,
    with_links,
    word_spans,
    words,
)
from hypothesis import given
from hypothesis import strategies as st

PAIRS = [Pair("I see.", "Je vois."), Pair("Go!", "Va !")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("l'homme", ["l", "'", "homme"]),
        ("It’s 3.5 °C…", ["It", "’", "s", "3", ".", "5", "°", "C", "…"]),
        ("où vas-tu ?", ["où", "vas", "-", "tu", "?"]),
        ("a_b  日本!!", ["a_b", "日本", "!", "!"]),
        ("", []),
    ],
)
def test_words(text: str, found: list[str]) -> None:
    assert words(text) == found


@given(st.text())
def test_words_are_all_that_is_visible_in_its_order(text: str) -> None:
    spans = word_spans(text)
    assert [place for start, stop in spans for place in range(start, stop)] == [
        place for place, character in enumerate(text) if not character.isspace()
    ]
    assert all(start < stop for start, stop in spans)


def test_links_of_both_directions_become_one_set() -> None:
    # Both agree on 0-0 and 4-4. 1-1 and 3-3 touch these at a corner, and their words are new; 1-2 touches 1-1 and
    # brings a new target word; 6-6 touches nothing. Below, both words of 0-1 have links already.
    forward = [(0, 0), (1, 1), (3, 3), (4, 4), (6, 6)]
    backward = [(0, 0), (1, 2), (4, 4)]
    assert symmetrise(forward, backward) == ((0, 0), (1, 1), (1, 2), (3, 3), (4, 4))
    assert symmetrise(backward, forward) == symmetrise(forward, backward)
    assert symmetrise([(0, 0), (1, 1), (0, 1)], [(0, 0), (1, 1)]) == ((0, 0), (1, 1))
    assert symmetrise([(0, 1)], [(1, 0)]) == ()


links = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)))


@given(links, links)
def test_symmetrised_links_lie_between_intersection_and_union(
    forward: list[tuple[int, int]], backward: list[tuple[int, int]]
) -> None:
    found = set(symmetrise(forward, backward))
    assert set(forward) & set(backward) <= found <= set(forward) | set(backward)


def test_a_links_file_comes_back() -> None:
    lines = [((0, 0), (1, 12)), (), ((3, 1),)]
    assert spell_links(lines) == b"0-0 1-12\n\n3-1\n"
    assert parse_links(spell_links(lines), "x") == lines
    assert parse_links(b"0-0\r\n\r\n3-1", "x") == [((0, 0),), (), ((3, 1),)]


@pytest.mark.parametrize("line", ["0", "0-", "a-1", "1--2", "0p1", "0-1-2", "²-1"])
def test_what_is_no_link_is_named_with_its_line(line: str) -> None:
    with pytest.raises(InputError, match=r"links\.txt"):
        parse_links(f"0-0\n{line}\n".encode(), "links.txt")
    if line.isascii():
        with pytest.raises(InputError, match=rf"Line 2 of links\.txt: '{line}'"):
            parse_links(f"0-0\n{line}\n".encode(), "links.txt")


def test_pairs_get_their_links_and_stay_the_same_pairs() -> None:
    linked = with_links(PAIRS, [((0, 0), (2, 2)), ()], "links.txt")
    assert [pair.links for pair in linked] == [((0, 0), (2, 2)), ()]
    assert list(linked) == PAIRS and len({*linked, *PAIRS}) == 2
    assert prepare([linked[0], PAIRS[0]]) == PAIRS[:1]


def test_links_of_other_pairs_are_refused() -> None:
    with pytest.raises(InputError, match=r"links\.txt has 1 lines and there are 2 pairs"):
        with_links(PAIRS, [((0, 0),)], "links.txt")
    for link in ((2, 0), (0, 2)):
        with pytest.raises(InputError, match=rf"Line 2 of links\.txt: {link[0]}-{link[1]} points past"):
            with_links(PAIRS, [(), (link,)], "links.txt")
