"""The first start shows a living example and what to try; later ones what was used last."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.maps import CROSS
from attention_viewer.viewer.intents import choosing, switching
from attention_viewer.viewer.look.assets import BUNDLED_MODEL, examples
from attention_viewer.viewer.storage.settings import MemoryStore, Settings
from attention_viewer.viewer.widgets.first_card import FirstCard
from attention_viewer.viewer.widgets.mnemonics import plain
from attention_viewer.viewer.window.app import Parts, restore_layout, save_layout
from attention_viewer.viewer.window.starting import FIRST_STEPS, first_line
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMenu, QMessageBox
from pytestqt.qtbot import QtBot
from support.waiting import Open, settle, wait_for_step

RECENT = "Recent models"


def rows(parts: Parts) -> int:
    trace = parts.controller.loaded.trace
    return -1 if trace is None else len(trace.steps)


def test_the_first_start_shows_an_example_and_a_later_one_the_last_sentence(
    open_window: Callable[..., Parts], qtbot: QtBot
) -> None:
    settings = Settings(MemoryStore())
    first = open_window(settings, greet=True)
    qtbot.waitUntil(lambda: rows(first) == FIRST_STEPS, timeout=20_000)
    assert first.controller.loaded.sentence == next(iter(examples()))
    card = first.window.findChild(FirstCard)
    assert card is not None and card.isVisible() and first.window.rect().contains(card.geometry())
    assert card.accessibleName().startswith("Three things to try")
    qtbot.keyClick(card.close_button, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: first.window.findChild(FirstCard) is None)
    later = open_window(settings, greet=True)
    qtbot.waitUntil(lambda: rows(later) == 0, timeout=20_000)
    assert later.controller.loaded.sentence == next(iter(examples()))
    assert later.window.findChild(FirstCard) is None


@pytest.mark.slow
def test_a_later_start_has_layout_theme_model_and_sentence_but_no_choices(
    open_window: Open, qtbot: QtBot, tiny: Path, tmp_path: Path
) -> None:
    settings, directory = Settings(MemoryStore()), tmp_path / "my model"
    shutil.copytree(tiny, directory)
    first = open_window(settings, directory, "the old cat sees a bird.")
    wait_for_step(qtbot, first, 0)
    first.controller.step()
    wait_for_step(qtbot, first, 1)
    first.controller.run(choosing.force, 9)
    settle(qtbot, first)
    first.controller.run(switching.head, CROSS, 0, 0, True)
    settle(qtbot, first)
    first.menu_actions.set_theme("dark")
    positions = first.window.findChild(QDockWidget, "positions")
    assert positions is not None
    positions.close()
    save_layout(first.window, settings)

    later = open_window(settings, greet=True)
    restore_layout(later.window, settings)
    wait_for_step(qtbot, later, 0)
    document, info = later.controller.loaded.document, later.controller.loaded.info
    assert document is not None and info is not None and Path(info.directory) == directory
    untouched = Document("the old cat sees a bird.", checkpoint=info.content_hash)
    assert document == untouched, "no choice, nothing changed"
    assert later.menu_actions.theme == "dark" and later.window.source_bar.hint() == ""
    positions = later.window.findChild(QDockWidget, "positions")
    assert positions is not None and not positions.isVisible()

    shutil.rmtree(directory)
    without = open_window(settings, greet=True)
    wait_for_step(qtbot, without, 0)
    assert without.controller.loaded.info is not None
    assert Path(without.controller.loaded.info.directory) == BUNDLED_MODEL
    said = without.window.source_bar.hint()
    assert said.startswith("The model opened last cannot be opened again") and "my model" in said
    assert settings.get("last model") == [], "said once: the next start opens the bundled one at once"
    goes_out_of_the_menu(without, qtbot)
    without.menu_actions.set_theme("light")


def goes_out_of_the_menu(parts: Parts, qtbot: QtBot) -> None:
    """A recent model that is gone is named in the menu by its name and place, says so, and is forgotten."""
    menu = next(each for each in parts.actions.menu("Model").findChildren(QMenu) if plain(each.title()) == RECENT)
    menu.aboutToShow.emit()
    (entry,) = menu.actions()
    assert plain(entry.text()).startswith("my model   in ")
    entry.trigger()
    box = parts.window.findChild(QMessageBox)
    assert box is not None and "no longer there" in box.text()
    box.close()
    menu.aboutToShow.emit()
    assert [each.isEnabled() for each in menu.actions()] == [False]


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "no line"), (b"\xff\xfe\x00", "UTF-8"), (None, "no ordinary file")]
)
def test_a_text_that_will_not_do_says_why(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "words.txt"
    if content is not None:
        path.write_bytes(content)
    line, refusal = first_line(path)
    assert line == "" and said in refusal
