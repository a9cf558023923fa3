"""Exports and previews in threads of their own: told, cancelled, never lost, newest preview first."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest
from attention_viewer.model.contract.errors import UserError
from attention_viewer.viewer.export.job import Advance
from attention_viewer.viewer.export.runner import ExportRunner, PreviewRunner, Write
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

PATIENCE = 5000


def test_a_written_file_is_told_with_its_notes(qtbot: QtBot) -> None:
    runner = ExportRunner()
    with qtbot.waitSignal(runner.done, timeout=PATIENCE) as told:
        runner.start(lambda advance: ("every 2nd token is named",), "map.png", "~/figures")
    assert told.args == ["Wrote map.png to ~/figures · every 2nd token is named"]
    runner.wait()


def test_progress_arrives_and_a_failure_is_told(qtbot: QtBot) -> None:
    runner = ExportRunner()
    progress: list[tuple[int, int, int]] = []
    runner.advanced.connect(lambda number, done, total: progress.append((number, done, total)))

    def write(advance: Advance) -> tuple[str, ...]:
        advance(1, 3)
        advance(2, 3)
        raise UserError("The disk is full.")

    with qtbot.waitSignal(runner.failed, timeout=PATIENCE) as told, qtbot.waitSignal(runner.ended, timeout=PATIENCE):
        number = runner.start(write, "map.gif")
    assert told.args == ["The disk is full."]
    qtbot.waitUntil(lambda: progress == [(number, 1, 3), (number, 2, 3)], timeout=PATIENCE)


def test_an_unforeseen_failure_is_told_and_reported(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    reported: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, where: reported.append(error))

    def write(advance: Advance) -> tuple[str, ...]:
        raise ZeroDivisionError("no cells")

    runner = ExportRunner()
    with qtbot.waitSignal(runner.failed, timeout=PATIENCE) as told:
        runner.start(write, "map.gif")
    assert told.args == ["map.gif could not be written: ZeroDivisionError: no cells."]
    runner.wait()
    assert [str(error) for error in reported] == ["no cells"]


def test_cancelling_ends_it_and_says_so_and_the_next_one_runs(qtbot: QtBot, tmp_path: Path) -> None:
    runner, path = ExportRunner(), tmp_path / "map.gif"
    begun, go_on = threading.Event(), threading.Event()

    def write(advance: Advance) -> tuple[str, ...]:
        begun.set()
        go_on.wait(5)
        advance(1, 2)
        path.write_text("all of it")
        return ()

    with qtbot.waitSignal(runner.done, timeout=PATIENCE) as told:
        number = runner.start(write, "map.gif")
        assert begun.wait(5)
        runner.cancel(number)
        go_on.set()
    assert told.args == ["Cancelled: map.gif was not written"] and not path.exists()
    with qtbot.waitSignal(runner.done, timeout=PATIENCE) as told:
        runner.start(write, "map.gif")
    assert told.args == ["Wrote map.gif"] and path.exists()


def test_a_cancelled_export_stays_so_when_another_begins_before_it_noticed(qtbot: QtBot, tmp_path: Path) -> None:
    runner, one, other = ExportRunner(), tmp_path / "one.gif", tmp_path / "other.gif"
    begun, go_on = threading.Event(), threading.Event()

    def write(path: Path, advance: Advance) -> tuple[str, ...]:
        begun.set()
        go_on.wait(5)
        advance(1, 2)
        path.write_text("all of it")
        return ()

    told: list[str] = []
    runner.done.connect(told.append)
    first = runner.start(lambda advance: write(one, advance), "one.gif")
    assert begun.wait(5)
    runner.cancel(first)
    runner.start(lambda advance: write(other, advance), "other.gif")
    go_on.set()
    qtbot.waitUntil(lambda: len(told) == 2, timeout=PATIENCE)
    assert told == ["Cancelled: one.gif was not written", "Wrote other.gif"]
    assert [path.name for path in tmp_path.iterdir()] == ["other.gif"]


def test_an_export_cancelled_in_the_queue_is_not_begun_and_the_one_before_it_goes_on(qtbot: QtBot) -> None:
    runner, go_on = ExportRunner(), threading.Event()
    called: list[str] = []
    ended: list[int] = []
    runner.ended.connect(ended.append)

    def writer(name: str) -> Write:
        def write(advance: Advance) -> tuple[str, ...]:
            called.append(name)
            go_on.wait(5)
            advance(1, 1)
            return ()

        return write

    numbers = [runner.start(writer(name), name) for name in ("one", "two", "three")]
    runner.cancel(numbers[1])
    go_on.set()
    qtbot.waitUntil(lambda: ended == numbers, timeout=PATIENCE)
    assert called == ["one", "three"]
    runner.cancel(numbers[0])


def test_previews_that_were_overtaken_are_left_out(qtbot: QtBot) -> None:
    previews, painted = PreviewRunner(), []
    begun, go_on = threading.Event(), threading.Event()
    told: list[tuple[int, str]] = []
    previews.painted.connect(lambda number, image, about: told.append((number, about)))

    def paint(name: str) -> tuple[QImage, str]:
        painted.append(name)
        begun.set()
        go_on.wait(5)
        return QImage(2, 2, QImage.Format.Format_RGB32), name

    previews.start(lambda: paint("first"))
    assert begun.wait(5)
    previews.start(lambda: paint("second"))
    newest = previews.start(lambda: paint("third"))
    go_on.set()
    qtbot.waitUntil(lambda: (newest, "third") in told, timeout=PATIENCE)
    assert painted == ["first", "third"]
    previews.wait()


def test_why_there_is_no_preview(qtbot: QtBot) -> None:
    def paint() -> tuple[QImage, str]:
        raise UserError("Press Step first.")

    previews = PreviewRunner()
    with qtbot.waitSignal(previews.failed, timeout=PATIENCE) as told:
        number = previews.start(paint)
    assert told.args == [number, "Press Step first."]
