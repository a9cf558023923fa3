"""The composition root: the one place where the parts of the window are wired together."""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from attention_viewer.model.contract.api import ModelInfo
from attention_viewer.model.contract.given_model import GivenModel
from attention_viewer.model.contract.remarks import remarks
from attention_viewer.viewer.intents import due, switching
from attention_viewer.viewer.intents.controller import Controller
from attention_viewer.viewer.intents.measuring import Measuring
from attention_viewer.viewer.intents.player import Player
from attention_viewer.viewer.look import theme
from attention_viewer.viewer.look.assets import BUNDLED_MODEL, icon_path
from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.menus.action_table import ActionTable
from attention_viewer.viewer.menus.menu_actions import MenuActions, versions
from attention_viewer.viewer.menus.notices import Notices
from attention_viewer.viewer.resolve.resolve import model_line
from attention_viewer.viewer.state.highlight import Hover, SourceHover, TargetHover
from attention_viewer.viewer.state.known_maps import known_maps
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.opening import WindowOptions
from attention_viewer.viewer.state.options import COLOR_RANGE, ColorRange
from attention_viewer.viewer.state.view_state import PositionView, ViewState
from attention_viewer.viewer.storage.recovery import Recovery
from attention_viewer.viewer.storage.settings import Settings, opened_store
from attention_viewer.viewer.widgets import on_screen
from attention_viewer.viewer.widgets.control_keys import ControlKeys
from attention_viewer.viewer.widgets.line_keys import LineKeys
from attention_viewer.viewer.widgets.main_window import MainWindow
from attention_viewer.viewer.window.checkpoint import d_model_of
from attention_viewer.viewer.window.connecting import Hands
from attention_viewer.viewer.window.covers import fed
from attention_viewer.viewer.window.faults import FaultReporter
from attention_viewer.viewer.window.garbage import Collecting
from attention_viewer.viewer.window.given import before, describe, document_of, read_given, view_of
from attention_viewer.viewer.window.maps import connect_panels, follow_maps
from attention_viewer.viewer.window.panels import WORKSPACES, panels_for
from attention_viewer.viewer.window.presenter import Presenter
from attention_viewer.viewer.window.qt_words import mute_noise
from attention_viewer.viewer.window.remembering import connect_settings, first_model, instead, stand_in
from attention_viewer.viewer.window.starting import start_with, take_dropped
from attention_viewer.viewer.work.worker import Worker
from PySide6.QtCore import QEvent, QObject, QStandardPaths, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

PATIENCE = 3.0
"""Seconds that closing the window waits at most for what does not come to its end."""


@dataclass(frozen=True, eq=False)
class Parts:
    """A window and what keeps it alive."""

    window: MainWindow
    controller: Controller
    menu_actions: MenuActions
    worker: Worker
    actions: ActionTable
    given: GivenModel | None = None

    def close(self, patience: float | None = None) -> bool:
        """Stop playing, end the worker, let an export finish; waits `patience` seconds at most (None: to the end).

        Returns whether all threads have ended.
        """
        self.controller.player.stop()
        began = time.monotonic()
        ended = self.worker.close(patience)
        left = None if patience is None else max(0.0, began + patience - time.monotonic())
        return self.menu_actions.wait_for_exports(left) and ended


def run_window(options: WindowOptions) -> int:
    """Open the window and stay until it is closed; returns the exit code.

    Raises InputError where the file of arrays that it is to show is none.
    """
    given = None if options.trace is None else read_given(options.trace)
    application = create_application()
    install_hooks()
    collecting = Collecting(application)
    settings = Settings(opened_store("attention-viewer", "attention-viewer"))
    parts = build(settings, first_model(options, settings), given)
    FaultReporter(parts.window, versions).install()
    # Arrays have no experiments to lose, and their window, of other panels, no place in the layout that is remembered.
    if given is None:
        keep_work(parts, Recovery(_unsaved_folder()))
        restore_layout(parts.window, settings)
        parts.window.closing.connect(lambda: save_layout(parts.window, settings))
    parts.worker.opened.connect(collecting.go_on)
    parts.worker.open_failed.connect(collecting.go_on)
    # How much of the screen the frame takes is known only now.
    framed = AfterFirstPaint(parts.window, partial(on_screen.keep, parts.window))
    start = AfterFirstPaint(parts.window, lambda: begin(parts, options, settings))
    parts.window.show()
    code = application.exec()
    framed.deleteLater()
    start.deleteLater()
    if not parts.close(PATIENCE):
        # Something does not come to its end; all that was to be kept is kept.
        os._exit(code)
    return code


