from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from attention_viewer.model.analysis.alignment import (
    AlignmentError,
    Convention,
    Gold,
    Sentence,
    head_counts,
    links,
    read_gold,
    row_words,
    word_weights,
    words_of,
)
from attention_viewer.model.contract.api import Token
from attention_viewer.model.contract.errors import InputError


def tokens(*pieces: str) -> list[Token]:
    return [Token(index, piece, piece, special=piece == "</s>") for index, piece in enumerate(pieces)]


def gold(sure: set[tuple[int, int]], possible: set[tuple[int, int]] | None = None) -> Gold:
    return Gold(frozenset(sure), frozenset(sure | (possible or set())))


def test_pieces_belong_to_words_and_specials_to_none() -> None:
    assert words_of(tokens("▁cha", "t", "▁noir", ".", "</s>")) == [0, 0, 1, 1, None]
    assert words_of(tokens("cha", "t", "</s>")) == [0, 0, None]


def test_a_row_stands_for_the_token_it_reads_or_predicts() -> None:
    words = [0, 0, 1, None]
    assert row_words(words, Convention.PREDICTS) == [0, 0, 1, None]
    assert row_words(words, Convention.READS) == [None, 0, 0, 1]


def test_rows_are_averaged_and_columns_summed() -> None:
    weights = np.array([[0.1, 0.2, 0.3, 0.4], [0.3, 0.2, 0.1, 0.4], [0.5, 0.1, 0.2, 0.2]], dtype=np.float32)
    merged = word_weights(weights[None, None], [0, 0, None], [0, 0, 1, None])
    np.testing.assert_allclose(merged, [[[[0.4, 0.2]]]], rtol=1e-6)


def test_each_target_word_is_linked_to_where_it_looks_most() -> None:
    assert links(np.array([[0.1, 0.7, 0.2], [0.6, 0.1, 0.1]], dtype=np.float32)) == {(1, 0), (0, 1)}


def test_the_error_rate_is_och_and_neys() -> None:
    error = AlignmentError()
    assert error.rate == 1.0
    error.add(frozenset({(0, 0), (1, 1), (2, 2)}), gold({(0, 0), (3, 3)}, {(1, 1)}))
    assert error.rate == pytest.approx(1 - (1 + 2) / (3 + 2))
    error.add(frozenset({(0, 0)}), gold({(0, 0)}))
    assert error.rate == pytest.approx(1 - (2 + 3) / (4 + 3))


def test_the_head_that_aligns_is_found_under_the_convention_it_aligns_by() -> None:
    """Head 1 of layer 0 looks at the source of the token predicted, head 0 of layer 1 of the token read."""
    source_words, target_words = (0, 1, 2, None), (0, 1, 2, None)
    weights = np.full((2, 3, 4, 4), 0.25, dtype=np.float32)
    order = [2, 0, 1]
    for row in range(3):
        weights[0, 1, row] = np.eye(4)[order[row]]
        weights[1, 0, row + 1] = np.eye(4)[order[row]]
    sentence = Sentence(weights, target_words, source_words, gold({(order[row], row) for row in range(3)}))
    both = [sentence, sentence]
    predicts, reads = head_counts(both, Convention.PREDICTS), head_counts(both, Convention.READS)
    assert sorted(predicts) == sorted(reads) == list(np.ndindex(2, 3))
    assert [head for head, count in predicts.items() if count.rate == 0] == [(0, 1)]
    assert [head for head, count in reads.items() if count.rate == 0] == [(1, 0)]


def test_gold_links_are_read(tmp_path: Path) -> None:
    path = tmp_path / "gold.txt"
    path.write_text("1-2 3p4\n\n", encoding="utf-8")
    assert read_gold(path) == [gold({(0, 1)}, {(2, 3)}), gold(set())]
    for bad in ("1-0", "a-1", "1+1", "1-", "²-1"):
        path.write_text(f"1-1\n{bad}\n", encoding="utf-8")
        with pytest.raises(InputError, match="Line 2"):
            read_gold(path)
    with pytest.raises(InputError, match=r"none\.txt"):
        read_gold(tmp_path / "none.txt")


def test_nothing_to_align_is_refused() -> None:
    with pytest.raises(InputError, match="no sentence"):
        head_counts([], Convention.READS)


def test_precision_is_of_what_was_found_and_recall_of_what_is_sure() -> None:
    error = AlignmentError()
    assert (error.precision, error.recall) == (0.0, 1.0)
    gold = Gold(sure=frozenset({(0, 0), (1, 1)}), possible=frozenset({(0, 0), (1, 1), (2, 1)}))
    error.add(frozenset({(0, 0), (2, 1), (3, 3)}), gold)
    assert error.precision == pytest.approx(2 / 3) and error.recall == pytest.approx(1 / 2)
    assert error.rate == pytest.approx(1 - (1 + 2) / (3 + 2))
