from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.training.augment import augment
from attention_viewer.model.training.corpus import read_corpus
from attention_viewer.model.training.data import Pair, normalise, prepare, read_pairs, split, without_leaks
from attention_viewer.model.training.settings import AugmentationRates, TrainingSettings
from hypothesis import given
from hypothesis import strategies as st

NONE = AugmentationRates.none()


def test_pairs_are_read_from_plain_and_compressed_files(tmp_path: Path) -> None:
    text = b"Hello.\tBonjour.\tCC-BY\n\nGo.\tVa.\r\n"
    plain, packed = tmp_path / "a.tsv", tmp_path / "a.tsv.gz"
    plain.write_bytes(text)
    packed.write_bytes(gzip.compress(text))
    expected = [Pair("Hello.", "Bonjour."), Pair("Go.", "Va.")]
    assert read_pairs(plain) == expected
    assert read_pairs(packed) == expected


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"Hi.\tSalut.\nno tab\n", ["Line 2", "tab"]), (b"a\tb\n\xff\xfe\tb\n", ["Line 2", "UTF-8"])],
)
def test_a_bad_line_is_named(tmp_path: Path, content: bytes, words: list[str]) -> None:
    path = tmp_path / "bad.tsv"
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        read_pairs(path)
    assert all(word in str(error.value) for word in [*words, "bad.tsv"])


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.tsv.gz"
    broken.write_bytes(gzip.compress(b"a\tb\n" * 1000)[:20])
    not_packed = tmp_path / "plain.tsv.gz"
    not_packed.write_bytes(b"a\tb\n")
    for path in (tmp_path / "none.tsv", broken, not_packed):
        with pytest.raises(InputError, match=path.name):
            read_pairs(path)


def test_normalisation() -> None:
    assert normalise(" L\u2019e\u0301te\u0301\u00a0 !\t") == "L'été !"
    assert prepare([Pair("a ", "b"), Pair("a", " b"), Pair("a", "c"), Pair("", "d"), Pair("e", " ")]) == [
        Pair("a", "b"),
        Pair("a", "c"),
    ]


words = st.sampled_from("abcdefgh")


@given(st.lists(st.builds(Pair, words, words), unique=True), st.floats(0.0, 0.6), st.integers(0, 5))
def test_a_split_shares_no_sentence(pairs: list[Pair], share: float, seed: int) -> None:
    train, dev = split(pairs, share, seed)
    assert sorted(train + dev, key=repr) == sorted(pairs, key=repr)
    assert not {pair.source for pair in train} & {pair.source for pair in dev}
    assert not {pair.target for pair in train} & {pair.target for pair in dev}
    assert len(dev) <= round(share * len(pairs))


def test_a_split_takes_about_the_share_that_was_asked_for() -> None:
    pairs = [Pair(f"s{index}", f"t{index // 3}") for index in range(600)]
    train, dev = split(pairs, 0.1, seed=3)
    assert 57 <= len(dev) <= 60 and len(train) + len(dev) == 600
    assert split(pairs, 0.1, seed=3) == (train, dev) != split(pairs, 0.1, seed=4)


def test_training_pairs_that_share_a_sentence_with_dev_are_left_out() -> None:
    train = [Pair("a", "x"), Pair("b", "y"), Pair("c", "z")]
    assert without_leaks(train, [Pair("a", "q"), Pair("r", "y")]) == [Pair("c", "z")]


def test_a_corpus_counts_what_it_leaves_out(tmp_path: Path) -> None:
    train, dev = tmp_path / "train.tsv", tmp_path / "dev.tsv"
    train.write_text("a\tx\nb\ty\nb\ty\nc\tz\n", encoding="utf-8")
    dev.write_text("a\tq\n", encoding="utf-8")
    corpus = read_corpus([train], dev, TrainingSettings())
    assert (corpus.train, corpus.dev) == ((Pair("b", "y"), Pair("c", "z")), (Pair("a", "q"),))
    assert (corpus.leaking, corpus.left_out) == (1, 0)
    with pytest.raises(InputError, match="nothing to train on"):
        read_corpus([dev], dev, TrainingSettings())
    with pytest.raises(InputError, match="dev pairs"):
        read_corpus([train], None, TrainingSettings(dev_share=0.0))


def test_every_rate_changes_pairs_in_its_own_way() -> None:
    pairs = [Pair("It's Tom.", "C'est Tom."), Pair("Go!", "Va !")] * 500

    def changed(**rates: float) -> list[Pair]:
        settings = AugmentationRates(**{**vars(NONE), **rates})
        return augment(pairs, settings, random.Random(1))

    assert changed() == pairs
    assert changed(no_stop=1.0)[0].source == "It's Tom" and changed(no_stop=1.0)[1].source == "Go!"
    assert changed(small_first=1.0)[0].source == "it's Tom."
    assert changed(all_small=1.0)[0].source == "it's tom."
    assert changed(curly=1.0)[0].source == "It’s Tom."
    joined = changed(joined=1.0)[0]
    assert joined.source.startswith("It's Tom. ") and joined.target.startswith("C'est Tom. ")
    assert joined.source.count("Tom") == joined.target.count("Tom")
    for name in ("no_stop", "small_first", "all_small", "curly", "joined"):
        share = sum(new.source != old.source for new, old in zip(changed(**{name: 0.2})[::2], pairs[::2], strict=True))
        assert 60 < share < 140, name
    assert all(new.target == old.target for new, old in zip(changed(all_small=1.0), pairs, strict=True))
