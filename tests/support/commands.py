"""Commands as a shell runs them, and what they refuse."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from attention_viewer.model.contract.errors import InputError
from attention_viewer.viewer.cli.commands import parse

TEXT = "The cat is sleeping."


def options_of(*arguments: str) -> Any:
    """The options that a command line becomes."""
    return parse(arguments).options


def complaint(*arguments: str) -> str:
    """The sentence that a command line is refused with."""
    with pytest.raises(InputError) as caught:
        parse(arguments)
    message = str(caught.value)
    assert "\n" not in message and message.endswith((".", "'."))
    return message


def without_display() -> dict[str, str]:
    """An environment in which no window can open."""
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return {key: value for key, value in os.environ.items() if key not in hidden}


def run(*arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    """The program, where there is no display."""
    return subprocess.run(
        [sys.executable, "-m", "attention_viewer", *arguments],
        input=text, capture_output=True, text=True, timeout=120, env=without_display(), check=False,
    )  # fmt: skip


def refused(result: subprocess.CompletedProcess[str]) -> str:
    """What is said where nothing was done."""
    assert result.returncode == 2, result.stderr
    assert result.stdout == "" and result.stderr.count("\n") == 1 and "Traceback" not in result.stderr
    return result.stderr


def names(folder: Path) -> list[str]:
    """The files of a folder, save for the manifest of a batch."""
    return sorted(path.name for path in folder.iterdir() if path.name != "manifest.jsonl")


def change_document(path: Path, **values: Any) -> None:
    """Change fields of the document in a saved session."""
    content = json.loads(path.read_text("utf-8"))
    content["document"].update(values)
    path.write_text(json.dumps(content), encoding="utf-8")
