"""The command align: links as Pharaoh, a line a pair; S is never T."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from attention_viewer.model.contract.api import Token
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.hypotheses import teacher_force
from attention_viewer.model.translator import Translator
from attention_viewer.viewer.cli.main import main
from support.commands import run

PAIRS = ["the old cat sees a bird.\tle chat suit un chien .", "a dog.\tun vieux chien voit une maison."]


def words(tokens: Sequence[Token]) -> list[list[int]]:
    """The tokens of each word, told by their pieces alone; `</s>` is none."""
    found: list[list[int]] = []
    for index, token in enumerate(tokens[:-1]):
        if token.piece.startswith("▁"):
            found.append([])
        found[-1].append(index)
    return found


@pytest.mark.parametrize("rows", ["reads", "predicts"])
def test_each_target_word_is_linked_to_where_its_rows_look_most(tiny: Path, tmp_path: Path, rows: str) -> None:
    translator, out = Translator(tiny), tmp_path / "out.txt"
    (tmp_path / "in.tsv").write_text("\n".join(PAIRS) + "\n", encoding="utf-8")
    asked = ("--model", str(tiny), "--layer", "2", "--head", "1", "--rows", rows, "-o", str(out))
    assert main(["align", str(tmp_path / "in.tsv"), *asked]) == 0
    for line, pair in zip(out.read_text("utf-8").splitlines(), PAIRS, strict=True):
        source, target = pair.split("\t")
        ids = [token.id for token in translator.encode_target(target)]
        trace = translator.trace(teacher_force(Document(source), ids))
        weights, late = trace.cross_attention[1, 0], 1 if rows == "reads" else 0
        assert weights.shape[0] != weights.shape[1]
        expected = []
        for number, pieces in enumerate(words(trace.output_tokens)):
            row = np.mean([weights[index + late] for index in pieces], axis=0)
            looked = [sum(row[index] for index in columns) for columns in words(trace.source_tokens)]
            expected.append((int(np.argmax(looked)), number))
        assert line == " ".join(f"{one}-{other}" for one, other in sorted(expected))


@pytest.mark.slow
def test_lines_that_will_not_do_become_empty_ones_and_the_head_is_named(tiny: Path, tmp_path: Path) -> None:
    file = tmp_path / "in.tsv"
    file.write_text(f"{PAIRS[0]}\n\nno translation\n{'word ' * 600}\tx\n{PAIRS[1]}\n", encoding="utf-8")
    result = run("align", str(file), "--model", str(tiny))
    assert result.returncode == 1
    lines = result.stdout.split("\n")
    assert [bool(line) for line in lines] == [True, False, False, False, True, False]
    named, third, fourth, summary = result.stderr.splitlines()
    assert named.startswith("Layer ") and "on 2 pairs" in named
    assert "Line 3" in third and "no translation" in third and "Line 4" in fourth and "512" in fourth
    assert "3 of 5 lines aligned, 2 could not be" in summary


def test_an_existing_file_is_kept(tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("in.tsv", "out.txt"):
        (tmp_path / name).write_text("a dog.\tun chien.\n")
    asked = ["align", str(tmp_path / "in.tsv"), "-o", str(tmp_path / "out.txt"), "--model", str(tiny)]
    assert main(asked) == 2 and "--force" in capsys.readouterr().err
    assert main([*asked, "--force"]) == 0 and (tmp_path / "out.txt").read_text() != "a dog.\tun chien.\n"
