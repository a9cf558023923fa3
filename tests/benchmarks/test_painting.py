"""Repainting all three grids (3 x 32 heads) and heatmaps at the size of a 1600 x 1000 window."""

from __future__ import annotations

import pytest
from attention_viewer.viewer.look.theme import PALETTES, style_for
from attention_viewer.viewer.painting.grid import paint_grid
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytest_benchmark.fixture import BenchmarkFixture
from support.heatmaps import paint_heatmap
from support.specs_for_tests import grid, heatmap


@pytest.mark.parametrize(("tokens", "limit"), [(20, 0.016), (128, 0.050)])
def test_repainting_everything(qapp: QApplication, benchmark: BenchmarkFixture, tokens: int, limit: float) -> None:
    style = style_for(PALETTES["light"], QFont())
    grids = [grid(4, 8, tokens, tokens, masked=masked) for masked in (False, True, False)]
    maps = [heatmap(tokens, tokens, masked=masked) for masked in (False, True, False)]
    image = QImage(1600, 1000, QImage.Format.Format_ARGB32_Premultiplied)

    def repaint() -> None:
        painter = QPainter(image)
        for index in range(3):
            paint_grid(painter, QRectF(index * 430, 0, 425, 179), grids[index], style)
            paint_heatmap(painter, QRectF(index * 430, 200, 425, 357), maps[index], style)
        painter.end()

    benchmark.pedantic(repaint, rounds=30, warmup_rounds=3)
    assert benchmark.stats is not None and benchmark.stats.stats.median <= limit
