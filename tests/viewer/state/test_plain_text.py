"""Names from outside as messages show them."""

from __future__ import annotations

from pathlib import Path

import pytest
from attention_viewer.viewer.state.plain_text import LONGEST_FOLDER, shown_folder


def test_a_folder_is_named_from_ones_own_and_by_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: Path("/home/ada"))
    assert shown_folder(Path("/home/ada/Documents")) == "~/Documents"
    assert shown_folder(Path("/home/ada")) == "~"
    assert shown_folder(Path("/home/adam/x")) == "/home/adam/x", "another's is not one's own"
    monkeypatch.chdir("/")
    assert shown_folder(Path("tmp")) == "/tmp"
    long = shown_folder(Path("/media/" + "very-long-name/" * 9 + "figures"))
    assert len(long) == LONGEST_FOLDER and long.startswith("…") and long.endswith("/figures")
    assert "\n" not in shown_folder(Path("/a\nb"))
