"""The NPZ of whole words: what each array is; S is not T."""

from __future__ import annotations

import io
import json

import numpy as np
from attention_viewer.viewer.export.npz import npz_bytes
from support import traces


def test_words_stand_in_the_place_of_pieces() -> None:
    trace = traces.trace(4)
    with np.load(io.BytesIO(npz_bytes(trace, {"sentence": "x"}, words=True)), allow_pickle=False) as file:
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
