"""Fixtures for every test: the bundled checkpoint and sessions on it."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def bundled() -> Path:
    """The checkpoint that ships with the program."""
    return ROOT / "assets" / "models" / "en-fr"
