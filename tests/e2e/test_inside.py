"""The workspaces on what is between the maps, in a window on the bundled model: clicked, stepped, and closed again."""

from __future__ import annotations

from typing import Any

from attention_viewer.model.contract.maps import CROSS, ENCODER
from attention_viewer.viewer.state.results import DECODER_LENS, INSIDE, PERMUTATION, PROPERTIES, Quantity
from attention_viewer.viewer.window.app import Parts
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from support.waiting import SENTENCE, settle, wait_for_step


def picture(parts: Parts, name: str) -> Any:
    return parts.window.widget(name).shown.picture


def click(qtbot: QtBot, parts: Parts, name: str, hit: tuple[str | int, ...]) -> None:
    spot = next(each for each in picture(parts, name).spots() if each.hit == hit)
    qtbot.mouseClick(picture(parts, name), Qt.MouseButton.LeftButton, pos=spot.rect.center().toPoint())


def known(qtbot: QtBot, parts: Parts, name: str) -> None:
    """Wait until a panel shows a picture of the rows on screen."""
    qtbot.waitUntil(lambda: picture(parts, name).spec() is not None, timeout=10_000)


def test_nothing_is_recorded_while_nothing_of_it_is_shown(window: Parts, qtbot: QtBot) -> None:
    window.controller.step()
    wait_for_step(qtbot, window, 1)
    loaded = window.controller.loaded
    quantities: tuple[Quantity[Any], ...] = (INSIDE, DECODER_LENS, PERMUTATION, PROPERTIES)
    assert all(loaded.found(each) is None for each in quantities)


def test_a_page_that_is_not_open_computes_nothing(window: Parts, qtbot: QtBot) -> None:
    window.controller.step()
    wait_for_step(qtbot, window, 1)
    window.window.workspaces.use("inside")
    known(qtbot, window, "words")
    settle(qtbot, window)
    found = lambda quantity: window.controller.loaded.found(quantity) is not None  # noqa: E731
    assert found(INSIDE) and not found(DECODER_LENS) and not found(PERMUTATION)
    window.window.widget("words").page_changed.emit("decoder lens")
    qtbot.waitUntil(lambda: found(DECODER_LENS), timeout=10_000)
    window.window.widget("parts").page_changed.emit("ffn")
    qtbot.waitUntil(lambda: found(PERMUTATION), timeout=10_000)


def test_a_part_is_opened_from_the_architecture_and_follows_the_steps(window: Parts, qtbot: QtBot) -> None:
    window.window.workspaces.use("inside")
    known(qtbot, window, "architecture")
    window.controller.step()
    wait_for_step(qtbot, window, 1)
    qtbot.waitUntil(lambda: window.controller.loaded.found(INSIDE) is not None, timeout=10_000)
    click(qtbot, window, "architecture", ("part", "encoder", 3, "self"))
    assert window.controller.view.active == ENCODER
    panel = window.window.widget("parts")
    qtbot.waitUntil(lambda: "Encoder self-attention, layer 4" in panel.header.title.full_text())
    click(qtbot, window, "architecture", ("residual", "encoder", 3, "ffn"))
    assert (
        window.window.widget("parts").tabs.tabText(window.window.widget("parts").tabs.currentIndex())
        == "Residual stream"
    )
    window.controller.step()
    wait_for_step(qtbot, window, 2)
    qtbot.waitUntil(lambda: "[2, 256]" in picture(window, "architecture").accessibleDescription(), timeout=10_000)
    qtbot.waitUntil(lambda: "×2" in picture(window, "architecture").accessibleDescription(), timeout=10_000)


def test_a_part_that_is_clicked_brings_the_panel_to_the_front_that_opens_it(window: Parts, qtbot: QtBot) -> None:
    for hit, panel in ((("part", "decoder", 0, "output"), "words"), (("part", "encoder", 0, "ffn"), "parts")):
        assert panel not in window.window.shown()
        window.window.widget("architecture").picked.emit(hit)
        assert panel in window.window.shown()


def test_other_workspaces_leave_the_sentence_alone_and_no_title_outlives_its_picture(
    window: Parts, qtbot: QtBot
) -> None:
    for name in ("inside", "positions", "attention", "inside"):
        window.window.workspaces.use(name)
        qtbot.wait(150)
    assert window.menu_actions.touring.stop is None
    assert window.controller.document is not None and window.controller.document.source == SENTENCE
    panel = window.window.widget("parts")
    panel.page_changed.emit("ffn")
    panel.side_changed.emit("decoder")
    qtbot.waitUntil(lambda: "Press Step" in picture(window, "parts").message(), timeout=10_000)
    assert panel.header.title.full_text() == "Inside" and panel.header.subtitle.full_text() == ""


def test_maps_that_come_to_be_seen_again_show_the_rows_of_now(window: Parts, qtbot: QtBot) -> None:
    window.window.workspaces.use("inside")
    window.controller.step()
    wait_for_step(qtbot, window, 1)
    settle(qtbot, window)
    shown = window.window.panels[CROSS].map
    assert shown.spec is None, "nobody sees it"
    window.window.show_card(CROSS)
    assert shown.spec is not None and len(shown.spec.rows.labels) == 1


def test_the_laboratory_of_positions_says_who_fails_what(window: Parts, qtbot: QtBot) -> None:
    window.window.workspaces.use("positions")
    qtbot.waitUntil(lambda: window.controller.loaded.found(PROPERTIES) is not None, timeout=30_000)
    click(qtbot, window, "encodings", ("encoding", 6))
    qtbot.waitUntil(lambda: "PE_pos = the same vector" in picture(window, "encodings").accessibleDescription())
    panel = window.window.widget("encodings")
    panel.tabs.setCurrentIndex(3)
    assert "n^2 · d" in picture(window, "encodings").accessibleDescription()


def test_a_cell_clicked_in_a_map_is_the_one_that_is_opened(window: Parts, qtbot: QtBot) -> None:
    shown = window.window.panels[ENCODER].map.map
    where = shown.cell_rect(2, 1).center().toPoint()
    qtbot.mouseClick(shown.viewport(), Qt.MouseButton.LeftButton, pos=where)
    qtbot.waitUntil(lambda: window.controller.view.inside.key == 1)
    assert window.controller.view.active == ENCODER and window.controller.view.inside.source == 2
    window.window.workspaces.use("inside")
    known(qtbot, window, "parts")
    trace = window.controller.loaded.trace
    assert trace is not None
    tokens = [token.text for token in trace.source_tokens]
    assert f"“{tokens[2]}” attends to “{tokens[1]}”" in picture(window, "parts").accessibleDescription()
