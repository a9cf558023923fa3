"""Lines taken one by one: what is passed over, what is listed, what stops the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from attention_viewer.model.contract.errors import InputError
from attention_viewer.viewer.cli.batch import (
    BadLine,
    Line,
    Outcome,
    Words,
    WriteFailed,
    entries,
    report,
    run_batch,
    tried,
)
from attention_viewer.viewer.storage.files import source_and_target

LINES = (Line(1, "one"), Line(3, "three"), Line(4, "four", "quatre"))
WORDS = Words("exported", stopped="the same command goes on")
TEXT = b"\xef\xbb\xbfThe cat.\r\n\n \t \nA dog.\tUn chien.\na\tb\tc\n\tx\ny\t \ncaf\xe9\nlast"


def raising(number: int, error: BaseException) -> Callable[[Line], None]:
    def take(line: Line) -> None:
        if line.number == number:
            raise error

    return take


def test_lines_keep_their_numbers_whatever_stands_between() -> None:
    found = list(entries(TEXT.splitlines(keepends=True), source_and_target))
    lines = [each for each in found if isinstance(each, Line)]
    bad = [each for each in found if isinstance(each, BadLine)]
    assert lines == [Line(1, "The cat."), Line(4, "A dog.", "Un chien."), Line(9, "last")]
    assert [each.number for each in found] == [1, 4, 5, 6, 7, 8, 9]
    for line, said in zip(bad, ("3 columns", "empty source", "empty target", "byte 4 is 0xe9"), strict=True):
        assert said in line.reason


def test_blank_lines_are_kept_where_they_count() -> None:
    found = list(entries([b"one\n", b" \n", b"a\tb\tc\n"], lambda text: (text, None), keep_blank=True))
    assert found == [Line(1, "one"), Line(2, ""), Line(3, "a\tb\tc")]


def test_a_bad_line_does_not_stop_the_rest() -> None:
    taken: list[int] = []
    refused: list[int] = []
    outcome = run_batch(
        [LINES[0], BadLine(2, "Why."), *LINES[1:]],
        raising(3, InputError("Too long.")),
        lambda bad: refused.append(bad.number),
        total=6,
        earlier=2,
        taken=lambda: taken.append(1),
    )
    assert outcome == Outcome(6, 4, 2, (BadLine(2, "Why."), BadLine(3, "Too long.")))
    assert len(taken) == 4 and refused == [2, 3]
    assert tried(LINES[0], raising(1, MemoryError())) is not None


def test_lines_that_nobody_counted_are_counted_at_the_end() -> None:
    assert run_batch(iter(LINES), lambda line: None) == Outcome(3, 3)


def test_what_cannot_be_written_stops_the_rest() -> None:
    done: list[int] = []

    def take(line: Line) -> None:
        raising(3, WriteFailed("The disk is full."))(line)
        done.append(line.number)

    assert run_batch(LINES, take, total=3) == Outcome(3, 1, trouble="The disk is full.")
    assert done == [1]


@pytest.mark.parametrize("where", ["before a line", "in a line"])
@pytest.mark.parametrize("total", [3, None])
def test_a_stop_says_how_far_it_came(where: str, total: int | None) -> None:
    checks: list[int] = []

    def check() -> None:
        checks.append(1)
        if where == "before a line" and len(checks) == 3:
            raise KeyboardInterrupt

    take = raising(4, KeyboardInterrupt()) if where == "in a line" else raising(0, KeyboardInterrupt())
    outcome = run_batch(LINES, take, total=total, check=check)
    assert outcome.interrupted and (outcome.done, outcome.total) == (2, total)
    so_far = "2 of 3 lines" if total else "2 lines"
    assert report(outcome, "f", WORDS) == [f"attention-viewer: Stopped: {so_far} exported; the same command goes on."]
    assert report(outcome, "f", Words("translated")) == [f"attention-viewer: Stopped: {so_far} translated."]


def test_reports_name_every_bad_line_and_say_nothing_where_all_went_well() -> None:
    assert report(Outcome(3, 3), "f", WORDS) == report(Outcome(3, 3, 3), "f", WORDS) == []
    bad = Outcome(50, 48, 0, (BadLine(7, "It is\nlong."), BadLine(9, "Why.")))
    summary = "attention-viewer: f: 48 of 50 lines exported, 2 could not be."
    assert report(bad, "f", WORDS) == ["Line 7: It is long.", "Line 9: Why.", summary]
    earlier = "48 of 50 lines exported (30 of them earlier), 2 could not be."
    assert earlier in report(replace(bad, earlier=30), "f", WORDS)[2]
    full = Outcome(50, 12, bad=(BadLine(7, "Why."),), trouble="The disk is full.")
    assert report(full, "f", WORDS) == [
        "Line 7: Why.",
        "attention-viewer: The disk is full. 12 of 50 lines exported; the same command goes on.",
    ]
