"""Dressing the application: once, and anew in other colours."""

from __future__ import annotations

import pytest
from attention_viewer.viewer.look.palette import PALETTES
from attention_viewer.viewer.look.theme import apply
from PySide6.QtWidgets import QApplication


def test_another_palette_does_not_choose_the_style_again(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    dressed = qapp.styleSheet()
    apply(qapp, PALETTES["light"])
    chosen: list[str] = []
    monkeypatch.setattr(QApplication, "setStyle", lambda application, name: chosen.append(name))
    apply(qapp, PALETTES["dark"])
    apply(qapp, PALETTES["light"])
    assert chosen == []
    qapp.setStyleSheet(dressed)
