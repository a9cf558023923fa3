"""The most probable next tokens, sorted out when somebody looks."""

from __future__ import annotations

import math

import numpy as np
import pytest
from attention_viewer.model.contract.api import Token
from attention_viewer.model.contract.candidates import BestCandidates, best_token

VOCABULARY = tuple(Token(index, f"▁{index}", str(index)) for index in range(6))
LOGS = np.log(np.array([0.1, 0.3, 0.05, 0.3, 0.2, 0.05], dtype=np.float32))


def test_they_come_best_first_without_the_barred() -> None:
    found = BestCandidates(LOGS, VOCABULARY, (1,), 3)
    assert [each.token.id for each in found] == [3, 4, 0]
    assert [each.probability for each in found] == pytest.approx([0.3, 0.2, 0.1])
    assert found[0].token is VOCABULARY[3] and [each.token.id for each in found[1:]] == [4, 0]


def test_of_equals_the_lower_id_comes_first_and_there_are_no_more_than_there_are() -> None:
    assert [each.token.id for each in BestCandidates(LOGS, VOCABULARY, (), 10)] == [1, 3, 4, 0, 2, 5]
    assert len(BestCandidates(LOGS, VOCABULARY, (0, 1, 2, 3, 4), 10)) == 1


def test_they_equal_the_same_candidates() -> None:
    found = BestCandidates(LOGS, VOCABULARY, (), 2)
    assert found == BestCandidates(LOGS.copy(), VOCABULARY, (), 2) == tuple(found)
    assert found != BestCandidates(LOGS, VOCABULARY, (), 3) and hash(found) == hash(tuple(found))
    assert math.isclose(sum(each.probability for each in found), 0.6, rel_tol=1e-6)


def test_the_best_token_is_not_barred() -> None:
    assert [best_token(LOGS, barred) for barred in ((), (1,), (1, 3))] == [1, 3, 4]
    assert LOGS[1] == np.float32(np.log(np.float32(0.3)))
