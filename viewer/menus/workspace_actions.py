"""What the menus do with workspaces and panels, and their entries: made from the window's tables."""

from __future__ import annotations

from attention_viewer.model.contract.errors import InputError
from attention_viewer.viewer.widgets.main_window import MainWindow
from attention_viewer.viewer.widgets.plain import small_dialog
from attention_viewer.viewer.widgets.questions import Role, ask
from attention_viewer.viewer.widgets.workspaces import MOST_OWN
from PySide6.QtCore import QObject, Signal


class WorkspaceActions(QObject):
    """Changes between the workspaces of a window; `changed` follows."""

    changed = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.workspaces = window.workspaces
        self.workspaces.changed.connect(self.changed)

    def use(self, name: str) -> None:
        """Arrange the panels as they are in a workspace; from one that is only visited, its own key leads back."""
        visited = any(each.name == name and each.visited for each in self._window.workspace_entries)
        self.workspaces.use(self.workspaces.before if visited and name == self.workspaces.current else name)
        self._window.set_status(f"Workspace: {self.workspaces.title}")
        self._window.keep_focus()

    def use_own(self, place: int) -> None:
        """Use a workspace of the user's own by its place in their list, from 0."""
        if place < len(self.workspaces.own):
            self.use(list(self.workspaces.own)[place])

    def title_of_own(self, place: int) -> str:
        """What a workspace of the user's own is called; "" where there is none at that place."""
        titles = list(self.workspaces.own.values())
        return titles[place] if place < len(titles) else ""

    def is_own(self, place: int) -> bool:
        """Whether the one in use is that of the user's own at a place."""
        return self.workspaces.current in list(self.workspaces.own)[place : place + 1]

    def save_as(self) -> None:
        """Ask for a name, and keep the panels under it as they stand."""
        dialog = small_dialog(self._window, "Save the workspace", "Name of the workspace:")
        dialog.setTextValue(self.workspaces.title if self.workspaces.current in self.workspaces.own else "")
        dialog.textValueSelected.connect(self.save)
        dialog.open()

    def save(self, title: str) -> None:
        """Keep the panels as they stand under a name; says why where that cannot be."""
        try:
            self.workspaces.save_as(title)
        except InputError as error:
            self._window.show_error(str(error))

    def remove(self) -> None:
        """Ask whether the workspace in use, which is the user's own, is to be forgotten."""
        ask(
            self._window,
            f"Remove the workspace ‘{self.workspaces.title}’?",
            "Where its panels stand is forgotten; what they show is not.",
            {"Remove": (Role.AcceptRole, self.workspaces.remove), "Keep it": (Role.RejectRole, lambda: None)},
        )

    def go_to(self, name: str) -> None:
        """Bring a panel to the front, and the keyboard to it."""
        self._window.go_to(name)


def own_key(place: int) -> str:
    """The key of a workspace of the user's own by its place, from 0."""
    return f"Shift+F{12 - MOST_OWN + 1 + place}"
