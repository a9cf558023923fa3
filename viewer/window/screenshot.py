"""A picture of the window with a sentence in it, taken without a display."""

from __future__ import annotations

from collections.abc import Callable

from attention_viewer.model.contract.errors import UserError
from attention_viewer.model.contract.given_model import GivenModel
from attention_viewer.viewer.export.about import about
from attention_viewer.viewer.export.picture import save_image
from attention_viewer.viewer.intents import wanting
from attention_viewer.viewer.intents.controller import Controller
from attention_viewer.viewer.state.exportables import WINDOW
from attention_viewer.viewer.state.opening import ScreenshotOptions
from attention_viewer.viewer.storage.session_file import SavedSession
from attention_viewer.viewer.storage.settings import MemoryStore, Settings
from attention_viewer.viewer.window.app import Parts, build, create_application
from attention_viewer.viewer.window.given import document_of, read_given
from attention_viewer.viewer.work.worker import Advance
from PySide6.QtCore import QDeadlineTimer, QEventLoop, QObject, QTimer, Signal

SETTLING = 100
"""Milliseconds a picture waits for the layout of the window."""
SCREENSHOT_PATIENCE = 120_000
"""Milliseconds after which a screenshot gives up waiting for the model."""


def take_screenshot(
    options: ScreenshotOptions, saved: SavedSession | None = None, decoded: Callable[[int], None] = lambda tokens: None
) -> int:
    """Picture the window with a sentence, or a saved session, in it, without a display; returns the exit code.

    `decoded` hears how many tokens there are so far. Raises UserError where the sentence, the model or the file will
    not do.
    """
    given = None if options.trace is None else read_given(options.trace)
    create_application()
    store = MemoryStore()
    settings = Settings(store)
    settings.set("theme", options.theme)
    parts = build(settings, options.model, given)
    try:
        parts.window.resize(*options.size)
        parts.window.show()
        outcome = Outcome(parts, decoded)
        parts.controller.open_model(options.model)
        parts.window.source_bar.set_text(_asked(parts.controller, options, saved, given))
        outcome.wait()
        said = about(parts.controller.loaded, parts.controller.view, WINDOW)
        save_image(parts.window.grab(), options.out, overwrite=options.force, about=said)
    finally:
        parts.close()
        parts.window.close()
    return 0


def _asked(
    controller: Controller, options: ScreenshotOptions, saved: SavedSession | None, given: GivenModel | None
) -> str:
    """Ask for what is to be pictured; returns its sentence."""
    if given is not None:
        controller.open_document(document_of(given, options.steps), controller.view)
        return given.document.source
    if saved is not None:
        controller.open_document(saved.document, saved.view)
        return saved.document.source
    if options.target is not None:
        controller.run(wanting.submit_forced, options.sentence, options.target)
    else:
        controller.submit(options.sentence, 10_000 if options.steps is None else options.steps)
    return options.sentence


class Outcome(QObject):
    """Waits, with the event loop running, until the controller has shown a trace or said why not."""

    finished = Signal()

    def __init__(self, parts: Parts, decoded: Callable[[int], None]) -> None:
        super().__init__(parts.window)
        self._trouble, self._decoded, self._controller = "", decoded, parts.controller
        self._inquiries = parts.controller.inquiries
        parts.controller.encoded.connect(self.finished)
        parts.controller.hint.connect(self._refuse)
        parts.worker.advanced.connect(self._advance)
        parts.controller.encoded.connect(self._arrive)

    def _advance(self, advance: Advance) -> None:
        # What is measured beside the trace, once that is there, counts other things.
        if self._controller.loaded.trace is None:
            self._decoded(advance.progress.done)

    def _arrive(self) -> None:
        trace = self._controller.loaded.trace
        self._decoded(0 if trace is None else len(trace.steps))

    def _refuse(self, message: str) -> None:
        if message:
            self._trouble = message
            self.finished.emit()

    def wait(self) -> None:
        """Return once the trace is on screen. Raises UserError with the reason when there will be none."""
        loop = QEventLoop()
        self.finished.connect(loop.quit)
        QTimer.singleShot(SCREENSHOT_PATIENCE, loop.quit)
        if not self._trouble:
            loop.exec()
        if self._trouble:
            raise UserError(self._trouble)
        # What is measured beside the trace follows, and layouts settle in events of their own.
        deadline = QDeadlineTimer(SCREENSHOT_PATIENCE)
        while True:
            QTimer.singleShot(SETTLING, loop.quit)
            loop.exec()
            if not self._inquiries.waits or deadline.hasExpired():
                return
