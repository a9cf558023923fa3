"""The command line as options: what each command yields, and what is refused in which words."""

from __future__ import annotations

from pathlib import Path

import pytest
from attention_viewer.model.contract.api import Kind
from attention_viewer.model.contract.errors import InputError
from attention_viewer.viewer.cli import export_arguments
from attention_viewer.viewer.cli.arguments import (
    THEMES,
    BatchOptions,
    ExportOptions,
    TraceOptions,
    TranslateOptions,
    parse,
)
from attention_viewer.viewer.cli.command_options import KINDS
from attention_viewer.viewer.cli.headless_export import COLOR_RANGES
from attention_viewer.viewer.export.animation import ENCODERS
from attention_viewer.viewer.export.data import WRITERS
from attention_viewer.viewer.export.picture import EXPORTERS
from attention_viewer.viewer.look.assets import BUNDLED_MODEL
from attention_viewer.viewer.look.colormaps import SEQUENTIAL
from attention_viewer.viewer.look.theme import PALETTES
from attention_viewer.viewer.state.choices import (
    CANDIDATES,
    DATA,
    FORMATS,
    GRID,
    PAGE,
    POSITIONS,
    PRESETS,
    SUBJECTS,
    Choices,
    Width,
)
from attention_viewer.viewer.state.choices import KINDS as THREE_KINDS
from attention_viewer.viewer.state.choices import THEMES as EXPORT_THEMES
from attention_viewer.viewer.state.opening import ScreenshotOptions, WindowOptions
from attention_viewer.viewer.state.view_state import ColorRange, RowLabels


def complaint(*arguments: str) -> str:
    with pytest.raises(InputError) as caught:
        parse(arguments)
    message = str(caught.value)
    assert "\n" not in message and message.endswith((".", "'."))
    return message


def test_words_of_the_command_line_are_those_of_the_program() -> None:
    assert tuple(kind.value for kind in Kind) == KINDS
    assert set(FORMATS) == {*EXPORTERS, *ENCODERS, *WRITERS}
    assert set(THEMES) <= set(PALETTES) and set(EXPORT_THEMES) == set(PALETTES)
    assert set(export_arguments.PICTURE_SUBJECTS.values()) <= set(SUBJECTS)
    assert tuple(COLOR_RANGES) == export_arguments.RANGES and set(COLOR_RANGES.values()) == set(ColorRange)
    assert tuple(rows.value for rows in RowLabels) == export_arguments.ROWS


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
    ) == ExportOptions(BUNDLED_MODEL, "Hi.", out, Choices(format="svg"), ("cross",), layer=2)
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
        (["export", "Hi.", "--input", "f", "-o", "o"], ["either", "--input", "only one"]),
        (["export", "--session", "s", "--input", "f", "-o", "o"], ["either", "--input", "only one"]),
        (["export", "--input", "f", "-o", "o", "--target", "x"], ["--target", "tab"]),
        (["export", "Hi.", "-o", "o", "--resume"], ["--resume", "add --input"]),
        (["export", "--input", "f", "-o", "o", "--resume", "--force"], ["--resume", "--force", "one of the two"]),
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
        (["export", "Hi.", "-o", "o", "--format", "bmp"], ["--format", "'bmp'", "png, svg, pdf, gif", "csv or json"]),
        (["export", "Hi.", "-o", "o", "--grid", "--layer", "1"], ["--grid", "leave --layer out"]),
        (["export", "Hi.", "-o", "o", "--picture", "grid", "--head", "1"], ["--picture grid", "leave --head out"]),
        (["export", "Hi.", "-o", "o", "--picture", "kinds", "--grid"], ["--grid", "--picture kinds"]),
        (["export", "Hi.", "-o", "o", "--picture", "kinds", "--kind", "cross"], ["all three", "leave --kind out"]),
        (["export", "Hi.", "-o", "o", "--picture", "positions", "--layer", "1"], ["no head", "leave --layer out"]),
        (["export", "Hi.", "-o", "o", "--picture", "candidates", "--kind", "all"], ["no head", "leave --kind out"]),
        (["export", "Hi.", "-o", "o", "--picture", "window"], ["'window'", "heads, grid, kinds"]),
        (
            ["export", "Hi.", "-o", "o", "--picture", "positions", "--format", "gif"],
            ["--picture positions", "png, svg or pdf", "not gif"],
        ),
        (["export", "Hi.", "-o", "o", "--width", "wide"], ["--width", "'wide'", "12cm"]),
        (["export", "Hi.", "-o", "o", "--width", "1cm"], ["--width", "1 cm", "from 3 to 120"]),
        (["export", "Hi.", "-o", "o", "--dpi", "47"], ["--dpi", "from 48 to 1200", "47"]),
        (["export", "Hi.", "-o", "o", "--scale", "0.4"], ["--scale", "from 0.5 to 12", "0.4"]),
        (["export", "Hi.", "-o", "o", "--scale", "nan"], ["--scale", "from 0.5 to 12", "nan"]),
        (["export", "Hi.", "-o", "o", "--scale", "2x"], ["--scale", "'2x'"]),
        (["export", "Hi.", "-o", "o", "--scale", "2", "--dpi", "192"], ["--scale", "--dpi", "exclude"]),
        (["export", "Hi.", "-o", "o", "--format", "pdf", "--dpi", "300"], ["pdf", "drawing", "leave --dpi out"]),
        (["export", "Hi.", "-o", "o", "--theme", "blue"], ["--theme", "'blue'", "print, light or dark"]),
        (["export", "Hi.", "-o", "o", "--frame", "100"], ["png does not move", "leave --frame out"]),
        (["export", "Hi.", "-o", "o", "--format", "gif", "--frame", "19"], ["--frame", "from 20 to 10000", "19"]),
        (["export", "Hi.", "-o", "o", "--range", "log"], ["--range", "'log'", "unit, maximum or root"]),
        (["export", "Hi.", "-o", "o", "--rows", "none"], ["--rows", "'none'", "both, reads or predicts"]),
        (["export", "Hi.", "-o", "o", "--steps", "0", "--kind", "encoder", "--format", "gif"], ["--steps 0"]),
        (["export", "Hi.", "-o", "o", "--steps", "0", "--picture", "candidates"], ["--steps 0"]),
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


