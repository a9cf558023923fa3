"""Much use of one window: what it holds does not grow, and threads, timers, widgets and open files stay as many.

SOAK_SHARE=1 makes it 10,000 steps, 500 sentences, 100 other models and 500 exports; it takes a share of that without.
Checkpoints are read anew each time, as the program does.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest
from attention_viewer.model.translator import Translator
from attention_viewer.viewer.export.job import export_file
from attention_viewer.viewer.export.pictures import Scene
from attention_viewer.viewer.state.figure_options import FigureOptions
from attention_viewer.viewer.window.app import Parts
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from support.checkpoints import MakeCheckpoint
from support.waiting import PATIENCE, Open, settle, wait_for_step

SHARE = float(os.environ.get("SOAK_SHARE", "0.05"))
SENTENCES, STEPS_EACH, MODELS = round(500 * SHARE), 20, round(100 * SHARE)
GROWTH, PARTS = 0.05, 5
EXPORTS = [
    FigureOptions("map", "png", dpi=96), FigureOptions("map", "svg"), FigureOptions("data", "npz"),
    FigureOptions("candidates", "pdf"), FigureOptions("page", "html"), FigureOptions("data", "json"),
]  # fmt: skip
"""One of them after each sentence."""


@dataclass(frozen=True)
class Held:
    """What a process holds."""

    bytes: int
    threads: int
    timers: int
    widgets: int
    files: int


def held(parts: Parts) -> Held:
    """What there is now, after all that waits to be deleted is."""
    for _ in range(3):
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        QApplication.processEvents()
        gc.collect()
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return Held(
        pages * os.sysconf("SC_PAGE_SIZE"),
        threading.active_count(),
        len(parts.window.findChildren(QTimer)),
        len(parts.window.findChildren(QObject)),
        len(os.listdir("/proc/self/fd")),
    )


def sentence(number: int) -> str:
    return (
        " ".join(("the cat", "a dog", "the river", "a tree")[(number >> (2 * place)) & 3] for place in range(5)) + "."
    )


def use(parts: Parts, qtbot: QtBot, models: list[Path], folder: Path, numbers: range) -> None:
    """Sentences, steps, exports, and now and then another model."""
    every = max(1, SENTENCES // max(1, MODELS))
    for number in numbers:
        if number % every == 0:
            with qtbot.waitSignal(parts.worker.opened, timeout=PATIENCE):
                parts.controller.open_model(models[(number // every) % len(models)])
        parts.controller.submit(sentence(number))
        settle(qtbot, parts)
        for _ in range(STEPS_EACH):
            parts.controller.step()
            settle(qtbot, parts)
        loaded = parts.controller.loaded
        assert loaded.trace is not None and loaded.document is not None and loaded.info is not None
        options = EXPORTS[number % len(EXPORTS)]
        path = folder / f"x{number % 3}.{options.format}"
        export_file(Scene(loaded, parts.controller.view, 16), options, path, overwrite=True)


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="what a process holds is read from /proc")
@pytest.mark.timeout(7200)
def test_what_a_window_holds_does_not_grow(
    open_window: Open, make_checkpoint: MakeCheckpoint, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = [make_checkpoint(f"soak{number}", seed=number) for number in range(2)]
    monkeypatch.setattr("attention_viewer.model.translator.Translator", Translator)
    parts = open_window(model=models[0], sentence=sentence(0))
    wait_for_step(qtbot, parts, 0)
    warm = max(8, SENTENCES // 5)
    use(parts, qtbot, models, tmp_path, range(warm))
    before = held(parts)
    print(f"\nafter {warm} sentences to warm up: {before}")
    for part in range(PARTS):
        done, until = (warm + SENTENCES * each // PARTS for each in (part, part + 1))
        use(parts, qtbot, models, tmp_path, range(done, until))
        after = held(parts)
        print(f"after {until - warm} of {SENTENCES}: {after}", flush=True)
    assert after.bytes <= before.bytes * (1 + GROWTH)
    # What tests before this one left open may go meanwhile.
    assert after.threads <= before.threads and after.files <= before.files
    assert after.timers <= before.timers and after.widgets <= before.widgets * (1 + GROWTH)
