"""The options of export: what they become, and what is refused in which words."""

from __future__ import annotations

from pathlib import Path

import pytest
from attention_viewer.viewer.cli.commands import parse
from attention_viewer.viewer.cli.export import KINDS, ExportOptions
from attention_viewer.viewer.export.animated_files import FILMS
from attention_viewer.viewer.export.data import WRITERS
from attention_viewer.viewer.export.picture import EXPORTERS
from attention_viewer.viewer.export.pictures import PICTURES
from attention_viewer.viewer.export.tables import TABLES
from attention_viewer.viewer.look.assets import BUNDLED_MODEL
from attention_viewer.viewer.look.colormap_points import SEQUENTIAL
from attention_viewer.viewer.look.theme import PALETTES
from attention_viewer.viewer.state.exportables import CANDIDATES, DATA, FORMATS, GRID, PAGE, POSITIONS, by_name, by_word
from attention_viewer.viewer.state.exportables import KINDS as THREE_KINDS
from attention_viewer.viewer.state.figure_options import THEMES, FigureOptions
from attention_viewer.viewer.state.options import COLOR_RANGE, COLORMAP, ROW_LABELS, ColorRange, RowLabels
from attention_viewer.viewer.state.widths import PRESETS, Width
from support.commands import complaint, options_of
from support.exports import BETWEEN
from support.traces import KINDS as TRACED


def test_words_of_the_command_are_those_of_the_program() -> None:
    assert TRACED == KINDS
    assert set(FORMATS) == {*EXPORTERS, *FILMS, *WRITERS}
    assert set(THEMES) == set(PALETTES)
    assert {name for name, each in by_name().items() if each.drawn} == {*PICTURES, *BETWEEN}
    assert {name for name, each in by_name().items() if each.listed} == {*TABLES, *BETWEEN}
    assert {each.value for each in COLOR_RANGE.values} == set(ColorRange)
    assert {each.value for each in ROW_LABELS.values} == set(RowLabels)


def test_options_are_taken() -> None:
    out, asked = Path("o"), ("--kind", "cross", "--layer", "2", "--head", "all", "--format", "svg")
    assert options_of("export", "Hi.", "-o", "o", *asked) == ExportOptions(
        BUNDLED_MODEL, "Hi.", out, FigureOptions(format="svg"), ("cross",), layer=(2,)
    )
    assert options_of("export", "--session", "s.avsession", "-o", "o", "--layer", "2") == ExportOptions(
        BUNDLED_MODEL, "", out, layer=(2,), session=Path("s.avsession")
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["export", "-o", "o"], ["sentence", "--session", "export --help"]),
        (["export", "Hi.", "--session", "s", "-o", "o"], ["either", "--session"]),
        (["export", "Hi.", "--input", "f", "-o", "o"], ["either", "--input", "only one"]),
        (["export", "--session", "s", "--input", "f", "-o", "o"], ["either", "--input", "only one"]),
        (["export", "--input", "f", "-o", "o", "--target", "x"], ["--target", "tab"]),
        (["export", "Hi.", "-o", "o", "--resume"], ["--resume", "add --input"]),
        (["export", "--input", "f", "-o", "o", "--resume", "--force"], ["--resume", "--force", "one of them"]),
        (["export", "--session", "s", "-o", "o", "--steps", "0"], ["--session", "leave --steps out"]),
        (["export", "--session", "s", "-o", "o", "--target", "x"], ["--session", "leave --target out"]),
        (["export", "Hi.", "-o", "o", "--layer", "0"], ["--layer", "from 1", "'0'"]),
        (["export", "Hi.", "-o", "o", "--head", "some"], ["--head", "'some'"]),
        (["export", "Hi.", "-o", "o", "--kind", "self"], ["'self'", "encoder, decoder, cross or all"]),
        (
            ["export", "Hi.", "-o", "o", "--format", "bmp"],
            ["--format", "'bmp'", "png, svg, pdf", "csv.gz or json"],
        ),
        (["export", "Hi.", "-o", "o", "--grid", "--layer", "1"], ["--grid", "leave --layer out"]),
        (["export", "Hi.", "-o", "o", "--picture", "grid", "--head", "1"], ["--picture grid", "leave --head out"]),
        (["export", "Hi.", "-o", "o", "--picture", "kinds", "--grid"], ["--grid", "--picture kinds"]),
        (["export", "Hi.", "-o", "o", "--picture", "kinds", "--kind", "cross"], ["every kind", "leave --kind out"]),
        (["export", "Hi.", "-o", "o", "--picture", "positions", "--layer", "1"], ["no head", "leave --layer out"]),
        (["export", "Hi.", "-o", "o", "--picture", "candidates", "--kind", "all"], ["no head", "leave --kind out"]),
        (
            ["export", "Hi.", "-o", "o", "--picture", "window"],
            ["'window'", "heads, lines, text, table, links, grid, kinds"],
        ),
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
        (["export", "Hi.", "-o", "o", "--layer", "3-1"], ["--layer", "1-3", "'3-1'"]),
        (["export", "Hi.", "-o", "o", "--picture", "kinds", "--layer", "1,2"], ["one head of each kind", "--layer"]),
        (["export", "Hi.", "-o", "o.png", "--format", "svg"], ["svg contradicts", "'o.png'", "leave --format out"]),
        (["export", "--input", "f", "-o", "o.png"], ["a file for each line", "o.png", "give a directory"]),
        (["export", "--input", "f", "-o", "-"], ["a file for each line", "-o -", "give a directory"]),
        (["export", "--session", "s", "-o", "o", "--heads-off", "cross:4:8"], ["leave --heads-off out"]),
        (["export", "Hi.", "-o", "o", "--heads-off", "cross"], ["--heads-off", "cross:4:8", "'cross'"]),
        (["export", "Hi.", "-o", "o", "--positions", "away"], ["--positions", "'away'", "off or shuffled"]),
    ],
)
def test_refusals_name_the_option_and_the_value(arguments: list[str], words: list[str]) -> None:
    message = complaint(*arguments)
    for word in words:
        assert word in message


