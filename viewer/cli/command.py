"""What a command is: its name, its words, its options and what runs it; and the options that several commands share.

Nothing here imports Qt, torch or NumPy.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from attention_viewer.model.contract.errors import InputError
from attention_viewer.viewer.cli.option_types import text, whole

PROGRAM = "attention-viewer"

MOST_THREADS = 256

DEBUG = "--debug"
"""The option with which a fault shows where in the program it was."""

DONE, PARTLY_DONE, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
"""Exit codes: all was done; not all of a batch was; nothing was, for what was asked will not do; Ctrl+C."""


@dataclass(frozen=True)
class Command:
    """One command: `add` describes its options to a parser, `options` checks what was given, `run` carries it out.

    `options` gives the frozen object that `run` takes, and raises InputError where things do not go together. `run`
    returns the exit code, and raises UserError where nothing was done. Only `run` may import Qt, torch and NumPy. A
    command that `translates` can be told the target language; its options have a `model`. A `description` that tells
    of a table is made when it is asked for.
    """

    name: str
    summary: str
    description: str | Callable[[], str]
    example: str
    add: Callable[[argparse.ArgumentParser], None]
    options: Callable[[argparse.Namespace], Any]
    run: Callable[[Any], int]
    translates: bool = False


BUNDLED = "the bundled English-French model if left out"


def add_model(parser: argparse.ArgumentParser, default: object = argparse.SUPPRESS, left_out: str = BUNDLED) -> None:
    """The option that names the checkpoint; where it is not given after a command, the one before it counts."""
    parser.add_argument(
        "--model",
        metavar="DIR",
        type=Path,
        default=default,
        help=f"directory of a Marian (OPUS-MT) checkpoint; {left_out}",
    )


def add_writing(parser: argparse.ArgumentParser) -> None:
    """The options of every command that takes a sentence through the model and writes files."""
    add_model(parser)
    parser.add_argument("--force", action="store_true", help="replace files that exist already")


def add_threads(parser: argparse.ArgumentParser) -> None:
    """The option that says how many cores compute."""
    parser.add_argument(
        "--threads", metavar="N", type=whole("--threads", 1, MOST_THREADS), default=1, help="1 if left out"
    )


def add_session(parser: argparse.ArgumentParser, purpose: str, name: str = "session") -> None:
    """The option that names the file of a saved session."""
    parser.add_argument("--session", metavar="FILE", dest=name, type=Path, help=purpose)


def add_sentence(parser: argparse.ArgumentParser) -> None:
    """The sentence of a command, or the saved session that takes its place."""
    parser.add_argument("text", metavar="TEXT", nargs="?", type=text("TEXT"), help="the sentence to translate")
    add_session(parser, "a saved session instead; - reads it from standard input")


def add_course(parser: argparse.ArgumentParser) -> None:
    """The options that say how far, and along which translation, the decoder goes."""
    parser.add_argument(
        "--steps",
        metavar="N",
        type=whole("--steps", 0),
        help="stop after N decoder steps; runs to the end if left out",
    )
    parser.add_argument("--target", metavar="TEXT", type=text("--target"), help="force this translation")


def add_lines(parser: argparse._ActionsContainer) -> None:
    """The options of a command that can take the lines of a file in place of one sentence."""
    parser.add_argument("--input", metavar="FILE", type=Path, help="UTF-8 text, one sentence a line, instead of TEXT")
    parser.add_argument(
        "--resume",
        action="store_true",
        help="go on with a batch: keep files made of the same sentence, options and model, make the others",
    )


def check_source(values: argparse.Namespace, name: str) -> None:
    """Refuse more or less than one of a sentence, --input and --session, and what does not go with --input."""
    if sum(value is not None for value in (values.text, values.input, values.session)) != 1:
        raise InputError(
            "Give either a sentence, --input FILE or --session FILE, and only one of them. "
            f"See '{PROGRAM} {name} --help'."
        )
    if values.input is not None and values.target is not None:
        raise InputError("--target goes with one sentence. With --input, put the target after a tab on each line.")
    if values.resume and values.input is None:
        raise InputError("--resume goes on with the lines of a file: add --input FILE, or leave --resume out.")
    if values.resume and values.force:
        raise InputError("--resume keeps files that are still right and --force replaces all: leave one of them out.")


def check_one_source(values: argparse.Namespace, name: str) -> None:
    """Refuse more or less than one of a sentence and --session."""
    if (values.text is None) == (values.session is None):
        raise InputError(f"Give either a sentence or --session FILE, and not both. See '{PROGRAM} {name} --help'.")


def check_session(values: argparse.Namespace, *others: str) -> None:
    """Refuse the options `others` beside a session, which decides what they would."""
    for name in others if values.session is not None else ():
        if getattr(values, name) is not None:
            option = f"--{name.replace('_', '-')}"
            raise InputError(f"--session says itself what is traced, how and how far: leave {option} out.")
