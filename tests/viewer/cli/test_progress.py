"""What is shown where a person is watching, and where Ctrl+C ends the work."""

from __future__ import annotations

import io
import os
import signal
import sys

import pytest
from attention_viewer.viewer.cli.progress import Bar, Interruption, Watch


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


def test_a_bar_of_nobody_knows_how_many_and_one_beside_other_output(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr("tqdm.tqdm.monitor_interval", 0)
    with Bar(None, 0, "lines") as bar:
        bar.taken()
    assert "1 lines | " in screen.getvalue() and "?" not in screen.getvalue()
    silent = Terminal()
    monkeypatch.setattr(sys, "stderr", silent)
    with Bar(3, 0, "lines", beside=False) as bar:
        bar.taken()
    assert silent.getvalue() == ""


def test_a_bar_is_told_how_many_there_are_by_now(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr("tqdm.tqdm.monitor_interval", 0)
    with Bar(None, 0, "tokens") as bar:
        bar.reach(7)
        bar.reach(9)
    assert "9 tokens | " in screen.getvalue() and "16" not in screen.getvalue()


def test_a_watch_asks_before_it_shows() -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    with Bar(1, 0, "files") as bar, pytest.raises(KeyboardInterrupt):
        Watch(stop, bar).advance(1, 2)
