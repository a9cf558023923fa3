"""What is asked for about which head does what: links of the best aligner, heads of a role as one map, files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from attention_viewer.model.analysis.aligned import crossing, sentence_of
from attention_viewer.model.analysis.alignment import Convention, pharaoh
from attention_viewer.model.analysis.consensus import Aligner, head_links
from attention_viewer.model.analysis.head_table import roles
from attention_viewer.model.analysis.roles import HeadRole
from attention_viewer.model.contract.errors import UserError
from attention_viewer.model.contract.maps import Kind
from attention_viewer.viewer.intents.controller import Controller
from attention_viewer.viewer.intents.surveying import Surveying
from attention_viewer.viewer.resolve.resolve_heads import aligner_of, shown_table
from attention_viewer.viewer.state.options import LINKS, ROW_LABELS, WORDS, Links, RowLabels, Words
from attention_viewer.viewer.state.survey import MOST_LINES, Lines
from attention_viewer.viewer.state.view_state import Head, choose, choose_heads
from attention_viewer.viewer.storage.files import first_lines, source_and_target
from attention_viewer.viewer.widgets.main_window import MainWindow
from attention_viewer.viewer.widgets.plain import small_dialog
from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

LABELS = {Convention.READS: RowLabels.READS, Convention.PREDICTS: RowLabels.PREDICTS}


class ReadingActions(QObject):
    """What the panel of heads asks for, and the menu's entry about roles."""

    def __init__(self, window: MainWindow, controller: Controller) -> None:
        super().__init__(window)
        self._window, self._controller = window, controller
        self.surveying = Surveying(controller, self)
        self.surveying.failed.connect(window.show_error)

    def draw_links(self) -> None:
        """Show the head that aligns words best, by whole words, with its links ringed."""
        aligner, kind = self._aligner()
        if aligner is None or kind is None:
            return
        self._controller.select_head(kind, aligner.layer, aligner.head)
        view = choose(choose(self._controller.view, WORDS, Words.ON), LINKS, Links.ON)
        self._controller.look(choose(view, ROW_LABELS, LABELS[aligner.convention]))
        self._window.show_card(kind)

    def copy_links(self) -> None:
        """The links of the sentence, by the head that aligns words best, to the clipboard."""
        trace, (aligner, _) = self._controller.loaded.trace, self._aligner()
        sentence = None if trace is None else sentence_of(trace)
        if aligner is not None and sentence is not None:
            text = pharaoh(head_links(sentence, aligner))
            QGuiApplication.clipboard().setText(text)
            self._window.set_status(f"Word links copied: {text}")

    def pool_role(self) -> None:
        """Show all heads of the active map with the selected head's role as one map."""
        view = self._controller.view
        now = view.heads[view.active]
        own = next((each.role for each in self._roles() if (each.layer, each.head) == (now.layer, now.head)), None)
        if own is not None:
            self._pool(own)

    def choose_role(self) -> None:
        """Ask which role the heads are to have that are shown as one map."""
        view = self._controller.view
        held = by_role(self._roles())
        if not held:
            self._window.set_status("No row could look at more than one token yet: step on (→)")
            return
        names = [f"{role}  ({len(heads)}: {', '.join(heads)})" for role, heads in held.items()]
        label = f"What the heads of {view.active} attention look at in this sentence:"
        dialog = small_dialog(self._window, "Heads by role", label)
        dialog.setComboBoxItems(names)
        dialog.textValueSelected.connect(lambda name: self._pool(list(held)[names.index(name)]))
        dialog.open()

    def choose_file(self) -> None:
        """Ask for a file of sentences, and measure all heads over them."""
        name, _ = QFileDialog.getOpenFileName(
            self._window, "Measure heads over a file", "", "Text (*.txt *.tsv);;All files (*)"
        )
        if name:
            self.measure(Path(name))

    def measure(self, path: Path) -> None:
        """Measure all heads over the first lines of a file."""
        try:
            texts, cut = first_lines(path, MOST_LINES)
            lines = Lines(path.name, tuple(source_and_target(text) for text in texts), cut)
        except UserError as error:
            self._window.show_error(str(error))
            return
        self.surveying.start(lines)

    def _pool(self, role: str) -> None:
        kind = self._controller.view.active
        heads = frozenset(Head(each.layer, each.head) for each in self._roles() if each.role == role)
        self._controller.look(choose_heads(self._controller.view, kind, heads))

    def _roles(self) -> Sequence[HeadRole]:
        """The roles of the active map's heads: those of the table, or of the sentence where nothing is measured."""
        loaded, kind = self._controller.loaded, self._controller.view.active
        table = shown_table(loaded)
        if table is not None and kind in table:
            return table[kind].roles
        return () if loaded.trace is None or kind not in loaded.trace.attention else roles(loaded.trace, kind)

    def _aligner(self) -> tuple[Aligner | None, Kind | None]:
        trace = self._controller.loaded.trace
        return aligner_of(self._controller.loaded), None if trace is None else crossing(trace)


def by_role(found: Sequence[HeadRole]) -> Mapping[str, list[str]]:
    """The heads of each role, as layer.head from 1; the role of most heads first."""
    held: dict[str, list[str]] = {}
    for each in found:
        held.setdefault(each.role, []).append(f"{each.layer + 1}.{each.head + 1}")
    return dict(sorted(held.items(), key=lambda entry: -len(entry[1])))
