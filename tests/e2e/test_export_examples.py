"""The handbook's examples of the command export: one of each picture, run as a reader would with the bundled model."""

from __future__ import annotations

import csv
import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from attention_viewer.model.translator import Translator
from attention_viewer.viewer.cli.main import main
from attention_viewer.viewer.look.assets import ASSETS
from attention_viewer.viewer.state.exportables import by_word
from PIL import Image
from PySide6.QtWidgets import QApplication

PAGE = (ASSETS / "help" / "command-export.md").read_text(encoding="utf-8")
EXAMPLES = {
    found[1]: line
    for line in re.findall(r'^attention-viewer (export ".*)$', PAGE, re.MULTILINE)
    if (found := re.search(r"--picture (\S+)", line))
}


def holds(path: Path) -> bool:
    """Whether a file is whole, and has more than a frame."""
    if path.suffix == ".svg":
        return len(list(ElementTree.parse(path).iter("{http://www.w3.org/2000/svg}text"))) > 3
    if path.suffix == ".pdf":
        from pypdf import PdfReader

        return len(PdfReader(path).pages) == 1
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as table:
            return len(list(csv.DictReader(table))) > 3
    if path.suffix == ".json":
        return bool(json.loads(path.read_text("utf-8")))
    with Image.open(path) as image:
        return int(getattr(image, "n_frames", 1)) > 3


def test_there_is_one_of_each_picture() -> None:
    assert set(EXAMPLES) == set(by_word())


@pytest.mark.parametrize("word", EXAMPLES)
def test_an_example_writes_the_file_that_it_names(
    word: str,
    qapp: QApplication,
    read_once: Callable[..., Translator],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("attention_viewer.model.translator.Translator", read_once)
    arguments = shlex.split(EXAMPLES[word])
    assert main(arguments) == 0 and capsys.readouterr() == ("", "")
    assert [each.name for each in tmp_path.iterdir()] == [arguments[arguments.index("-o") + 1]]
    assert holds(next(tmp_path.iterdir()))
