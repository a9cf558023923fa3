"""All commands in one table, from which the parser and what runs follow. Nothing here imports Qt, torch or NumPy."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from attention_viewer.model.contract.errors import InputError
from attention_viewer.viewer import __version__
from attention_viewer.viewer.cli.align import ALIGN
from attention_viewer.viewer.cli.command import DEBUG, PROGRAM, Command
from attention_viewer.viewer.cli.completion import COMPLETION
from attention_viewer.viewer.cli.desktop import DESKTOP
from attention_viewer.viewer.cli.evaluate import EVALUATE
from attention_viewer.viewer.cli.export import EXPORT
from attention_viewer.viewer.cli.help import HELP
from attention_viewer.viewer.cli.languages import add_language, check_language, speak
from attention_viewer.viewer.cli.parser import Parser
from attention_viewer.viewer.cli.rank import RANK
from attention_viewer.viewer.cli.screenshot import SCREENSHOT
from attention_viewer.viewer.cli.trace import TRACE
from attention_viewer.viewer.cli.train import TRAIN
from attention_viewer.viewer.cli.translate import TRANSLATE
from attention_viewer.viewer.cli.window import FILES, OF_WINDOW, WINDOW

COMMANDS: tuple[Command, ...] = (
    TRANSLATE,
    TRACE,
    EXPORT,
    SCREENSHOT,
    RANK,
    ALIGN,
    TRAIN,
    EVALUATE,
    DESKTOP,
    HELP,
    COMPLETION,
)
"""The commands that have a name, in the order of the help; without one the window opens."""


@dataclass(frozen=True)
class Asked:
    """A command with the options that it was given."""

    command: Command
    options: Any
    prefix: str = ""

    def run(self) -> int:
        """Carry it out; returns the exit code. Raises UserError where nothing was done."""
        if self.prefix:
            check_language(self.options.model, self.prefix)
        return self.command.run(self.options)


def parse(arguments: Sequence[str]) -> Asked:
    """What a command line asks for.

    Raises InputError with a sentence for the user; leaves by SystemExit after `--help` and `--version`.
    """
    root = parser()
    values = root.parse_args(root.files_named(arguments, FILES))
    command: Command = values.command
    if command is not WINDOW and any(getattr(values, name) is not None for name in OF_WINDOW):
        raise InputError(
            "--sentence, --steps and --session before a command belong to the window. Put options after the command; "
            f"see '{PROGRAM} --help'."
        )
    speak(values)
    return Asked(command, command.options(values), values.prefix if command.translates else "")


def parser() -> Parser:
    """The parser of the whole command line."""
    root = Parser(prog=PROGRAM, **_words(WINDOW))
    root.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    WINDOW.add(root)
    _add_debug(root)
    add_language(root, None)
    root.set_defaults(command=WINDOW, parser=root)
    named = root.add_subparsers(title="commands that need no display", metavar="COMMAND", prog=PROGRAM)
    for command in COMMANDS:
        each = named.add_parser(command.name, help=command.summary, **_words(command))
        command.add(each)
        _add_debug(each)
        if command.translates:
            add_language(each)
        each.set_defaults(command=command)
    return root


def _add_debug(parser: Parser) -> None:
    parser.add_argument(DEBUG, action="store_true", help="show where in the program something went wrong")


def _words(command: Command) -> dict[str, Any]:
    told = command.description
    return {
        "description": told if isinstance(told, str) else told(),
        "epilog": command.example,
        "formatter_class": argparse.RawDescriptionHelpFormatter,
        "allow_abbrev": False,
    }
