"""Reading attention from Python: the same numbers as in the window and on the command line; S is never T."""

from __future__ import annotations

from collections.abc import Callable

import attention_viewer
import numpy as np
import pytest
from attention_viewer.model.analysis.alignment import pharaoh
from attention_viewer.model.analysis.heads import divergences
from attention_viewer.model.analysis.measures import MEASURES
from attention_viewer.model.contract.api import Trace
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.maps import CROSS, DECODER
from support import traces

TRACE = traces.trace(4)


def test_words_have_labels_mask_and_a_caption() -> None:
    found = attention_viewer.words(TRACE, CROSS)
    assert found.rows == ("Le", "tapis", "</s>") and found.columns == ("The", "mat", "is", "</s>")
    expected = TRACE.cross_attention[..., 1:3, 1:3].sum(axis=-1).mean(axis=-1)
    np.testing.assert_allclose(found.weights[..., 1, 1], expected, rtol=1e-5)
    read = attention_viewer.words(TRACE, DECODER, rows="reads", specials="renormalised")
    assert read.rows == read.columns == ("Le", "tapis") and "renormalised" in read.said
    assert read.mask is not None and read.mask.tolist() == [[False, True], [False, False]]
    np.testing.assert_allclose(read.weights.sum(axis=-1), 1.0, rtol=1e-5)


def test_several_heads_are_one() -> None:
    weights = TRACE.cross_attention
    np.testing.assert_allclose(attention_viewer.summary(TRACE), weights.mean(axis=(0, 1)), rtol=1e-5)
    np.testing.assert_allclose(attention_viewer.summary(TRACE, how="maximum", layer=1), weights[1].max(axis=0))
    two = attention_viewer.summary(TRACE, heads=[(0, 1), (1, 2)])
    np.testing.assert_allclose(two, (weights[0, 1] + weights[1, 2]) / 2, rtol=1e-5)
    held = {each.role for each in attention_viewer.roles(TRACE)}
    role = held.pop()
    chosen = [(each.layer, each.head) for each in attention_viewer.roles(TRACE) if each.role == role]
    by_role = attention_viewer.summary(TRACE, role=role)
    np.testing.assert_allclose(by_role, np.mean([weights[each] for each in chosen], axis=0), rtol=1e-5)


def test_heads_are_measured_and_compared() -> None:
    assert list(attention_viewer.measures(TRACE)) == [each.name for each in MEASURES]
    assert attention_viewer.measures(TRACE, DECODER)["entropy"].shape == (2, 3)
    np.testing.assert_array_equal(attention_viewer.unlike(TRACE, 1, 2), divergences(TRACE.cross_attention, (1, 2)))
    assert len(attention_viewer.roles([TRACE, traces.trace(3)], DECODER)) == 6


REFUSED: list[tuple[Callable[[Trace], object], str]] = [
    (lambda trace: attention_viewer.words(trace, "inner"), "choose encoder, decoder, cross"),
    (lambda trace: attention_viewer.words(trace, rows="both"), "reads, predicts"),  # type: ignore[arg-type]
    (lambda trace: attention_viewer.words(trace, specials="off"), "renormalised"),  # type: ignore[arg-type]
    (lambda trace: attention_viewer.summary(trace, how="median"), "mean, maximum"),  # type: ignore[arg-type]
    (lambda trace: attention_viewer.summary(trace, heads=[(7, 0)]), r"head \(7, 0\).*2 layers of 3"),
    (lambda trace: attention_viewer.summary(trace, heads=[]), "no such head"),
    (lambda trace: attention_viewer.summary(trace, role="punctuation"), "role 'punctuation'"),
    (lambda trace: attention_viewer.unlike(trace, 0, 9), "3 heads"),
    (lambda trace: attention_viewer.roles(trace.first(1), DECODER), "longer sentences"),
    (lambda trace: attention_viewer.alignment(trace.first(0)), "nothing to align"),
]


@pytest.mark.parametrize(("call", "words"), REFUSED)
def test_what_will_not_do_is_refused_in_words(call: Callable[[Trace], object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        call(TRACE)


def test_words_are_linked(model: attention_viewer.Model) -> None:
    pair = "The cat is sleeping .", "Le chat dort ."
    found = model.align(*pair)
    assert found.pharaoh == pharaoh(found.links) != ""
    assert all(0 <= source < 5 and 0 <= target < 4 for source, target in found.links), "words are split at spaces"
    assert len({target for _, target in found.links}) == len(found.links), "one source word for each target word"
    agreed = found.agreements[found.aligner.convention]
    assert agreed.shape == model.info.heads(CROSS) and found.aligner.agreement == agreed.max() <= found.best.max()
    assert agreed[found.aligner.layer, found.aligner.head] == agreed.max()
    of_trace = attention_viewer.alignment(model.trace("The cat is sleeping.", "Le chat dort."))
    assert all(source < 4 and target < 3 for source, target in of_trace.links), "the stop belongs to its word"
    with pytest.raises(InputError):
        model.align("The cat.", " ")
