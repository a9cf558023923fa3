"""Every action once: name, shortcut, what it does, when it is enabled. Menus and buttons are built from here.

`ACTIONS` and `SUBMENUS` (`submenu_table`) are the whole menu bar, in order. To add an action, add an entry.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from attention_viewer.viewer.intents import choosing, comparing, due, hypotheses, looking, switching
from attention_viewer.viewer.menus.action_specs import ActionSpec, SubmenuSpec, panel_specs, workspace_specs
from attention_viewer.viewer.menus.menu_actions import MenuActions
from attention_viewer.viewer.menus.submenu_table import SUBMENUS, view_submenu
from attention_viewer.viewer.menus.why import (
    CAN_GO_BACK,
    CAN_PLAY,
    CAN_REDO,
    CAN_STEP,
    CAN_UNDO,
    COMPARES,
    COMPUTES,
    HAS_MODEL,
    HAS_SENTENCE,
    HIDES,
    INTERVENES,
    SEARCHES,
    SEVERAL,
    SWITCHES_HEADS,
    TAKES_ROW,
    TAKES_SENTENCE,
    UNMASKS,
    reason,
)
from attention_viewer.viewer.state import options
from attention_viewer.viewer.state.exportables import DATA
from attention_viewer.viewer.state.results import CHECK, RANKING
from attention_viewer.viewer.state.view_state import Side
from attention_viewer.viewer.storage.settings import TEXT_SIZES
from attention_viewer.viewer.widgets.main_window import MainWindow
from attention_viewer.viewer.widgets.mnemonics import mark_menu, plain
from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu

MENUS = ("File", "Edit", "Decode", "Experiment", "View", "Model", "Help")


def _masked(menu: MenuActions) -> bool:
    document = menu.controller.document
    return document is None or document.interventions.causal_mask


ACTIONS = (
    ActionSpec("open_session", "File", "Open session …", lambda c: c.sessions.choose_file(), ("Ctrl+Shift+O",),
               enabled=COMPUTES, tip="Open a sentence with all its experiments from an .avsession file"),
    ActionSpec("open_arrays", "File", "Open attention weights …", lambda c: c.arrays.choose(),
               tip="What another program computed, an .npz or .json file, in a window of its own"),
    ActionSpec("save_session", "File", "Save session", lambda c: c.sessions.save(), ("Ctrl+S",), TAKES_SENTENCE,
               tip="Save the sentence with all its experiments"),
    ActionSpec("save_session_as", "File", "Save session as …", lambda c: c.sessions.save_as(), ("Ctrl+Shift+S",),
               TAKES_SENTENCE),
    ActionSpec("export", "File", "Export …", lambda c: c.exports.choose(), ("Ctrl+E",),
               tip="Save pictures, an animation, numbers or a web page", apart=True),
    ActionSpec("export_data", "File", "Export data …", lambda c: c.exports.choose(DATA), ("Ctrl+Shift+E",),
               HAS_SENTENCE, tip="Save everything that was computed as NumPy arrays, a CSV table or JSON"),
    ActionSpec("quit", "File", "Quit", lambda c: c.quit(), ("Ctrl+Q",), apart=True),
    ActionSpec("undo", "Edit", "Undo", lambda c: c.controller.undo(), ("Ctrl+Z",), CAN_UNDO,
               label=lambda c: f"Undo: {c.controller.state.undo_name}" if c.controller.state.can_undo else "Undo"),
    ActionSpec("redo", "Edit", "Redo", lambda c: c.controller.redo(), ("Ctrl+Shift+Z",), CAN_REDO,
               label=lambda c: f"Redo: {c.controller.history.redo_name}" if c.controller.state.can_redo else "Redo"),
    ActionSpec("edit_sentence", "Edit", "Edit the sentence", lambda c: c.edit_sentence(), ("Ctrl+L",),
               enabled=COMPUTES, tip="Put the cursor into the sentence", apart=True),
    ActionSpec("copy", "Edit", "Copy the translation", lambda c: c.copy_translation(), ("Ctrl+Shift+C",),
               HAS_SENTENCE, tip="Copy the translation so far as text", apart=True),
    ActionSpec("copy_values", "Edit", "Copy the map's values", lambda c: c.clipboard.copy_values(), ("Ctrl+Alt+C",),
               HAS_SENTENCE, tip="The active panel's map as tab-separated numbers with its labels"),
    ActionSpec("copy_picture", "Edit", "Copy the map as a picture", lambda c: c.clipboard.copy_picture(),
               ("Ctrl+Alt+X",), HAS_SENTENCE, tip="The active panel's map as a picture"),
    ActionSpec("step", "Decode", "Step", lambda c: c.controller.step(), ("Right", "Space"),
               CAN_STEP, tip="Compute the next decoder row (→ or Space)"),
    ActionSpec("back", "Decode", "Step back", lambda c: c.controller.back(), ("Left",),
               CAN_GO_BACK, tip="Take back the last decoder row (←)"),
    ActionSpec("first", "Decode", "To the start", lambda c: c.controller.first(), ("Home",),
               CAN_GO_BACK, tip="Back to the encoded sentence (Home)"),
    ActionSpec("last", "Decode", "To the end", lambda c: c.controller.last(), ("End",),
               CAN_STEP, tip="Decode to the end of the translation (End)"),
    ActionSpec("play", "Decode", "Play", lambda c: c.controller.toggle_play(), ("P",), CAN_PLAY,
               lambda c: c.controller.player.playing, tip="Step by itself until the end (P)"),
    ActionSpec("filter", "Decode", "Force a token …", lambda c: c.laboratory_actions.filter_vocabulary(), ("Ctrl+F",),
               TAKES_ROW, tip="Type to filter the whole vocabulary, Enter to force a token at this step", apart=True),
    ActionSpec("teacher", "Decode", "Teacher forcing …", lambda c: c.laboratory_actions.choose_target(), ("Ctrl+T",),
               TAKES_SENTENCE, tip="Let the decoder read a translation of yours"),
    ActionSpec("decoding", "Decode", "How tokens are chosen …", lambda c: c.laboratory_actions.choose_decoding(),
               ("Ctrl+D",),
               TAKES_SENTENCE, tip="Greedily, or by sampling with temperature, top k, nucleus and seed"),
    ActionSpec("sample", "Decode", "Sample again", lambda c: c.controller.run(choosing.sample_again), ("Ctrl+R",),
               TAKES_SENTENCE, tip="Sample with the next seed"),
    ActionSpec("beam", "Decode", "Beam search …", lambda c: c.laboratory_actions.choose_beam(),
               ("Ctrl+B",), SEARCHES,
               tip="Draw the hypotheses that beam search keeps and throws away"),
    ActionSpec("next_hypothesis", "Decode/Hypotheses", "Next hypothesis",
               lambda c: c.controller.run(hypotheses.beside, 1), ("Ctrl+PgDown",),
               SEVERAL, apart=True),
    ActionSpec("previous_hypothesis", "Decode/Hypotheses", "Previous hypothesis",
               lambda c: c.controller.run(hypotheses.beside, -1), ("Ctrl+PgUp",),
               SEVERAL),
    ActionSpec("rename_hypothesis", "Decode/Hypotheses", "Rename hypothesis …",
               lambda c: c.laboratory_actions.rename_current(),
               ("Ctrl+Shift+N",), TAKES_SENTENCE),
    ActionSpec("delete_hypothesis", "Decode/Hypotheses", "Delete hypothesis",
               lambda c: c.controller.run(hypotheses.delete_current), ("Ctrl+Shift+D",),
               SEVERAL),
    ActionSpec("head_off", "Experiment", "Switch the selected head off",
               lambda c: c.controller.run(switching.selected_head), ("O",), SWITCHES_HEADS,
               tip="Zero the output of the active panel's head, or let it through again"),
    ActionSpec("layer_off", "Experiment", "Switch the selected layer off",
               lambda c: c.controller.run(switching.selected_layer), ("Shift+O",), SWITCHES_HEADS,
               tip="All heads of the active panel's layer off, or on again"),
    ActionSpec("hide_token", "Experiment", "Hide a source token …", lambda c: c.laboratory_actions.choose_hidden(),
               ("Ctrl+H",), HIDES, tip="Let nothing look at a source token, or let it be looked at again"),
    ActionSpec("mask", "Experiment", "Causal mask", lambda c: c.controller.run(switching.toggle_mask),
               ("Ctrl+M",), UNMASKS, _masked, tip="Without it, rows see the tokens they should predict",
               apart=True),
    ActionSpec("reset", "Experiment", "Reset interventions", lambda c: c.controller.run(switching.reset),
               ("Ctrl+Shift+R",), INTERVENES, tip="The model as it was trained"),
    ActionSpec("rank", "Experiment", "Rank heads", lambda c: c.laboratory_actions.rank(),
               ("Ctrl+Shift+H",), SWITCHES_HEADS,
               tip="Switch off every head in turn, in the background, and sort them by effect", apart=True),
    ActionSpec("cancel_rank", "Experiment", "Stop ranking", lambda c: c.controller.run(due.stop, RANKING), ("Ctrl+.",),
               lambda c: c.controller.loaded.progress(RANKING) is not None),
    ActionSpec("check", "Experiment", "Check it yourself", lambda c: c.controller.run(due.start, CHECK),
               ("Ctrl+Shift+K",), TAKES_SENTENCE,
               tip="Parallel against step by step, and a later token changed: the largest differences"),
    ActionSpec("contrast", "Experiment", "Contrast with a candidate …",
               lambda c: c.laboratory_actions.choose_contrast(), ("Ctrl+J",), TAKES_ROW,
               tip="Maps show what speaks for the newest token rather than for another one"),
    ActionSpec("pin", "Experiment/Compare", "Pin for comparison", lambda c: c.controller.run(comparing.pin),
               ("Ctrl+Shift+B",), TAKES_SENTENCE,
               tip="Keep what is on screen as B, and compare it with what comes next", apart=True),
    ActionSpec("compare_plain", "Experiment/Compare", "Compare with no interventions",
               lambda c: c.controller.run(comparing.with_plain), ("Ctrl+Shift+P",), INTERVENES),
    ActionSpec("stop_comparing", "Experiment/Compare", "Stop comparing", lambda c: c.controller.run(comparing.stop),
               ("Alt+0",), COMPARES),
    ActionSpec("take", "Experiment/Compare", "Take from B …", lambda c: c.laboratory_actions.choose_patch(),
               ("Ctrl+Shift+T",), COMPARES, tip="Put a head's output, a layer's or one position's from B into A"),
    ActionSpec("show_a", "Experiment/Compare", "Maps show A",
               lambda c: c.controller.run(comparing.show_side, Side.A), ("Alt+1",), COMPARES,
               lambda c: c.controller.view.side is Side.A, apart=True),
    ActionSpec("show_b", "Experiment/Compare", "Maps show B",
               lambda c: c.controller.run(comparing.show_side, Side.B), ("Alt+2",), COMPARES,
               lambda c: c.controller.view.side is Side.B),
    ActionSpec("show_difference", "Experiment/Compare", "Maps show A − B",
               lambda c: c.controller.run(comparing.show_side, Side.DIFFERENCE), ("Alt+3",), COMPARES,
               lambda c: c.controller.view.side is Side.DIFFERENCE),
    ActionSpec("heads_by_role", "View", "Heads by role …", lambda c: c.reading.choose_role(), ("Ctrl+Shift+J",),
               HAS_SENTENCE, tip="All heads of the active map that look at one place, as one map"),
    ActionSpec("layer_up", "View/Layer and head", "Previous layer",
               lambda c: c.controller.run(looking.move_head, -1, 0), ("Ctrl+Up",), HAS_MODEL),
    ActionSpec("layer_down", "View/Layer and head", "Next layer",
               lambda c: c.controller.run(looking.move_head, 1, 0), ("Ctrl+Down",), HAS_MODEL),
    ActionSpec("head_left", "View/Layer and head", "Previous head",
               lambda c: c.controller.run(looking.move_head, 0, -1), ("Ctrl+Left",),
               HAS_MODEL),
    ActionSpec("head_right", "View/Layer and head", "Next head",
               lambda c: c.controller.run(looking.move_head, 0, 1), ("Ctrl+Right",),
               HAS_MODEL),
    ActionSpec("lock", "View/Layer and head", "Lock the panels together", lambda c: c.toggle_lock(), ("Ctrl+K",),
               checked=lambda c: c.controller.view.locked, tip="Keep all panels on the same layer and head"),
    ActionSpec("thumbnails", "View", "Thumbnails of all heads", lambda c: c.toggle_thumbnails(), ("Ctrl+G",),
               tip="Show every layer and head small beside the large maps, or fold them away", apart=True),
    ActionSpec("large", "View", "One panel large", lambda c: c.toggle_large(), ("F11",),
               tip="Let the panel that is worked in fill the window, or let it go back to its place"),
    ActionSpec("presentation", "View", "Presentation", lambda c: c.toggle_presentation(), ("F5",),
               checked=lambda c: c.presenting, tip="The maps alone in large text over the whole screen"),
    ActionSpec("save_workspace", "View/Workspace", "Save as …", lambda c: c.workspaces.save_as(),
               tip="Keep the panels as they stand, under a name of yours", apart=True),
    ActionSpec("remove_workspace", "View/Workspace", "Remove this one …", lambda c: c.workspaces.remove(),
               enabled=lambda c: c.workspaces.workspaces.current in c.workspaces.workspaces.own,
               tip="Forget this workspace of your own"),
    ActionSpec("reset_layout", "View/Workspace", "Reset this one", lambda c: c.reset_layout(),
               tip="Every panel where this workspace had it at first"),
    ActionSpec("text_larger", "View/Text size", "Larger", lambda c: c.change_text_size(1), ("Ctrl++", "Ctrl+="),
               lambda c: c.text_size < max(TEXT_SIZES), apart=True),
    ActionSpec("text_smaller", "View/Text size", "Smaller", lambda c: c.change_text_size(-1), ("Ctrl+-",),
               lambda c: c.text_size > min(TEXT_SIZES)),
    ActionSpec("text_usual", "View/Text size", "As usual", lambda c: c.set_text_size(1.0), ("Ctrl+0",),
               lambda c: c.text_size != 1.0),
    ActionSpec("open_model", "Model", "Open a checkpoint …", lambda c: c.models.choose(), ("Ctrl+O",),
               enabled=COMPUTES, tip="Open the directory of another Marian checkpoint"),
    ActionSpec("bundled", "Model", "Use the bundled English-French model", lambda c: c.models.open_bundled(),
               enabled=COMPUTES),
    ActionSpec("handbook", "Help", "Handbook", lambda c: c.show_handbook(), ("F1",),
               tip="What everything means and how it is done, to read and to search"),
    ActionSpec("tour", "Help", "Tour and quiz", lambda c: c.touring.show(),
               enabled=COMPUTES, tip="Stops on real states of the window: predict, then try; a quiz follows"),
    ActionSpec("open_tour", "Help", "Open a tour …", lambda c: c.touring.ask(),
               enabled=COMPUTES, tip="A tour that somebody wrote, such as a teacher"),
    ActionSpec("shortcuts", "Help", "Keyboard shortcuts", lambda c: c.show_shortcuts(), ("Shift+F1",)),
    ActionSpec("menus", "Help", "Go to the menus", lambda c: c.go_to_menus(), ("F10",),
               tip="Then arrow keys, or the letters that are underlined", apart=True),
    ActionSpec("about", "Help", "About Attention Viewer", lambda c: c.show_about(), apart=True),
)  # fmt: skip


class ActionTable(QObject):
    """The QActions of a window, made from the tables, and their state kept up to date."""

    def __init__(self, window: MainWindow, menu_actions: MenuActions) -> None:
        super().__init__(window)
        self._window, self._menu_actions = window, menu_actions
        self._of_panels, self._others = panel_specs(window), (*workspace_specs(window), *ACTIONS)
        self._menus: dict[str, QMenu] = {}
        for name in MENUS:
            self._menus[name] = self._with_marks(window.menuBar().addMenu(name))
        self._actions = {spec.id: self._add(spec) for spec in (*self._of_panels, *self._others)}
        self._submenus = [(spec, self._add_submenu(spec)) for spec in (*SUBMENUS, *map(view_submenu, options.OPTIONS))]
        menu_actions.controller.changed.connect(self.refresh)
        menu_actions.changed.connect(self.refresh)
        window.panels_changed.connect(self._renew_panels)
        mark_menu(window.menuBar())
        self.refresh()

    def __getitem__(self, action_id: str) -> QAction:
        return self._actions[action_id]

    def menu(self, name: str) -> QMenu:
        """A menu of the menu bar by its name."""
        return self._menus[name]

    def refresh(self) -> None:
        """Enable, disable and tick every action as the state now is."""
        for spec in (*self._of_panels, *self._others):
            action = self._actions[spec.id]
            enabled = spec.enabled(self._menu_actions)
            action.setVisible(spec.offered(self._menu_actions))
            action.setEnabled(enabled)
            why = "" if enabled else reason(spec.enabled, self._menu_actions)
            tip = why or spec.tip or spec.text
            if action.toolTip() != tip:
                action.setToolTip(tip)
                action.setStatusTip(why or spec.tip)
            if spec.checked is not None:
                action.setChecked(spec.checked(self._menu_actions))
            if spec.label is not None and plain(action.text()) != plain(text := spec.label(self._menu_actions)):
                action.setText(text)
        for submenu, entries in self._submenus:
            now, possible = submenu.current(self._menu_actions), submenu.enabled(self._menu_actions)
            for value, action in entries:
                why = reason(submenu.enabled, self._menu_actions) or submenu.refused(self._menu_actions, value)
                action.setChecked(value == now)
                action.setEnabled(possible and not why)
                action.setToolTip(why)
                action.setStatusTip(why)

    def explain(self, keys: QKeySequence) -> None:
        """Say why a key that was pressed did nothing, where it is the key of an action that cannot be done now."""
        for spec in (*self._of_panels, *self._others):
            if keys in self._actions[spec.id].shortcuts() and not self._actions[spec.id].isEnabled():
                self._window.set_status(reason(spec.enabled, self._menu_actions) or f"{spec.text}: not possible now")

    def _renew_panels(self) -> None:
        """The window has other panels."""
        for spec in self._of_panels:
            action = self._actions.pop(spec.id)
            action.setParent(None)
            action.deleteLater()
        self._of_panels = panel_specs(self._window)
        self._actions |= {spec.id: self._add(spec) for spec in self._of_panels}
        self.refresh()

    def _add(self, spec: ActionSpec) -> QAction:
        action = QAction(spec.text, self._window)
        action.setObjectName(spec.id)
        action.setShortcuts([QKeySequence(keys) for keys in spec.shortcuts])
        action.setToolTip(spec.tip or spec.text)
        action.setStatusTip(spec.tip)
        action.setCheckable(spec.checked is not None)
        action.triggered.connect(lambda: spec.run(self._menu_actions))
        menu = self._menu(spec.menu)
        if spec.apart:
            menu.addSeparator()
        menu.addAction(action)
        return action

    def _menu(self, path: str) -> QMenu:
        """A menu, or a submenu of one ("View/Workspace"), which is made where there is none yet."""
        above, _, name = path.rpartition("/")
        return self._submenu(above, name) if above else self._menus[path]

    def _submenu(self, above: str, name: str) -> QMenu:
        """A submenu of a menu of the menu bar; there may be any letter in its name."""
        path = f"{above}/{name}"
        if path not in self._menus:
            self._menus[path] = self._with_marks(self._menus[above].addMenu(name))
        return self._menus[path]

    def _with_marks(self, menu: QMenu) -> QMenu:
        """A menu whose entries, which change, are given letters whenever it is opened."""
        menu.aboutToShow.connect(partial(mark_menu, menu))
        menu.setToolTipsVisible(True)
        return menu

    def _add_submenu(self, spec: SubmenuSpec) -> list[tuple[Any, QAction]]:
        menu = self._submenu(spec.menu, spec.text)
        group = QActionGroup(menu)
        entries = []
        for value, text in spec.values:
            action = menu.addAction(text)
            action.setCheckable(True)
            action.triggered.connect(lambda _=False, value=value: spec.choose(self._menu_actions, value))
            group.addAction(action)
            entries.append((value, action))
        return entries
