"""pyqtgraph, set up for this program: the one place where it is imported."""

from __future__ import annotations

import os

# It tries other bindings first, and reads this only once.
os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")

import pyqtgraph as pg

__all__ = ["pg"]

pg.setConfigOptions(imageAxisOrder="row-major", antialias=True)
