"""Painting what is between the maps, at sixty tokens: 50 ms is the limit."""

from __future__ import annotations

from typing import Any

import pytest
from attention_viewer.model.contract.document import Document
from attention_viewer.model.translator import Translator, finished
from attention_viewer.viewer.look.assets import BUNDLED_MODEL
from attention_viewer.viewer.look.theme import PALETTES, style_for
from attention_viewer.viewer.painting.drawing import drawing_of
from attention_viewer.viewer.resolve import resolve_ffn, resolve_inside, resolve_word
from attention_viewer.viewer.resolve.resolve_architecture import architecture
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.results import INSIDE, NO_RESULTS
from attention_viewer.viewer.state.view_state import ViewState
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

SENTENCE = " ".join(["The black cat is sleeping on the mat."] * 6)
PLACE = QRectF(0, 0, 560, 780)
"""A panel in a window of 1600 x 1000."""
VIEWS = {
    "cell": resolve_inside.cell,
    "residual stream": resolve_inside.residual,
    "FFN": resolve_ffn.ffn,
    "embedding": resolve_ffn.embedding,
    "word": resolve_word.word,
    "logit lens": resolve_word.logit_lens,
    "architecture": architecture,
}


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    session = Translator(BUNDLED_MODEL)
    document = Document(SENTENCE, step=60)
    trace = session.trace(document)
    assert len(trace.source_tokens) >= 60
    results = NO_RESULTS.answered([INSIDE], document, finished(session.inside_steps(document)))
    return Loaded(session.info, trace, SENTENCE, document=document, results=results)


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_is_resolved_and_painted_in_time(name: str, loaded: Loaded, qapp: QApplication, benchmark: Any) -> None:
    style = style_for(PALETTES["light"], qapp.font())
    image = QImage(PLACE.size().toSize(), QImage.Format.Format_RGB32)

    def redraw() -> None:
        spec: Any = VIEWS[name](loaded, ViewState())
        painter = QPainter(image)
        painter.setClipRect(PLACE)
        drawing_of(spec).paint(painter, PLACE, spec, style, ())
        painter.end()

    benchmark.pedantic(redraw, rounds=12, warmup_rounds=2)
    assert benchmark.stats.stats.min < 0.05
