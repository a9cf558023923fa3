"""The table of heads: what its cells say, which head is marked, and what stands there while it is measured."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest
from attention_viewer.model.analysis.alignment import Convention
from attention_viewer.model.analysis.head_table import head_table
from attention_viewer.model.analysis.measures import MEASURES
from attention_viewer.model.contract.api import Progress
from attention_viewer.model.contract.document import Document, go_to
from attention_viewer.model.contract.interventions import HeadId
from attention_viewer.model.contract.maps import CROSS, DECODER
from attention_viewer.model.translator import finished
from attention_viewer.viewer.resolve.resolve_heads import columns, heads_spec
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.results import HEADS, Results
from attention_viewer.viewer.state.specs import Pending
from attention_viewer.viewer.state.survey import Lines, Survey
from attention_viewer.viewer.state.table_spec import TableSpec
from attention_viewer.viewer.state.view_state import Head, ViewState
from support import traces


def loaded(rows: int = 3) -> Loaded:
    document, trace = go_to(Document("The mat is"), rows), traces.trace(rows)
    results = Results().answered([HEADS], document, finished(head_table(trace)))
    return Loaded(traces.info(), trace, "The mat is", document=document, results=results)


def spec(now: Loaded, view: ViewState | None = None) -> TableSpec:
    found = heads_spec(now, view or ViewState()).table
    assert isinstance(found, TableSpec)
    return found


def column(heading: str) -> int:
    return [each.heading for each in columns()].index(heading)


def test_every_head_has_a_row_of_numbers_and_a_role() -> None:
    now = loaded()
    view = ViewState(heads=MappingProxyType({**ViewState().heads, CROSS: Head(1, 2)}))
    found = spec(now, view)
    assert len(found.rows) == 18 and {len(row) for row in found.rows} == {len(columns())}
    at = found.keys.index(HeadId(CROSS, 1, 2))
    assert found.selected == HeadId(CROSS, 1, 2) and found.rows[at][0].text == "Cross 2.3"
    table = now.found(HEADS)
    assert table is not None
    for measure in MEASURES:
        assert found.rows[at][column(measure.title)].order == pytest.approx(
            float(table[CROSS].measures[measure.name][1, 2])
        )
    assert found.rows[at][-1].text == "0.00" and found.rows[at - 1][-1].text != "0.00"


def test_what_is_not_known_is_no_number() -> None:
    rows = dict(zip(spec(loaded(1)).keys, spec(loaded(1)).rows, strict=True))
    cells = rows[HeadId(DECODER, 0, 0)]
    assert cells[column("Looks at")].text == cells[column("Share")].text == cells[column("Aligns")].text == "–"


def test_the_signs_that_stand_in_the_table_are_explained_above_it() -> None:
    now = loaded(4)
    assert "predicted (p) or read (r)" in spec(now).note and "†" not in spec(now).note
    trained = spec(replace(now, info=traces.info(guided_head=(1, 2))))
    marked = [row[0].text for row in trained.rows if "†" in row[0].text]
    assert marked == ["Cross 2.3 †"] and "† was trained to align words" in trained.note
    unaligned = spec(loaded(0))
    assert "(p)" not in unaligned.note and all("–" in row[column("Aligns")].text for row in unaligned.rows)


def test_while_it_is_measured_it_says_so() -> None:
    waiting = heads_spec(replace(loaded(), results=Results()), ViewState()).table
    assert isinstance(waiting, Pending) and "Measuring" in waiting.reason


def test_the_head_that_aligns_best_is_named_with_its_agreement() -> None:
    now = loaded(4)
    found, table = heads_spec(now, ViewState()), now.found(HEADS)
    assert table is not None and table[DECODER].alignment is None
    alignment = table[CROSS].alignment
    assert alignment is not None
    best, agreed = alignment.aligner, alignment.best
    row = "predicted" if best.convention is Convention.PREDICTS else "read"
    place = f"Cross {best.layer + 1}.{best.head + 1} (row = token {row})"
    assert found.aligner.startswith(f"Aligns words best on this sentence: {place}")
    assert found.aligner.endswith(f"{agreed.max():.2f}") and agreed.max() == pytest.approx(best.agreement)
    rows = dict(zip(spec(now).keys, spec(now).rows, strict=True))
    for head in (Head(0, 1), Head(best.layer, best.head)):
        cell = rows[HeadId(CROSS, head.layer, head.head)][column("Aligns")]
        assert cell.order == pytest.approx(float(agreed[head.layer, head.head]))
    assert heads_spec(loaded(0), ViewState()).aligner == ""


def test_heads_of_the_selected_ones_role_are_counted() -> None:
    now = loaded(4)
    table = now.found(HEADS)
    assert table is not None
    view = ViewState(heads=MappingProxyType({**ViewState().heads, CROSS: Head(1, 2)}))
    role = table[CROSS].roles[5].role
    found = heads_spec(now, view)
    assert (found.role, found.alike) == (role, sum(each.role == role for each in table[CROSS].roles))


def test_the_heads_of_a_file_take_the_place_of_the_sentences() -> None:
    now, other = loaded(4), finished(head_table(traces.trace(3)))
    survey = Survey(Lines("news.txt", (("a", None),) * 5, cut=True), 4, 1, other)
    found = heads_spec(replace(now, results=replace(now.results, survey=survey)), ViewState())
    assert found.of_file and isinstance(found.table, TableSpec) and "over the file" in found.aligner
    assert "over the first 4 sentences of news.txt, 1 left out, by the model as it was trained" in found.table.note
    at = found.table.keys.index(HeadId(CROSS, 0, 0))
    cell = found.table.rows[at][column("Entropy")]
    assert cell.order == pytest.approx(float(other[CROSS].measures["entropy"][0, 0]))
    under_way = heads_spec(replace(now, results=replace(now.results, surveying=Progress(2, 5))), ViewState())
    assert under_way.progress == "2 of 5 sentences measured …" and not under_way.of_file