@pytest.mark.parametrize("suffix", ["npz", "csv", "json", "html"])
@pytest.mark.parametrize(
    "option",
    ["--picture heads", "--grid", "--kind cross", "--layer 1", "--head 1", "--theme dark", "--no-title", "--dpi 96"],
)
def test_what_concerns_pictures_is_refused_where_everything_is_written(suffix: str, option: str) -> None:
    message = complaint("export", "Hi.", "-o", "o", "--format", suffix, *option.split())
    assert f"--format {suffix} holds everything" in message and f"leave {option.split()[0]} out" in message


def exported(*arguments: str) -> ExportOptions:
    options = parse(["export", "Hi.", "-o", "o", *arguments])
    assert isinstance(options, ExportOptions)
    return options


@pytest.mark.parametrize(
    ("arguments", "choices"),
    [
        ("", Choices()),
        ("--picture heads --theme light", Choices(theme="light")),
        ("--grid --format gif --frame 20", Choices(GRID, "gif", frame=20)),
        ("--picture grid --format webp", Choices(GRID, "webp")),
        ("--picture kinds --layer 2 --width page", Choices(THREE_KINDS, width=PRESETS["page"])),
        ("--picture positions --format pdf --width 12cm", Choices(POSITIONS, "pdf", width=Width(12, "cm"))),
        ("--picture candidates --format apng --scale 1.5", Choices(CANDIDATES, "apng", dpi=144)),
        ("--dpi 300 --no-title --no-caption", Choices(dpi=300, title=False, caption=False)),
        ("--width natural", Choices()),
        ("--format npz", Choices(DATA, "npz")),
        ("--format html", Choices(PAGE, "html")),
    ],
)
def test_options_of_export_become_choices(arguments: str, choices: Choices) -> None:
    assert exported(*arguments.split()).choices == choices


def test_a_view_of_the_export_is_left_alone_unless_it_was_asked_for() -> None:
    plain = exported()
    assert (plain.colormap, plain.color_range, plain.row_labels) == (None, None, None)
    asked = exported("--colours", "magma", "--range", "root", "--rows", "reads")
    assert (asked.colormap, asked.color_range, asked.row_labels) == ("magma", "root", "reads")


def test_export_takes_the_lines_of_a_file() -> None:
    assert parse(["export", "--input", "f", "-o", "o", "--resume", "--steps", "2"]) == ExportOptions(
        BUNDLED_MODEL, "", Path("o"), source=Path("f"), resume=True, steps=2
    )


@pytest.mark.parametrize("asked", ["--kind encoder", "--picture positions", "--format npz"])
def test_what_needs_no_decoder_row_can_be_exported_at_step_zero(asked: str) -> None:
    assert exported("--steps", "0", *asked.split()).steps == 0


def test_the_help_of_export_names_every_colormap(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["export", "--help"])
    line = next(line for line in capsys.readouterr().out.splitlines() if "--colours NAME  " in line)
    assert set(SEQUENTIAL) <= set(line.replace(",", "").split())


@pytest.mark.parametrize("command", [[], ["translate"], ["trace"], ["export"], ["screenshot"]])
def test_every_help_has_an_example(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        parse([*command, "--help"])
    assert left.value.code == 0
    help_text = capsys.readouterr().out
    example = help_text[help_text.index("\nexample: ") :]
    assert " ".join(["attention-viewer", *command]) in example
