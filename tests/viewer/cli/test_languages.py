"""--target-language: before every sentence, wherever it comes from, and only where the model knows it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from attention_viewer.viewer.cli.commands import parse
from attention_viewer.viewer.cli.main import main
from support.languages import multilingual

TEXT = "the cat sees."


@pytest.fixture(scope="module")
def many(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return multilingual(tiny, tmp_path_factory.mktemp("many") / "model", ">>fra<<", ">>deu<<")


def source_of(path: Path) -> tuple[str, str]:
    """The sentence of a trace, and its first piece."""
    with np.load(path) as arrays:
        return json.loads(str(arrays["meta"]))["sentence"], str(arrays["source_tokens"][0])


def test_a_sentence_begins_with_the_language(many: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "x.npz"
    assert main(["trace", TEXT, "-o", str(out), "--model", str(many), "--target-language", "deu"]) == 0
    assert source_of(out) == (f">>deu<< {TEXT}", ">>deu<<")
    assert "languages" not in capsys.readouterr().err


def test_every_line_begins_with_it_and_blank_ones_stay_blank(many: Path, tmp_path: Path) -> None:
    lines = tmp_path / "lines.txt"
    lines.write_text(f"{TEXT}\n\n{TEXT}\ta dog.\n", encoding="utf-8")
    options = ["--model", str(many), "--target-language", ">>fra<<"]
    assert main(["trace", "--input", str(lines), "-o", str(tmp_path / "out"), *options]) == 0
    assert source_of(tmp_path / "out" / "00001.npz")[1] == source_of(tmp_path / "out" / "00003.npz")[1] == ">>fra<<"
    lines.write_text(f"{TEXT}\n\n", encoding="utf-8")
    assert main(["translate", str(lines), "-o", str(tmp_path / "t.txt"), *options]) == 0
    assert (tmp_path / "t.txt").read_text("utf-8").count("\n") == 2


def test_a_language_that_is_needed_and_not_given_is_said(
    many: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["trace", TEXT, "-o", str(tmp_path / "x.csv"), "--model", str(many)]) == 0
    assert "translates into 2 languages and needs to be told which: >>deu<<, >>fra<<" in capsys.readouterr().err


def test_a_language_that_the_model_does_not_know(
    many: Path, tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for model, said in ((many, "'ita'; this model knows 2 languages: >>deu<<, >>fra<<"), (tiny, "one language only")):
        out = tmp_path / "x.npz"
        assert main(["trace", TEXT, "-o", str(out), "--model", str(model), "--target-language", "ita"]) == 2
        shown = capsys.readouterr().err
        assert said in shown and shown.count("\n") == 1 and not out.exists()


def test_it_goes_before_a_command_and_with_the_window() -> None:
    assert parse(["--target-language", "fra", "trace", "x", "-o", "x.npz"]).options.text == ">>fra<< x"
    assert parse(["--target-language", "fra", "--sentence", "x"]).options.sentence == ">>fra<< x"
    assert parse(["screenshot", "x.png", "--sentence", "x", "--target-language", "fra"]).options.sentence == ">>fra<< x"


def test_links_count_the_words_of_the_line_and_not_the_language(many: Path, tmp_path: Path) -> None:
    lines, out = tmp_path / "pairs.tsv", [tmp_path / f"{number}.txt" for number in range(2)]
    options = ["--model", str(many), "--layer", "2", "--head", "1"]
    pairs = [(TEXT, "le chat voit ."), ("a big dog", "un chien")]
    lines.write_text("".join(f"{source}\t{target}\n" for source, target in pairs), encoding="utf-8")
    assert main(["align", str(lines), "-o", str(out[0]), *options, "--target-language", "deu"]) == 0
    # Written into the file, the token is a word of its own.
    lines.write_text("".join(f">>deu<< {source}\t{target}\n" for source, target in pairs), encoding="utf-8")
    assert main(["align", str(lines), "-o", str(out[1]), *options]) == 0
    ours, written = ([line.split() for line in path.read_text("utf-8").splitlines()] for path in out)
    for links, others in zip(ours, written, strict=True):
        moved = [f"{int(source) - 1}-{target}" for source, target in (each.split("-") for each in others)]
        on_words = [link for link in moved if not link.startswith("-")]
        assert links and set(on_words) <= set(links)


def test_a_model_is_measured_in_a_language(many: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pairs, gold = tmp_path / "pairs.tsv", tmp_path / "gold.txt"
    pairs.write_text("the cat sees a dog .\tle chat voit un chien .\n", encoding="utf-8")
    gold.write_text("1-1 6p6\n", encoding="utf-8")
    asked = ["evaluate", "--model", str(many), "--input", str(pairs), "--alignments", str(gold), "--json"]
    found = []
    for language in ("deu", "fra"):
        assert main([*asked, "--target-language", language]) == 0
        shown = capsys.readouterr()
        assert "languages" not in shown.err
        found.append(json.loads(shown.out))
    assert found[0]["alignment"]["left_out"] == 0 and found[0]["alignment"]["sentences"] == 1
    assert found[0]["loss"] != found[1]["loss"]
    assert main(asked) == 0
    assert "needs to be told which: >>deu<<, >>fra<<" in capsys.readouterr().err
