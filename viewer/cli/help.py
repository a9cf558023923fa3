"""The command help: what another command's `--help` says."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from attention_viewer.model.contract.errors import InputError
from attention_viewer.viewer.cli.command import DONE, PROGRAM, Command
from attention_viewer.viewer.cli.parser import Parser, no_such_command


@dataclass(frozen=True)
class HelpOptions:
    """The text to be shown."""

    text: str


def add(parser: argparse.ArgumentParser) -> None:
    """The option of the command."""
    parser.add_argument("topic", metavar="COMMAND", nargs="?", help="the program as a whole if left out")


def options(values: argparse.Namespace) -> HelpOptions:
    """The help that was asked for. Raises InputError where there is no such command."""
    root: Parser = values.parser
    if values.topic is None:
        return HelpOptions(root.format_help())
    if values.topic not in root.commands:
        raise InputError(no_such_command(values.topic, root.commands, f"See '{PROGRAM} --help'."))
    return HelpOptions(root.commands[values.topic].format_help())


def run(options: HelpOptions) -> int:
    """Show it."""
    print(options.text, end="")
    return DONE


HELP = Command(
    name="help",
    summary="show the help of a command",
    description="Show what a command does, its options and an example; the same as COMMAND --help.",
    example="example: attention-viewer help trace",
    add=add,
    options=options,
    run=run,
)
