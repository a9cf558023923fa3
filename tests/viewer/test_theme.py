"""Dressing the application: once, and anew in other colours."""

from __future__ import annotations

import pytest
from attention_viewer.viewer.look.palette import PALETTES
from attention_viewer.viewer.look.theme import apply
from PySide6.QtWidgets import QApplication


def test_another_palette_forgets_what_was_noted_of_widgets_that_are_gone(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    dressed = qapp.styleSheet()
    apply(qapp, PALETTES["light"])
    done: list[str] = []
    monkeypatch.setattr(QApplication, "setStyle", lambda application, name: done.append(name))
    monkeypatch.setattr(QApplication, "setStyleSheet", lambda application, sheet: done.append("sheet"))
    apply(qapp, PALETTES["dark"])
    assert done == ["Fusion", "sheet"], "a sheet alone would dress them, and crash"
    monkeypatch.undo()
    qapp.setStyleSheet(dressed)
