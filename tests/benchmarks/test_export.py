"""How long figures take: all heads of a sentence as drawings, beside a window that goes on."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from attention_viewer.model.contract.document import Document
from attention_viewer.model.translator import Translator
from attention_viewer.viewer.export.job import Advance, export_file
from attention_viewer.viewer.export.pictures import Scene
from attention_viewer.viewer.export.runner import ExportRunner
from attention_viewer.viewer.state.figure_options import FigureOptions
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.view_state import Head, ViewState
from PySide6.QtCore import QElapsedTimer, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from support.traces import KINDS

SENTENCE = "The old teacher who lives next door gave my sister a very interesting book."
LIMIT = 3.0
"""Seconds for all heads."""
LONGEST_PAUSE = 50
"""Milliseconds for which the event loop may stand still."""


@pytest.fixture(scope="module")
def scene(bundled: Path) -> Scene:
    translator = Translator(bundled)
    document = Document(SENTENCE, step=200)
    trace = translator.trace(document)
    assert len(trace.source_tokens) >= 15
    loaded = Loaded(translator.info, trace, SENTENCE, translator.text(trace), document=document)
    return Scene(loaded, ViewState(), translator.info.architecture.d_model)


def all_heads(scene: Scene, folder: Path, advance: Advance) -> int:
    """Write a drawing of each head; returns how many."""
    options = FigureOptions("map", "svg")
    assert scene.loaded.info is not None
    count = 0
    for kind in KINDS:
        layers, heads = scene.loaded.info.heads(kind)
        for layer in range(layers):
            for head in range(heads):
                view = replace(scene.view, active=kind, heads={**scene.view.heads, kind: Head(layer, head)})
                path = folder / f"{kind}_{layer + 1}_{head + 1}.svg"
                export_file(replace(scene, view=view), options, path, advance=advance)
                count += 1
    return count


def test_all_heads_as_drawings(qapp: QApplication, scene: Scene, tmp_path: Path) -> None:
    started = time.perf_counter()
    count = all_heads(scene, tmp_path, lambda done, total: None)
    seconds = time.perf_counter() - started
    print(f"\n{count} heads of {len(scene.loaded.trace.source_tokens)} tokens as SVG: {seconds:.2f} s")  # type: ignore[union-attr]
    assert count == 96 and seconds <= LIMIT


def test_the_event_loop_goes_on_meanwhile(qapp: QApplication, scene: Scene, tmp_path: Path) -> None:
    runner = ExportRunner()
    clock, pauses = QElapsedTimer(), []
    clock.start()
    timer = QTimer()
    timer.timeout.connect(lambda: pauses.append(clock.restart()))
    timer.start(1)
    finished: list[str] = []
    runner.done.connect(finished.append)

    def write(advance: Advance) -> tuple[str, ...]:
        all_heads(scene, tmp_path, advance)
        return ()

    runner.start(write, "96 drawings")
    while not finished:
        QTest.qWait(5)
    timer.stop()
    print(f"\nlongest pause of the event loop: {max(pauses)} ms")
    assert max(pauses) <= LONGEST_PAUSE
