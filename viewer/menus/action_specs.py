"""What an action is, and the actions that follow from a window's own tables: of its panels and workspaces."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from attention_viewer.viewer.menus.menu_actions import MenuActions
from attention_viewer.viewer.menus.why import When, said
from attention_viewer.viewer.menus.workspace_actions import own_key
from attention_viewer.viewer.widgets.main_window import MainWindow
from attention_viewer.viewer.widgets.panel import Panel
from attention_viewer.viewer.widgets.panel_form import Workspace
from attention_viewer.viewer.widgets.workspaces import MOST_OWN

NO_WORKSPACE = "There is no workspace of your own for this key yet: View > Workspace saves one"
ANY_TIME: Callable[[MenuActions], bool] = lambda menu: True  # noqa: E731


@dataclass(frozen=True)
class ActionSpec:
    """One action: `run` does it, `enabled` says when it can be, `checked` (if any) whether it is on.

    `menu` is the name of a menu, or "menu/submenu". `label` (if any) gives the text where it changes; what is not
    `offered` is not in its menu; a line stands above what begins a group, `apart` from what is before.
    """

    id: str
    menu: str
    text: str
    run: Callable[[MenuActions], Any]
    shortcuts: tuple[str, ...] = ()
    enabled: Callable[[MenuActions], bool] = ANY_TIME
    checked: Callable[[MenuActions], bool] | None = None
    tip: str = ""
    label: Callable[[MenuActions], str] | None = None
    offered: Callable[[MenuActions], bool] = ANY_TIME
    apart: bool = False


@dataclass(frozen=True)
class SubmenuSpec:
    """A submenu in which exactly one value is on. `refused` says why a value cannot be chosen, "" where it can."""

    menu: str
    text: str
    values: Sequence[tuple[Any, str]]
    current: Callable[[MenuActions], Any]
    choose: Callable[[MenuActions, Any], Any] = field(repr=False)
    enabled: Callable[[MenuActions], bool] = ANY_TIME
    refused: Callable[[MenuActions, Any], str] = lambda menu, value: ""


def workspace_specs(window: MainWindow) -> tuple[ActionSpec, ...]:
    """What uses each workspace of a window: those of its table, then the user's own."""
    return (*map(_workspace, window.workspace_entries), *map(_own_workspace, range(MOST_OWN)))


def panel_specs(window: MainWindow) -> tuple[ActionSpec, ...]:
    """What goes to each panel of a window."""
    return tuple(_panel(each, window.is_map(each.name)) for each in window.entries)


def _workspace(entry: Workspace) -> ActionSpec:
    return ActionSpec(
        f"workspace_{entry.name}",
        "View/Workspace",
        entry.title,
        lambda c: c.workspaces.use(entry.name),
        (entry.key,) if entry.key else (),
        checked=lambda c: c.workspaces.workspaces.current == entry.name,
        tip=entry.tip,
    )


def _own_workspace(place: int) -> ActionSpec:
    """The user's own workspace at a place in their list, which there may not be."""
    return ActionSpec(
        f"own_workspace_{place + 1}",
        "View/Workspace",
        f"Your own, {place + 1}",
        lambda c: c.workspaces.use_own(place),
        (own_key(place),),
        When(lambda c: bool(c.workspaces.title_of_own(place)), said(NO_WORKSPACE)),
        checked=lambda c: c.workspaces.is_own(place),
        label=lambda c: c.workspaces.title_of_own(place).replace("&", "&&"),
        offered=lambda c: bool(c.workspaces.title_of_own(place)),
    )


def _panel(entry: Panel, is_map: bool) -> ActionSpec:
    """Of the maps, one is the one that the keyboard and Export act on."""
    return ActionSpec(
        f"panel_{entry.name}",
        "View/Go to panel",
        entry.title,
        lambda c: c.workspaces.go_to(entry.name),
        (entry.key,) if entry.key else (),
        checked=(lambda c: c.controller.view.active == entry.name) if is_map else None,
        tip=entry.tip or "Bring this panel to the front, and the keyboard to it",
    )
