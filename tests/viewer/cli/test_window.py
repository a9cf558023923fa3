"""What the window opens with, and what of the command line is not for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from attention_viewer.viewer.cli.commands import parse
from attention_viewer.viewer.cli.window import WINDOW
from attention_viewer.viewer.look.assets import BUNDLED_MODEL
from attention_viewer.viewer.state.opening import WindowOptions
from support.commands import complaint, options_of


def test_without_a_command_the_window_opens() -> None:
    assert parse([]).command is WINDOW
    assert options_of() == WindowOptions(BUNDLED_MODEL, named=False)
    assert options_of("--model", str(BUNDLED_MODEL)) == WindowOptions(BUNDLED_MODEL)
    assert options_of("--model", "m", "--sentence", "Hi.", "--steps", "0") == WindowOptions(Path("m"), "Hi.", 0)
    assert options_of("--session", "s") == WindowOptions(BUNDLED_MODEL, session=Path("s"), named=False)
    arrays = WindowOptions(BUNDLED_MODEL, steps=2, trace=Path("t.npz"), named=False)
    assert options_of("--trace", "t.npz", "--steps", "2") == arrays


def test_a_file_alone_is_opened_by_its_kind() -> None:
    assert options_of("my.avsession") == options_of("--session", "my.avsession")
    assert options_of("--model", "m", "Lesson.TOUR") == options_of("--model", "m", "--tour", "Lesson.TOUR")
    assert options_of("t.npz", "--steps", "2") == options_of("--trace", "t.npz", "--steps", "2")
    assert options_of("--trace", "t.json") == options_of("t.json")
    assert options_of("--session=a.avsession") == options_of("a.avsession")
    assert options_of("--model", "m.json").model == Path("m.json"), "the value of another option"
    assert "'trace.npz'" in complaint("desktop", "trace.npz"), "after a command it is the command's"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--steps", "2"], ["--steps", "--sentence"]),
        (["--sentence", " \t"], ["--sentence", "empty"]),
        (["--sentence", "Hi.", "translate"], ["before a command"]),
        (["--session", "s", "trace", "-o", "o"], ["before a command", "--session"]),
        (["--session", "s", "--sentence", "Hi."], ["--session", "leave --sentence"]),
        (["--session", "s", "--steps", "1"], ["--session", "leave --sentence and --steps out"]),
        (["--session", "-"], ["from a file", "in place of -"]),
        (["--trace", "t", "--sentence", "Hi."], ["--trace", "leave --sentence"]),
        (["--trace", "t", "--session", "s"], ["--trace", "leave --sentence and --session out"]),
        (["--steps", "1e3", "--sentence", "Hi."], ["--steps", "'1e3'"]),
        (["--steps", "9" * 5000, "--sentence", "Hi."], ["--steps"]),
        (["a.avsession", "--sentence", "Hi."], ["--session", "leave --sentence"]),
        (["a.avsession", "b.avsession"], ["'b.avsession'"]),
        (["dance"], ["'dance'", "--help"]),
    ],
)
def test_refusals_name_the_option_and_the_value(arguments: list[str], words: list[str]) -> None:
    message = complaint(*arguments)
    for word in words:
        assert word in message
