"""On a bare server: what draws nothing runs where PySide6 cannot be imported, what draws says what is missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from support.commands import names

BLOCKED = """\
import importlib.abc, sys


class Blocked(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)


sys.meta_path.insert(0, Blocked())
from attention_viewer.viewer.cli.main import main
sys.exit(main(sys.argv[1:]))
"""
QT = ("PySide6", "shiboken6", "pyqtgraph")


def run(*arguments: str, cwd: Path, blocked: tuple[str, ...] = QT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", BLOCKED.format(blocked=blocked), *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=200, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a line to translate and a pair."""
    (tmp_path / "lines.txt").write_text("the old cat sees a bird.\n")
    (tmp_path / "pairs.tsv").write_text("the cat.\tle chat.\na dog.\tun chien.\n")
    return tmp_path


@pytest.mark.slow
def test_translate_and_trace(folder: Path, tiny: Path) -> None:
    result = run("translate", "lines.txt", "--model", str(tiny), cwd=folder)
    assert (result.returncode, result.stderr) == (0, "") and result.stdout.count("\n") == 1
    result = run("trace", "a cat.", "-o", "one.npz", "--model", str(tiny), "--max-steps", "3", cwd=folder)
    assert (result.returncode, result.stderr) == (0, "")
    with np.load(folder / "one.npz", allow_pickle=False) as file:
        assert file["cross_attention"].shape[2] == 3
    asked = ("--input", "lines.txt", "-o", "out", "--format", "csv", "--max-steps", "3")
    result = run("trace", *asked, "--model", str(tiny), cwd=folder)
    assert (result.returncode, result.stderr) == (0, "") and names(folder / "out") == ["00001.csv"]


def test_evaluate(folder: Path, tiny: Path) -> None:
    result = run("evaluate", "--input", "pairs.tsv", "--model", str(tiny), cwd=folder)
    assert (result.returncode, result.stderr) == (0, "") and "BLEU" in result.stdout and "2 pairs" in result.stdout


@pytest.mark.parametrize("suffix", ["npz", "csv", "json", "html"])
def test_export_of_what_is_not_drawn(folder: Path, tiny: Path, suffix: str) -> None:
    asked = ("--input", "lines.txt", "-o", "out", "--format", suffix, "--steps", "2")
    result = run("export", *asked, "--model", str(tiny), cwd=folder)
    assert (result.returncode, result.stderr) == (0, "")
    (name,) = names(folder / "out")
    assert name.startswith("00001_") and name.endswith(f".{suffix}")


@pytest.mark.parametrize(
    "command", [["export", "a cat.", "-o", "out"], ["screenshot", "x.png", "--sentence", "a cat."]]
)
def test_what_draws_says_what_is_missing(folder: Path, tiny: Path, command: list[str]) -> None:
    before = names(folder)
    result = run(*command, "--model", str(tiny), cwd=folder)
    assert result.returncode == 2 and result.stdout == "" and result.stderr.count("\n") == 1
    assert "PySide6" in result.stderr and "is not installed" in result.stderr and names(folder) == before


def test_train_and_evaluate_say_that_what_scores_is_missing_before_they_begin(folder: Path, tiny: Path) -> None:
    for command in (["train", "pairs.tsv", "-o", "run"], ["evaluate", "--input", "pairs.tsv", "--model", str(tiny)]):
        before = names(folder)
        result = run(*command, cwd=folder, blocked=("sacrebleu", "torch"))
        assert result.returncode == 2 and result.stdout == "" and result.stderr.count("\n") == 1
        said = f"The command {command[0]} needs the package sacrebleu: install attention-viewer[train]."
        assert said in result.stderr and names(folder) == before
