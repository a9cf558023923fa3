"""The commands that need no window: translate, trace and screenshot, and what export shares with them.

Whatever can be refused is refused before torch is imported, and before anything is written.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from attention_viewer.model.checkpoint import check_checkpoint, content_hash
from attention_viewer.model.contract.api import Trace
from attention_viewer.model.contract.choosing import Decoding
from attention_viewer.model.contract.document import Document, go_to
from attention_viewer.model.contract.errors import InputError, UserError
from attention_viewer.model.contract.hypotheses import teacher_force
from attention_viewer.model.training.arguments import EvaluateOptions, TrainOptions
from attention_viewer.viewer.cli.command_options import BatchOptions, ExportOptions, TraceOptions, TranslateOptions
from attention_viewer.viewer.cli.display import qt_errors_in_words
from attention_viewer.viewer.export.meta import meta
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.opening import ScreenshotOptions
from attention_viewer.viewer.storage.files import (
    check_folder,
    check_output,
    decoded_lines,
    made_folder,
    read_lines,
    say_progress,
    source_and_target,
    write_lines,
)
from attention_viewer.viewer.storage.session_file import SavedSession
from attention_viewer.viewer.storage.session_file import read as read_session

if TYPE_CHECKING:
    from attention_viewer.model.session import Session
    from PySide6.QtWidgets import QApplication

CheckpointOptions = TranslateOptions | TraceOptions | BatchOptions | ExportOptions | ScreenshotOptions | EvaluateOptions
HeadlessOptions = CheckpointOptions | TrainOptions

PARTLY_WRITTEN = 1
"""Exit code when writing failed after some of the files of a batch."""


def run(options: HeadlessOptions) -> int:
    """Carry out a command; returns the exit code. Raises UserError where nothing was written."""
    if isinstance(options, TrainOptions):
        return train(options)
    check_checkpoint(options.model)
    match options:
        case TranslateOptions():
            return translate(options)
        case TraceOptions():
            return trace(options)
        case BatchOptions():
            return trace_batch(options)
        case ExportOptions():
            from attention_viewer.viewer.cli.headless_export import export

            return export(options)
        case ScreenshotOptions():
            return screenshot(options)
        case EvaluateOptions():
            return evaluate(options)


def train(options: TrainOptions) -> int:
    """Train a model."""
    with extra_needed("train"):
        from attention_viewer.model.training import run
    return run.train(options)


def evaluate(options: EvaluateOptions) -> int:
    """Measure a model."""
    with extra_needed("evaluate"):
        import sacrebleu  # noqa: F401 - imported here so that its absence is told before the measuring
        from attention_viewer.model.training import measure
    return measure.evaluate(options)


@contextmanager
def extra_needed(command: str) -> Iterator[None]:
    """Say in words that a package of the extra `train` is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name != "sacrebleu":
            raise
        raise InputError(
            f"The command {command} needs the package {error.name}: install attention-viewer[train]."
        ) from None


def translate(options: TranslateOptions) -> int:
    """Translate line by line; blank lines stay blank."""
    if options.output is not None:
        check_output(options.output, options.force)
    elif sys.stdout is None:
        raise InputError("Standard output is closed: name a file for the translations with -o.")
    lines = _standard_input() if options.source is None else read_lines(options.source)
    session = _open(options.model)
    translations = (_translate_line(session, number, line, options.beam) for number, line in enumerate(lines, start=1))
    if options.output is not None:
        write_lines(options.output, translations, options.force)
        return 0
    for translation in translations:
        sys.stdout.buffer.write(f"{translation}\n".encode())
        sys.stdout.buffer.flush()
    return 0


def trace(options: TraceOptions) -> int:
    """Write everything computed for one sentence, or for a saved session, to one NPZ file."""
    check_output(options.output, options.force)
    saved = saved_session(options)
    session = _open(options.model)
    document = saved.document if saved else _document(session, options.text, options.target, options.max_steps)
    _write_trace(session, document, options.target, options.output, options.force)
    return 0


def trace_batch(options: BatchOptions) -> int:
    """Write an NPZ file for each line of a file; every line and every output is checked before the first."""
    lines = enumerate(read_lines(options.source), start=1)
    pairs = [_columns(number, line, options.source) for number, line in lines]
    if not pairs:
        raise InputError(f"{options.source} is empty: give a sentence on each line.")
    names = [f"{index:05d}.npz" for index in range(len(pairs))]
    check_folder(options.output, names, options.force)
    session = _open(options.model)
    documents = [
        _checked_document(session, number, source, target, options.max_steps)
        for number, (source, target) in enumerate(pairs, start=1)
    ]
    with made_folder(options.output):
        for index, (name, document, (_, target)) in enumerate(zip(names, documents, pairs, strict=True)):
            try:
                _write_trace(session, document, target, options.output / name, options.force)
            except UserError as error:
                return stopped(error, index, len(pairs))
            say_progress(index + 1, len(pairs), "Traced")
    return 0


