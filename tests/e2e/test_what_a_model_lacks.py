"""A model that lacks something, in the window and on the command line: greyed out, refused, and the reason said."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from attention_viewer.model import checkpoint
from attention_viewer.model.contract.api import ModelInfo, Progress
from attention_viewer.model.contract.architecture import PositionKind
from attention_viewer.model.contract.capabilities import Capability
from attention_viewer.model.contract.description import Description
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.interventions import Interventions, Positions
from attention_viewer.model.families.family import FAMILIES, MARIAN
from attention_viewer.model.stored.entry import Entry
from attention_viewer.model.translator import Translator
from attention_viewer.viewer.cli.main import main
from attention_viewer.viewer.intents import switching
from attention_viewer.viewer.state.results import INSIDE
from attention_viewer.viewer.widgets.cover import Cover
from attention_viewer.viewer.window.app import Parts
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QMenu
from pytestqt.qtbot import QtBot
from support.lacking import lacking, reason, with_positions
from support.waiting import settle, wait_for_step


def reopen(qtbot: QtBot, parts: Parts, info: ModelInfo) -> None:
    """As if the model of a window had been this one, with the sentence encoded."""
    parts.controller.model_opened(info)
    wait_for_step(qtbot, parts, 0)


def lack(parts: Parts, capability: Capability) -> ModelInfo:
    """The model of a window, did it lack one thing."""
    return lacking(capability, parts.controller.loaded.info)


def entries(parts: Parts, submenu: str) -> dict[str, QAction]:
    menu = next(each for each in parts.actions.menu("Experiment").findChildren(QMenu) if each.title() == submenu)
    return {each.text().replace("&", ""): each for each in menu.actions()}


def choice(combo: QComboBox, text: str) -> tuple[bool, object]:
    """Whether an entry of a list can be chosen, and its tip."""
    row = combo.findText(text)
    usable = combo.model().flags(combo.model().index(row, 0)) & Qt.ItemFlag.ItemIsEnabled
    return bool(usable), combo.itemData(row, Qt.ItemDataRole.ToolTipRole)


def covers(parts: Parts) -> dict[str, str]:
    """The panels that are covered, and by which reason."""
    found = ((entry.name, parts.window.widget(entry.name).findChild(Cover)) for entry in parts.window.entries)
    return {name: cover.reason.text() for name, cover in found if cover is not None and not cover.isHidden()}


def test_positions_that_cannot_be_shuffled_are_greyed_out(toy_window: Parts, qtbot: QtBot) -> None:
    known, panel = toy_window.controller.loaded.info, toy_window.window.widget("laboratory")
    assert known is not None
    toy_window.actions["workspace_positions"].trigger()
    relative = with_positions(known, PositionKind.RELATIVE)
    why = reason(relative, Capability.ENCODER_POSITIONS_SHUFFLED)
    reopen(qtbot, toy_window, relative)
    for submenu in ("Encoder positions", "Decoder positions"):
        found = entries(toy_window, submenu)
        assert [each.isEnabled() for each in found.values()] == [True, True, False]
        assert found["Shuffled"].toolTip() == found["Shuffled"].statusTip() == why
    for combo in (panel.encoder_positions, panel.decoder_positions):
        assert choice(combo, "shuffled") == (False, why) and choice(combo, "off")[0]
    assert covers(toy_window) == {"positions": why}
    toy_window.controller.run(switching.encoder_positions, "shuffled")
    assert toy_window.window.source_bar.hint() == why and panel.encoder_positions.currentText() == "on"
    reopen(qtbot, toy_window, known)
    assert entries(toy_window, "Encoder positions")["Shuffled"].isEnabled()
    assert choice(panel.encoder_positions, "shuffled")[0] and covers(toy_window) == {}
    plots = toy_window.window.widget("positions").plots
    assert plots.isEnabled()
    reopen(qtbot, toy_window, relative)
    assert not plots.isEnabled()
    reopen(qtbot, toy_window, known)
    assert plots.isEnabled() and toy_window.window.widget("positions").length.isEnabled()


@pytest.mark.parametrize(
    ("capability", "actions", "panels"),
    [
        (Capability.HEADS_OFF, {"head_off", "layer_off", "rank"}, {"ranking"}),
        (Capability.HIDDEN_TOKENS, {"hide_token"}, set()),
        (Capability.CAUSAL_MASK_OFF, {"mask"}, set()),
        (Capability.BEAM_SEARCH, {"beam"}, {"beam"}),
        (Capability.INSIDE, set(), {"architecture", "parts", "words"}),
    ],
)
def test_what_takes_a_capability_says_that_it_is_missing(
    toy_window: Parts, qtbot: QtBot, capability: Capability, actions: set[str], panels: set[str]
) -> None:
    asking = ("head_off", "layer_off", "rank", "hide_token", "mask", "beam", "teacher", "check")
    assert all(toy_window.actions[name].isEnabled() for name in asking)
    toy_window.actions["workspace_experiment"].trigger()
    reopen(qtbot, toy_window, lack(toy_window, capability))
    said = {name: toy_window.actions[name].toolTip() for name in asking if not toy_window.actions[name].isEnabled()}
    assert said == dict.fromkeys(actions, f"no {capability}")
    assert covers(toy_window) == dict.fromkeys(panels, f"no {capability}")
    mask = toy_window.window.widget("laboratory").causal_mask
    assert mask.isEnabled() == ("mask" not in actions)
    assert (mask.toolTip() == f"no {capability}") == ("mask" in actions)


@pytest.mark.parametrize("lacked", [Capability.INSIDE, Capability.BEAM_SEARCH])
def test_nothing_is_measured_for_a_covered_panel(toy_window: Parts, qtbot: QtBot, lacked: Capability) -> None:
    toy_window.actions["workspace_inside"].trigger()
    qtbot.waitUntil(lambda: toy_window.controller.loaded.found(INSIDE) is not None)
    reopen(qtbot, toy_window, lack(toy_window, lacked))
    settle(qtbot, toy_window)
    measured = toy_window.controller.loaded.found(INSIDE) is not None
    assert measured == (lacked != Capability.INSIDE)


def test_the_menu_of_a_head_says_why_it_stays_on(toy_window: Parts, qtbot: QtBot) -> None:
    reopen(qtbot, toy_window, lack(toy_window, Capability.HEADS_OFF))
    kind = toy_window.controller.view.active
    toy_window.menu_actions.laboratory_actions.show_head_menu(kind, 0, 0, toy_window.window.pos())
    assert toy_window.window.source_bar.hint() == "no heads off"


@pytest.fixture
def learned(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkpoint whose family says that its positions are learned."""
    return said_to_have(PositionKind.LEARNED, tiny, monkeypatch)


