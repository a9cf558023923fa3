"""The table of heads: what its cells say, which head is marked, and what stands there while it is measured."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest
from attention_viewer.model.analysis.head_table import head_table
from attention_viewer.model.analysis.measures import MEASURES
from attention_viewer.model.contract.document import Document, go_to
from attention_viewer.model.contract.interventions import HeadId
from attention_viewer.model.contract.maps import CROSS, DECODER
from attention_viewer.model.translator import finished
from attention_viewer.viewer.resolve.resolve_heads import COLUMNS, heads_spec
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.results import HEADS, Results
from attention_viewer.viewer.state.specs import Pending
from attention_viewer.viewer.state.table_spec import TableSpec
from attention_viewer.viewer.state.view_state import Head, ViewState
from support import traces


def loaded(rows: int = 3) -> Loaded:
    document, trace = go_to(Document("The mat is"), rows), traces.trace(rows)
    results = Results().answered([HEADS], document, finished(head_table(trace)))
    return Loaded(traces.info(), trace, "The mat is", document=document, results=results)


def spec(now: Loaded, view: ViewState | None = None) -> TableSpec:
    found = heads_spec(now, view or ViewState())
    assert isinstance(found, TableSpec)
    return found


def test_every_head_has_a_row_of_numbers_and_a_role() -> None:
    now = loaded()
    view = ViewState(heads=MappingProxyType({**ViewState().heads, CROSS: Head(1, 2)}))
    found = spec(now, view)
    assert len(found.rows) == 18 and {len(row) for row in found.rows} == {len(COLUMNS)}
    at = found.keys.index(HeadId(CROSS, 1, 2))
    assert found.selected == HeadId(CROSS, 1, 2) and found.rows[at][0].text == "Cross 2.3"
    table = now.found(HEADS)
    assert table is not None
    for place, measure in enumerate(MEASURES, 1):
        assert found.rows[at][place].order == pytest.approx(float(table[CROSS].measures[measure.name][1, 2]))
    assert found.rows[at][-1].text == "0.00" and found.rows[at - 1][-1].text != "0.00"


def test_what_is_not_known_is_no_number() -> None:
    rows = dict(zip(spec(loaded(1)).keys, spec(loaded(1)).rows, strict=True))
    cells = rows[HeadId(DECODER, 0, 0)]
    assert cells[-3].text == cells[-2].text == "–"


def test_while_it_is_measured_it_says_so() -> None:
    waiting = heads_spec(replace(loaded(), results=Results()), ViewState())
    assert isinstance(waiting, Pending) and "Measuring" in waiting.reason
