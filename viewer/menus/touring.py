"""The tour: which stop is open, what is revealed there, and the window put into its state."""

from __future__ import annotations

from pathlib import Path

from attention_viewer.model.contract.errors import InputError, UserError, quoted
from attention_viewer.viewer.intents.controller import Controller
from attention_viewer.viewer.look.assets import tour_path
from attention_viewer.viewer.state.tour import PAGES, StopSpec, Tour, document_at, view_at
from attention_viewer.viewer.storage.settings import Settings
from attention_viewer.viewer.storage.tour_file import read
from attention_viewer.viewer.widgets.main_window import MainWindow
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

PLACE = "tour stop"
"""The setting that keeps where the reader is, by the tour's title and the stop's name."""
STOP = "Stop of the tour"
WORKSPACE = "tour"
FILTER = "Tours (*.tour);;All files (*)"


class Touring(QObject):
    """Leads through a tour in a window; the reader's place in it is remembered."""

    def __init__(self, window: MainWindow, controller: Controller, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._controller, self._settings = window, controller, settings
        self._panels = frozenset(panel.name for panel in window.entries)
        self._tour: Tour | None = None
        self._spec: StopSpec | None = None
        self._panel = window.widget("tour")
        self._panel.wanted.connect(self.begin)
        self._panel.gone_to.connect(self.go_to)
        self._panel.revealed.connect(self.reveal)
        self._panel.chosen.connect(self.choose)
        self._panel.set_up_again.connect(self.set_up)

    @property
    def stop(self) -> StopSpec | None:
        """The stop that is open."""
        return self._spec

    def begin(self) -> None:
        """Open the bundled tour where the reader left it; the window stays as it is until a stop is set up."""
        if not self._controller.loaded.uncomputed:
            self.open(tour_path(), quietly=True)

    def show(self) -> None:
        """Use the workspace of the tour, and begin."""
        self._window.workspaces.use(WORKSPACE)
        self._window.go_to("tour")

    def ask(self) -> None:
        """Open a tour that somebody wrote."""
        name, _ = QFileDialog.getOpenFileName(self._window, "Open a tour", "", FILTER)
        if name:
            self.take(Path(name))

    def take(self, path: Path) -> None:
        """Use the workspace of the tour, and open one that somebody wrote."""
        self._window.workspaces.use(WORKSPACE)
        self.open(path)

    def open(self, path: Path, quietly: bool = False) -> None:
        """Open a tour; say so where it is none."""
        try:
            tour = read(path)
            self._check(tour, path.name)
        except UserError as error:
            self._controller.hint.emit(str(error))
            return
        self._tour = tour
        title, _, name = self._settings.get(PLACE).partition("\n")
        known = [stop.name for stop in tour.stops]
        index = known.index(name) if title == tour.title and name in known else 0
        self._show(index)
        if not quietly or index == 0:
            self.set_up()

    def go_to(self, index: int) -> None:
        """Open a stop, and put the window into its state."""
        if self._tour is not None and 0 <= index < len(self._tour.stops):
            self._show(index)
            self._settings.set(PLACE, f"{self._tour.title}\n{self._tour.stops[index].name}")
            self.set_up()

    def set_up(self) -> None:
        """Put the window into the state of the stop; what was there before can be had back by Undo."""
        if self._spec is None:
            return
        scene, controller = self._spec.stop.scene, self._controller
        controller.look(view_at(scene, controller.view, tuple(controller.loaded.maps)))
        document = document_at(scene, controller.document)
        if document is None:
            controller.hint.emit("This question is about a sentence of your own: type one above and press Enter.")
        elif document != controller.document:
            controller.player.stop()
            controller.change(document, STOP)
        if scene.panel:
            self._window.show_card(scene.panel)

    def reveal(self) -> None:
        """Show the answer."""
        if self._spec is not None:
            self._tell(revealed=True, chosen=self._spec.chosen)

    def choose(self, choice: int) -> None:
        """Say whether a choice is right, and why."""
        if self._spec is not None:
            self._tell(revealed=True, chosen=choice)

    def _show(self, index: int) -> None:
        assert self._tour is not None
        titles = tuple(stop.title for stop in self._tour.stops)
        self._spec = StopSpec(self._tour.title, titles, index, self._tour.stops[index])
        self._panel.set_stop(self._spec)

    def _tell(self, revealed: bool, chosen: int | None) -> None:
        assert self._spec is not None
        spec = self._spec
        self._spec = StopSpec(spec.tour, spec.titles, spec.index, spec.stop, revealed, chosen)
        self._panel.set_stop(self._spec)

    def _check(self, tour: Tour, name: str) -> None:
        """Raise InputError where a stop shows what the window has not."""
        for stop in tour.stops:
            panel, page = stop.scene.panel, stop.scene.page
            if panel and panel not in self._panels:
                known = ", ".join(sorted(self._panels))
                raise InputError(f"{name}: stop {quoted(stop.name)} shows {quoted(panel)}; the panels are {known}.")
            if page and (panel not in PAGES or page not in self._window.widget(panel).pages):
                raise InputError(f"{name}: stop {quoted(stop.name)}: the panel has no page {quoted(page)}.")
