"""The command screenshot: a picture of the whole window."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from attention_viewer.model.contract.errors import InputError
from attention_viewer.viewer.cli.command import PROGRAM, Command, add_course, add_session, add_writing, check_session
from attention_viewer.viewer.cli.option_types import one_of, size, text
from attention_viewer.viewer.cli.streams import STREAM, check_target, put
from attention_viewer.viewer.state.opening import ScreenshotOptions

THEMES = ("light", "dark")


def add(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add_writing(parser)
    parser.add_argument("output", metavar="OUT.png", type=Path, help="the PNG file; - is standard output")
    parser.add_argument("--sentence", metavar="TEXT", type=text("--sentence"), help="what to show")
    add_session(parser, "show a saved session instead; - reads it from standard input")
    parser.add_argument("--trace", metavar="FILE", type=Path, help="show attention weights of another program instead")
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


def options(values: argparse.Namespace) -> ScreenshotOptions:
    """The options that were given. Raises InputError where they do not go together."""
    if values.output != STREAM and values.output.suffix.lower() != ".png":
        raise InputError(f"A screenshot is a PNG file: give {values.output.name!r} a name that ends in .png.")
    if sum(each is not None for each in (values.sentence, values.session, values.trace)) != 1:
        raise InputError(
            "Give either --sentence TEXT, --session FILE or --trace FILE, and only one of them. "
            f"See '{PROGRAM} screenshot --help'."
        )
    check_session(values, "steps", "target")
    if values.trace is not None and values.target is not None:
        raise InputError("--trace holds all rows there are: leave --target out.")
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
        trace=values.trace,
    )


def run(options: ScreenshotOptions) -> int:
    """Write a picture of the window with a sentence, or a saved session, in it."""
    from attention_viewer.model.checkpoint import check_checkpoint
    from attention_viewer.viewer.cli.preflight import offscreen_application
    from attention_viewer.viewer.cli.progress import Bar
    from attention_viewer.viewer.cli.tracing import saved_session
    from attention_viewer.viewer.storage.files import made_folder

    if options.trace is None:
        check_checkpoint(options.model)
    check_target(options.out, options.force, "png")
    saved = saved_session(options.session, options.model)
    application = offscreen_application()
    from attention_viewer.viewer.window.screenshot import take_screenshot

    if options.out == STREAM:
        with TemporaryDirectory() as folder, Bar(None, 0, "tokens") as bar:
            picture = Path(folder) / "window.png"
            code = take_screenshot(replace(options, out=picture), saved, bar.reach)
            put(STREAM, picture.read_bytes(), False)
    else:
        with made_folder(options.out.parent), Bar(None, 0, "tokens") as bar:
            code = take_screenshot(options, saved, bar.reach)
    del application
    return code


SCREENSHOT = Command(
    name="screenshot",
    summary="write a picture of the window",
    description="Write a picture of the whole window, with a sentence in it, as a PNG file. No display is needed.",
    example='example: attention-viewer screenshot cat.png --sentence "The cat is sleeping." --theme dark',
    add=add,
    options=options,
    run=run,
    translates=True,
)
