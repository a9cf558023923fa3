"""What a start without a sentence shows, and what becomes of what is dropped on the window."""

from __future__ import annotations

from pathlib import Path

from attention_viewer.model.contract.refusals import of_reading
from attention_viewer.viewer.intents.controller import Controller
from attention_viewer.viewer.look.assets import examples
from attention_viewer.viewer.look.theme import PALETTES, style_for, system_font
from attention_viewer.viewer.menus.menu_actions import MenuActions
from attention_viewer.viewer.state.plain_text import shown_text
from attention_viewer.viewer.storage.settings import Settings
from attention_viewer.viewer.widgets.first_card import FirstCard
from attention_viewer.viewer.widgets.main_window import MainWindow
from attention_viewer.viewer.widgets.session_drop import ARRAYS, SUFFIX, TOUR

GREETED = "greeted"
"""The setting that says that the example was shown once."""
LARGEST = 100_000
"""Bytes of a dropped text that are read."""
FIRST_STEPS = 6
"""How far the example is decoded."""


def start_with(window: MainWindow, controller: Controller, settings: Settings, bundled: bool) -> FirstCard | None:
    """Submit the example, some steps in, with a card above it; later, the last sentence at step 0.

    The example is for the `bundled` model alone. Choices are not kept from one start to the next.
    """
    recent = settings.get("recent sentences")
    if recent:
        settings.set(GREETED, True)
        _submit(window, controller, recent[0], 0)
        return None
    if settings.get(GREETED) or not bundled:
        return None
    settings.set(GREETED, True)
    _submit(window, controller, next(iter(examples())), FIRST_STEPS)
    style = style_for(PALETTES[settings.get("theme")], system_font(), settings.get("text size"))
    card = FirstCard(style)
    window.notices.addWidget(card)
    # Who goes elsewhere needs no more of it, and what is elsewhere needs the room.
    window.workspaces.changed.connect(card.deleteLater)
    window.host.rearranged.connect(card.deleteLater)
    return card


def take_dropped(path: Path, window: MainWindow, controller: Controller, menus: MenuActions) -> None:
    """Open what was dragged onto the window: a model's directory, a session, a tour, arrays, or a text's first line."""
    suffix = path.suffix.lower()
    if suffix in ARRAYS and not path.is_dir():
        menus.arrays.open(path)
    elif uncomputed := controller.loaded.uncomputed:
        window.source_bar.set_hint(uncomputed)
    elif path.is_dir():
        menus.models.open(str(path))
    elif suffix == SUFFIX:
        menus.sessions.open(path)
    elif suffix == TOUR:
        menus.touring.open(path)
    else:
        line, refusal = first_line(path)
        if refusal:
            window.source_bar.set_hint(refusal)
        else:
            _submit(window, controller, line, 0)


def first_line(path: Path) -> tuple[str, str]:
    """The first line of a text file that is not blank; or "" and why there is none."""
    name = shown_text(path.name)
    try:
        if not path.is_file():
            return "", f"‘{name}’ is no ordinary file: drop a text file, a session or a model's directory."
        with path.open("rb") as file:
            content = file.read(LARGEST).decode("utf-8-sig")
    except UnicodeDecodeError:
        return "", f"‘{name}’ is no UTF-8 text: save it as UTF-8, then drop it."
    except OSError as error:
        return "", f"‘{name}’ cannot be read: {of_reading(error)}"
    line = next((each.strip() for each in content.splitlines() if each.strip()), "")
    return (line, "") if line else ("", f"‘{name}’ has no line of text: drop one that has.")


def _submit(window: MainWindow, controller: Controller, sentence: str, steps: int) -> None:
    window.source_bar.set_text(sentence)
    controller.submit(sentence, steps)
