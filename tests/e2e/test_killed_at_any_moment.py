"""Killed at any moment of saving, exporting and keeping work: every file is whole, the one before or the one after."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

MOMENTS = 51
CODE = """
import json, os, random, signal, sys, time
from pathlib import Path

sys.path.insert(0, sys.argv[2])
import numpy as np
from attention_viewer.model.contract.document import Document
from attention_viewer.viewer.export.data import WRITERS
from attention_viewer.viewer.export.writing import write_bytes
from attention_viewer.viewer.state.view_state import ViewState
from attention_viewer.viewer.storage import session_file
from attention_viewer.viewer.storage.recovery import Recovery
from attention_viewer.viewer.storage.session_file import SavedSession
from support import traces

folder, chance, found = Path(sys.argv[1]), random.Random(7), {"save": 0, "export": 0, "keep": 0}

def saved(number):
    return SavedSession(Document("word " * (1 + number % 3000)), ViewState())

def save(number):
    session_file.write(folder / "x.avsession", saved(number))

def export(number):
    write_bytes(folder / "x.npz", WRITERS["npz"](traces.trace(1 + number % 9), {"number": number}), True)

recovery = Recovery(folder / "unsaved")

def keep(number):
    recovery.keep(session_file.to_text(saved(number)))

def check(kind):
    if kind == "save":
        session_file.read(folder / "x.avsession")
    elif kind == "export":
        with np.load(folder / "x.npz") as arrays:
            assert all(arrays[name] is not None for name in arrays.files)
    else:
        left = Recovery(folder / "unsaved").left_behind()
        assert left.works and not left.set_aside, left

for moment in range(int(sys.argv[3])):
    kind = ("save", "export", "keep")[moment % 3]
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        number = 0
        while True:
            {"save": save, "export": export, "keep": keep}[kind](number)
            number += 1
            if number == 1:
                os.write(writer, b"x")
    os.read(reader, 1)
    os.close(reader), os.close(writer)
    time.sleep(chance.random() * 0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    check(kind)
    found[kind] += 1
print(json.dumps(found))
"""


@pytest.mark.slow
def test_nothing_is_lost_or_half_written(tmp_path: Path) -> None:
    tests = Path(__file__).parents[1]
    command = [sys.executable, "-c", CODE, str(tmp_path), str(tests), str(MOMENTS)]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=250)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == dict.fromkeys(("save", "export", "keep"), MOMENTS // 3)
