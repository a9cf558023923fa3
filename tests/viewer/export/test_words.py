"""Numbers of whole words as NPZ, CSV and JSON: what is where; S is not T."""

from __future__ import annotations

import csv
import gzip
import io
import json
from typing import Any

import numpy as np
import pytest
from attention_viewer.viewer.export.data import WORD_WRITERS
from attention_viewer.viewer.export.table import COLUMNS
from support import traces


def test_words_stand_in_the_place_of_pieces() -> None:
    trace = traces.trace(4)
    with np.load(io.BytesIO(WORD_WRITERS["npz"](trace, {"sentence": "x"})), allow_pickle=False) as file:
        arrays = dict(file)
    assert arrays["source_words"].tolist() == ["The", "mat", "is", "</s>"]
    assert arrays["input_words"].tolist() == ["<start>", "Le", "tapis"]
    assert arrays["output_words"].tolist() == ["Le", "tapis", "</s>"]
    cross = trace.cross_attention
    assert arrays["cross_attention"].shape == (2, 3, 3, 4)
    np.testing.assert_allclose(
        arrays["cross_attention"][1, 2, 1, 1], cross[1, 2, 1:3, 1:3].sum(axis=1).mean(), rtol=1e-5
    )
    np.testing.assert_allclose(arrays["cross_attention"].sum(axis=-1), 1.0, rtol=1e-5)
    assert arrays["decoder_self_attention"].shape == (2, 3, 3, 3)
    assert arrays["decoder_mask"].tolist() == [[False, True, True], [False, False, False], [False, False, False]]
    np.testing.assert_allclose(arrays["log_probabilities"][1], trace.log_probabilities[1:3].sum(), rtol=1e-5)
    assert "whole words" in json.loads(str(arrays["meta"]))["convention"]


def lines(kind: str, rows: int = 4) -> list[dict[str, str]]:
    """The lines of a kind of map in the table."""
    table = WORD_WRITERS["csv"](traces.trace(rows), {"interventions": ["head off"]}).decode()
    found = list(csv.DictReader(io.StringIO(table)))
    assert tuple(found[0]) == COLUMNS and {line["interventions"] for line in found} == {"head off"}
    return [line for line in found if line["kind"] == kind]


def test_the_table_has_the_columns_of_that_of_pieces() -> None:
    cross = lines("cross")
    assert len(cross) == 2 * 3 * 3 * 4
    sides = [(line["query_index"], line["query"], line["predicts"]) for line in cross[:12:4]]
    assert sides == [("0", "<start>", "Le"), ("1", "", "tapis"), ("2", "tapis", "</s>")]
    keys = [(line["key_index"], line["key"]) for line in cross[:4]]
    assert keys == [("0", "The"), ("1", "mat"), ("2", "is"), ("3", "</s>")]
    last = cross[-8:-4]
    assert {(line["layer"], line["head"], line["query_index"]) for line in last} == {("1", "2", "1")}
    expected = traces.trace(4).cross_attention[1, 2, 1:3, 1:3].sum(axis=1).mean()
    assert float(last[1]["weight"]) == pytest.approx(expected, rel=1e-5)


def test_the_table_says_what_is_masked_and_what_encoder_rows_are() -> None:
    decoder = lines("decoder")[:9]
    assert [line["masked"] for line in decoder] == ["0", "1", "1", "0", "0", "0", "0", "0", "0"]
    assert [line["key"] for line in decoder[:3]] == ["<start>", "Le", "tapis"]
    encoder = lines("encoder")[:16:4]
    assert [(line["query"], line["predicts"]) for line in encoder] == [
        ("The", ""), ("mat", ""), ("is", ""), ("</s>", ""),
    ]  # fmt: skip


def test_a_compressed_table_is_the_same_table() -> None:
    packed = WORD_WRITERS["csv.gz"](traces.trace(4), {})
    assert gzip.decompress(packed) == WORD_WRITERS["csv"](traces.trace(4), {})


def test_the_object_has_words_with_their_pieces() -> None:
    trace = traces.trace(4)
    found: dict[str, Any] = json.loads(WORD_WRITERS["json"](trace, {"sentence": "x"}))
    assert found["format"] == "attention-viewer trace of words" and "whole words" in found["convention"]
    assert found["source_words"][1] == {"text": "mat", "pieces": ["▁ma", "t"], "characters": [4, 7]}
    assert found["source_words"][-1] == {"text": "</s>", "pieces": ["</s>"], "characters": None}
    assert found["input_words"][0] == {"text": "<start>", "pieces": ["<pad>"]}
    word = found["output_words"][1]
    assert (word["text"], word["pieces"]) == ("tapis", ["▁tap", "is"])
    assert word["log_probability"] == pytest.approx(float(trace.log_probabilities[1:3].sum()), abs=1e-5)
    assert np.array(found["attention"]["cross"]).shape == (2, 3, 3, 4)
    np.testing.assert_allclose(np.array(found["attention"]["cross"]).sum(axis=-1), 1.0, atol=1e-5)
    assert found["masked"]["decoder"][0] == [False, True, True] and found["masked"]["cross"] is None


@pytest.mark.parametrize("suffix", ["npz", "csv", "json"])
def test_before_the_first_step_there_are_no_decoder_words(suffix: str) -> None:
    content = WORD_WRITERS[suffix](traces.trace(0), {})
    if suffix == "json":
        assert json.loads(content)["output_words"] == []
    elif suffix == "csv":
        assert {line["kind"] for line in csv.DictReader(io.StringIO(content.decode()))} == {"encoder"}
    else:
        with np.load(io.BytesIO(content)) as file:
            assert file["cross_attention"].shape == (2, 3, 0, 4)
