"""The composition root: the one place where the parts of the window are wired together."""

from __future__ import annotations

import faulthandler
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QDeadlineTimer, QEvent, QEventLoop, QObject, QSettings, QStandardPaths, QTimer, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from model.api import Kind
from model.checkpoint import content_hash
from model.config import read_config
from model.errors import CheckpointError, UserError
from viewer import session_file
from viewer.actions import ActionTable
from viewer.arguments import ScreenshotOptions, WindowOptions
from viewer.assets import BUNDLED_MODEL, examples, icon_path
from viewer.commands import Commands
from viewer.controller import Controller
from viewer.export.about import about
from viewer.export.choices import WINDOW
from viewer.export.picture import save_image
from viewer.highlight import CellHover, Hover, SourceHover, TargetHover
from viewer.laboratory import Laboratory
from viewer.laboratory_commands import LaboratoryCommands
from viewer.player import Player
from viewer.presenter import Presenter
from viewer.recovery import Recovery
from viewer.resolve import model_line
from viewer.session_file import SavedSession
from viewer.settings import MemoryStore, Settings
from viewer.view_state import ColorRange, PositionView, RowLabels, ViewState
from viewer.widgets.line_keys import LineKeys
from viewer.widgets.main_window import MainWindow
from viewer.worker import Worker

DEFAULT_D_MODEL = 256
SETTLING = 100
"""Milliseconds a picture waits for the layout of the window."""
SCREENSHOT_PATIENCE = 120_000
"""Milliseconds after which a screenshot gives up waiting for the model."""


@dataclass(frozen=True, eq=False)
class Parts:
    """A window and what keeps it alive."""

    window: MainWindow
    controller: Controller
    commands: Commands
    worker: Worker
    actions: ActionTable

    def close(self) -> None:
        """Stop playing, let an export finish, end the worker."""
        self.controller.player.stop()
        self.commands.wait_for_exports()
        self.worker.close()


def run_window(options: WindowOptions) -> int:
    """Open the window and stay until it is closed; returns the exit code."""
    application = create_application()
    install_hooks()
    settings = Settings(QSettings("attention-viewer", "attention-viewer"))
    parts = build(settings, options.model)
    parts.commands.sessions.set_recovery(Recovery(_unsaved_folder()))
    restore_layout(parts.window, settings)
    parts.window.closing.connect(lambda: save_layout(parts.window, settings))
    parts.window.closing.connect(parts.commands.sessions.finish)
    start = AfterFirstPaint(parts.window, lambda: begin(parts, options))
    parts.window.show()
    code = application.exec()
    start.deleteLater()
    parts.close()
    return code


def take_screenshot(options: ScreenshotOptions) -> int:
    """Picture the window with a sentence in it, without a display; returns the exit code.

    Raises UserError where the sentence, the model or the file will not do.
    """
    saved = None if options.session is None else _readable_session(options.session, options.model)
    create_application()
    store = MemoryStore()
    settings = Settings(store)
    settings.set("theme", options.theme)
    parts = build(settings, options.model)
    try:
        parts.window.resize(*options.size)
        parts.window.show()
        outcome = Outcome(parts)
        parts.controller.open_model(options.model)
        if saved is not None:
            parts.controller.open_document(replace(saved.document, checkpoint=""), saved.view)
        elif options.target is not None:
            parts.controller.submit_forced(options.sentence, options.target)
        else:
            steps = 10_000 if options.steps is None else options.steps
            parts.controller.submit(options.sentence, steps)
        parts.window.source_bar.set_text(options.sentence if saved is None else saved.document.source)
        outcome.wait()
        said = about(parts.controller.loaded, parts.controller.view, WINDOW)
        save_image(parts.window.grab(), options.out, overwrite=options.force, about=said)
    finally:
        parts.close()
        parts.window.close()
    return 0


