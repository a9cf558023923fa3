"""Without a command: the window opens, with a sentence or a saved session where one is given."""

from __future__ import annotations

import argparse
import gc
import os
from pathlib import Path

from attention_viewer.model.contract.errors import InputError
from attention_viewer.viewer.cli.command import Command, add_model, add_session
from attention_viewer.viewer.cli.option_types import text, whole
from attention_viewer.viewer.cli.streams import STREAM
from attention_viewer.viewer.look.assets import BUNDLED_MODEL
from attention_viewer.viewer.state.opening import WindowOptions

OF_WINDOW = ("window_sentence", "window_steps", "window_session", "window_trace", "window_tour")
"""Names of the values that only the window takes: commands have options of the same name."""

FILES = {".avsession": "--session", ".tour": "--tour", ".npz": "--trace", ".json": "--trace"}
"""The option that each kind of file belongs to, so that `attention-viewer FILE` opens it."""


def add(parser: argparse.ArgumentParser) -> None:
    """The options of the window; its model is that of a command that follows too."""
    add_model(parser, BUNDLED_MODEL, "if left out, the window opens the last one again, a command the bundled one")
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
    parser.add_argument(
        "--trace",
        metavar="FILE",
        dest="window_trace",
        type=Path,
        help="open the window with attention weights that another program computed, an .npz or .json file",
    )
    parser.add_argument(
        "--tour", metavar="FILE", dest="window_tour", type=Path, help="open the window with a tour that somebody wrote"
    )


def options(values: argparse.Namespace) -> WindowOptions:
    """The options that were given. Raises InputError where they do not go together."""
    if values.window_session is not None and (values.window_sentence, values.window_steps) != (None, None):
        raise InputError("--session has its own sentence and step: leave --sentence and --steps out.")
    if values.window_trace is not None and (values.window_session, values.window_sentence) != (None, None):
        raise InputError("--trace has its own sentence: leave --sentence and --session out.")
    if values.window_steps is not None and values.window_sentence is None and values.window_trace is None:
        raise InputError("--steps needs a sentence to step through: add --sentence TEXT.")
    if values.window_session == STREAM:
        raise InputError("The window opens a session from a file, in which it can be saved: name one in place of -.")
    if values.window_tour is not None and (values.window_trace, values.window_session) != (None, None):
        raise InputError("--tour sets the window up by itself: leave --trace and --session out.")
    return WindowOptions(
        values.model,
        values.window_sentence,
        values.window_steps,
        values.window_session,
        values.window_trace,
        # The very path that stands there where none was given: the bundled model can be asked for by its own.
        named=values.model is not BUNDLED_MODEL,
        tour=values.window_tour,
    )


def run(options: WindowOptions) -> int:
    """Open the window and stay until it is closed."""
    from attention_viewer.model.checkpoint import check_checkpoint
    from attention_viewer.viewer.cli.preflight import check_display, qt_errors_in_words

    # The window is to be seen soon; what came with the program is examined while it is.
    if options.named and options.model != BUNDLED_MODEL:
        check_checkpoint(options.model)
    check_display(os.environ)
    # `viewer.window.garbage` says why, and when it is collected again.
    gc.disable()
    with qt_errors_in_words():
        from attention_viewer.viewer.window.app import run_window
    return run_window(options)


WINDOW = Command(
    name="",
    summary="open the window",
    description="""\
A window on a living English-French Transformer: type a sentence, step the decoder one token at a
time, and see every attention weight the model computes. Without a command the window opens; a session,
a tour or a file of weights is opened in it by its name alone.""",
    example="""\
example: attention-viewer --sentence "The cat is sleeping." --steps 3
         attention-viewer cat.avsession
Each command has its own help and example: attention-viewer trace --help""",
    add=add,
    options=options,
    run=run,
    translates=True,
)
