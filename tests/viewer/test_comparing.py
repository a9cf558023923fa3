from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model.api import Encoding, Kind, Token, Trace
from tests.viewer import traces
from viewer.comparing import common, difference, parting

OTHER = Token(30, "▁Un", "Un")


def with_output(trace: Trace, index: int, token: Token) -> Trace:
    """The trace with another token after a row, read by the next one."""
    steps = list(trace.steps)
    steps[index] = replace(steps[index], output=token)
    if index + 1 < len(steps):
        steps[index + 1] = replace(steps[index + 1], reads=token)
    return replace(trace, steps=tuple(steps))


@pytest.mark.parametrize("kind", list(Kind))
def test_traces_of_one_shape_are_compared_whole(kind: Kind) -> None:
    a = traces.trace(3)
    b = replace(a, cross_attention=a.cross_attention * 0.5)
    found = difference(a, b, kind)
    assert found is not None and found.whole
    expected = 0.5 * a.cross_attention if kind is Kind.CROSS else np.zeros_like(a.weights(kind))
    np.testing.assert_allclose(found.values, expected)
    assert (found.mask is not None) == (kind is Kind.DECODER)


def test_other_shapes_are_compared_where_they_begin_alike() -> None:
    a, b = traces.trace(4), with_output(traces.trace(3), 1, OTHER)
    for kind, shape in ((Kind.DECODER, (2, 2)), (Kind.CROSS, (2, 5))):
        found = difference(a, b, kind)
        assert found is not None and not found.whole and found.values.shape[2:] == shape
        np.testing.assert_allclose(
            found.values, a.weights(kind)[:, :, : shape[0], : shape[1]] - b.weights(kind)[:, :, : shape[0], : shape[1]]
        )


def test_nothing_in_common_is_no_difference() -> None:
    a = traces.trace(3)
    other = Encoding((OTHER, *traces.SOURCE[:2]), traces.attention(3, 3))
    b = replace(a, encoding=other, cross_attention=traces.attention(3, 3))
    assert difference(a, b, Kind.ENCODER) is None and difference(a, b, Kind.CROSS) is None
    assert difference(a, traces.trace(0), Kind.CROSS) is None
    assert "different sentences" in parting(a, b) and "first 0" in parting(a, b)


def test_where_two_translations_part_is_told() -> None:
    a = traces.trace(4)
    assert common(a.output_tokens, with_output(a, 2, OTHER).output_tokens) == 2
    assert parting(a, with_output(a, 2, OTHER)) == "A and B part at token 3: ‘is’ / ‘Un’"
    assert "same" in parting(a, traces.trace(2))
    assert "no token" in parting(a, traces.trace(0))
