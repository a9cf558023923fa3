"""A step beside many hypotheses computes one decoder row: the texts of those that are kept are known."""

from __future__ import annotations

from typing import Any

import pytest
from attention_viewer.model.nn import decoding
from attention_viewer.viewer.intents import choosing
from attention_viewer.viewer.window.app import Parts
from pytestqt.qtbot import QtBot
from support.waiting import settle, wait_for_step


def test_a_step_beside_sixteen_hypotheses_decodes_its_own_row_only(
    window: Parts, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.window.show_card("hypotheses")
    for step in (1, 2, 3):
        window.actions["step"].trigger()
        wait_for_step(qtbot, window, step)
    for _ in range(15):
        window.controller.run(choosing.sample_again)
        settle(qtbot, window)
    texts = window.controller.loaded.texts
    assert len(texts) == 16 and all(texts)
    decoded, asked = [], []
    decode_rows, request = decoding.decode_rows, window.worker.request

    def counted(past: Any, reads: Any) -> Any:
        decoded.append(reads.shape[-1])
        return decode_rows(past, reads)

    def noted(work: Any, channel: str, *others: Any) -> int:
        asked.append(channel)
        return request(work, channel, *others)

    monkeypatch.setattr("attention_viewer.model.tracing.decode_rows", counted)
    monkeypatch.setattr(window.worker, "request", noted)
    window.actions["step"].trigger()
    wait_for_step(qtbot, window, 4)
    settle(qtbot, window)
    assert asked == ["trace"] and sum(decoded) <= 1, "the row may be known from another window"
    assert all(window.controller.loaded.texts)
