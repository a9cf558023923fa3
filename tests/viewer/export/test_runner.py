"""Exports and previews in threads of their own: told, cancelled, never lost, newest preview first."""

from __future__ import annotations

import threading
from pathlib import Path

from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from model.errors import UserError
from viewer.export.job import Advance
from viewer.export.runner import ExportRunner, PreviewRunner

PATIENCE = 5000


def test_a_written_file_is_told_with_its_notes(qtbot: QtBot) -> None:
    runner = ExportRunner()
    with qtbot.waitSignal(runner.done, timeout=PATIENCE) as told:
        runner.start(lambda advance: ("every 2nd token is named",), "map.png")
    assert told.args == ["Wrote map.png · every 2nd token is named"]
    runner.wait()


def test_progress_arrives_and_a_failure_is_told(qtbot: QtBot) -> None:
    runner = ExportRunner()
    progress: list[tuple[int, int]] = []
    runner.advanced.connect(lambda done, total: progress.append((done, total)))

    def write(advance: Advance) -> tuple[str, ...]:
        advance(1, 3)
        advance(2, 3)
        raise UserError("The disk is full.")

    with qtbot.waitSignal(runner.failed, timeout=PATIENCE) as told, qtbot.waitSignal(runner.ended, timeout=PATIENCE):
        runner.start(write, "map.gif")
    assert told.args == ["The disk is full."]
    qtbot.waitUntil(lambda: progress == [(1, 3), (2, 3)], timeout=PATIENCE)


def test_an_unforeseen_failure_is_told_too(qtbot: QtBot) -> None:
    def write(advance: Advance) -> tuple[str, ...]:
        raise ZeroDivisionError("no cells")

    runner = ExportRunner()
    with qtbot.waitSignal(runner.failed, timeout=PATIENCE) as told:
        runner.start(write, "map.gif")
    assert told.args == ["map.gif could not be written: no cells."]


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
        runner.start(write, "map.gif")
        assert begun.wait(5)
        runner.cancel()
        go_on.set()
    assert told.args == ["Cancelled: map.gif was not written"] and not path.exists()
    with qtbot.waitSignal(runner.done, timeout=PATIENCE) as told:
        runner.start(write, "map.gif")
    assert told.args == ["Wrote map.gif"] and path.exists()


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
