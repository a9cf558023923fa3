"""The command line as options: what each command yields, and what is refused in which words."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.api import Kind
from model.errors import InputError
from viewer.arguments import (
    FORMATS,
    KINDS,
    THEMES,
    BatchOptions,
    ExportOptions,
    ScreenshotOptions,
    TraceOptions,
    TranslateOptions,
    WindowOptions,
    parse,
)
from viewer.assets import BUNDLED_MODEL
from viewer.export.picture import EXPORTERS
from viewer.theme import PALETTES


def complaint(*arguments: str) -> str:
    with pytest.raises(InputError) as caught:
        parse(arguments)
    message = str(caught.value)
    assert "\n" not in message and message.endswith((".", "'."))
    return message


def test_words_of_the_command_line_are_those_of_the_program() -> None:
    assert tuple(kind.value for kind in Kind) == KINDS
    assert set(EXPORTERS) == set(FORMATS)
    assert set(THEMES) <= set(PALETTES)


def test_without_a_command_the_window_opens() -> None:
    assert parse([]) == WindowOptions(BUNDLED_MODEL)
    assert parse(["--model", "m", "--sentence", "Hi.", "--steps", "0"]) == WindowOptions(Path("m"), "Hi.", 0)
    assert parse(["--session", "s"]) == WindowOptions(BUNDLED_MODEL, session=Path("s"))


def test_every_command_takes_its_options() -> None:
    model, out = Path("m"), Path("o")
    assert parse(["translate"]) == TranslateOptions(BUNDLED_MODEL)
    assert parse(["translate", "in", "-o", "o", "--model", "m", "--force"]) == TranslateOptions(
        model, Path("in"), out, True
    )
    assert parse(["translate", "--beam", "32"]) == TranslateOptions(BUNDLED_MODEL, beam=32)
    npz = Path("o.npz")
    assert parse(["trace", "Hi.", "-o", "o.npz", "--target", "Salut."]) == TraceOptions(
        BUNDLED_MODEL, "Hi.", npz, "Salut."
    )
    assert parse(["trace", "Hi.", "-o", "o.npz", "--max-steps", "7"]) == TraceOptions(
        BUNDLED_MODEL, "Hi.", npz, max_steps=7
    )
    assert parse(["trace", "--input", "in", "-o", "o"]) == BatchOptions(BUNDLED_MODEL, Path("in"), out)
    assert parse(
        ["export", "Hi.", "-o", "o", "--kind", "cross", "--layer", "2", "--head", "all", "--format", "svg"]
    ) == ExportOptions(BUNDLED_MODEL, "Hi.", out, ("cross",), layer=2, format="svg")
    assert parse(
        ["screenshot", "o.png", "--sentence", "Hi.", "--size", "800x600", "--theme", "dark"]
    ) == ScreenshotOptions(BUNDLED_MODEL, Path("o.png"), "Hi.", size=(800, 600), theme="dark")


def test_a_session_takes_the_place_of_the_sentence() -> None:
    session, out = Path("s.avsession"), Path("o.png")
    asked = ("--session", "s.avsession")
    assert parse(["trace", *asked, "-o", "o.json"]) == TraceOptions(BUNDLED_MODEL, "", Path("o.json"), session=session)
    assert parse(["export", *asked, "-o", "o.png", "--layer", "2"]) == ExportOptions(
        BUNDLED_MODEL, "", out, layer=2, session=session
    )
    assert parse(["screenshot", "o.png", *asked, "--theme", "dark"]) == ScreenshotOptions(
        BUNDLED_MODEL, out, "", theme="dark", session=session
    )


def test_a_model_before_the_command_counts_unless_one_follows() -> None:
    assert parse(["--model", "m", "translate"]) == TranslateOptions(Path("m"))
    assert parse(["--model", "m", "translate", "--model", "n"]) == TranslateOptions(Path("n"))


def test_a_sentence_may_begin_with_a_dash_after_two_dashes() -> None:
    options = parse(["trace", "-o", "o.csv", "--", "-5 degrees."])
    assert isinstance(options, TraceOptions) and options.text == "-5 degrees."


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--steps", "2"], ["--steps", "--sentence"]),
        (["--sentence", " \t"], ["--sentence", "empty"]),
        (["--sentence", "Hi.", "translate"], ["before a command"]),
        (["--session", "s", "trace", "-o", "o"], ["before a command", "--session"]),
        (["--session", "s", "--sentence", "Hi."], ["--session", "leave --sentence"]),
        (["--session", "s", "--steps", "1"], ["--session", "leave --sentence and --steps out"]),
        (["translate", "--beam", "0"], ["--beam", "from 1 to 32", "0"]),
        (["translate", "--beam", "33"], ["--beam", "from 1 to 32", "33"]),
        (["trace", "Hi.", "--session", "s", "-o", "o"], ["either", "--session"]),
        (["trace", "--input", "f", "--session", "s", "-o", "o"], ["either", "--input", "--session"]),
        (["trace", "--session", "s", "-o", "o", "--target", "x"], ["--session", "leave --target out"]),
        (["trace", "--session", "s", "-o", "o", "--max-steps", "3"], ["--session", "leave --max-steps out"]),
        (["export", "-o", "o"], ["sentence", "--session", "export --help"]),
        (["export", "Hi.", "--session", "s", "-o", "o"], ["either", "--session"]),
        (["export", "--session", "s", "-o", "o", "--steps", "0"], ["--session", "leave --steps out"]),
        (["export", "--session", "s", "-o", "o", "--target", "x"], ["--session", "leave --target out"]),
        (["screenshot", "o.png", "--sentence", "Hi.", "--session", "s"], ["either", "--session"]),
        (["screenshot", "o.png", "--session", "s", "--steps", "2"], ["--session", "leave --steps out"]),
        (["screenshot", "o.png", "--session", "s", "--target", "x"], ["--session", "leave --target out"]),
        (["--steps", "1e3", "--sentence", "Hi."], ["--steps", "'1e3'"]),
        (["--steps", "9" * 5000, "--sentence", "Hi."], ["--steps"]),
        (["dance"], ["'dance'", "--help"]),
        (["translate", "--sent", "x"], ["--sent"]),
        (["trace", "Hi."], ["-o", "trace --help"]),
        (["trace", "-o", "o"], ["sentence", "--input"]),
        (["trace", "Hi.", "-o", "o.xls"], ["'o.xls'", ".npz, .csv or .json"]),
        (["trace", "Hi.", "--input", "f", "-o", "o"], ["either", "--input"]),
        (["trace", "--input", "f", "-o", "o", "--target", "x"], ["--target", "tab"]),
        (["trace", "Hi.", "-o", "o", "--target", "x", "--max-steps", "3"], ["--target", "--max-steps"]),
        (["trace", "Hi.", "-o", "o", "--target", ""], ["--target", "empty"]),
        (["trace", "Hi.", "-o", "o", "--max-steps", "0"], ["--max-steps", "from 1 to 1000", "0"]),
        (["trace", "caf\udce9", "-o", "o"], ["TEXT", "UTF-8"]),
        (["export", "Hi.", "-o", "o", "--layer", "0"], ["--layer", "1 or more"]),
        (["export", "Hi.", "-o", "o", "--head", "some"], ["--head", "'some'"]),
        (["export", "Hi.", "-o", "o", "--kind", "self"], ["'self'", "encoder, decoder, cross or all"]),
        (["export", "Hi.", "-o", "o", "--format", "gif"], ["'gif'", "png, svg or pdf"]),
        (["export", "Hi.", "-o", "o", "--grid", "--layer", "1"], ["--grid", "--layer"]),
        (["export", "Hi.", "-o", "o", "--steps", "-1"], ["--steps", "-1"]),
        (["export", "Hi.", "-o", "o", "--steps", "0"], ["--steps 0", "encoder"]),
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


def test_step_zero_of_the_encoder_can_be_exported() -> None:
    options = parse(["export", "Hi.", "-o", "o", "--steps", "0", "--kind", "encoder"])
    assert isinstance(options, ExportOptions) and options.steps == 0


@pytest.mark.parametrize("command", [[], ["translate"], ["trace"], ["export"], ["screenshot"]])
def test_every_help_has_an_example(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        parse([*command, "--help"])
    assert left.value.code == 0
    help_text = capsys.readouterr().out
    example = help_text[help_text.index("\nexample: ") :]
    assert " ".join(["attention-viewer", *command]) in example
