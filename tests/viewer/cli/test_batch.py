"""Lines of a file taken one by one: what is passed over, what is listed, what stops the rest."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from attention_viewer.model.contract.errors import InputError
from attention_viewer.viewer.cli.batch import (
    BadLine,
    Bar,
    Interruption,
    Line,
    Outcome,
    WriteFailed,
    check_batch,
    numbered_name,
    read_batch,
    report,
    run_batch,
    tried,
)

LINES = (Line(1, "one"), Line(3, "three"), Line(4, "four", "quatre"))


def raising(number: int, error: BaseException) -> Callable[[Line], None]:
    def export(line: Line) -> None:
        if line.number == number:
            raise error

    return export


def test_lines_keep_their_numbers_whatever_stands_between(tmp_path: Path) -> None:
    file = tmp_path / "lines.tsv"
    file.write_bytes(b"\xef\xbb\xbfThe cat.\r\n\n \t \nA dog.\tUn chien.\na\tb\tc\n\tx\ny\t \ncaf\xe9\nlast")
    lines, bad = read_batch(file)
    assert lines == (Line(1, "The cat."), Line(4, "A dog.", "Un chien."), Line(9, "last"))
    assert [line.number for line in bad] == [5, 6, 7, 8]
    for line, said in zip(bad, ("3 columns", "empty source", "empty target", "byte 4 is 0xe9"), strict=True):
        assert said in line.reason
    with pytest.raises(InputError, match="absent"):
        read_batch(tmp_path / "absent")


def test_names_begin_with_five_digits() -> None:
    assert numbered_name(Line(7, "x"), "page.html") == "00007_page.html"
    assert numbered_name(Line(123456, "x"), "page.html") == "123456_page.html"


def test_existing_files_must_be_kept_or_replaced_on_purpose(tmp_path: Path) -> None:
    (tmp_path / "2").touch()
    (tmp_path / "3").touch()
    with pytest.raises(InputError, match=r"/2 exists already: add --resume .* --force"):
        check_batch(tmp_path, ["1", "2", "3"], force=False, resume=False)
    check_batch(tmp_path, ["1", "2"], force=True, resume=False)
    check_batch(tmp_path, ["1", "2"], force=False, resume=True)
    check_batch(tmp_path, ["1"], force=False, resume=False)
    (tmp_path / "4").mkdir()
    with pytest.raises(InputError, match="is a directory"):
        check_batch(tmp_path, ["4"], force=True, resume=False)


def test_a_bad_line_does_not_stop_the_rest() -> None:
    taken: list[int] = []
    outcome = run_batch(
        LINES, [BadLine(2, "Why.")], raising(3, InputError("Too long.")), earlier=2, taken=lambda: taken.append(1)
    )
    assert outcome == Outcome(6, 4, 2, (BadLine(2, "Why."), BadLine(3, "Too long.")))
    assert len(taken) == 3
    assert tried(LINES[0], raising(1, MemoryError())) is not None


def test_what_cannot_be_written_stops_the_rest() -> None:
    done: list[int] = []

    def export(line: Line) -> None:
        raising(3, WriteFailed("The disk is full."))(line)
        done.append(line.number)

    assert run_batch(LINES, [], export) == Outcome(3, 1, trouble="The disk is full.")
    assert done == [1]


@pytest.mark.parametrize("where", ["before a line", "in a line"])
def test_a_stop_says_how_far_it_came(where: str) -> None:
    checks: list[int] = []

    def check() -> None:
        checks.append(1)
        if where == "before a line" and len(checks) == 3:
            raise KeyboardInterrupt

    export = raising(4, KeyboardInterrupt()) if where == "in a line" else raising(0, KeyboardInterrupt())
    outcome = run_batch(LINES, [], export, check=check)
    assert outcome.interrupted and (outcome.done, outcome.total) == (2, 3)
    assert report(outcome, "f", forced=False) == [
        "attention-viewer: Stopped: 2 of 3 lines exported; the same command with --resume goes on."
    ]


def test_reports_name_every_bad_line_and_say_nothing_where_all_went_well() -> None:
    assert report(Outcome(3, 3), "f", False) == report(Outcome(3, 3, 3), "f", False) == []
    bad = Outcome(50, 48, 0, (BadLine(7, "It is\nlong."), BadLine(9, "Why.")))
    summary = "attention-viewer: f: 48 of 50 lines exported, 2 could not be."
    assert report(bad, "f", False) == ["Line 7: It is long.", "Line 9: Why.", summary]
    assert (
        "48 of 50 lines exported (30 of them earlier), 2 could not be."
        in report(replace(bad, earlier=30), "f", False)[2]
    )
    full = Outcome(50, 12, trouble="The disk is full.")
    assert report(full, "f", False) == [
        "attention-viewer: The disk is full. 12 of 50 lines exported; the same command with --resume goes on."
    ]
    assert "--resume in place of --force" in report(full, "f", True)[0]
    assert "f holds no sentence" in report(Outcome(0, 0), "f", False)[0]


def test_ctrl_c_waits_for_the_next_check_and_a_second_one_would_not() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interruption() as interruption:
        interruption.check()
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            interruption.check()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL
    assert signal.getsignal(signal.SIGINT) is before


def test_where_ctrl_c_is_ignored_it_stays_so() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Interruption() as interruption:
            os.kill(os.getpid(), signal.SIGINT)
            interruption.check()
    finally:
        signal.signal(signal.SIGINT, before)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_shows_where_a_person_is_watching(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    # The thread that keeps a stalled bar moving would outlive the test.
    monkeypatch.setattr("tqdm.tqdm.monitor_interval", 0)
    with Bar(5, 2, "lines") as bar:
        assert "2 of 5 lines" in screen.getvalue()
        bar.part(3, 12)
        assert "25 % of the next" in screen.getvalue()
        bar.say("a note")
        bar.taken()
    assert "3 of 5 lines" in screen.getvalue() and "a note\n" in screen.getvalue()


def test_no_bar_where_nobody_is_watching(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.StringIO()
    monkeypatch.setattr(sys, "stderr", file)
    with Bar(5, 0, "lines") as bar:
        bar.part(1, 2)
        bar.taken()
        bar.say("a note")
    assert file.getvalue() == "a note\n"
