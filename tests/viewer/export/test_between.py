"""Figures of what is between the maps: real text, the caption, nothing outside; and why there is none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from attention_viewer.model.analysis.encoding_properties import judge
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.interventions import HeadId, Interventions
from attention_viewer.model.contract.maps import CROSS
from attention_viewer.model.translator import finished
from attention_viewer.viewer.export.job import export_file
from attention_viewer.viewer.export.pictures import Scene
from attention_viewer.viewer.export.possible import reasons_against
from attention_viewer.viewer.export.writing import ExportError
from attention_viewer.viewer.resolve.pages import BETWEEN
from attention_viewer.viewer.state.figure_options import FigureOptions
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.results import DECODER_LENS, INSIDE, NO_RESULTS, PERMUTATION, PROPERTIES
from attention_viewer.viewer.state.view_state import ViewState
from PySide6.QtWidgets import QApplication
from support import insides, traces

OFF = Interventions(frozenset([HeadId(CROSS, 0, 0)]))
SAYS = {
    "architecture": "Masked self-attention",
    "parts": "weight after softmax",
    "words": "logit",
    "encodings": "Index / length",
}


@pytest.fixture
def loaded() -> Loaded:
    """A sentence of which all is known, with a head off."""
    trace, document = traces.trace(3), Document("The mat is", step=3, interventions=OFF)
    found = insides.inside(len(trace.source_tokens), 3, traces.LAYERS, traces.HEADS, trace.output_tokens)
    results = NO_RESULTS.answered([INSIDE], document, found)
    results = results.answered([PERMUTATION], document, insides.permutation(len(trace.source_tokens)))
    results = results.answered([DECODER_LENS], document, insides.decoder_lens(3, 3, trace.output_tokens))
    results = results.answered([PROPERTIES], document, finished(judge(12)))
    return Loaded(traces.info(), trace, "The mat is", document=document, results=results, d_model=12)


@pytest.mark.parametrize("name", BETWEEN)
def test_a_figure_has_its_text_and_says_what_it_is_of(
    name: str, loaded: Loaded, qapp: QApplication, tmp_path: Path
) -> None:
    view, path = ViewState(), tmp_path / "picture.svg"
    assert name not in reasons_against(loaded, view)
    export_file(Scene(loaded, view, 12), FigureOptions(name, "svg"), path)
    text = path.read_text()
    assert SAYS[name] in text and "cross layer 1 head 1 off" in text
    assert "The mat is" in text or name == "encodings"
    export_file(Scene(loaded, view, 12), FigureOptions(name, "pdf"), tmp_path / "picture.pdf")
    assert (tmp_path / "picture.pdf").stat().st_size > 5_000


@pytest.mark.parametrize("name", ["parts", "words", "encodings"])
def test_what_is_not_computed_says_where_it_would_be(
    name: str, loaded: Loaded, qapp: QApplication, tmp_path: Path
) -> None:
    unknown = replace(loaded, results=NO_RESULTS)
    assert "Open the panel" in reasons_against(unknown, ViewState())[name]
    with pytest.raises(ExportError, match="Open the panel"):
        export_file(Scene(unknown, ViewState(), 12), FigureOptions(name, "svg"), tmp_path / "picture.svg")
    assert not list(tmp_path.iterdir())
