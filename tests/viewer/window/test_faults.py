"""Exceptions that nothing catches: said once, noted, and the program goes on."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from attention_viewer.viewer.state.fault import LONGEST_REPORT, fault_of, report
from attention_viewer.viewer.storage import fault_log
from attention_viewer.viewer.widgets.fault_dialog import FaultDialog
from attention_viewer.viewer.window.faults import FaultReporter
from attention_viewer.viewer.work.worker import Failure, Worker
from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot


@pytest.fixture(autouse=True)
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "attention-viewer" / "faults.log"


@pytest.fixture
def owner(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[QWidget]:
    """A window whose faults are reported; the hooks are put back at the end."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    monkeypatch.setattr(sys, "stderr", None)
    widget = QWidget()
    qtbot.addWidget(widget)
    FaultReporter(widget, lambda: {"Attention Viewer": "9.8.7"}).install()
    yield widget


def dialogs(owner: QWidget) -> list[FaultDialog]:
    return [each for each in owner.findChildren(FaultDialog) if each.isVisible()]


def fail(text: str = "<b>boom</b>") -> None:
    raise ValueError(text)


def test_an_exception_in_a_slot_is_shown_once_and_can_be_copied(owner: QWidget, qtbot: QtBot, log: Path) -> None:
    button = QPushButton(owner)
    button.clicked.connect(lambda: fail())
    for _ in range(3):
        button.click()
    qtbot.waitUntil(lambda: len(dialogs(owner)) == 1)
    dialog = dialogs(owner)[0]
    assert "ValueError: <b>boom</b>" in dialog.findChildren(QLabel)[0].text()
    assert dialog.report().count("Traceback") == 1 and "9.8.7" in dialog.report() and "in fail" in dialog.report()
    next(each for each in dialog.findChildren(QPushButton) if "Copy" in each.text()).click()
    assert QApplication.clipboard().text() == dialog.report()
    assert log.read_text("utf-8").count("boom") >= 1
    dialog.close()
    button.click()
    qtbot.wait(20)
    assert dialogs(owner) == []


def test_exceptions_in_painters_timers_and_threads_share_a_dialog(owner: QWidget, qtbot: QtBot) -> None:
    class Painted(QWidget):
        def paintEvent(self, event: QPaintEvent) -> None:
            raise KeyError("painter")

    painted = Painted(owner)
    owner.show()
    painted.show()
    QTimer.singleShot(0, lambda: fail("timer"))
    thread = threading.Thread(target=lambda: fail("thread"))
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(dialogs(owner)) and dialogs(owner)[0].report().count("Traceback") == 2)
    assert len(dialogs(owner)) == 1
    said = dialogs(owner)[0].report()
    # Both calls of `fail` are the same fault.
    assert "KeyError: 'painter'" in said and ("timer" in said) != ("thread" in said)


def test_ctrl_c_is_no_fault(owner: QWidget, qtbot: QtBot) -> None:
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    qtbot.wait(20)
    assert dialogs(owner) == []


def test_a_fault_inside_the_model_is_reported_and_the_worker_goes_on(owner: QWidget, qtbot: QtBot) -> None:
    worker = Worker()
    worker._translator = object()  # type: ignore[assignment]
    worker.start()
    try:
        for error, words in ((MemoryError(), "there is not enough memory"), (ValueError("odd"), "ValueError: odd")):

            def work(_: object, error: Exception = error) -> Iterator[None]:
                raise error
                yield

            with qtbot.waitSignal(worker.failed) as caught:
                worker.request(work, "test")  # type: ignore[arg-type]
            failure = caught.args[0]
            assert isinstance(failure, Failure)
            assert failure.message == f"Something went wrong inside the model: {words}."
        qtbot.waitUntil(lambda: bool(dialogs(owner)))
    finally:
        assert worker.close(3.0)


def test_closing_does_not_wait_for_a_worker_that_is_stuck(qtbot: QtBot) -> None:
    worker, stuck, begun = Worker(), threading.Event(), threading.Event()
    worker._translator = object()  # type: ignore[assignment]
    worker.start()

    def work(_: object) -> Iterator[None]:
        begun.set()
        stuck.wait(20.0)
        yield

    worker.request(work, "test")  # type: ignore[arg-type]
    assert begun.wait(5.0)
    assert not worker.close(0.05)
    stuck.set()
    assert worker.close(5.0)


def test_a_report_is_bounded_and_its_words_are_plain() -> None:
    def deeper(count: int) -> None:
        if count:
            deeper(count - 1)
        fail("x" * 100_000 + "\n\x1b[31m\u202e")

    with pytest.raises(ValueError) as caught:
        deeper(200)
    fault = fault_of(caught.value)
    assert len(report(fault, {})) < LONGEST_REPORT + 100
    assert len(fault.words) <= 220 and fault.words.isprintable()
    assert fault.place.startswith("ValueError at ")


@pytest.mark.parametrize("place", ["pipe", "directory", "read-only"])
def test_a_log_that_cannot_be_kept_is_no_fault_of_its_own(
    place: str, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    if place == "read-only":
        monkeypatch.setenv("XDG_STATE_HOME", "/proc/nowhere")
    else:
        log.parent.mkdir()
        os.mkfifo(log) if place == "pipe" else log.mkdir()
    assert fault_log.note(fault_of(ValueError("x"))) is None


def test_the_log_turns_over(log: Path) -> None:
    fault = fault_of(ValueError("x"))
    for _ in range(40):
        fault_log.note(type(fault)(fault.words, fault.place, "y" * LONGEST_REPORT))
    kept = sorted(log.parent.iterdir())
    assert [path.name for path in kept] == ["faults.log", "faults.log.1", "faults.log.2"]
    assert sum(path.stat().st_size for path in kept) <= 3 * fault_log.LARGEST_LOG