def create_application() -> QApplication:
    """The one QApplication of the process."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    application = QApplication(sys.argv[:1])
    application.setApplicationName("Attention Viewer")
    application.setDesktopFileName("attention-viewer")
    application.setWindowIcon(QIcon(str(icon_path())))
    return application


def build(settings: Settings, model: Path) -> Parts:
    """Make a window and wire it; the worker runs, but no model is asked for yet."""
    window = MainWindow()
    LineKeys(window)
    worker = Worker(threads=settings.get("threads"))
    player = Player(settings.get("speed"), window)
    controller = Controller(Presenter(window, _d_model(model)), worker, player, first_view(settings), window)
    laboratory = Laboratory(controller, window)
    commands = Commands(window, controller, laboratory, settings, BUNDLED_MODEL)
    actions = ActionTable(window, commands)
    window.set_actions({spec: actions[spec] for spec in ("first", "back", "step", "last", "play")})
    window.add_dock_menu(actions.menu("View"))
    commands.sessions.add_recent_menu(actions.menu("File"), actions["save_session"])
    window.file_dropped.connect(lambda name: commands.sessions.open(Path(name)))
    _connect_intents(window, controller)
    _connect_laboratory(window, laboratory, commands.experiments)
    _connect_settings(window, controller, settings)
    _connect_answers(window, controller)
    commands.apply_theme()
    controller.look(controller.view)
    worker.start()
    return Parts(window, controller, commands, worker, actions)


def begin(parts: Parts, options: WindowOptions) -> None:
    """What happens once the window has been painted: the model is opened, and a given sentence encoded."""
    parts.controller.open_model(options.model)
    if options.session is not None:
        parts.commands.sessions.open(options.session)
    elif options.sentence is not None:
        parts.window.source_bar.set_text(options.sentence)
        parts.controller.submit(options.sentence, options.steps or 0)
    parts.commands.sessions.offer_unsaved()


def _readable_session(path: Path, model: Path) -> SavedSession:
    """A session file that was made with a model; raises UserError where it was made with another."""
    saved = session_file.read(path)
    if saved.document.checkpoint not in ("", content_hash(model)):
        raise UserError(f"{path} was made with another model. Name that model with --model.")
    return saved


def _unsaved_folder() -> Path:
    """Where unsaved work is kept through a crash."""
    data = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation)
    return Path(data) / "unsaved"


def first_view(settings: Settings) -> ViewState:
    """The view that the settings remember."""
    return ViewState(
        locked=settings.get("locked"),
        color_range=ColorRange(settings.get("colour range")),
        colormap=settings.get("colormap"),
        row_labels=RowLabels(settings.get("row labels")),
        positions=PositionView(settings.get("position length"), tuple(settings.get("position pairs"))),
    )


def restore_layout(window: MainWindow, settings: Settings) -> None:
    """Put the window and its panels where they were when it was last closed."""
    window.restoreGeometry(settings.get_bytes("geometry"))
    window.restoreState(settings.get_bytes("window state"))


def save_layout(window: MainWindow, settings: Settings) -> None:
    """Remember where the window and its panels are."""
    settings.set_bytes("geometry", window.saveGeometry())
    settings.set_bytes("window state", window.saveState())


def install_hooks() -> None:
    """Keep the window alive, and say what happened, when a slot or a thread raises."""
    faulthandler.enable()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.excepthook = _report
    threading.excepthook = lambda failure: _report(
        failure.exc_type, failure.exc_value or failure.exc_type(), failure.exc_traceback
    )


def _report(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
    traceback.print_exception(kind, error, where)


def _d_model(model: Path) -> int:
    try:
        return read_config(model).d_model
    except CheckpointError:
        # The worker will say what is wrong with the checkpoint; the positional plots need some width meanwhile.
        return DEFAULT_D_MODEL


def _connect_intents(window: MainWindow, controller: Controller) -> None:
    window.source_bar.submitted.connect(controller.submit)
    window.target_strip.clicked.connect(controller.go_to_token)
    window.source_strip.hovered.connect(lambda index: controller.hover(_token_hover(SourceHover, index)))
    window.target_strip.hovered.connect(lambda index: controller.hover(_token_hover(TargetHover, index)))
    for kind, panel in window.panels.items():
        panel.head_selected.connect(lambda layer, head, kind=kind: controller.select_head(kind, layer, head))
        panel.cell_hovered.connect(lambda cell, kind=kind: controller.hover(_cell_hover(kind, cell)))
        panel.activated.connect(lambda kind=kind: controller.activate(kind))
    window.positions.length_changed.connect(controller.set_length)
    window.positions.pairs_changed.connect(controller.set_pairs)


def _connect_laboratory(window: MainWindow, laboratory: Laboratory, commands: LaboratoryCommands) -> None:
    window.candidates.token_chosen.connect(laboratory.force)
    window.candidates.token_chosen.connect(window.focus_panels)
    window.candidates.filter_changed.connect(laboratory.filter)
    window.source_strip.context_requested.connect(commands.show_source_menu)
    for kind, panel in window.panels.items():
        panel.head_menu_requested.connect(
            lambda layer, head, where, kind=kind: commands.show_head_menu(kind, layer, head, where)
        )
    switches, ranking = window.laboratory, window.laboratory.ranking
    switches.encoder_positions_changed.connect(laboratory.set_encoder_positions)
    switches.decoder_positions_changed.connect(laboratory.set_decoder_positions)
    switches.seed_changed.connect(laboratory.set_shuffle_seed)
    switches.causal_mask_changed.connect(laboratory.set_causal_mask)
    switches.head_switched.connect(laboratory.switch_head)
    switches.token_hidden.connect(laboratory.hide_token)
    switches.reset_requested.connect(laboratory.reset_interventions)
    window.banner.reset_requested.connect(laboratory.reset_interventions)
    window.banner.reset_requested.connect(window.focus_panels)
    ranking.rank_requested.connect(laboratory.rank)
    ranking.rank_cancelled.connect(laboratory.cancel_rank)
    ranking.head_selected.connect(laboratory.controller.select_head)
    hypotheses = window.hypotheses
    hypotheses.chosen.connect(laboratory.go_to_hypothesis)
    hypotheses.renamed.connect(laboratory.rename_hypothesis)
    hypotheses.deleted.connect(laboratory.delete_hypothesis)
    hypotheses.compare_requested.connect(laboratory.compare_with_hypothesis)
    window.beam.node_chosen.connect(laboratory.go_to_beam_node)


def _connect_settings(window: MainWindow, controller: Controller, settings: Settings) -> None:
    def remember_sentence(sentence: str) -> None:
        settings.remember_sentence(sentence)
        window.source_bar.set_recent(settings.get("recent sentences"))

    window.source_bar.set_examples(examples())
    window.source_bar.set_recent(settings.get("recent sentences"))
    window.step_controls.set_speed(settings.get("speed"))
    controller.encoded.connect(remember_sentence)
    window.step_controls.speed_changed.connect(controller.player.set_speed)
    window.step_controls.speed_changed.connect(lambda speed: settings.set("speed", speed))
    window.positions.length_changed.connect(lambda length: settings.set("position length", length))
    window.positions.pairs_changed.connect(lambda pairs: settings.set("position pairs", list(pairs)))


def _connect_answers(window: MainWindow, controller: Controller) -> None:
    controller.status.connect(window.set_status)
    controller.hint.connect(window.source_bar.set_hint)
    controller.timed.connect(window.set_timing)
    controller.encoded.connect(window.focus_panels)
    controller.sentence_changed.connect(window.source_bar.set_text)
    controller.model_changed.connect(lambda info: window.set_model_line(model_line(info)))


def _token_hover(kind: Callable[[int], Hover], index: int | None) -> Hover:
    return None if index is None else kind(index)


def _cell_hover(kind: Kind, cell: tuple[int, int] | None) -> Hover:
    return None if cell is None else CellHover(kind, *cell)


class AfterFirstPaint(QObject):
    """Calls `action` once, after the watched window has painted for the first time."""

    def __init__(self, window: MainWindow, action: Callable[[], None]) -> None:
        super().__init__(window)
        self._action: Callable[[], None] | None = action
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Wait for the first paint event, then let it finish before acting."""
        if event.type() is QEvent.Type.Paint and self._action is not None:
            action, self._action = self._action, None
            watched.removeEventFilter(self)
            QTimer.singleShot(0, action)
        return False


class Outcome(QObject):
    """Waits, with the event loop running, until the controller has shown a trace or said why not."""

    finished = Signal()

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts.window)
        self._trouble = ""
        self._inquiries = parts.controller.inquiries
        parts.controller.encoded.connect(self.finished)
        parts.controller.hint.connect(self._refuse)

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
