"""Traces compared, array by array."""

from __future__ import annotations

import numpy as np
from attention_viewer.model.contract.api import Trace
from support.traces import KINDS


def assert_same(one: Trace, other: Trace) -> None:
    assert [step.output.id for step in one.steps] == [step.output.id for step in other.steps]
    assert [step.how for step in one.steps] == [step.how for step in other.steps]
    for kind in KINDS:
        np.testing.assert_array_equal(one.weights(kind), other.weights(kind))
        assert (one.mask(kind) is None) == (other.mask(kind) is None)
    np.testing.assert_array_equal(one.log_probabilities, other.log_probabilities)
    assert (one.ended, one.hidden, one.causal) == (other.ended, other.hidden, other.causal)
