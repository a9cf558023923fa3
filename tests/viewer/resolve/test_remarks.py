"""What is said quietly of a sentence: its script, its unknown pieces, its length; and of a byte, its character."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from attention_viewer.model.contract.api import Token
from attention_viewer.model.contract.given import given_trace
from attention_viewer.model.contract.given_model import GivenModel
from attention_viewer.viewer.resolve import resolve
from attention_viewer.viewer.resolve.byte_pieces import characters
from attention_viewer.viewer.resolve.remarks import beside_maps, remark
from attention_viewer.viewer.state.comparing import Other
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.options import COLOR_RANGE, ColorRange
from attention_viewer.viewer.state.results import Results
from attention_viewer.viewer.state.specs import BarsSpec
from attention_viewer.viewer.state.view_state import Side, ViewState, choose
from support import traces

EOS = traces.SOURCE[-1]
WORD = traces.SOURCE[0]
UNKNOWN = Token(1, "<unk>", "<unk>", special=True)


def spelled(text: str) -> tuple[Token, ...]:
    return tuple(Token(byte % 41, f"<0x{byte:02X}>", f"<0x{byte:02X}>") for byte in text.encode())


def loaded(*tokens: Token) -> Loaded:
    return Loaded(traces.info(), replace(traces.trace(0), source_tokens=(*tokens, EOS)))


def test_while_two_are_compared_what_stands_beside_the_maps_is_said_to_be_of_a() -> None:
    alone = Loaded(traces.info(), traces.trace(3))
    assert beside_maps(alone) == ("", "") and isinstance(bars := resolve.bars(alone, ViewState()), BarsSpec)
    assert bars.title == "Next token"
    other = Other("pinned", traces.trace(2), "B's\u2028text", "le")
    mark, tip = beside_maps(replace(alone, results=Results(other=other)))
    assert mark == "A" and tip == "This is A's, whatever the maps show. B is pinned: B's text → le"
    bars = resolve.bars(replace(alone, results=Results(other=other)), ViewState(side=Side.B))
    assert isinstance(bars, BarsSpec) and bars.title == "Next token · A"


def test_a_usual_sentence_gets_no_line() -> None:
    assert remark(loaded(*traces.SOURCE[:-1]), ViewState()).text == remark(Loaded(), ViewState()).text == ""
    assert remark(loaded(*[WORD] * 4, *spelled("é")), ViewState()).text == ""


def test_a_script_in_bytes_and_unknown_words_get_one() -> None:
    said = remark(loaded(WORD, *spelled("中文")), ViewState()).text
    assert said.startswith("6 of 7 tokens are single bytes: the model has no pieces for this script. Expect little")
    assert "2 of 3 tokens are unknown" in remark(loaded(WORD, UNKNOWN, UNKNOWN), ViewState()).text


@pytest.mark.parametrize(("count", "text", "offers"), [(63, "", False), (64, "small", True), (101, "more than", True)])
def test_a_long_sentence_is_offered_the_square_root(count: int, text: str, offers: bool) -> None:
    found = remark(loaded(*[WORD] * count), ViewState())
    assert found.offers_root is offers and (text in found.text if text else not found.text)
    root = choose(ViewState(), COLOR_RANGE, ColorRange.SQUARE_ROOT)
    assert not remark(loaded(*[WORD] * count), root).offers_root


@pytest.mark.parametrize(
    ("changes", "count", "text"),
    [
        ({"trained_length": 30}, 30, ""),
        ({"trained_length": 30}, 31, "31 tokens: this model was trained on sentences of up to 30."),
        ({"trained_length": 200}, 150, "Among 150 tokens"),
        ({"max_positions": 40}, 41, "41 tokens: this model is said to have 40 positions."),
        ({"trained_length": 300, "max_positions": 40}, 41, "is said to have 40 positions"),
    ],
)
def test_how_long_is_too_long_is_the_models_own(changes: dict[str, Any], count: int, text: str) -> None:
    here = loaded(*[WORD] * count)
    assert here.info is not None
    here = replace(here, info=replace(here.info, description=replace(here.info.description, **changes)))
    said = remark(here, ViewState()).text
    assert text in said if text else said == ""


def test_of_arrays_nothing_is_said_that_a_model_does() -> None:
    given = given_trace(encoder=np.full((1, 1, 120, 120), 1 / 120), source_tokens=["a"] * 120)
    here = replace(loaded(), info=GivenModel(given, "arrays").info, trace=given)
    assert here.uncomputed and remark(here, ViewState()).text == "Among 120 tokens most weights are small."


def test_a_byte_says_which_character_it_belongs_to() -> None:
    tokens = (WORD, *spelled("中é!"))
    assert characters(tokens) == (
        "", "byte 1 of 3 of ‘中’", "byte 2 of 3 of ‘中’", "byte 3 of 3 of ‘中’",
        "byte 1 of 2 of ‘é’", "byte 2 of 2 of ‘é’", "byte 1 of 1 of ‘!’",
    )  # fmt: skip
    torn = (*spelled("中")[:2], WORD, *spelled("é")[1:])
    assert characters(torn) == ("a byte of no character",) * 2 + ("",) + ("a byte of no character",)
    assert characters(spelled("\x07")) == ("a byte of no character",)


def test_the_tips_of_chips_say_it() -> None:
    chips = resolve.source_chips(loaded(*spelled("é")))
    assert chips[1].tooltip == "<0xA9> · id 5 · byte 2 of 2 of ‘é’"
    trace = traces.trace(2)
    first, second = (replace(step, output=token) for step, token in zip(trace.steps, spelled("é"), strict=True))
    target = resolve.target_chips(Loaded(traces.info(), replace(trace, steps=(first, second))))
    assert "byte 1 of 2 of ‘é’" in target[0].tooltip
