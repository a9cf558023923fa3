"""Closing the window while its worker does not come to an end: at most three seconds, whatever it is at."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from attention_viewer.viewer.window.app import PATIENCE

PROGRAM = """
import sys, threading, time
from pathlib import Path
from attention_viewer.model.translator import Translator
from attention_viewer.viewer.state.opening import WindowOptions
from attention_viewer.viewer.window.app import create_application, run_window
from PySide6.QtCore import QTimer

stuck = threading.Event()

def never_ends(self, document):
    stuck.set()
    threading.Event().wait()
    yield

Translator.trace_steps = never_ends
application = create_application()

def close():
    if stuck.is_set():
        clock.stop()
        print("closing", flush=True)
        for widget in application.topLevelWidgets():
            widget.close()

clock = QTimer()
clock.timeout.connect(close)
clock.start(50)
sys.exit(run_window(WindowOptions(Path(sys.argv[1]), "the cat sees a dog.")))
"""
LOADED = 6.0
"""Seconds besides, on a machine that does other things too."""


@pytest.mark.slow
def test_the_window_waits_three_seconds_for_a_thread_that_is_stuck(tiny: Path, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path),
    }
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM, str(tiny)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=environment) as window:
        assert window.stdout is not None and window.stdout.readline() == "closing\n"
        began = time.monotonic()
        said, errors = window.communicate(timeout=60)
        took = time.monotonic() - began
    assert (window.returncode, said) == (0, ""), errors
    assert "Traceback" not in errors
    assert PATIENCE - 1.0 < took < PATIENCE + LOADED, took
