"""Figures of what is between the maps: real text, the caption, nothing outside; and why there is none."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from attention_viewer.model.analysis.encoding_properties import Judged, judge
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.interventions import HeadId, Interventions
from attention_viewer.model.contract.maps import CROSS
from attention_viewer.model.translator import finished
from attention_viewer.viewer.export.job import export_file, figure_of
from attention_viewer.viewer.export.pictures import Scene
from attention_viewer.viewer.export.possible import reasons_against
from attention_viewer.viewer.export.tables import table_bytes
from attention_viewer.viewer.export.writing import ExportError
from attention_viewer.viewer.state.figure_options import FigureOptions
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.results import DECODER_LENS, INSIDE, NO_RESULTS, PERMUTATION, PROPERTIES
from attention_viewer.viewer.state.view_state import InsideView, ViewState, clamp
from attention_viewer.viewer.state.widths import PRESETS
from PySide6.QtWidgets import QApplication
from support import insides, traces
from support.exports import BETWEEN

OFF = Interventions(frozenset([HeadId(CROSS, 0, 0)]))
SAYS = {
    "architecture": "Masked self-attention",
    "parts": "weight after softmax",
    "residual": "shares of the sum",
    "ffn": "The units that fire most",
    "embedding": "length of the position",
    "words": "logit",
    "logit lens": "layer 2",
    "decoder lens": "greedy translation",
    "encodings": "Index / length",
    "rotation": "from 10 to 15",
    "layouts": "wavelength",
    "cost": "one after",
}
OF_THE_MODEL = ("encodings", "rotation", "layouts", "cost")
"""Pictures that are the same for every sentence, or nearly."""


@cache
def judged() -> Judged:
    """Every encoding against every property: it takes a while."""
    return finished(judge(12))


@pytest.fixture
def loaded() -> Loaded:
    """A sentence of which all is known, with a head off."""
    trace, document = traces.trace(3), Document("The mat is", step=3, interventions=OFF)
    found = insides.inside(len(trace.source_tokens), 3, traces.LAYERS, traces.HEADS, trace.output_tokens)
    results = NO_RESULTS.answered([INSIDE], document, found)
    results = results.answered([PERMUTATION], document, insides.permutation(len(trace.source_tokens)))
    results = results.answered([DECODER_LENS], document, insides.decoder_lens(3, 3, trace.output_tokens))
    results = results.answered([PROPERTIES], document, judged())
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
    assert "The mat is" in text or name in OF_THE_MODEL
    assert "Press" not in text and "click" not in text and "model toy" in text
    export_file(Scene(loaded, view, 12), FigureOptions(name, "pdf"), tmp_path / "picture.pdf")
    assert (tmp_path / "picture.pdf").stat().st_size > 5_000


@pytest.mark.parametrize("name", BETWEEN)
@pytest.mark.parametrize("width", ["acl-column", "slide"])
def test_it_fits_the_widths_of_papers_and_slides(name: str, width: str, loaded: Loaded, qapp: QApplication) -> None:
    wanted = PRESETS[width].width
    assert wanted is not None
    figure = figure_of(Scene(loaded, ViewState(), 12), FigureOptions(name, "svg", width=wanted))
    assert figure.size.width() == pytest.approx(wanted.pixels(96))


def table(name: str, loaded: Loaded, view: ViewState = ViewState()) -> list[dict[str, str]]:  # noqa: B008 - frozen
    return list(csv.DictReader(io.StringIO(table_bytes(name, "csv", loaded, view).decode())))


@pytest.mark.parametrize("name", BETWEEN)
def test_its_numbers_are_a_table_and_say_what_was_changed(name: str, loaded: Loaded) -> None:
    lines = table(name, loaded)
    assert lines and all(line["interventions"] == "cross layer 1 head 1 off" for line in lines)
    values = json.loads(table_bytes(name, "json", loaded, ViewState()))
    assert len(values["rows"]) == len(lines) and all(len(row) == len(values["columns"]) for row in values["rows"])
    assert values["meta"]["picture"] == name and values["meta"]["sentence"] == "The mat is"


def test_the_table_of_a_cell_has_its_numbers_unrounded(loaded: Loaded) -> None:
    inside = loaded.found(INSIDE)
    assert inside is not None and inside.decoder is not None
    attention = inside.decoder.sublayer(1, "cross").attention
    assert attention is not None
    lines = table("parts", loaded, replace(ViewState(), inside=InsideView(target=1)))
    found = [float(line["value"]) for line in lines if line["column"] == "weight after softmax"]
    head = clamp(ViewState().heads[CROSS], (traces.LAYERS, traces.HEADS)).head
    assert found == pytest.approx(attention.weights[head, 1].tolist(), rel=1e-6)
    scores = [float(line["value"]) for line in lines if line["column"] == "score before the mask"]
    assert scores == pytest.approx(attention.scores[head, 1].tolist(), rel=1e-6)
    query = [float(line["value"]) for line in lines if line["name"].startswith("query of") and line["value"]]
    assert query == pytest.approx(attention.query[head, 1].tolist(), rel=1e-6)


@pytest.mark.parametrize("name", ["parts", "words", "encodings"])
def test_what_is_not_computed_says_where_it_would_be(
    name: str, loaded: Loaded, qapp: QApplication, tmp_path: Path
) -> None:
    unknown = replace(loaded, results=NO_RESULTS)
    assert "Open the panel" in reasons_against(unknown, ViewState())[name]
    with pytest.raises(ExportError, match="Open the panel"):
        export_file(Scene(unknown, ViewState(), 12), FigureOptions(name, "svg"), tmp_path / "picture.svg")
    assert not list(tmp_path.iterdir())
