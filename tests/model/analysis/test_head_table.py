"""All heads of a trace at once: the same numbers as one by one."""

from __future__ import annotations

import numpy as np
from attention_viewer.model.analysis.head_table import HeadTable, head_table
from attention_viewer.model.analysis.heads import divergences
from attention_viewer.model.analysis.measures import confidence, seen
from attention_viewer.model.contract.api import Trace
from attention_viewer.model.contract.maps import CROSS, DECODER, ENCODER
from attention_viewer.model.translator import finished
from support import traces


def table(trace: Trace) -> HeadTable:
    return finished(head_table(trace))


def test_every_map_has_its_heads() -> None:
    trace = traces.trace(3)
    found = table(trace)
    assert list(found) == [ENCODER, DECODER, CROSS]
    weights = trace.cross_attention
    cross = found[CROSS]
    np.testing.assert_array_equal(cross.measures["confidence"], confidence(seen(weights, None, trace.source_tokens)))
    np.testing.assert_allclose(cross.unlike[4].reshape(2, 3), divergences(weights, (1, 1)))
    np.testing.assert_allclose(cross.unlike, cross.unlike.T, atol=1e-6)
    assert len(cross.roles) == 6 and cross.roles[4].layer == cross.roles[4].head == 1


def test_where_no_row_has_a_choice_there_are_no_roles() -> None:
    found = table(traces.trace(1))
    assert found[DECODER].roles == () and len(found[CROSS].roles) == 6
    assert np.isnan(table(traces.trace(0))[CROSS].measures["entropy"]).all()
