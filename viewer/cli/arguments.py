"""The command line: what may be asked for, checked and put into one frozen options object for each command.

Nothing here imports Qt, torch or NumPy, so that `--help`, `--version` and every refusal answer at once.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.training.arguments import (
    EVALUATE_EXAMPLE,
    EVALUATE_HELP,
    TRAIN_EXAMPLE,
    TRAIN_HELP,
    EvaluateOptions,
    TrainOptions,
    add_evaluate_options,
    add_train_options,
    evaluate_options,
    train_options,
)
from attention_viewer.viewer import __version__
from attention_viewer.viewer.cli.argument_texts import (
    EXPORT_EXAMPLE,
    EXPORT_HELP,
    SCREENSHOT_EXAMPLE,
    SCREENSHOT_HELP,
    TRACE_EXAMPLE,
    TRACE_HELP,
    TRANSLATE_EXAMPLE,
    TRANSLATE_HELP,
    WINDOW_EXAMPLE,
    WINDOW_HELP,
)
from attention_viewer.viewer.cli.argument_types import add_course, add_session, check_session, one_of, size, text, whole
from attention_viewer.viewer.cli.command_options import BatchOptions, ExportOptions, TraceOptions, TranslateOptions
from attention_viewer.viewer.cli.export_arguments import add_export_options, export_options
from attention_viewer.viewer.look.assets import BUNDLED_MODEL
from attention_viewer.viewer.state.opening import ScreenshotOptions, WindowOptions

__all__ = [
    "BatchOptions",
    "EvaluateOptions",
    "ExportOptions",
    "Options",
    "ScreenshotOptions",
    "TraceOptions",
    "TrainOptions",
    "TranslateOptions",
    "WindowOptions",
    "parse",
]

DATA_SUFFIXES = (".npz", ".csv", ".json")
THEMES = ("light", "dark")
LARGEST_LIMIT = 1000
"""Most decoder rows that --max-steps may ask for."""
WIDEST_BEAM = 32


Options = (
    WindowOptions
    | ScreenshotOptions
    | TranslateOptions
    | TraceOptions
    | BatchOptions
    | ExportOptions
    | TrainOptions
    | EvaluateOptions
)


def parse(arguments: Sequence[str]) -> Options:
    """The options that a command line asks for.

    Raises InputError with a sentence for the user; leaves by SystemExit after `--help` and `--version`.
    """
    values = _parser().parse_args(arguments)
    make: Callable[[argparse.Namespace], Options] = values.make
    of_window = (values.window_sentence, values.window_steps, values.window_session)
    if make is not _window and any(value is not None for value in of_window):
        raise InputError(
            "--sentence, --steps and --session before a command belong to the window. Put options after the command; "
            "see 'attention-viewer --help'."
        )
    return make(values)


class _Parser(argparse.ArgumentParser):
    """Raises its complaints in one line instead of printing the usage and leaving."""

    def error(self, message: str) -> NoReturn:
        plain = re.sub(r"^argument ", "", message)
        raise InputError(f"{plain[:1].upper()}{plain[1:]}. See '{self.prog} --help'.")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="attention-viewer",
        description=WINDOW_HELP,
        epilog=WINDOW_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"attention-viewer {__version__}")
    _add_model(parser, BUNDLED_MODEL)
    parser.add_argument(
        "--sentence",
        metavar="TEXT",
        dest="window_sentence",
        type=text("--sentence"),
        help="open the window with this sentence",
    )
    parser.add_argument(
        "--steps", metavar="N", dest="window_steps", type=whole("--steps", 0), help="take N steps with it"
    )
    add_session(parser, "open the window with a saved session instead", "window_session")
    parser.set_defaults(make=_window)
    commands = parser.add_subparsers(title="commands that need no display", metavar="COMMAND", prog="attention-viewer")
    _add_translate(commands)
    _add_trace(commands)
    _add_export(commands)
    _add_screenshot(commands)
    _add_train(commands)
    _add_evaluate(commands)
    return parser


Commands = argparse._SubParsersAction  # argparse has no public name for what add_subparsers returns


def _add_command(
    commands: Commands[_Parser],
    name: str,
    texts: tuple[str, str, str],
    make: Callable[[argparse.Namespace], Options],
) -> _Parser:
    summary, description, example = texts
    parser = commands.add_parser(
        name,
        help=summary,
        description=description,
        epilog=example,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(make=make)
    return parser


def _add_writing_command(
    commands: Commands[_Parser],
    name: str,
    texts: tuple[str, str, str],
    make: Callable[[argparse.Namespace], Options],
) -> _Parser:
    parser = _add_command(commands, name, texts, make)
    _add_model(parser, argparse.SUPPRESS)
    parser.add_argument("--force", action="store_true", help="replace files that exist already")
    return parser


def _add_model(parser: argparse.ArgumentParser, default: object) -> None:
    parser.add_argument(
        "--model",
        metavar="DIR",
        type=Path,
        default=default,
        help="directory of a Marian (OPUS-MT) checkpoint; the bundled English-French model if left out",
    )


def _add_translate(commands: Commands[_Parser]) -> None:
    texts = ("translate lines of text", TRANSLATE_HELP, TRANSLATE_EXAMPLE)
    parser = _add_writing_command(commands, "translate", texts, _translate)
    parser.add_argument("file", metavar="FILE", nargs="?", type=Path, help="UTF-8 text; standard input if left out")
    parser.add_argument("-o", "--output", metavar="OUT", type=Path, help="file for the translations")
    parser.add_argument(
        "--beam", metavar="N", type=whole("--beam", 1, WIDEST_BEAM), help="search with a beam of N hypotheses"
    )


def _add_trace(commands: Commands[_Parser]) -> None:
    parser = _add_writing_command(
        commands, "trace", ("write all weights as NumPy arrays", TRACE_HELP, TRACE_EXAMPLE), _trace
    )
    parser.add_argument("text", metavar="TEXT", nargs="?", type=text("TEXT"), help="the sentence to translate")
    parser.add_argument("--input", metavar="FILE.tsv", type=Path, help="UTF-8 text with one sentence a line instead")
    add_session(parser, "a saved session instead")
    parser.add_argument(
        "-o",
        "--output",
        metavar="OUT",
        type=Path,
        required=True,
        help="the NPZ file; with --input, a directory",
    )
    parser.add_argument("--target", metavar="TEXT", type=text("--target"), help="force this translation")
    parser.add_argument(
        "--max-steps",
        metavar="N",
        type=whole("--max-steps", 1, LARGEST_LIMIT),
        help="stop after N tokens (200 if left out); a forced translation always runs to its end",
    )


def _add_export(commands: Commands[_Parser]) -> None:
    texts = ("write pictures, animations and numbers", EXPORT_HELP, EXPORT_EXAMPLE)
    add_export_options(_add_writing_command(commands, "export", texts, export_options))


def _add_screenshot(commands: Commands[_Parser]) -> None:
    texts = ("write a picture of the window", SCREENSHOT_HELP, SCREENSHOT_EXAMPLE)
    parser = _add_writing_command(commands, "screenshot", texts, _screenshot)
    parser.add_argument("output", metavar="OUT.png", type=Path, help="the PNG file")
    parser.add_argument("--sentence", metavar="TEXT", type=text("--sentence"), help="what to show")
    add_session(parser, "show a saved session instead")
    add_course(parser)
    parser.add_argument(
        "--size", metavar="WxH", type=size, default=(1600, 1000), help="in pixels, 1600x1000 if left out"
    )
    parser.add_argument(
        "--theme",
        metavar="|".join(THEMES),
        type=one_of("--theme", THEMES),
        default="light",
        help="light if left out",
    )


def _add_train(commands: Commands[_Parser]) -> None:
    texts = ("train a model on sentence pairs", TRAIN_HELP, TRAIN_EXAMPLE)
    add_train_options(_add_command(commands, "train", texts, train_options))


def _add_evaluate(commands: Commands[_Parser]) -> None:
    texts = ("measure a model on sentence pairs", EVALUATE_HELP, EVALUATE_EXAMPLE)
    parser = _add_command(commands, "evaluate", texts, evaluate_options)
    _add_model(parser, argparse.SUPPRESS)
    add_evaluate_options(parser)


def _window(values: argparse.Namespace) -> WindowOptions:
    if values.window_session is not None and (values.window_sentence, values.window_steps) != (None, None):
        raise InputError("--session has its own sentence and step: leave --sentence and --steps out.")
    if values.window_steps is not None and values.window_sentence is None:
        raise InputError("--steps needs a sentence to step through: add --sentence TEXT.")
    return WindowOptions(values.model, values.window_sentence, values.window_steps, values.window_session)


def _translate(values: argparse.Namespace) -> TranslateOptions:
    return TranslateOptions(values.model, values.file, values.output, values.force, values.beam)


def _check_data_suffix(output: Path) -> None:
    if output.suffix.lower() not in DATA_SUFFIXES:
        raise InputError(f"{output.name!r} has no data format: give it a name that ends in .npz, .csv or .json.")


def _trace(values: argparse.Namespace) -> TraceOptions | BatchOptions:
    if sum(value is not None for value in (values.text, values.input, values.session)) != 1:
        raise InputError(
            "Give either a sentence, --input FILE.tsv or --session FILE, and only one of them. "
            "See 'attention-viewer trace --help'."
        )
    check_session(values, "target", "max_steps")
    if values.target is not None and values.max_steps is not None:
        raise InputError("--target and --max-steps exclude each other: a forced translation always runs to its end.")
    if values.input is None:
        _check_data_suffix(values.output)
        return TraceOptions(
            values.model,
            values.text or "",
            values.output,
            values.target,
            values.max_steps,
            values.force,
            values.session,
        )
    if values.target is not None:
        raise InputError("--target goes with one sentence. With --input, put the target after a tab on each line.")
    return BatchOptions(values.model, values.input, values.output, values.max_steps, values.force)


def _screenshot(values: argparse.Namespace) -> ScreenshotOptions:
    if values.output.suffix.lower() != ".png":
        raise InputError(f"A screenshot is a PNG file: give {values.output.name!r} a name that ends in .png.")
    if (values.sentence is None) == (values.session is None):
        raise InputError(
            "Give either --sentence TEXT or --session FILE, and not both. See 'attention-viewer screenshot --help'."
        )
    check_session(values, "steps", "target")
    return ScreenshotOptions(
        model=values.model,
        out=values.output,
        sentence=values.sentence or "",
        steps=values.steps,
        target=values.target,
        size=values.size,
        theme=values.theme,
        force=values.force,
        session=values.session,
    )