@pytest.mark.parametrize("suffix", ["npz", "csv", "csv.gz", "json", "html"])
@pytest.mark.parametrize(
    "option",
    ["--picture heads", "--grid", "--kind cross", "--layer 1", "--head 1", "--theme dark", "--no-title", "--dpi 96"],
)
def test_what_concerns_pictures_is_refused_where_everything_is_written(suffix: str, option: str) -> None:
    message = complaint("export", "Hi.", "-o", "o", "--format", suffix, *option.split())
    assert f"--format {suffix} holds everything" in message and f"leave {option.split()[0]} out" in message


def exported(*arguments: str) -> ExportOptions:
    options = options_of("export", "Hi.", "-o", "o", *arguments)
    assert isinstance(options, ExportOptions)
    return options


@pytest.mark.parametrize(
    ("arguments", "figure"),
    [
        ("", FigureOptions()),
        ("--picture heads --theme light", FigureOptions(theme="light")),
        ("--grid --format gif --frame 20", FigureOptions(GRID, "gif", frame=20)),
        ("--picture grid --format webp", FigureOptions(GRID, "webp")),
        ("--picture kinds --layer 2 --width page", FigureOptions(THREE_KINDS, width=PRESETS["page"].width)),
        ("--picture positions --format pdf --width 12cm", FigureOptions(POSITIONS, "pdf", width=Width(12, "cm"))),
        ("--picture candidates --format apng --scale 1.5", FigureOptions(CANDIDATES, "apng", dpi=144)),
        ("--dpi 300 --no-title --no-caption", FigureOptions(dpi=300, title=False, caption=False)),
        ("--width natural", FigureOptions()),
        ("--format npz", FigureOptions(DATA, "npz")),
        ("--format html", FigureOptions(PAGE, "html")),
    ],
)
def test_options_of_export_become_those_of_a_figure(arguments: str, figure: FigureOptions) -> None:
    assert exported(*arguments.split()).figure == figure


def test_a_view_of_the_export_is_left_alone_unless_it_was_asked_for() -> None:
    assert exported().chosen == ()
    asked = exported("--colours", "magma", "--range", "root", "--rows", "reads")
    expected = ((COLORMAP, "magma"), (COLOR_RANGE, ColorRange.SQUARE_ROOT), (ROW_LABELS, RowLabels.READS))
    assert asked.chosen == expected


def test_export_takes_the_lines_of_a_file() -> None:
    assert options_of("export", "--input", "f", "-o", "o", "--resume", "--steps", "2") == ExportOptions(
        BUNDLED_MODEL, "", Path("o"), source=Path("f"), resume=True, steps=2
    )


@pytest.mark.parametrize("asked", ["--kind encoder", "--picture positions", "--format npz"])
def test_what_needs_no_decoder_row_can_be_exported_at_step_zero(asked: str) -> None:
    assert exported("--steps", "0", *asked.split()).steps == 0


def test_the_help_of_export_says_beside_each_picture_what_it_gives(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["export", "--help"])
    lines = capsys.readouterr().out.splitlines()
    told = {word: next(line for line in lines if line.startswith(f"  {word}  ")) for word in by_word()}
    assert len({told[word].index(each.help) for word, each in by_word().items()}) == 1


def test_the_help_of_export_names_every_colormap(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["export", "--help"])
    assert f"--colours {'|'.join(SEQUENTIAL)}" in capsys.readouterr().out
