"""Measures of all heads, and the views of a map redrawn."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from attention_viewer.model.analysis.head_table import measured, roles
from attention_viewer.model.analysis.heads import Pooling, pooled
from attention_viewer.model.contract.api import Trace
from attention_viewer.model.contract.document import Document, go_to
from attention_viewer.model.translator import Translator
from attention_viewer.viewer.look.assets import BUNDLED_MODEL
from attention_viewer.viewer.look.theme import PALETTES, style_for
from attention_viewer.viewer.painting.lines import paint_lines
from attention_viewer.viewer.painting.shaded_text import paint_shaded
from attention_viewer.viewer.widgets.map_views import ValuesTable
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytest_benchmark.fixture import BenchmarkFixture
from pytestqt.qtbot import QtBot
from support.heatmaps import paint_heatmap
from support.specs_for_tests import heatmap

# What else the machine does meanwhile is not the work of what is measured.
pytestmark = pytest.mark.benchmark(timer=time.thread_time)

SENTENCE = "The old cat sat on the mat near the door because it was very tired."


@pytest.fixture(scope="module")
def trace() -> Trace:
    found = Translator(BUNDLED_MODEL).trace(go_to(Document(SENTENCE), 20))
    assert len(found.source_tokens) >= 15 and sum(each.layers * each.heads for each in found.maps) == 96
    return found


def test_measures_and_roles_of_all_heads(trace: Trace, benchmark: BenchmarkFixture) -> None:
    def all_of_it() -> None:
        for sides in trace.maps:
            measured(trace, sides)
            roles(trace, sides.kind)
            heads = [(each.layer, each.head) for each in sides.head_ids]
            for pooling in Pooling:
                pooled(trace.weights(sides.kind), heads, pooling)

    benchmark.pedantic(all_of_it, rounds=30, warmup_rounds=3)
    assert benchmark.stats is not None and benchmark.stats.stats.min <= 0.030


@pytest.mark.parametrize(("tokens", "limit"), [(20, 0.016), (300, 0.050)])
@pytest.mark.parametrize("paint", [paint_heatmap, paint_lines, paint_shaded], ids=lambda each: each.__name__)
def test_a_view_redrawn(
    qapp: QApplication, benchmark: BenchmarkFixture, paint: Callable[..., object], tokens: int, limit: float
) -> None:
    style, spec = style_for(PALETTES["light"], QFont()), heatmap(tokens, tokens)
    rows = np.random.default_rng(1).dirichlet(np.full(tokens, 0.05), size=tokens).astype(np.float32)
    spec = replace(spec, values=rows)
    image = QImage(600, 700, QImage.Format.Format_ARGB32_Premultiplied)

    def repaint() -> None:
        painter = QPainter(image)
        paint(painter, QRectF(0, 0, 600, 700), spec, style)
        painter.end()

    benchmark.pedantic(repaint, rounds=20, warmup_rounds=2)
    assert benchmark.stats is not None and benchmark.stats.stats.min <= limit


@pytest.mark.parametrize("column", [-1, 3], ids=["as it is", "sorted"])
@pytest.mark.parametrize(("tokens", "limit"), [(20, 0.016), (300, 0.050)])
def test_the_table_of_values_refilled(
    qapp: QApplication, qtbot: QtBot, benchmark: BenchmarkFixture, tokens: int, limit: float, column: int
) -> None:
    table, spec = ValuesTable("values", style_for(PALETTES["light"], QFont())), heatmap(tokens, tokens)
    qtbot.addWidget(table)
    table.resize(600, 700)
    table.show()
    table.horizontalHeader().setSortIndicator(column, Qt.SortOrder.DescendingOrder)

    def refill() -> None:
        table.set_spec(replace(spec, values=spec.values.copy()))
        table.viewport().repaint()
        QApplication.processEvents()

    benchmark.pedantic(refill, rounds=20, warmup_rounds=2)
    assert benchmark.stats is not None and benchmark.stats.stats.min <= limit
