"""What the menus of the laboratory do beyond its intents: dialogs, and menus at heads and tokens."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from attention_viewer.model.contract.api import Kind
from attention_viewer.model.contract.capabilities import Capability
from attention_viewer.model.contract.interventions import HeadId, Patch
from attention_viewer.viewer.intents import choosing, due, hypotheses, patching, switching
from attention_viewer.viewer.intents.controller import Controller
from attention_viewer.viewer.intents.measuring import Measuring
from attention_viewer.viewer.resolve.resolve_laboratory import check_text, choosable
from attention_viewer.viewer.state.plain_text import shown_text
from attention_viewer.viewer.state.results import BEAM, CHECK, RANKING, Quantity
from attention_viewer.viewer.widgets.check_dialog import CheckDialog
from attention_viewer.viewer.widgets.decoding_dialog import DecodingDialog
from attention_viewer.viewer.widgets.main_window import MainWindow
from attention_viewer.viewer.widgets.plain import small_dialog
from attention_viewer.viewer.widgets.target_dialog import TargetDialog
from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QInputDialog, QMenu

WIDEST_BEAM = 32
LONGEST_SAID = 40
"""Characters of a sentence in a dialog."""


class LaboratoryActions(QObject):
    """Dialogs and context menus over a window and what is computed for it."""

    def __init__(self, window: MainWindow, controller: Controller, measuring: Measuring) -> None:
        super().__init__(window)
        self._window, self._controller = window, controller
        measuring.answered.connect(self._show_answer)

    def choose_target(self) -> None:
        """Ask for a translation to force."""
        loaded = self._controller.loaded
        dialog = TargetDialog(loaded.sentence, loaded.translation, self._window)
        dialog.chosen.connect(self._controller.does(choosing.teacher_force))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def choose_decoding(self) -> None:
        """Ask how free tokens are chosen."""
        document = self._controller.document
        if document is None:
            return
        dialog = DecodingDialog(document.decoding, self._window)
        dialog.chosen.connect(self._controller.does(choosing.choose_by))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def choose_beam(self) -> None:
        """Ask how wide a beam, and search."""
        document = self._controller.document
        if document is None:
            return
        number, label = QInputDialog.InputMode.IntInput, "Hypotheses kept at every step:"
        dialog = small_dialog(self._window, "Beam search", label, number)
        dialog.setIntRange(1, WIDEST_BEAM)
        dialog.setIntValue(document.decoding.beam_width)
        dialog.intValueSelected.connect(self._controller.does(due.search))
        dialog.open()

    def choose_hidden(self) -> None:
        """Ask which source token to hide, or to show again."""
        trace, document = self._controller.loaded.trace, self._controller.document
        if trace is None or document is None:
            return
        hidden = document.interventions.hidden
        names = [
            f"{index + 1}  {token.text}{'  (hidden)' if index in hidden else ''}"
            for index, token in enumerate(trace.source_tokens)
        ]
        dialog = small_dialog(self._window, "Hide a source token", "Token to hide, or to show again:")
        dialog.setComboBoxItems(names)
        dialog.textValueSelected.connect(lambda name: self._controller.run(switching.toggle_hidden, names.index(name)))
        dialog.open()

    def rename_current(self) -> None:
        """Ask for a name for the current hypothesis."""
        document = self._controller.document
        if document is None:
            return
        dialog = small_dialog(self._window, "Rename hypothesis", "Name:")
        dialog.setTextValue(document.hypotheses[document.current].name)
        dialog.textValueSelected.connect(lambda name: self._controller.run(hypotheses.rename, document.current, name))
        dialog.open()

    def filter_vocabulary(self) -> None:
        """Put the cursor into the filter of the candidates."""
        self._window.show_card("next")
        self._window.widget("next").focus_filter()

    def rank(self) -> None:
        """Rank heads, and show the ranking."""
        self._window.show_card("ranking")
        self._controller.run(due.start, RANKING)

    def show_head_menu(self, kind: Kind, layer: int, head: int, where: QPoint) -> None:
        """What can be done to a head and its layer; both count from 0."""
        one = HeadId(kind, layer, head)
        offers = switching.offers(self._controller.state, one)
        if not offers or self._controller.loaded.info is None or self._told_why_not(Capability.HEADS_OFF):
            return
        menu = self._menu()
        for offer in offers:
            entry = menu.addAction(offer.words, partial(self._controller.run, switching.heads, offer.heads, offer.off))
            entry.setEnabled(offer.possible)
        self._offer_patches(menu, one)
        menu.popup(where)

    def _offer_patches(self, menu: QMenu, head: HeadId) -> None:
        """What can be taken from the other side of a comparison; how to begin one where there is none."""
        menu.addSeparator()
        offers = patching.offers(self._controller.state, head)
        for offer in offers:
            menu.addAction(offer.words, partial(self._controller.run, patching.take, offer.patch))
        if offers:
            menu.addAction("Take one position's residual from B …", lambda: self._choose_position(head))
        else:
            hint = menu.addAction("Take its output from another trace: first compare with one (Ctrl+Shift+B pins this)")
            hint.setEnabled(False)

    def choose_patch(self) -> None:
        """Ask what to take from B at the selected head of the active map, its layer, or a position there."""
        view, state = self._controller.view, self._controller.state
        head = view.heads[view.active].of(view.active)
        found = (*patching.offers(state, head), *patching.position_offers(state, head))
        offers = {offer.words: offer.patch for offer in found}
        other = state.shown.results.other
        if other is not None:
            said = f"What A gets from B, “{shown_text(other.sentence, LONGEST_SAID)}”, {len(other.trace.steps)} rows:"
            self._choose_offer("Take from B", said, offers)

    def _choose_position(self, head: HeadId) -> None:
        offers = {offer.words: offer.patch for offer in patching.position_offers(self._controller.state, head)}
        self._choose_offer("Take a position's residual from B", "What leaves the layer at a position:", offers)

    def _choose_offer(self, title: str, label: str, offers: Mapping[str, Patch]) -> None:
        dialog = small_dialog(self._window, title, label)
        dialog.setComboBoxItems(list(offers))
        dialog.textValueSelected.connect(lambda words: self._controller.run(patching.take, offers[words]))
        dialog.open()

    def show_candidate_menu(self, token: int, where: QPoint) -> None:
        """What can be done with a candidate of the newest row."""
        loaded = self._controller.loaded
        if loaded.trace is None or not loaded.trace.steps or self._told_why_not(Capability.COMPUTING):
            return
        stands, text = loaded.trace.steps[-1].output, loaded.vocabulary[token].text
        run, differs = self._controller.run, token != stands.id
        why = f"Show why ‘{stands.text}’ rather than ‘{text}’ (contrastive gradient × input)"
        menu = self._menu()
        for words, possible, act in (
            (f"Force ‘{text}’ here", differs and choosable(loaded) is None, partial(run, choosing.force, token)),
            (why, differs, partial(run, choosing.contrast, token)),
            ("… rather than the best other token", loaded.document is not None, partial(run, choosing.contrast, None)),
        ):
            menu.addAction(words.replace("&", "&&"), act).setEnabled(possible)
        menu.popup(where)

    def choose_contrast(self) -> None:
        """Ask which candidate the newest row's token is to be contrasted with."""
        trace, others = self._controller.loaded.trace, choosing.contrasts(self._controller.state)
        if trace is None or not others:
            return
        names = [words for words, _ in others]
        label = f"Show what speaks for ‘{trace.steps[-1].output.text}’ rather than for:"
        dialog = small_dialog(self._window, "Contrast with a candidate", label)
        dialog.setComboBoxItems(names)
        dialog.textValueSelected.connect(
            lambda name: self._controller.run(choosing.contrast, others[names.index(name)][1])
        )
        dialog.open()

    def show_source_menu(self, index: int, where: QPoint) -> None:
        """What can be done to a source token."""
        loaded, document = self._controller.loaded, self._controller.document
        if document is None or loaded.trace is None or not 0 <= index < len(loaded.trace.source_tokens):
            return
        if self._told_why_not(Capability.HIDDEN_TOKENS):
            return
        hidden = index in document.interventions.hidden
        text = loaded.trace.source_tokens[index].text
        strip = self._window.source_strip
        menu = strip.menu(strip.field.mapFromGlobal(where))
        name = f"Show ‘{text}’ to the model again" if hidden else f"Hide ‘{text}’ from the model"
        menu.addAction(name.replace("&", "&&"), partial(self._controller.run, switching.toggle_hidden, index))
        menu.popup(where)

    def _told_why_not(self, capability: Capability) -> bool:
        """Whether the model lacks what something takes; then that was said."""
        if why := self._controller.loaded.reason(capability):
            self._controller.hint.emit(why)
        return bool(why)

    def _menu(self) -> QMenu:
        menu = QMenu(self._window)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _show_answer(self, quantity: Quantity[Any]) -> None:
        """Show what has its own card or dialog, and was asked for."""
        if quantity is BEAM:
            self._window.show_card("beam")
        if quantity is RANKING:
            self._window.show_card("ranking")
        check = self._controller.loaded.found(CHECK)
        if quantity is CHECK and check is not None:
            CheckDialog(check_text(check), self._window).open()