def screenshot(options: ScreenshotOptions) -> int:
    """Write a picture of the window with a sentence, or a saved session, in it."""
    check_output(options.out, options.force)
    saved_session(options)
    application = offscreen_application()
    from attention_viewer.viewer.window.screenshot import take_screenshot

    code = take_screenshot(options)
    del application
    return code


@dataclass(frozen=True, eq=False)
class Tracer:
    """An open checkpoint: from a sentence, or a saved document, to what can be looked at."""

    session: Session

    def document(self, text: str, target: str | None = None) -> Document:
        """The document that runs to the end of a sentence, or of a forced translation.

        Raises InputError where the translation is empty or too long.
        """
        return _document(self.session, text, target, None)

    def loaded(self, document: Document, check: Callable[[], None] = lambda: None) -> Loaded:
        """What the model computes for a document; `check` is called after each decoder row, and may raise.

        Raises InputError where the sentence is empty or too long, or the document does not fit the model.
        """
        steps = self.session.trace_steps(document)
        while True:
            try:
                next(steps)
            except StopIteration as stop:
                computed: Trace = stop.value
                break
            check()
        return Loaded(self.session.info, computed, document.source, self.session.text(computed), document=document)


def open_tracer(model: Path) -> Tracer:
    """A tracer of the checkpoint in a directory. Raises CheckpointError where it holds none that can be computed."""
    return Tracer(_open(model))


def _open(model: Path) -> Session:
    from attention_viewer.model.session import Session

    return Session(model)


def offscreen_application() -> QApplication:
    """The Qt application that painting needs; keep it as long as anything is painted."""
    # The offscreen platform paints without a display, and the same everywhere.
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with qt_errors_in_words():
        from attention_viewer.viewer.window.app import create_application
    from attention_viewer.viewer.look.theme import font_problem

    application = create_application()
    if problem := font_problem():
        raise UserError(problem)
    return application


def saved_session(options: TraceOptions | ExportOptions | ScreenshotOptions) -> SavedSession | None:
    """The saved session that a command is about, None for a sentence.

    Raises InputError where it was made with another model than the command's.
    """
    if options.session is None:
        return None
    saved = read_session(options.session)
    made_with, here = saved.document.checkpoint, content_hash(options.model)
    if made_with and made_with != here:
        raise InputError(
            f"{options.session} was made with another model (content hash {made_with[:12]}…, that of {options.model} "
            f"is {here[:12]}…): name the directory of its own model with --model."
        )
    return saved


def _translate_line(session: Session, number: int, line: str, beam: int | None) -> str:
    if not line.strip():
        return ""
    try:
        translation = _greedy(session, line) if beam is None else _best_of_beam(session, line, beam)
    except InputError as error:
        raise InputError(f"Line {number}: {error}") from None
    # A line break inside a translation would put every later line out of step with its source.
    return " ".join(translation.splitlines())


def _greedy(session: Session, line: str) -> str:
    return session.text(session.trace(_document(session, line, None, None)))


def _best_of_beam(session: Session, line: str, width: int) -> str:
    from attention_viewer.model.session import finished

    tree = finished(session.beam_steps(Document(line, decoding=Decoding(beam_width=width))))
    best, _ = tree.finished[0]
    return session.text(tree.path(best))


def _standard_input() -> Iterator[str]:
    # A program that is started without streams has None in their place.
    if sys.stdin is None:
        raise InputError("Standard input is closed: name a file to translate.")
    if sys.stdin.isatty():
        print("Type sentences, one a line; end with Ctrl+D.", file=sys.stderr)
    return decoded_lines(sys.stdin.buffer, "standard input")


def _columns(number: int, line: str, name: Path) -> tuple[str, str | None]:
    try:
        return source_and_target(line)
    except InputError as error:
        raise InputError(f"Line {number} of {name}: {error}") from None


def _document(session: Session, text: str, target: str | None, max_steps: int | None) -> Document:
    """The document that runs to the end of a sentence, or of a forced translation."""
    document = Document(text, checkpoint=session.info.content_hash)
    if target is not None:
        return teacher_force(document, [token.id for token in session.encode_target(target)])
    if max_steps is not None:
        document = replace(document, limit=max_steps)
    return go_to(document, document.limit)


def _checked_document(session: Session, number: int, text: str, target: str | None, max_steps: int | None) -> Document:
    try:
        session.tokenize(text)
        return _document(session, text, target, max_steps)
    except InputError as error:
        raise InputError(f"Line {number}: {error}") from None


def _write_trace(session: Session, document: Document, target: str | None, file: Path, force: bool) -> None:
    with qt_errors_in_words():
        from attention_viewer.viewer.export.data import write_trace

    computed = session.trace(document)
    about = meta(session.info, document, computed, session.text(computed), target)
    write_trace(file, computed, about, overwrite=force)


def stopped(error: UserError, written: int, total: int) -> int:
    """The exit code after a failure with `written` files done; raises the error again where none is."""
    if not written:
        raise error
    print(f"attention-viewer: {error} {written} of {total} files had been written.", file=sys.stderr)
    return PARTLY_WRITTEN
