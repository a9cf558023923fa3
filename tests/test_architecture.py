"""The rules of the house that a machine can hold."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget

ROOT = Path(__file__).resolve().parent.parent
TOP_LEVEL = {"pyproject.toml", "README.md", "LICENSE", "viewer", "model", "assets", "tests"}


@pytest.mark.parametrize("module", ["viewer.app", "viewer.headless", "model.document", "model.checkpoint"])
def test_importing_leaves_torch_out(module: str) -> None:
    code = f"import sys, {module}; print('torch' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"


def test_import_contracts_hold() -> None:
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_the_top_level_holds_only_what_was_agreed() -> None:
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    assert {name.split("/")[0] for name in files if name and not name.startswith(".")} <= TOP_LEVEL


def test_qt_keeps_its_references_to_none(qapp: QApplication) -> None:
    """PySide6 6.12.0 loses one at each void call and dies after some thousands."""
    widget = QWidget()
    before = sys.getrefcount(None)
    for _ in range(1000):
        widget.setEnabled(True)
    widget.deleteLater()
    assert sys.getrefcount(None) > before - 500
