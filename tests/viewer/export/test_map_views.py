"""The other views of a map as figures and tables: what stands in them, and what they say of themselves. S is not T."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from attention_viewer.model.analysis.head_table import head_table
from attention_viewer.model.analysis.measures import MEASURES
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.maps import CROSS, ENCODER
from attention_viewer.model.translator import finished
from attention_viewer.viewer.export.job import encoded, figure_of
from attention_viewer.viewer.export.names import proposed_names
from attention_viewer.viewer.export.pictures import Scene
from attention_viewer.viewer.export.possible import reasons_against
from attention_viewer.viewer.export.tables import table_bytes
from attention_viewer.viewer.state.figure_options import FigureOptions
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.options import HEADS_SHOWN, WORDS, HeadsShown, Words
from attention_viewer.viewer.state.results import HEADS, NO_RESULTS
from attention_viewer.viewer.state.view_state import Head, ViewState, choose
from attention_viewer.viewer.state.widths import PRESETS, Width
from PySide6.QtWidgets import QApplication
from support import traces

ROWS = 3
VIEW = replace(ViewState(), heads={**ViewState().heads, CROSS: Head(1, 2)})
DOCUMENT = Document("The mat is", step=ROWS)


@pytest.fixture(autouse=True)
def application(qapp: QApplication) -> None:
    """Fonts need one."""


def scene(view: ViewState = VIEW, chosen: tuple[int, ...] = ()) -> Scene:
    trace = traces.trace(ROWS)
    results = NO_RESULTS.answered([HEADS], DOCUMENT, finished(head_table(trace)))
    loaded = Loaded(traces.info(), trace, "The mat is", "Le tapis", document=DOCUMENT, results=results)
    return Scene(loaded, view, 12, chosen=chosen)


def texts(subject: str, shown: Scene) -> list[str]:
    svg = ElementTree.fromstring(encoded(shown, FigureOptions(subject, "svg"))[0])
    return [(each.text or "").strip() for each in svg.iter("{http://www.w3.org/2000/svg}text")]


def table(subject: str, view: ViewState = VIEW) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table_bytes(subject, "csv", scene().loaded, view).decode())))


@pytest.mark.parametrize(
    ("width", "chosen", "said"),
    [
        (17.5, (1,), "keys: source (encoder output), shaded by what ‘▁Le → ▁tap’ looks at"),
        (7.0, (1,), "shaded by what ‘▁Le → ▁tap’ looks at"),
        (6.0, (), "shaded by the mean of all 3 rows"),
    ],
)
def test_the_heading_of_text_fits_its_width(width: float, chosen: tuple[int, ...], said: str) -> None:
    options = FigureOptions("text", "svg", width=Width(width, "cm"))
    svg = ElementTree.fromstring(encoded(scene(chosen=chosen), options)[0])
    assert said in [(each.text or "").strip() for each in svg.iter("{http://www.w3.org/2000/svg}text")]


def test_lines_say_which_side_is_which_and_what_a_line_is() -> None:
    found = texts("lines", scene())
    assert {"▁Le → ▁tap", "▁mat" if "▁mat" in found else "ma", "Cross-attention · layer 2, head 3"} <= {*found, "ma"}
    said = " ".join(figure_of(scene(), FigureOptions("lines")).caption)
    assert "left: queries: reads → predicts" in said and "right: keys: source" in said and "opacity from 0 to 1" in said
    assert "hatched" not in said and "colour" not in said


def test_a_long_row_keeps_its_arrow_and_that_it_is_shortened_is_said() -> None:
    now = scene()
    trace = now.loaded.trace
    assert trace is not None
    step = trace.steps[1]
    reads, output = (replace(step.reads, text=text, piece=f"▁{text}") for text in ("institutions", "donnaient"))
    steps = (trace.steps[0], replace(step, reads=reads, output=output), *trace.steps[2:])
    long = replace(now, loaded=replace(now.loaded, trace=replace(trace, steps=steps)))
    for width, short in ((Width(7.7, "cm"), True), (Width(20.0, "cm"), False)):
        svg = ElementTree.fromstring(encoded(long, FigureOptions("lines", "svg", width=width))[0])
        found = [(each.text or "").strip() for each in svg.iter("{http://www.w3.org/2000/svg}text")]
        (row,) = [each for each in found if each.startswith("▁in")]
        assert " → ▁do" in row and row.endswith("ent") and ("…" in row) is short
        assert ("long tokens are shortened" in " ".join(found)) is short


def test_heads_that_are_shown_as_one_have_their_colours_told() -> None:
    view = choose(VIEW, HEADS_SHOWN, HeadsShown.LAYER_MEAN)
    assert {"2.1", "2.2", "2.3"} <= set(texts("lines", scene(view)))
    assert "layer.head" in " ".join(figure_of(scene(view), FigureOptions("lines")).caption)
    assert proposed_names(view)["lines"] == "cross_layer2_mean_lines"
    assert proposed_names(VIEW)["lines"] == "cross_layer2_head3_lines"


def test_text_is_shaded_by_the_rows_chosen() -> None:
    assert any("shaded by the mean of all 3 rows" in each for each in texts("text", scene()))
    assert any("looks at" in each for each in texts("text", scene(chosen=(1,))))
    assert any("the mean of 2 rows" in each for each in texts("text", scene(chosen=(0, 2))))


def test_the_table_of_values_is_the_map_shown() -> None:
    trace = traces.trace(ROWS)
    found = np.array([float(line["value"]) for line in table("values")]).reshape(ROWS, len(trace.source_tokens))
    np.testing.assert_allclose(found, trace.cross_attention[1, 2], rtol=1e-6)
    words = table("values", choose(VIEW, WORDS, Words.ON))
    assert len(words) < found.size and sum(float(each["value"]) for each in words if each["row_index"] == "0") == (
        pytest.approx(1.0)
    )


def test_links_are_the_largest_weights_of_words() -> None:
    lines = table("links")
    words = table("values", choose(VIEW, WORDS, Words.ON))
    assert lines
    for line in lines:
        row = [each for each in words if each["row_index"] == line["target"] and each["column"] != "</s>"]
        best = max(row, key=lambda each: float(each["value"]))
        assert (best["column_index"], best["column"]) == (line["source"], line["source_word"])
    assert "choose that kind" in reasons_against(scene().loaded, replace(VIEW, active=ENCODER))["links"]
    assert "links" not in reasons_against(scene().loaded, VIEW)


def test_measures_are_listed_for_every_head_with_their_units() -> None:
    lines = table("measures")
    assert len(lines) == sum(len(each.head_ids) for each in traces.info().maps)
    heads = scene().loaded.found(HEADS)
    assert heads is not None
    entropy = next(each.name for each in MEASURES if each.title == "Entropy")
    line = next(each for each in lines if (each["kind"], each["layer"], each["head"]) == (CROSS, "1", "2"))
    assert float(line[entropy]) == pytest.approx(float(heads[CROSS].measures[entropy][1, 2]), rel=1e-6)
    assert "in nats" in " ".join(texts("measures", scene()))
    unknown = replace(scene().loaded, results=NO_RESULTS)
    assert "Open the panel Heads" in reasons_against(unknown, VIEW)["measures"]


@pytest.mark.parametrize("subject", ["lines", "text", "links", "measures"])
@pytest.mark.parametrize("width", ["acl-page", "slide"])
def test_they_fit_the_widths_of_papers_and_slides(subject: str, width: str) -> None:
    wanted = PRESETS[width].width
    assert wanted is not None
    assert figure_of(scene(), FigureOptions(subject, "svg", width=wanted)).size.width() == pytest.approx(
        wanted.pixels(96)
    )
