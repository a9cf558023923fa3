"""Which model a start opens, and what stands in for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from attention_viewer.viewer.look.assets import BUNDLED_MODEL
from attention_viewer.viewer.state.opening import WindowOptions
from attention_viewer.viewer.storage.settings import RECENT_MODELS, MemoryStore, Settings
from attention_viewer.viewer.window.remembering import first_model, stand_in


def test_the_last_model_is_opened_unless_another_one_is_named() -> None:
    settings = Settings(MemoryStore())
    plain, named = WindowOptions(BUNDLED_MODEL, named=False), WindowOptions(BUNDLED_MODEL)
    assert first_model(plain, settings) == BUNDLED_MODEL and stand_in(BUNDLED_MODEL, plain) is None
    settings.remember_model("/models/opus")
    assert first_model(plain, settings) == Path("/models/opus") and first_model(named, settings) == BUNDLED_MODEL
    assert stand_in(Path("/models/opus"), plain) == BUNDLED_MODEL
    assert stand_in(Path("/models/opus"), named) is None, "what was asked for by name is not replaced"
    settings.remember_model("")
    assert first_model(plain, settings) == BUNDLED_MODEL and settings.get("recent models") == ["/models/opus"]


def test_recent_models_are_few_and_each_stands_once() -> None:
    settings = Settings(MemoryStore())
    for name in [*map(str, range(RECENT_MODELS + 3)), "5"]:
        settings.remember_model(name)
    assert settings.get("recent models") == ["5", "10", "9", "8", "7", "6", "4", "3"]
    settings.forget_model("9")
    assert "9" not in settings.get("recent models")


@pytest.mark.parametrize("key", ["recent models", "last model"])
def test_a_name_that_no_path_can_have_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        Settings(MemoryStore()).set(key, ["a\0b"])
