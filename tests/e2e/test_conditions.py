"""The window says what is changed in the model, whichever panel is in front, and takes it back."""

from __future__ import annotations

from pathlib import Path

from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.interventions import Interventions, Positions
from attention_viewer.viewer.intents import comparing, switching
from attention_viewer.viewer.look.assets import BUNDLED_MODEL
from attention_viewer.viewer.state.opening import ScreenshotOptions
from attention_viewer.viewer.state.view_state import ViewState
from attention_viewer.viewer.storage import session_file
from attention_viewer.viewer.storage.session_file import SavedSession
from attention_viewer.viewer.window.app import Parts
from attention_viewer.viewer.window.screenshot import take_screenshot
from PIL import Image
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from support.waiting import SENTENCE, settle


def test_the_banner_comes_with_a_change_and_resets_it(window: Parts, qtbot: QtBot) -> None:
    banner, controller = window.window.banner, window.controller
    assert not banner.isVisible()
    controller.run(switching.encoder_positions, "off")
    settle(qtbot, window)
    controller.run(switching.selected_head)
    settle(qtbot, window)
    for card in ("positions", "beam", "laboratory"):
        window.window.show_card(card)
        assert banner.isVisible() and banner.text() == "Encoder positions off · 1 head off"
    assert banner.toolTip().startswith("with: encoder positions off; cross layer ")
    before = window.window.header.height()
    banner.reset.setFocus()
    qtbot.keyClick(banner.reset, Qt.Key.Key_Space)
    settle(qtbot, window)
    document = window.controller.document
    assert document is not None and not document.interventions and document.step == 0
    assert not banner.isVisible() and window.window.header.height() == before
    window.actions["undo"].trigger()
    settle(qtbot, window)
    assert banner.isVisible() and banner.text() == "Encoder positions off · 1 head off"


def test_the_positional_panel_shows_what_the_encoder_gets(window: Parts, qtbot: QtBot) -> None:
    window.controller.run(switching.encoder_positions, "off")
    settle(qtbot, window)
    window.window.show_card("positions")
    panel = window.window.widget("positions")
    spec = panel.plots.encoding._spec
    assert spec is not None and not spec.values.any() and spec.title.endswith("encoder, off")


def test_b_keeps_the_interventions_it_was_pinned_with(window: Parts, qtbot: QtBot) -> None:
    controller = window.controller
    controller.run(switching.decoder_positions, "off")
    settle(qtbot, window)
    controller.run(comparing.pin)
    settle(qtbot, window)
    controller.run(switching.reset)
    settle(qtbot, window)
    other = window.controller.loaded.results.other
    assert other is not None and other.interventions == Interventions(decoder_positions=Positions.OFF)


def test_a_screenshot_of_a_session_says_it_in_its_file(tmp_path: Path) -> None:
    saved = tmp_path / "one.avsession"
    changed = Interventions(hidden=frozenset({1}), encoder_positions=Positions.OFF)
    session_file.write(saved, SavedSession(Document(SENTENCE, step=2, interventions=changed), ViewState()))
    out = tmp_path / "window.png"
    rows: list[int] = []
    take_screenshot(ScreenshotOptions(BUNDLED_MODEL, out, ""), session_file.read(saved), rows.append)
    assert rows[-1] == 2
    with Image.open(out) as image:
        image.load()
        assert image.text["Interventions"].startswith("encoder positions off; source token 2 “")  # type: ignore[attr-defined]
        assert image.text["Sentence"] == SENTENCE  # type: ignore[attr-defined]
