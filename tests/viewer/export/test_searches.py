"""The beam's tree, the hypotheses and the ranking of heads as pictures and tables."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from attention_viewer.model.contract import document_json
from attention_viewer.model.contract.api import How
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.hypotheses import branch, intervene
from attention_viewer.model.contract.interventions import NONE, Interventions
from attention_viewer.model.contract.maps import CROSS, HeadId
from attention_viewer.viewer.export.job import about_of, encoded, figure_of
from attention_viewer.viewer.export.pictures import Scene
from attention_viewer.viewer.export.possible import reasons_against
from attention_viewer.viewer.export.writing import ExportError
from attention_viewer.viewer.state.exportables import BEAM_TREE, HYPOTHESES, RANKED_HEADS
from attention_viewer.viewer.state.figure_options import FigureOptions
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.view_state import ViewState
from attention_viewer.viewer.state.widths import PRESETS
from PySide6.QtWidgets import QApplication
from support import traces
from support.searches import searched

SUBJECTS = (BEAM_TREE, HYPOTHESES, RANKED_HEADS)
DOCUMENT = Document("The mat is", step=3)


@pytest.fixture(autouse=True)
def application(qapp: QApplication) -> None:
    """Fonts need one."""


def bare() -> Scene:
    trace = traces.trace(3)
    return Scene(Loaded(traces.info(), trace, "The mat is", "Le tapis", document=DOCUMENT), ViewState(), 12)


def scene() -> Scene:
    return replace(bare(), loaded=replace(bare().loaded, results=searched(DOCUMENT)))


def texts(subject: str, width: str = "natural") -> list[str]:
    svg = ElementTree.fromstring(encoded(scene(), FigureOptions(subject, "svg", width=PRESETS[width].width))[0])
    return [(each.text or "").strip() for each in svg.iter("{http://www.w3.org/2000/svg}text")]


def table(subject: str, scene: Scene) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(encoded(scene, FigureOptions(subject, "csv"))[0].decode())))


def test_the_tree_has_every_piece_with_its_word_start() -> None:
    found = texts(BEAM_TREE)
    assert {"▁Le", "▁tap", "is", "</s>", "Beam search, 2 wide"} <= set(found)
    lines = table(BEAM_TREE, scene())
    assert [(line["parent"], line["piece"], line["fate"], line["rank"]) for line in lines] == [
        ("", "▁Le", "survived", ""),
        ("0", "▁tap", "survived", ""),
        ("0", "is", "discarded", ""),
        ("1", "</s>", "finished", "1"),
    ]
    assert float(lines[3]["score"]) == pytest.approx(-0.2333)


def test_hypotheses_are_listed_with_text_and_probability() -> None:
    other = branch(DOCUMENT, [(token.id, How.GREEDY) for token in traces.TARGET[:3]])
    shown = scene()
    shown = replace(shown, loaded=replace(shown.loaded, document=other))
    lines = table(HYPOTHESES, shown)
    assert len(lines) == len(other.hypotheses) and sum(line["current"] == "1" for line in lines) == 1
    current = next(line for line in lines if line["current"] == "1")
    assert current["text"] == "Le tapis" and float(current["log_probability"]) == pytest.approx(3 * -0.35667, abs=1e-3)
    assert {"hypothesis", "ln p", "tokens", "how"} <= set(texts(HYPOTHESES))


def test_the_ranking_counts_from_one_in_the_picture_and_from_zero_in_the_table() -> None:
    found = texts(RANKED_HEADS)
    assert {"L2 H3", "0.2500", "−1.5000", "L1 H2", "+0.5000"} <= set(found)
    assert found.index("L2 H3") < found.index("L1 H2")
    lines = table(RANKED_HEADS, scene())
    assert [(line["kind"], line["layer"], line["head"]) for line in lines] == [
        ("cross", "1", "2"),
        ("encoder", "0", "1"),
    ]


@pytest.mark.parametrize("then", [NONE, Interventions(heads_off=frozenset({HeadId(CROSS, 0, 1)}))])
def test_a_ranking_says_with_which_heads_off_it_was_made(then: Interventions) -> None:
    now = intervene(DOCUMENT, Interventions(heads_off=frozenset({HeadId(CROSS, 1, 2)})))
    shown = replace(bare().loaded, document=now, results=searched(intervene(DOCUMENT, then)))
    seen, said = replace(bare(), loaded=shown), "cross layer 1 head 2 off" if then else ""
    figure = figure_of(seen, FigureOptions(RANKED_HEADS))
    facts = dict(about_of(figure, seen, FigureOptions(RANKED_HEADS)).facts)
    assert [line for line in figure.caption if line.startswith("with: ")] == ([f"with: {said}"] if then else [])
    assert facts.get("Interventions", "") == said and facts["Step"] == "4", "the whole translation was ranked"
    assert {line["interventions"] for line in table(RANKED_HEADS, seen)} == {said}
    about = json.loads(encoded(seen, FigureOptions(RANKED_HEADS, "json"))[0])["meta"]
    assert about["interventions"] == ([said] if then else []) and about["ended"] == "eos"
    assert document_json.from_json(about["document"]).interventions == then
    assert dict(about_of(figure, seen, FigureOptions(HYPOTHESES)).facts)["Interventions"] == "cross layer 2 head 3 off"


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("width", ["acl-column", "acl-page", "slide"])
def test_they_fit_the_widths_of_papers_and_slides(subject: str, width: str) -> None:
    wanted = PRESETS[width].width
    assert wanted is not None
    figure = figure_of(scene(), FigureOptions(subject, "svg", width=wanted))
    assert figure.size.width() == pytest.approx(wanted.pixels(96))


@pytest.mark.parametrize("subject", [BEAM_TREE, RANKED_HEADS])
@pytest.mark.parametrize("suffix", ["svg", "csv"])
def test_what_was_not_searched_says_what_to_do(subject: str, suffix: str) -> None:
    assert subject in reasons_against(bare().loaded, ViewState())
    assert subject not in reasons_against(scene().loaded, ViewState())
    with pytest.raises(ExportError, match=r"Beam search|run it first"):
        encoded(bare(), FigureOptions(subject, suffix))
