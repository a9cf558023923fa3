"""All heads of a trace at once: the same numbers as one by one."""

from __future__ import annotations

import numpy as np
from attention_viewer.model.analysis.aligned import sentence_of
from attention_viewer.model.analysis.consensus import best_aligner
from attention_viewer.model.analysis.head_table import Gathered, HeadTable, gathering, head_table, table_of
from attention_viewer.model.analysis.heads import divergences
from attention_viewer.model.analysis.measures import confidence, seen
from attention_viewer.model.analysis.roles import head_roles
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


def test_several_sentences_are_averaged() -> None:
    one, two = traces.trace(3), traces.trace(4)
    gathered = finished(gathering(finished(gathering(Gathered(), one)), two))
    found, alone = table_of(gathered), [table(one), table(two)]
    for kind in (ENCODER, DECODER, CROSS):
        for name, values in found[kind].measures.items():
            np.testing.assert_allclose(
                values, np.mean([each[kind].measures[name] for each in alone], axis=0), rtol=1e-5
            )
        np.testing.assert_allclose(found[kind].unlike, (alone[0][kind].unlike + alone[1][kind].unlike) / 2, rtol=1e-5)
        assert found[kind].roles == head_roles([one, two], kind)
    sentences = [sentence for each in (one, two) if (sentence := sentence_of(each)) is not None]
    alignment = found[CROSS].alignment
    assert alignment is not None and alignment.aligner == best_aligner(sentences)
    # The first row of a decoder has no choice: it counts for nothing, in the mean of diagonality too.
    with_first = table_of(finished(gathering(gathered, traces.trace(1))))[DECODER].measures["diagonality"]
    np.testing.assert_allclose(with_first, found[DECODER].measures["diagonality"])


def test_where_no_row_has_a_choice_there_are_no_roles() -> None:
    found = table(traces.trace(1))
    assert found[DECODER].roles == () and len(found[CROSS].roles) == 6
    assert np.isnan(table(traces.trace(0))[CROSS].measures["entropy"]).all()
