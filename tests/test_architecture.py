"""The rules of the house that a machine can hold."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget

ROOT = Path(__file__).resolve().parent.parent
TOP_LEVEL = {"pyproject.toml", "README.md", "LICENSE", "viewer", "model", "assets", "tests"}
LINES_OF_A_MODULE, LINES_OF_A_FUNCTION = 350, 40
LIGHT = ["viewer.window.app", "viewer.cli.main", "model.contract.document", "model.checkpoint"]


@pytest.mark.parametrize("module", LIGHT)
def test_importing_leaves_torch_out(module: str) -> None:
    code = f"import sys, attention_viewer.{module}; print('torch' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"


def test_import_contracts_hold(tmp_path: Path) -> None:
    subprocess.run([str(ROOT / ".ci" / "links"), str(tmp_path)], check=True)
    code = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"
    command = [sys.executable, "-c", code]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_what_says_that_it_knows_no_qt_is_held_to_it() -> None:
    """Commands are held by running them without Qt: they import what draws only when it is asked for."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    held = {room for each in contracts["contracts"] if "pyqtgraph" in each.get("forbidden_modules", ())
            for room in each["source_modules"]}  # fmt: skip
    said = []
    for path in (path for room in (ROOT / "viewer").iterdir() if room.name != "cli" for path in room.rglob("*.py")):
        if "no qt" in (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").lower():
            said.append(".".join(("attention_viewer", *path.relative_to(ROOT).with_suffix("").parts)))
    assert len(said) > 50 and [name for name in said if not {name, name.rpartition(".")[0]} & held] == []


def test_every_room_is_in_the_package() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    found = {path.parent for top in ("model", "viewer", "assets") for path in (ROOT / top).rglob("__init__.py")}
    names = {".".join(("attention_viewer", *path.relative_to(ROOT).parts)) for path in found}
    assert set(settings["packages"]) == names - {"attention_viewer.viewer.face"} | {"attention_viewer"}
    assert all((ROOT / folder).is_dir() for folder in settings["package-dir"].values())


def test_every_module_lies_in_a_room() -> None:
    folders = {path.parent for top in ("model", "viewer") for path in (ROOT / top).rglob("*.py")}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_nothing_is_imported_past_the_package() -> None:
    past = re.compile(r"^\s*(from|import) (model|viewer|assets)\b", re.MULTILINE)
    files = [path for top in ("model", "viewer", "tests") for path in (ROOT / top).rglob("*.py")]
    assert [str(path) for path in files if past.search(path.read_text(encoding="utf-8"))] == []


def test_modules_and_functions_are_short() -> None:
    long = []
    for path in (path for top in ("model", "viewer") for path in (ROOT / top).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        places = {str(path.relative_to(ROOT)): (len(text.splitlines()), LINES_OF_A_MODULE)}
        for each in ast.walk(ast.parse(text)):
            if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (each.end_lineno or each.lineno) - each.lineno + 1
                places[f"{path.relative_to(ROOT)}:{each.lineno} {each.name}"] = lines, LINES_OF_A_FUNCTION
        long += [f"{place}: {lines} lines" for place, (lines, most) in places.items() if lines > most]
    assert long == []


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
