"""The command `evaluate`."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from attention_viewer.model.contract import methods
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.maps import CROSS
from attention_viewer.model.training.arguments import EvaluateOptions
from attention_viewer.model.training.measure import evaluate
from attention_viewer.model.translator import Translator, finished

PAIRS = "I love you.\tJe t'aime.\nThe cat is sleeping.\tLe chat dort.\nHe is old.\tIl est vieux.\n"
GOLD = "1-1 3-2 2-2\n1-1 2-2 4p3 3p3\n1-1 2-2 3-3\n"


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    pairs, gold = tmp_path / "pairs.tsv", tmp_path / "gold.txt"
    pairs.write_text(PAIRS, encoding="utf-8")
    gold.write_text(GOLD, encoding="utf-8")
    return pairs, gold


def test_the_figures_are_printed(bundled: Path, files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate(EvaluateOptions(bundled, files[0])) == 0
    said = capsys.readouterr().out
    assert said.startswith("3 pairs\n") and "row =" not in said
    for words in ("BLEU    ", "tok:13a", "chrF    ", "nats a target token", "a target character", "tokens a second"):
        assert words in said
    assert evaluate(EvaluateOptions(bundled, files[0], lines=2)) == 0
    assert capsys.readouterr().out.startswith("2 pairs\n")


def test_every_head_has_its_alignment_error_under_both_conventions(
    bundled: Path, files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(EvaluateOptions(bundled, *files)) == 0
    tables = capsys.readouterr().out.split("\n\n")[1:]
    assert [table.splitlines()[0].rpartition("= ")[2] for table in tables] == ["token read", "token predicted"]
    for table in tables:
        rows = [line.split() for line in table.splitlines()[2:6]]
        assert [row[0] for row in rows] == ["1", "2", "3", "4"] and {len(row) for row in rows} == {9}
        rates = {(row[0], str(head + 1)): float(value) for row in rows for head, value in enumerate(row[1:])}
        assert all(0 <= rate <= 1 for rate in rates.values())
        _, _, layer, _, head, rate = table.splitlines()[6].replace(",", "").split()
        assert rates[layer, head] == float(rate) == min(rates.values())
        _, _, precision, _, _, recall = table.splitlines()[7].replace(",", "").split()
        assert 0 < float(precision) <= 1 and 0 < float(recall) <= 1


def test_json_is_one_object_with_what_the_lines_say_and_precision_and_recall(
    bundled: Path, files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(EvaluateOptions(bundled, *files, heads=True, json=True)) == 0
    said = capsys.readouterr()
    values = json.loads(said.out)
    assert said.out.count("\n") == 1 and said.err == ""
    assert values["pairs"] == 3 and len(values["model"]) == 64 and "tok:13a" in values["bleu"]["signature"]
    assert values["loss"]["nats_per_token"] > 0 and values["speed"]["threads"] == 1
    assert len(values["heads"]) == 96 and values["alignment"]["sentences"] == 3
    assert set(values["alignment"]["rows"]) == {"reads", "predicts"}
    for heads in values["alignment"]["rows"].values():
        assert [(each["layer"], each["head"]) for each in heads] == list(np.ndindex(4, 8))
        best = min(heads, key=lambda each: each["aer"])
        # Of few links, all sure ones found and all found possible would be no error.
        assert 0 <= best["aer"] <= 1 - min(best["precision"], best["recall"]) + 1e-6


def test_sentences_whose_words_cannot_be_told_apart_are_left_out_and_counted(
    bundled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # SentencePiece drops a control character, which leaves its side one word short.
    (tmp_path / "p.tsv").write_text("I love you.\tJe t'aime.\nHe is \x07 old.\tIl est vieux.\n", encoding="utf-8")
    (tmp_path / "g.txt").write_text("1-1\n1-1\n", encoding="utf-8")
    assert evaluate(EvaluateOptions(bundled, tmp_path / "p.tsv", tmp_path / "g.txt")) == 0
    said = capsys.readouterr()
    assert "1 of 2 sentences" in said.err and "row = token read" in said.out


def test_what_each_head_looks_at_is_listed(
    bundled: Path, files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(EvaluateOptions(bundled, files[0], heads=True)) == 0
    tables = capsys.readouterr().out.split("\n\n")[1:]
    assert [table.split()[2] for table in tables] == ["encoder", "decoder", "cross"]
    for table in tables:
        lines = table.splitlines()[1:]
        assert len(lines) == 32 and lines[9].startswith("layer 2 head 2 ")
        assert all(0.0 <= float(number) <= 1.0 for line in lines for number in line.split()[-2:])


@pytest.mark.parametrize(
    ("gold", "words"),
    [("1-1\n", ["1 lines", "3"]), ("1-1\n9-1\n1-1\n", ["Line 2", "9-1"]), ("1-1\nx\n1-1\n", ["Line 2", "'x'"])],
)
def test_gold_links_that_do_not_fit_are_refused(
    bundled: Path, files: tuple[Path, Path], gold: str, words: list[str]
) -> None:
    files[1].write_text(gold, encoding="utf-8")
    with pytest.raises(InputError) as error:
        evaluate(EvaluateOptions(bundled, *files))
    assert all(word in str(error.value) for word in words)


def test_an_empty_file_is_refused(bundled: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.tsv").write_text("\n", encoding="utf-8")
    with pytest.raises(InputError, match="no pairs"):
        evaluate(EvaluateOptions(bundled, tmp_path / "empty.tsv"))


def test_attributions_are_compared_with_leaving_tokens_out(
    bundled: Path, files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """The number of one method is that of the ranks, row by row, worked out on the same arrays."""
    assert evaluate(EvaluateOptions(bundled, files[0], lines=1, attributions=True)) == 0
    lines = capsys.readouterr().out.split("\n\n")[1].splitlines()
    assert lines[0].startswith("Agreement") and len(lines) == 11
    found = {line[:48].strip(): float(line[48:]) for line in lines[1:]}
    translator = Translator(bundled)
    document = Document(files[0].read_text("utf-8").split("\t")[0], step=200)
    left_out, zeroed = (
        finished(translator.attribution_steps(document, method)).maps[CROSS].mean(axis=(0, 1))
        for method in (methods.LEAVE_ONE_OUT, methods.VALUE_ZEROING)
    )
    ranks = [np.argsort(np.argsort(each, axis=1), axis=1) for each in (left_out, zeroed)]
    expected = np.mean([np.corrcoef(one, other)[0, 1] for one, other in zip(*ranks, strict=True)])
    assert found["Value zeroing, mean of all layers"] == pytest.approx(expected, abs=2e-3)
