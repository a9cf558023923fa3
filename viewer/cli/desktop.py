"""The command desktop: the program in the menus of a Linux desktop, and its sessions opened by a double click."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass

from attention_viewer.model.contract.errors import InputError
from attention_viewer.viewer.cli.command import DONE, Command
from attention_viewer.viewer.cli.option_types import one_of

INSTALL, REMOVE = "install", "remove"
ELSEWHERE = (
    "Menu entries are written for Linux desktops only. Elsewhere, make a shortcut to the program attention-viewer "
    "yourself; with --session it opens a file."
)


@dataclass(frozen=True)
class DesktopOptions:
    """Whether to `install` or to remove."""

    install: bool


def add(parser: argparse.ArgumentParser) -> None:
    """The option of the command."""
    parser.add_argument(
        "action", metavar="install|remove", type=one_of("desktop", (INSTALL, REMOVE)), help="put it there, or take away"
    )


def options(values: argparse.Namespace) -> DesktopOptions:
    """What was asked for."""
    return DesktopOptions(values.action == INSTALL)


def run(options: DesktopOptions) -> int:
    """Write the entries, or remove them."""
    from attention_viewer.viewer.look.assets import icon_path
    from attention_viewer.viewer.storage.desktop import data_folder, install, remove

    if not sys.platform.startswith("linux"):
        raise InputError(ELSEWHERE)
    folder = data_folder(os.environ)
    if options.install:
        # The very interpreter: what is called attention-viewer on the path may be another installation.
        changed = install(folder, [sys.executable, "-m", "attention_viewer"], icon_path().read_bytes())
    else:
        changed = remove(folder)
    for path in changed:
        print(f"{'Written' if options.install else 'Removed'}: {path}")
    if not changed:
        print("Nothing was installed.")
    return DONE


DESKTOP = Command(
    name="desktop",
    summary="put the program into the desktop's menus",
    description="""\
Put the program into the menus of a Linux desktop, with its icon, and let .avsession files open by a double
click; or take all of that away again. Everything goes below ~/.local/share ($XDG_DATA_HOME), for this user.""",
    example="example: attention-viewer desktop install",
    add=add,
    options=options,
    run=run,
)
