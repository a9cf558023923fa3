"""Grouping, hiding and renormalising on maps small enough to do by hand; S is never T."""

from __future__ import annotations

import numpy as np
import pytest
from attention_viewer.model.analysis.words import grouped, merged, merged_mask, renormalised, spelled, words_at
from attention_viewer.model.contract.api import Token
from support import traces

SOURCE, START, TARGET = traces.SOURCE, traces.START, traces.TARGET
READS = (START, *TARGET[:3])


def test_pieces_stand_together_and_special_tokens_alone() -> None:
    assert grouped(SOURCE) == ((0,), (1, 2), (3,), (4,))
    assert grouped(TARGET) == ((0,), (1, 2), (3,))
    assert grouped(SOURCE, words=False) == ((0,), (1,), (2,), (3,), (4,))
    assert [spelled(SOURCE, group) for group in grouped(SOURCE)] == ["The", "mat", "is", "</s>"]


def test_groups_follow_what_rows_stand_for() -> None:
    """Rows that read <start> le tap is, and predict le tap is </s>."""
    assert grouped(READS) == ((0,), (1,), (2, 3))
    assert grouped(READS, hide=True) == ((1,), (2, 3))
    assert grouped(TARGET, hide=True) == ((0,), (1, 2))
    assert grouped(SOURCE, words=False, hide=True) == ((0,), (1,), (2,), (3,))


def test_words_are_spelled_as_people_write_them() -> None:
    pieces = ["▁", "1", "9", "8", "7", "'", "s", "▁", "<0xE7>", "<0x94>", "<0xB0>", "さ", "▁", "<0xE7>", "<0x94>", "▁"]
    tokens = [Token(at, piece, piece if piece != "▁" else "␣") for at, piece in enumerate(pieces)]
    groups = grouped(tokens)
    assert [spelled(tokens, group) for group in groups] == ["1987's", "田さ", "<0xE7><0x94>", "␣"]
    assert [len(group) for group in groups] == [7, 5, 3, 1], "weights are of all pieces all the same"


def test_a_piece_after_a_special_token_begins_a_word() -> None:
    assert grouped((START, Token(1, "tap", "tap"), Token(2, "is", "is"))) == ((0,), (1, 2))


def test_rows_are_averaged_and_columns_summed() -> None:
    weights = np.array(
        [[0.1, 0.2, 0.3, 0.0, 0.4], [0.5, 0.1, 0.1, 0.2, 0.1], [0.1, 0.3, 0.3, 0.2, 0.1], [0, 0, 0, 0, 1]],
        dtype=np.float32,
    )
    found = merged(weights, grouped(TARGET), grouped(SOURCE))
    expected = [[0.1, 0.5, 0.0, 0.4], [0.3, 0.4, 0.2, 0.1], [0.0, 0.0, 0.0, 1.0]]
    np.testing.assert_allclose(found, expected, atol=1e-6)
    every_head = merged(np.stack([weights, weights[::-1]])[None], grouped(TARGET), grouped(SOURCE))
    assert every_head.shape == (1, 2, 3, 4)
    np.testing.assert_allclose(every_head.sum(axis=-1), 1.0, atol=1e-6)


def test_a_cell_is_masked_only_where_all_its_parts_are() -> None:
    causal = np.triu(np.ones((4, 4), dtype=np.bool_), 1)
    found = merged_mask(causal, grouped(TARGET), grouped(READS))
    assert found is not None and found.tolist() == [[False, True, True], [False, False, False], [False, False, False]]
    part = np.zeros((4, 5), dtype=np.bool_)
    part[:, 1] = True
    assert not np.any(merged_mask(part, grouped(TARGET), grouped(SOURCE)))
    part[:, 2] = True
    found = merged_mask(part, grouped(TARGET), grouped(SOURCE))
    assert found is not None and found.tolist() == [[False, True, False, False]] * 3
    assert merged_mask(None, grouped(TARGET), grouped(SOURCE)) is None


def test_hidden_weight_is_gone_or_spread_over_the_rest() -> None:
    weights = np.array([[0.1, 0.1, 0.2, 0.1, 0.5], [0, 0, 0, 0, 1]], dtype=np.float32)
    left = merged(weights, ((0,), (1,)), grouped(SOURCE, words=False, hide=True))
    np.testing.assert_allclose(left, [[0.1, 0.1, 0.2, 0.1], [0.0, 0.0, 0.0, 0.0]])
    np.testing.assert_allclose(renormalised(left), [[0.2, 0.2, 0.4, 0.2], [0.0, 0.0, 0.0, 0.0]], atol=1e-6)


def test_no_rows_are_no_trouble() -> None:
    assert merged(np.zeros((2, 3, 0, 5), np.float32), (), grouped(SOURCE)).shape == (2, 3, 0, 4)


@pytest.mark.parametrize(
    ("spans", "words"),
    [
        ([(0, 1), (2, 4), (4, 5), (6, 7), None], [0, 1, 1, 2, None]),
        ([None, (0, 1), (1, 2), (2, 5), None], [0, 0, 1, 1, None]),
    ],
)
def test_words_are_split_at_spaces(spans: list[tuple[int, int] | None], words: list[int | None]) -> None:
    assert words_at("2 l'a .", spans) == words
