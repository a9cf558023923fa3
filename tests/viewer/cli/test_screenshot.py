"""The options of screenshot."""

from __future__ import annotations

from pathlib import Path

import pytest
from attention_viewer.viewer.cli.screenshot import THEMES
from attention_viewer.viewer.look.assets import BUNDLED_MODEL
from attention_viewer.viewer.look.theme import PALETTES
from attention_viewer.viewer.state.opening import ScreenshotOptions
from support.commands import complaint, options_of


def test_themes_are_those_of_the_program() -> None:
    assert set(THEMES) <= set(PALETTES)


def test_options_are_taken() -> None:
    out = Path("o.png")
    asked = ("--size", "800x600", "--theme", "dark")
    assert options_of("screenshot", "o.png", "--sentence", "Hi.", *asked) == ScreenshotOptions(
        BUNDLED_MODEL, out, "Hi.", size=(800, 600), theme="dark"
    )
    assert options_of("screenshot", "o.png", "--session", "s.avsession", "--theme", "dark") == ScreenshotOptions(
        BUNDLED_MODEL, out, "", theme="dark", session=Path("s.avsession")
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["screenshot", "o.png", "--sentence", "Hi.", "--session", "s"], ["either", "--session"]),
        (["screenshot", "o.png", "--session", "s", "--steps", "2"], ["--session", "leave --steps out"]),
        (["screenshot", "o.png", "--session", "s", "--target", "x"], ["--session", "leave --target out"]),
        (["screenshot", "o.png", "--session", "s", "--trace", "t.npz"], ["only one", "--trace"]),
        (["screenshot", "o.png", "--trace", "t.npz", "--target", "x"], ["leave --target out"]),
        (["screenshot", "o.jpg", "--sentence", "Hi."], ["o.jpg", ".png"]),
        (["screenshot", "o.png"], ["--sentence"]),
        (["screenshot", "o.png", "--sentence", "Hi.", "--size", "10x"], ["--size", "'10x'"]),
        (["screenshot", "o.png", "--sentence", "Hi.", "--size", "10x99999"], ["--size", "320"]),
        (["screenshot", "o.png", "--sentence", "Hi.", "--theme", "print"], ["'print'", "light or dark"]),
    ],
)
def test_refusals_name_the_option_and_the_value(arguments: list[str], words: list[str]) -> None:
    message = complaint(*arguments)
    for word in words:
        assert word in message
