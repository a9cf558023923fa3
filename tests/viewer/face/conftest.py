"""The bundled model, opened once for all tests of the library."""

from __future__ import annotations

import attention_viewer
import pytest


@pytest.fixture(scope="session")
def model() -> attention_viewer.Model:
    return attention_viewer.open_model()