def create_application() -> QApplication:
    """The one QApplication of the process."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    mute_noise()
    application = QApplication(sys.argv[:1])
    application.setApplicationName("Attention Viewer")
    application.setDesktopFileName("attention-viewer")
    application.setWindowIcon(QIcon(str(icon_path())))
    return application


def build(settings: Settings, model: Path, given: GivenModel | None = None) -> Parts:
    """Make a window and wire it; the worker runs, but no model is asked for yet.

    The window may be on what is `given`, arrays of weights, in the place of a model.
    """
    panels = panels_for(known_maps(model) if given is None else given.info.maps)
    loaded = Loaded(d_model=d_model_of(model)) if given is None else before(given)
    window = MainWindow(panels, WORKSPACES, _first_style(settings))
    LineKeys(window)
    keys = ControlKeys(window)
    if given is not None:
        describe(window, given)
    worker = Worker(threads=settings.get("threads"), given=given)
    player = Player(settings.get("speed"), window)
    presenter = Presenter(window, fed(window, panels, loaded.info))
    controller = Controller(presenter, worker, player, view_of(first_view(settings), loaded), window, loaded)
    measuring = Measuring(controller, window)
    menu_actions = MenuActions(window, controller, measuring, settings, BUNDLED_MODEL)
    actions = ActionTable(window, menu_actions)
    keys.unclaimed.connect(actions.explain)
    window.panels_changed.connect(keys.watch)
    window.set_actions({spec: actions[spec] for spec in ("first", "back", "step", "last", "play")})
    window.add_dock_menu(actions.menu("View"))
    menu_actions.sessions.add_recent_menu(actions.menu("File"), actions["open_arrays"])
    menu_actions.models.add_recent_menu(actions.menu("Model"), actions["bundled"])
    window.file_dropped.connect(lambda name: take_dropped(Path(name), window, controller, menu_actions))
    _connect_header(window, controller, menu_actions)
    hands = Hands(window, controller, menu_actions, settings)
    connect_panels(panels, hands)
    follow_maps(hands, presenter)
    connect_settings(window, controller, settings)
    _connect_answers(window, controller, worker)
    _connect_shown(window, presenter, controller)
    controller.look(controller.view)
    menu_actions.dress()
    worker.start()
    return Parts(window, controller, menu_actions, worker, actions, given)


def keep_work(parts: Parts, recovery: Recovery) -> None:
    """Let no work be lost, neither by closing the window nor by a crash."""
    menu_actions = parts.menu_actions

    def may_close() -> bool:
        # What the reader had before the tour is what is asked about.
        menu_actions.touring.come_back()
        return menu_actions.closing.may_close()

    menu_actions.recovery.set_recovery(recovery)
    parts.window.set_close_guard(may_close)
    parts.window.closing.connect(parts.menu_actions.recovery.finish)


def begin(parts: Parts, options: WindowOptions, settings: Settings | None = None) -> None:
    """What happens once the window has been painted: the model is opened, and a given sentence encoded.

    Without one, `settings` say whether this is the very first start, and what the last sentence was.
    """
    model = options.model if settings is None else first_model(options, settings)
    parts.controller.open_model(model if options.trace is None else options.trace, stand_in(model, options))
    QTimer.singleShot(0, parts.window, _read_maps)
    if parts.given is not None:
        controller = parts.controller
        controller.open_document(document_of(parts.given, options.steps), controller.view, "Open")
        return
    if options.session is not None:
        parts.menu_actions.sessions.open(options.session)
    elif options.sentence is not None:
        parts.window.source_bar.set_text(options.sentence)
        parts.controller.submit(options.sentence, options.steps or 0)
    elif settings is not None and options.tour is None:
        card = start_with(parts.window, parts.controller, settings, model == BUNDLED_MODEL)
        if card is not None:
            card.tour_wanted.connect(parts.menu_actions.touring.show)
    if options.tour is not None:
        parts.menu_actions.touring.open(options.tour)
    parts.menu_actions.recovery.offer()


def _read_maps() -> None:
    """Import what large maps need while the model is read: the first one shown would keep the window waiting for it."""
    from attention_viewer.viewer.widgets import map_view  # noqa: F401


def _unsaved_folder() -> Path:
    """Where unsaved work is kept through a crash."""
    data = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation)
    return Path(data) / "unsaved"


def _first_style(settings: Settings) -> Style:
    """The style of the settings, which widgets are made in."""
    return theme.prepare(create_application(), theme.PALETTES[settings.get("theme")], settings.get("text size"))


def first_view(settings: Settings) -> ViewState:
    """The view that the settings remember."""
    return ViewState(
        locked=settings.get("locked"),
        positions=PositionView(settings.get("position length"), tuple(settings.get("position pairs"))),
        chosen=settings.chosen(),
    )


def restore_layout(window: MainWindow, settings: Settings) -> None:
    """Put the window and its panels where they were when it was last closed, as far as the screen has room."""
    window.restoreGeometry(settings.get_bytes("geometry"))
    on_screen.keep(window)
    window.restoreState(settings.get_bytes("window state"))


def save_layout(window: MainWindow, settings: Settings) -> None:
    """Remember where the window and its panels are, as they are outside a presentation."""
    window.set_presentation(False)
    settings.set_bytes("geometry", window.saveGeometry())
    settings.set_bytes("window state", window.saveState())


def install_hooks() -> None:
    """Let Ctrl+C end the program at once, and a crash of Qt or torch say where it was."""
    faulthandler.enable()
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _connect_header(window: MainWindow, controller: Controller, menu_actions: MenuActions) -> None:
    window.source_bar.submitted.connect(controller.submit)
    window.source_bar.root_requested.connect(lambda: menu_actions.choose(COLOR_RANGE, ColorRange.SQUARE_ROOT))
    window.target_strip.clicked.connect(controller.go_to_token)
    window.source_strip.hovered.connect(lambda index: controller.hover(_token_hover(SourceHover, index)))
    window.target_strip.hovered.connect(lambda index: controller.hover(_token_hover(TargetHover, index)))
    window.source_strip.context_requested.connect(menu_actions.laboratory_actions.show_source_menu)
    window.banner.reset_requested.connect(controller.does(switching.reset))
    window.banner.reset_requested.connect(window.focus_panels)


def _connect_answers(window: MainWindow, controller: Controller, worker: Worker) -> None:
    controller.status.connect(window.set_status)
    controller.hint.connect(window.source_bar.set_hint)
    controller.timed.connect(window.set_timing)
    controller.encoded.connect(window.focus_panels)
    controller.encoded.connect(window.source_bar.set_encoded)
    controller.sentence_changed.connect(window.source_bar.set_text)
    controller.card.connect(window.show_card)
    controller.error.connect(window.show_error)
    notices = Notices(window, controller)
    worker.stood_in.connect(lambda refusal: notices.say(instead(refusal)))

    def introduce(info: ModelInfo) -> None:
        window.set_model_line(model_line(info))
        window.source_bar.set_languages(info.language_tokens)
        for said in remarks(info):
            notices.say(said)

    controller.model_changed.connect(introduce)


def _connect_shown(window: MainWindow, presenter: Presenter, controller: Controller) -> None:
    """What is not on show is neither fed nor measured."""

    def follow() -> None:
        seen = (panel.measures for panel in presenter.panels if panel.name in window.shown())
        controller.run(due.watch, frozenset(each for measures in seen for each in measures))
        controller.refresh()

    window.host.shown_changed.connect(follow)
    # Another model may fill other panels.
    controller.model_changed.connect(lambda info: follow())
    follow()


def _token_hover(kind: Callable[[int], Hover], index: int | None) -> Hover:
    return None if index is None else kind(index)


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
