"""What happens before the first paint, and what does not."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

CODE = """
import json, sys
from collections import Counter
from attention_viewer.viewer.window.app import AfterFirstPaint, build, create_application
from attention_viewer.viewer.look.assets import BUNDLED_MODEL
from attention_viewer.viewer.storage.settings import MemoryStore, Settings
from PySide6.QtCore import QEvent, QObject

class Counting(QObject):
    counts = Counter()
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.StyleChange:
            self.counts[id(watched)] += 1
        return False

application = create_application()
counting = Counting()
application.installEventFilter(counting)
settings = Settings(MemoryStore())
settings.set("theme", "dark")
parts = build(settings, BUNDLED_MODEL)
watch = AfterFirstPaint(parts.window, application.quit)
parts.window.show()
application.exec()
application.removeEventFilter(counting)
widgets = len(application.allWidgets())
print(json.dumps({"restyled": sum(counting.counts.values()), "widgets": widgets, "modules": list(sys.modules)}))
parts.close()
"""


@pytest.fixture(scope="module")
def started() -> dict[str, Any]:
    """What a fresh process had done when its window had been painted."""
    result = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True, timeout=60)
    return dict(json.loads(result.stdout.splitlines()[-1]))


def test_every_widget_is_dressed_once(started: dict[str, Any]) -> None:
    assert started["widgets"] > 200
    assert started["restyled"] <= 1.1 * started["widgets"]


@pytest.mark.parametrize(
    "heavy",
    ["torch", "pyqtgraph", "PIL", "PySide6.QtSvg", "importlib.metadata", "sentencepiece",
     "attention_viewer.viewer.export", "attention_viewer.viewer.widgets.export_dialog"],
)  # fmt: skip
def test_what_the_first_paint_does_not_wait_for(started: dict[str, Any], heavy: str) -> None:
    assert heavy not in started["modules"]
