"""Several corpora: their weights, what is left out of them, and the sentences that are never trained on."""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import pytest
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.training.arguments import TrainOptions, add_train_options, train_options
from attention_viewer.model.training.corpus import Corpus, read_corpus
from attention_viewer.model.training.data import Pair
from attention_viewer.model.training.leave_out import bare, read_sentences
from attention_viewer.model.training.mix import Mix
from attention_viewer.model.training.settings import TrainingSettings

SENTENCES = Path(__file__).parent / "sentences"


def options(*arguments: str) -> TrainOptions:
    parser = argparse.ArgumentParser()
    add_train_options(parser)
    return train_options(parser.parse_args([*arguments, "-o", "run"]))


def written(path: Path, *lines: str) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def corpus(tmp_path: Path, *weights: float) -> Corpus:
    files = [
        written(tmp_path / "one.tsv", "a\tx", "b\ty", "d\tz"),
        written(tmp_path / "two.tsv", "b\ty", "I am HUNGRY\tv", "e\tJe suis affamé !", "f\tw"),
    ]
    dev = written(tmp_path / "dev.tsv", "d\tq")
    left_out = written(tmp_path / "never.tsv", "“I am hungry.”\t1", "je suis affame")
    return read_corpus(files, dev, TrainingSettings(), weights, [left_out])


def test_each_pair_has_the_weight_of_the_first_file_it_stands_in(tmp_path: Path) -> None:
    found = corpus(tmp_path, 1.0, 0.25)
    assert [pair.source for pair in found.train] == ["a", "b", "f"]
    assert (found.weights, found.counts) == ((1.0, 1.0, 0.25), (2, 1))
    assert (found.leaking, found.left_out) == (1, 2)
    assert corpus(tmp_path).weights == corpus(tmp_path, 1.0, 1.0).weights == ()
    assert corpus(tmp_path).fingerprint() == corpus(tmp_path, 1.0, 1.0).fingerprint() != found.fingerprint()


def test_an_epoch_takes_as_much_of_a_corpus_as_its_weight_says() -> None:
    pairs = [Pair(str(index), "x") for index in range(3000)]
    mix = Mix((0.25,) * 1000 + (1.0,) * 1000 + (2.5,) * 1000)
    drawn = [int(pair.source) for pair in mix.draw(pairs, random.Random(1))]
    counts = [sum(low <= each < low + 1000 for each in drawn) for low in (0, 1000, 2000)]
    assert 200 < counts[0] < 300 and counts[1] == 1000 and 2420 < counts[2] < 2580
    assert drawn != [int(pair.source) for pair in mix.draw(pairs, random.Random(2))]
    assert Mix().draw(pairs, random.Random(1)) is pairs


def test_weights_follow_the_names_of_files(tmp_path: Path) -> None:
    found = options("a.tsv", "books.tsv.gz:0.6")
    assert (found.train, found.weights) == ((Path("a.tsv"), Path("books.tsv.gz")), (1.0, 0.6))
    assert options("a.tsv", "c:/b.tsv").weights == ()
    odd = written(tmp_path / "odd:2", "a\tb")
    assert options(str(odd)).train == (odd,)
    for weight in ("0", "-1", "nan", "1000"):
        with pytest.raises(InputError, match="must lie above 0"):
            options(f"a.tsv:{weight}")


def test_a_resumed_run_takes_a_longer_budget_and_nothing_else() -> None:
    assert (options("a.tsv", "--resume", "--minutes", "90").minutes, options("a.tsv", "--minutes", "9").minutes) == (
        90.0,
        None,
    )
    assert options("a.tsv", "--resume", "--steps", "90").steps == 90
    with pytest.raises(InputError, match="make the run longer"):
        options("a.tsv", "--resume", "--minutes", "90", "--dropout", "0.2")


@pytest.mark.parametrize("minutes", ["0", "-3", "nan", "inf"])
def test_checkpoints_every_no_minutes_are_refused(minutes: str) -> None:
    with pytest.raises(InputError, match="--checkpoint-minutes takes a number above 0"):
        options("a.tsv", "--checkpoint-minutes", minutes)


def test_sentences_are_the_same_whatever_their_case_accents_and_signs() -> None:
    assert bare("“L’ÉTÉ”, dit-elle…") == bare("l'ete dit elle") != bare("l'été dit-il")


def test_the_sentences_to_judge_by_are_as_many_as_they_should_be_and_hold_what_must_be_copied() -> None:
    counts = {path.stem: len(path.read_text(encoding="utf-8").splitlines()) for path in SENTENCES.glob("*.tsv")}
    assert counts == {"copied": 200, "everyday": 50, "well-known": 30, "first-typed": 8}
    assert len(frozenset().union(*map(read_sentences, SENTENCES.glob("*.tsv")))) == 288
    for line in (SENTENCES / "copied.tsv").read_text(encoding="utf-8").splitlines():
        sentence, copied = line.split("\t")
        assert copied and all(each in sentence for each in copied.split())
