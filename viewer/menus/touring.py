"""The tour: which stop is open, what is revealed there, and the window put into its state."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.errors import InputError, UserError, quoted
from attention_viewer.viewer.intents import touring
from attention_viewer.viewer.intents.controller import Controller
from attention_viewer.viewer.look.assets import tour_path
from attention_viewer.viewer.state.tour import PAGES, Stop, Tour, away, document_at
from attention_viewer.viewer.state.tour_progress import (
    AGAIN,
    MOST_TRIES,
    StopSpec,
    end,
    from_text,
    spec_of,
    to_text,
)
from attention_viewer.viewer.storage.settings import LAST_OPENED, Settings
from attention_viewer.viewer.storage.tour_file import read
from attention_viewer.viewer.widgets.main_window import MainWindow
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

PLACE, ANSWERS = "tour stop", "tour answers"
"""The settings that keep where the reader is, by the tour's title and the stop's name, and what was answered."""
BRING = "Show it again: Alt+S."
NOT_YET = "The window does not show this stop yet. Show it: Alt+S."
KEPT = "Your own sentence is kept: F12, or another workspace, brings it back."
WORKSPACE = "tour"
FILTER = "Tours (*.tour);;All files (*)"


class Touring(QObject):
    """Leads through a tour in a window; the reader's place in it and answers are remembered."""

    def __init__(self, window: MainWindow, controller: Controller, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._controller, self._settings = window, controller, settings
        self._tour: Tour | None = None
        self._index = 0
        self._answers: dict[str, tuple[int, ...]] = {}
        self._begun: Document | None = None
        self._waiting = False
        self._before: touring.Before | None = None
        self._shown: Document | None = None
        self._back = False
        self._there = window.workspaces.base == WORKSPACE
        window.workspaces.changed.connect(self._moved)
        self._panel = window.widget("tour")
        self._panel.wanted.connect(self.begin)
        self._panel.gone_to.connect(self.go_to)
        self._panel.revealed.connect(self.reveal)
        self._panel.chosen.connect(self.choose)
        self._panel.set_up_again.connect(self.set_up)
        controller.model_changed.connect(self._model_known)
        controller.changed.connect(self._watch)
        controller.traced.connect(self._watch)

    @property
    def stop(self) -> StopSpec | None:
        """The stop that is open."""
        if self._tour is None:
            return None
        spec = spec_of(self._tour, self._index, self._answers, self._begun is not None)
        return replace(spec, notice=self._notice(spec), kept=self._kept())

    def begin(self) -> None:
        """Open the bundled tour where the reader left it; the window stays as it is until a stop is set up."""
        if self._tour is None and not self._controller.loaded.uncomputed:
            self.open(tour_path(), quietly=True)

    def show(self) -> None:
        """Use the workspace of the tour, and begin."""
        self._window.workspaces.use(WORKSPACE)
        self._window.go_to("tour")

    def show_stop(self, name: str) -> None:
        """Lead to a stop of the bundled tour, by its name."""
        tour = read(tour_path())
        known = [stop.name for stop in tour.stops]
        if name in known and not self._controller.loaded.uncomputed:
            self._take(tour, known.index(name))
            self.show()
            self.go_to(self._index)

    def ask(self) -> None:
        """Open a tour that somebody wrote."""
        dialog = QFileDialog(self._window, "Open a tour", str(self._settings.folder(LAST_OPENED, Path.home())), FILTER)
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.fileSelected.connect(lambda name: self.open(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def open(self, path: Path, quietly: bool = False) -> None:
        """Open a tour where the reader left it; say so where it is none."""
        try:
            tour = read(path)
            self._check(tour, path.name)
        except UserError as error:
            self._controller.hint.emit(str(error))
            return
        if not quietly:
            self._settings.remember_folder(LAST_OPENED, path)
        title, _, name = self._settings.get(PLACE).partition("\n")
        known = [stop.name for stop in tour.stops] + [""]
        self._take(tour, known.index(name) if title == tour.title and name in known else 0)
        if not quietly:
            self.show()
        if not quietly or self._index == 0:
            self.set_up()

    def go_to(self, index: int) -> None:
        """Open a stop, and put the window into its state; that of a question only when it is asked for."""
        if self._tour is None or not 0 <= index <= len(self._tour.stops):
            return
        begun, self._begun, self._index = self._begun, None, index
        self._remember()
        if self._now.choices or index == len(self._tour.stops):
            self._leave(begun)
            self._tell()
        else:
            self.set_up()

    def set_up(self) -> None:
        """Put the window into the state of the stop; Undo takes it back. From the end, start again."""
        if self._tour is None:
            return
        if self._index == len(self._tour.stops):
            self._answers.clear()
            self.go_to(0)
            return
        scene, controller = self._now.scene, self._controller
        self._waiting = controller.loaded.info is None
        if self._waiting:
            # Which maps there are to look at is not known yet, and a sentence that is awaited would come in between.
            return
        if not scene.sentence and self._kept():
            self.come_back()
        self._before = touring.kept(controller.state, self._before, self._shown)
        begun = document_at(scene, controller.document)
        controller.run(touring.set_up, scene)
        self._begun = begun
        self._shown = begun or self._shown
        self._tell()

    @property
    def hidden(self) -> touring.Before | None:
        """What the reader had, while a stop stands in its place."""
        return touring.hidden(self._controller.state, self._before, self._shown)

    def come_back(self) -> None:
        """Give back what the reader had before; a stop that is set up again keeps it anew."""
        before, self._before = self._before, None
        wanted = self._controller.document
        self._controller.run(touring.come_back, before, self._shown)
        self._back = self._controller.document != wanted
        self._watch()

    def reveal(self) -> None:
        """Show the answer."""
        self._answer(self._answers.get(self._now.name, ()))

    def choose(self, choice: int) -> None:
        """Say whether a choice is right, and why."""
        self._answer((*self._answers.get(self._now.name, ()), choice)[:MOST_TRIES])

    @property
    def _now(self) -> Stop:
        assert self._tour is not None
        return self._tour.stops[self._index] if self._index < len(self._tour.stops) else end(self._tour, {})

    def _take(self, tour: Tour, index: int) -> None:
        """Have another tour open, at a stop of it."""
        self._answers = from_text(self._settings.get(ANSWERS), tour)
        self._tour, self._index, self._begun = tour, index, None
        self._tell()

    def _answer(self, tried: tuple[int, ...]) -> None:
        self._answers[self._now.name] = tried
        self._remember()
        self._tell()

    def _remember(self) -> None:
        assert self._tour is not None
        self._settings.set(PLACE, f"{self._tour.title}\n{self._now.name}")
        self._settings.set(ANSWERS, to_text(self._tour, self._answers))

    def _tell(self) -> None:
        if (spec := self.stop) is not None:
            self._panel.set_stop(spec)

    def _leave(self, begun: Document | None) -> None:
        """Give back the reader's sentence or, where that is there, what a stop had changed in the model.

        The quiz is about that sentence, and so is what comes after the end.
        """
        if self._kept():
            self.come_back()
        elif begun is not None:
            self._controller.run(touring.leave, begun)

    def _model_known(self) -> None:
        if self._controller.document is None:
            self._watch()

    def _watch(self) -> None:
        """Say so when the window comes to show another state than the stop's, and when it does no longer."""
        loaded, document = self._controller.loaded, self._controller.document
        if self._waiting and loaded.info is not None and loaded.document == document:
            self._waiting = False
            if self._panel.isVisible():
                self.set_up()
        if self._back and loaded.document == document:
            # An answer says first that all is ready.
            self._back = False
            self._controller.status.emit(touring.BROUGHT_BACK)
        if self._tour is not None and self._panel.isVisible():
            self._tell()

    def _moved(self) -> None:
        """Give back what the reader had before, once they leave the workspace of the tour."""
        left, self._there = self._there, self._window.workspaces.base == WORKSPACE
        if left and not self._there:
            self.come_back()

    def _kept(self) -> str:
        document, hidden = self._controller.document, self.hidden
        other = hidden is not None and document is not None and document.source != hidden.document.source
        return KEPT if other else ""

    def _notice(self, spec: StopSpec) -> str:
        if spec.setting != AGAIN:
            return ""
        if self._begun is None:
            return "This stop follows when the model is loaded." if self._waiting else NOT_YET
        loaded, document = self._controller.loaded, self._controller.document
        ended = loaded.document == document and loaded.trace is not None and bool(loaded.trace.ended)
        differs = away(self._begun, document, ended)
        return f"{differs} {BRING}" if differs else ""

    def _check(self, tour: Tour, name: str) -> None:
        """Raise InputError where a stop shows what the window has not."""
        for stop in tour.stops:
            panel, page = stop.scene.panel, stop.scene.page
            names = sorted(each.name for each in self._window.entries)
            if panel and panel not in names:
                known = ", ".join(names)
                raise InputError(f"{name}: stop {quoted(stop.name)} shows {quoted(panel)}; the panels are {known}.")
            if page and page not in PAGES:
                known = ", ".join(PAGES)
                raise InputError(f"{name}: stop {quoted(stop.name)} opens page {quoted(page)}; the pages are {known}.")
