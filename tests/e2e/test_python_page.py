"""The handbook's page on Python, run as a reader would, with a made-up model in the place of a real one."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attention_viewer
import numpy as np
import pytest
from attention_viewer.model.contract.document import Document
from attention_viewer.model.translator import Translator, finished
from attention_viewer.viewer.look.assets import ASSETS
from attention_viewer.viewer.window.given import document_of, read_given

MODEL = '"Helsinki-NLP/opus-mt-en-fr"'
COMMAND = "attention-viewer --trace cat.npz"


def blocks(page: str, language: str) -> list[str]:
    """What stands in the page's blocks of a language ("": of none)."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    return [text for name, text in found if name == language]


def test_the_first_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    page = (ASSETS / "help" / "python.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for block in blocks(page, "python")[:3]:
        exec(block, names)
    assert {"cat.npz", "cat.pdf", "lens.svg", "all.png"} == {each.name for each in tmp_path.iterdir()}
    assert re.search(r"^\d+-\d+ .*Aligner\(", capsys.readouterr().out, re.MULTILINE)


def test_from_a_model_of_transformers_to_the_page_and_the_window(
    tiny: Path, tiny_translator: Translator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (ASSETS / "help" / "python.md").read_text(encoding="utf-8")
    *_, computing, saving = blocks(page, "python")
    assert computing.count(MODEL) == 1 and COMMAND in blocks(page, "")[0]
    monkeypatch.chdir(tmp_path)
    shown: list[Any] = []
    show: Callable[..., Any] = attention_viewer.show
    monkeypatch.setattr(attention_viewer, "show", lambda **given: shown.append(show(**given)))
    names: dict[str, Any] = {"attention_viewer": attention_viewer}
    with warnings.catch_warnings():
        # What a tokenizer of transformers recommends to install is no matter of the page.
        warnings.simplefilter("ignore")
        exec(computing.replace(MODEL, repr(str(tiny))), names)
        exec(saving, names)

    written = names["tokens"]["target_tokens"]
    forced = [int(each) for each in names["target"][0]]
    trace = shown[0].trace
    assert [token.piece for token in trace.input_tokens] == written[:-1]
    assert len(trace.steps) == len(forced) - 1 != len(trace.source_tokens)
    own = tiny_translator.trace(Document("The cat sat on the mat.", step=len(trace.steps)))
    assert [token.id for token in own.output_tokens] == forced[1:]
    given = read_given(Path(COMMAND.split()[-1]))
    opened = finished(given.trace_steps(document_of(given, None)))
    for kind in opened.attention:
        np.testing.assert_allclose(opened.weights(kind), own.weights(kind), atol=1e-5)
        np.testing.assert_array_equal(opened.weights(kind), trace.weights(kind))
