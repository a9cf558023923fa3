"""Tour files: what is read, and that whatever else a file holds ends in one sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.interventions import HeadId, Interventions, Positions
from attention_viewer.viewer.look.assets import ASSETS
from attention_viewer.viewer.state.tour import PAGES, Scene
from attention_viewer.viewer.storage.tour_file import KEYS, LARGEST, from_text, read
from hypothesis import given
from hypothesis import strategies as st

HEAD = "format: attention-viewer tour\nversion: 1\ntitle: A tour\n"
STOP = HEAD + "stop: one\n"


def test_a_stop_is_read_as_written() -> None:
    text = (
        STOP
        + "# passed over\ntitle: One\nsentence: A cat.\nsteps: end\npanel: parts\npage: cell\n"
        + "map: cross\nlayer: 4\nhead: 8\nrow: 2\nkey: 1\ntemperature: 0.5\n"
        + "encoder positions: off\ncausal mask: off\nheads off: cross 4 8, encoder 1 2\nhide: 1, 3\n"
        + "text: First,\n  and on.\ntext: Second.\nformula: x^{2}\nanswer: Yes.\n"
    )
    (stop,) = from_text(text, "a.tour").stops
    assert stop.title == "One" and stop.text == ("First, and on.", "Second.") and stop.formulas == ("x^{2}",)
    changes = Interventions(
        frozenset({HeadId("cross", 3, 7), HeadId("encoder", 0, 1)}),
        frozenset({0, 2}),
        Positions.OFF,
        causal_mask=False,
    )
    assert stop.scene == Scene(
        "A cat.", -1, "parts", "cell", "cross", 3, 7, row=1, key=0, temperature=0.5, interventions=changes
    )


def test_a_question_has_choices_and_one_is_right() -> None:
    text = HEAD + "question: q\ntext: Which?\nchoice: this\nchoice: that\nright: 2\n"
    (question,) = from_text(text, "a.tour").stops
    assert question.choices == ("this", "that") and question.right == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("", "first line"),
        ("format: attention-viewer tour\nversion: 2\nstop: a\n", "version must be 1"),
        (HEAD, "no stops"),
        (STOP + "stop: one\n", "same name"),
        (STOP + "nonsense\n", "not “key: value”"),
        (STOP + "run: rm\n", "nothing called"),
        (STOP + "steps: -5\n", "steps"),
        (STOP + "steps: 99999999999999999999\n", "steps"),
        (STOP + "layer: 0\n", "from 1"),
        (STOP + "temperature: nan\n", "0.05"),
        (STOP + "side: left\n", "encoder, decoder"),
        (STOP + "heads off: cross 4\n", "no head"),
        (STOP + "formula: x_{\n", "brace"),
        (STOP + "title: a\ntitle: b\n", "twice"),
        (STOP + "text: \u202egnp\n", "cannot be shown"),
        (STOP + "choice: a\nchoice: b\nright: 1\n", "a stop none"),
        (HEAD + "question: q\nchoice: a\nchoice: b\nright: 3\n", "from 1 to 2"),
        (STOP + f"text: {'x' * 4000}\n", "3,000"),
        ("  goes on\n", "goes on with nothing"),
        (HEAD + "stop: a\n" * 400, "more than"),
    ],
)
def test_what_is_no_tour_ends_in_one_sentence(wrong: str, said: str) -> None:
    with pytest.raises(InputError) as error:
        from_text(wrong, "bad.tour")
    assert said in str(error.value) and str(error.value).startswith("bad.tour") and len(str(error.value)) < 400


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        from_text(STOP + text, "a.tour")
    except InputError:
        return


def test_files_that_are_none(tmp_path: Path) -> None:
    path = tmp_path / "a.tour"
    with pytest.raises(InputError, match="cannot be read"):
        read(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="UTF-8"):
        read(path)
    path.write_bytes(b"x" * (LARGEST + 1))
    with pytest.raises(InputError, match="too large"):
        read(path)


def test_the_example_in_the_handbook_is_a_tour() -> None:
    page = (ASSETS / "help" / "tours.md").read_text(encoding="utf-8")
    example = page[page.index("format: attention-viewer tour") :].split("```")[0]
    tour = from_text(example, "tours.md")
    stop, question = tour.stops
    assert stop.scene == Scene("The cat is black.", 0, "decoder") and stop.formulas and stop.answer and tour.closing
    assert question.choices == ("1", "It depends") and question.right == 0


def test_the_handbook_names_every_line_of_a_state() -> None:
    page = (ASSETS / "help" / "tours.md").read_text(encoding="utf-8")
    missing = [key for key in KEYS if not re.search(rf"\b{key}\b", page)]
    assert missing == [] and [each for each in PAGES if f"`{each}`" not in page] == []