@pytest.fixture
def relative(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkpoint whose family says that it knows distances."""
    return said_to_have(PositionKind.RELATIVE, tiny, monkeypatch)


def said_to_have(positions: PositionKind, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    def read(directory: Path, stored: Mapping[str, Entry]) -> Description:
        found = MARIAN.read(directory, stored)
        return replace(found, architecture=replace(found.architecture, positions=positions))

    monkeypatch.setitem(FAMILIES, "marian", replace(MARIAN, read=read))
    monkeypatch.setattr(checkpoint, "what_is_missing", lambda architecture: "")
    return tiny


@pytest.mark.parametrize("picture", ["positions", "rotation", "wavelengths"])
def test_formulas_of_learned_positions_are_not_pictured(
    learned: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], picture: str
) -> None:
    out = tmp_path / "out"
    arguments = ["export", "the cat", "--model", str(learned), "-o", str(out), "--picture", picture]
    assert main(arguments) == 2 and not out.exists()
    assert "learned: no formula gives them" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["trace", "-o", "o.npz"], ["rank"], ["export", "-o", "o.png"]])
def test_positions_that_cannot_be_shuffled_are_refused_before_anything_is_opened(
    relative: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: list[str],
) -> None:
    def opened(*given: object, **named: object) -> None:
        raise AssertionError("the model was opened")

    monkeypatch.setattr("attention_viewer.model.translator.Translator", opened)
    monkeypatch.chdir(tmp_path)
    name, *others = command
    asked = [name, "the cat", "--model", str(relative), *others, "--positions", "decoder:shuffled"]
    assert main(asked) == 2
    assert "knows distances between tokens, not positions" in capsys.readouterr().err


def test_a_translator_refuses_what_takes_a_capability(tiny: Path) -> None:
    """Of a model for each capability that lacks just that."""
    document = Document("the cat", step=1)
    asked: list[tuple[Capability, Callable[[Translator], Generator[Progress, None, object]]]] = [
        (Capability.HEADS_OFF, lambda translator: translator.rank_heads_steps(document)),
        (Capability.BEAM_SEARCH, lambda translator: translator.beam_steps(document)),
        (Capability.INSIDE, lambda translator: translator.inside_steps(document)),
        (Capability.INSIDE, lambda translator: translator.decoder_lens_steps(document)),
        (Capability.INSIDE, lambda translator: translator.permutation_steps(document)),
    ]
    translator = Translator(tiny)
    known = translator.info
    for lacked in {capability for capability, _ in asked}:
        translator.info = lacking(lacked, known)
        for capability, ask in asked:
            if capability == lacked:
                with pytest.raises(InputError, match=f"no {capability}"):
                    next(ask(translator))
            else:
                next(ask(translator))


def test_a_translator_refuses_what_its_model_lacks(relative: Path) -> None:
    translator = Translator(relative)
    document = Document("the cat", step=1, interventions=Interventions(encoder_positions=Positions.SHUFFLED))
    with pytest.raises(InputError, match="knows distances between tokens"):
        translator.trace(document)
