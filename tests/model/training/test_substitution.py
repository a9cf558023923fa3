"""Names and numbers exchanged on both sides, with the links of their words."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.training.augment import augment
from attention_viewer.model.training.data import Pair
from attention_viewer.model.training.settings import AugmentationRates
from attention_viewer.model.training.substitution import Names, beginning, read_names, substitute
from attention_viewer.model.training.word_links import words

TEXT = """\
[first names, female, English]
Mary
Anna
[first names, female, French]
Zoé
Emma
[surnames]
Smith
Brown
[cities of the world (CLDR)]
Boston
New York
Rio de Janeiro
[countries and territories]
Kenya
Mali
"""


@pytest.fixture
def names(tmp_path: Path) -> Names:
    path = tmp_path / "names.txt"
    path.write_text(TEXT, encoding="utf-8")
    return read_names(path)


def exchanged(pair: Pair, names: Names, seed: int = 1, made_up: float = 0.0) -> Pair:
    return substitute(pair, names, made_up, True, True, random.Random(seed))


def linked_words(pair: Pair) -> list[tuple[str, str]]:
    source, target = words(pair.source), words(pair.target)
    return [(source[one], target[other]) for one, other in pair.links]


def every(make: Callable[[int], Pair]) -> set[Pair]:
    return {make(seed) for seed in range(40)}


def test_a_name_on_both_sides_becomes_another_of_its_kind_and_beginning(names: Names) -> None:
    found = every(lambda seed: exchanged(Pair("Mary sleeps.", "Mary dort."), names, seed))
    assert found == {Pair(f"{name} sleeps.", f"{name} dort.") for name in ("Mary", "Zoé")}
    found = every(lambda seed: exchanged(Pair("I see Anna.", "Je n'ai pas vu Anna."), names, seed))
    assert {pair.source for pair in found} == {"I see Anna.", "I see Emma."}


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Mary sleeps.", "Marie dort."),
        ("Mary, Mary!", "Mary, Mary !"),
        ("mary sleeps.", "mary dort."),
        ("I live in Kenya.", "Je vis au Kenya."),
        ("I have 1 cat.", "J'ai 1 chat."),
        ("Agent 007", "L'agent 007"),
        ("It is 7.", "Il est sept."),
    ],
)
def test_what_does_not_stand_once_on_both_sides_stays(source: str, target: str, names: Names) -> None:
    assert every(lambda seed: exchanged(Pair(source, target), names, seed)) == {Pair(source, target)}


def test_numbers_keep_their_length_and_years_stay_near(names: Names) -> None:
    found = every(lambda seed: exchanged(Pair("In 1992, 45 of 7.", "En 1992, 45 sur 7."), names, seed))
    assert len(found) > 20
    for pair in found:
        numbers = [word for word in words(pair.source) if word.isdecimal()]
        assert [word for word in words(pair.target) if word.isdecimal()] == numbers
        assert [len(number) for number in numbers] == [4, 2, 1] and int(numbers[2]) > 1
    years = [int(words(pair.source)[1]) for pair in found]
    assert sum(1500 <= year < 2100 for year in years) > 0.6 * len(years)


def test_links_follow_names_of_more_and_of_fewer_words(names: Names) -> None:
    one = Pair("In Boston Mary eats.", "Mary mange à Boston.", ((0, 2), (1, 3), (2, 0), (3, 1), (4, 4)))
    for seed in range(40):
        pair = exchanged(one, names, seed)
        city = words(pair.source)[1:-3]
        assert set(linked_words(pair)) == {
            ("In", "à"), *zip(city, city, strict=True), (words(pair.source)[-3],) * 2, ("eats", "mange"), (".", "."),
        }  # fmt: skip
    york = Pair("New York is big", "New York est grand", ((0, 0), (1, 1), (2, 2), (3, 3)))
    sources = {exchanged(york, names, seed).source for seed in range(40)}
    assert sources == {"New York is big", "Boston is big", "Rio de Janeiro is big"}
    for seed in range(40):
        assert linked_words(exchanged(york, names, seed))[-2:] == [("is", "est"), ("big", "grand")]


def test_made_up_names_are_the_same_on_both_sides_and_begin_alike(names: Names) -> None:
    found = every(lambda seed: exchanged(Pair("Mr. Smith left.", "M. Smith est parti."), names, seed, made_up=1.0))
    invented = {words(pair.source)[2] for pair in found}
    assert len(invented - {"Smith", "Brown"}) > 10
    for pair in found:
        assert words(pair.source)[2] == words(pair.target)[2] and beginning(words(pair.source)[2]) == "c"


def test_rates_of_zero_exchange_nothing_and_others_their_share(names: Names) -> None:
    pairs = [Pair("Mary is 45.", "Mary a 45 ans.")] * 1000
    rates = AugmentationRates.none()
    assert augment(pairs, rates, random.Random(1), names) == pairs

    def changed(**some: float) -> list[Pair]:
        return augment(pairs, AugmentationRates(**{**vars(rates), **some}), random.Random(1), names)

    numbers = [pair for pair in changed(exchange_numbers=0.4) if pair != pairs[0]]
    assert 330 < len(numbers) < 430 and all(pair.source.startswith("Mary is ") for pair in numbers)
    people = [pair for pair in changed(exchange_names=0.4) if pair != pairs[0]]
    assert 150 < len(people) < 250 and {pair.source for pair in people} == {"Zoé is 45."}


def test_capitals_and_quotation_marks_come_on_both_sides_with_their_links() -> None:
    pair = Pair("It's late.", "Il est tard, là.", ((0, 0), (2, 1), (3, 2), (4, 5)))

    def changed(**some: float) -> Pair:
        return augment([pair], AugmentationRates(**{**vars(AugmentationRates.none()), **some}), random.Random(1))[0]

    loud = changed(capitals=1.0)
    assert (loud.source, loud.target, loud.links) == ("IT'S LATE.", "IL EST TARD, LÀ.", pair.links)
    said = changed(quoted=1.0)
    assert said.source.strip('"“”') == pair.source and said.target == "« Il est tard, là. »"
    assert linked_words(said) == [(said.source[0], "«"), *linked_words(pair), (said.source[-1], "»")]


def test_a_file_without_names_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_names(tmp_path / "none.txt")
    (tmp_path / "empty.txt").write_text("[surnames]\n", encoding="utf-8")
    with pytest.raises(InputError, match="holds no names"):
        read_names(tmp_path / "empty.txt")
