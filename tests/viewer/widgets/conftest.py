"""A style, and specs made of numbers that tell rows from columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from attention_viewer.model.contract.maps import CROSS, EXPECTED
from attention_viewer.viewer.look.theme import PALETTES, Style, style_for
from attention_viewer.viewer.state.options import ColorRange
from attention_viewer.viewer.state.specs import Axis, GridSpec, HeatmapSpec, Scale
from attention_viewer.viewer.state.view_state import Head
from attention_viewer.viewer.widgets.main_window import MainWindow
from attention_viewer.viewer.window.panels import WORKSPACES, panels_for
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

MakeMap = Callable[..., HeatmapSpec]


@pytest.fixture(autouse=True)
def no_dialog_stays(qapp: QApplication) -> Iterator[None]:
    """A modal dialog left open would keep the mouse from the widgets of later tests."""
    yield
    while dialog := QApplication.activeModalWidget():
        dialog.close()


@pytest.fixture
def style(qapp: QApplication) -> Style:
    """The light style in the platform's font."""
    return style_for(PALETTES["light"], qapp.font())


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    """The window of a usual model, shown, without anything behind it."""
    widget = MainWindow(panels_for(EXPECTED), WORKSPACES)
    qtbot.addWidget(widget)
    widget.resize(1280, 720)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


@pytest.fixture
def make_map() -> MakeMap:
    """Makes a cross map of some rows and columns; rows != columns unless asked for."""

    def make(rows: int = 3, columns: int = 5) -> HeatmapSpec:
        weights = np.random.default_rng(rows * columns).dirichlet(np.ones(columns), rows).astype(np.float32)
        return HeatmapSpec(
            kind=CROSS,
            head=Head(1, 2),
            title="Cross-attention · layer 2, head 3",
            rows=Axis("queries", tuple(f"row{index}" for index in range(rows))),
            columns=Axis("keys", tuple(f"col{index}" for index in range(columns))),
            values=weights,
            mask=None,
            scale=Scale(0.0, 1.0),
            colormap="viridis",
        )

    return make


@pytest.fixture
def heads() -> GridSpec:
    """Two layers of four heads on a map of three rows and five columns."""
    return GridSpec(
        kind=CROSS,
        title="Cross-attention",
        rows=Axis("queries", ("a", "b", "c")),
        columns=Axis("keys", ("v", "w", "x", "y", "z")),
        values=np.random.default_rng(0).dirichlet(np.ones(5), (2, 4, 3)).astype(np.float32),
        mask=None,
        color_range=ColorRange.UNIT,
        colormap="viridis",
        selected=Head(1, 2),
    )
