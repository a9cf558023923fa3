"""The switches: what they show, what they emit and when, and what differs between two translations."""

from __future__ import annotations

import pytest
from attention_viewer.model.contract.maps import CROSS, ENCODER
from attention_viewer.viewer.look.theme import PALETTES, Style, style_for
from attention_viewer.viewer.state.specs import LaboratorySpec
from attention_viewer.viewer.state.view_state import Head
from attention_viewer.viewer.widgets.laboratory_panel import LaboratoryPanel, marked_words
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QScrollArea
from pytestqt.qtbot import QtBot

CHANGED = LaboratorySpec(
    encoder_positions="shuffled",
    decoder_positions="off",
    shuffle_seed=7,
    causal_mask=False,
    heads_off=((CROSS, Head(3, 6)), (ENCODER, Head(0, 1))),
    hidden=((2, "sat"), (4, "<b>")),
    effect="KL(before ‖ after) = 0.3182 nats",
    before="Le chat <noir> dort.",
    after="Le chien <noir> dort.",
)


@pytest.fixture
def panel(qtbot: QtBot, style: Style) -> LaboratoryPanel:
    widget = LaboratoryPanel(style)
    qtbot.addWidget(widget)
    qtbot.addWidget(widget.header)
    widget.resize(280, 600)
    widget.set_spec(CHANGED)
    widget.show()
    return widget


def test_a_spec_is_shown_whole(panel: LaboratoryPanel) -> None:
    assert panel.encoder_positions.currentText() == "shuffled"
    assert panel.decoder_positions.currentText() == "off"
    assert panel.seed.value() == 7
    assert not panel.causal_mask.isChecked()
    assert [text for _, text in panel.heads_off.entries] == ["cross · layer 4, head 7", "encoder · layer 1, head 2"]
    assert [text for _, text in panel.hidden.entries] == ["sat · token 3", "<b> · token 5"]
    assert not panel.heads_off.hint.isVisible() and not panel.hidden.hint.isVisible()
    assert panel.texts()[0] == CHANGED.effect


def test_setting_specs_emits_nothing(panel: LaboratoryPanel, qtbot: QtBot) -> None:
    told: list[object] = []
    for signal in (
        panel.encoder_positions_changed, panel.decoder_positions_changed, panel.seed_changed,
        panel.causal_mask_changed, panel.head_switched, panel.token_hidden, panel.reset_requested,
    ):  # fmt: skip
        signal.connect(lambda *args: told.append(args))
    for spec in (LaboratorySpec(), CHANGED, LaboratorySpec(shuffle_seed=2**31 - 1), LaboratorySpec(reason="Wait.")):
        panel.set_spec(spec)
    assert told == []


def test_positions_are_chosen_from_the_lists(panel: LaboratoryPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.encoder_positions_changed) as chosen:
        qtbot.keyClick(panel.encoder_positions, Qt.Key.Key_Up)
    assert chosen.args == ["off"]
    with qtbot.waitSignal(panel.decoder_positions_changed) as chosen:
        qtbot.keyClick(panel.decoder_positions, Qt.Key.Key_Down)
    assert chosen.args == ["shuffled"]


@pytest.mark.parametrize(
    ("encoder", "decoder", "enabled"), [("on", "off", False), ("shuffled", "on", True), ("on", "shuffled", True)]
)
def test_a_seed_matters_only_to_shuffling(panel: LaboratoryPanel, encoder: str, decoder: str, enabled: bool) -> None:
    panel.set_spec(LaboratorySpec(encoder_positions=encoder, decoder_positions=decoder))
    assert panel.seed.isEnabled() == enabled


def test_seed_and_mask_are_told(panel: LaboratoryPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.seed_changed) as changed:
        panel.seed.stepUp()
    assert changed.args == [8]
    with qtbot.waitSignal(panel.causal_mask_changed) as changed:
        qtbot.keyClick(panel.causal_mask, Qt.Key.Key_Space)
    assert changed.args == [True]


def test_a_button_switches_its_head_on_and_shows_its_token(panel: LaboratoryPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.head_switched) as switched:
        qtbot.mouseClick(panel.heads_off.buttons[1], Qt.MouseButton.LeftButton)
    assert switched.args == [ENCODER, 0, 1, False]
    with qtbot.waitSignal(panel.token_hidden) as shown:
        qtbot.mouseClick(panel.hidden.buttons[0], Qt.MouseButton.LeftButton)
    assert shown.args == [2, False]
    assert panel.heads_off.buttons[1].accessibleName() == "Switch on encoder · layer 1, head 2"


def test_a_list_that_is_changed_by_its_own_button_keeps_the_focus(panel: LaboratoryPanel, qtbot: QtBot) -> None:
    fewer = LaboratorySpec(heads_off=CHANGED.heads_off[:1])
    panel.head_switched.connect(lambda *_: panel.set_spec(fewer))
    panel.activateWindow()
    panel.heads_off.buttons[1].setFocus()
    qtbot.waitUntil(panel.heads_off.buttons[1].hasFocus)
    qtbot.keyClick(panel.heads_off.buttons[1], Qt.Key.Key_Space)
    assert len(panel.heads_off.buttons) == 1
    assert panel.heads_off.buttons[0].hasFocus()


def test_without_anything_off_the_lists_say_how(panel: LaboratoryPanel) -> None:
    panel.set_spec(LaboratorySpec())
    assert panel.heads_off.hint.isVisible() and "right-click a thumbnail" in panel.heads_off.hint.text()
    assert panel.hidden.hint.isVisible() and "right-click a source token" in panel.hidden.hint.text()
    assert panel.heads_off.buttons == panel.hidden.buttons == []
    assert panel.texts() == ("", "", "")


@pytest.mark.parametrize(
    ("spec", "changed"),
    [
        (LaboratorySpec(shuffle_seed=5), False),
        (LaboratorySpec(encoder_positions="off"), True),
        (LaboratorySpec(decoder_positions="shuffled"), True),
        (LaboratorySpec(causal_mask=False), True),
        (LaboratorySpec(heads_off=((CROSS, Head()),)), True),
        (LaboratorySpec(hidden=((0, "The"),)), True),
    ],
)
def test_reset_is_offered_where_something_is_changed(
    panel: LaboratoryPanel, qtbot: QtBot, spec: LaboratorySpec, changed: bool
) -> None:
    panel.set_spec(spec)
    assert panel.reset.isEnabled() == changed
    if changed:
        with qtbot.waitSignal(panel.reset_requested):
            qtbot.mouseClick(panel.reset, Qt.MouseButton.LeftButton)


def test_a_reason_disables_every_switch(panel: LaboratoryPanel) -> None:
    controls = (
        panel.encoder_positions, panel.decoder_positions, panel.seed, panel.causal_mask, panel.reset,
        panel.heads_off.buttons[0],
    )  # fmt: skip
    assert all(control.isEnabled() for control in controls) and panel.reason() == ""
    panel.set_spec(LaboratorySpec(**{**vars(CHANGED), "reason": "Encode a sentence first."}))
    assert panel.reason() == "Encode a sentence first."
    controls = (*controls[:5], panel.heads_off.buttons[0])
    assert not any(control.isEnabled() for control in controls)


def test_words_that_differ_stand_out_in_the_style_s_colours(panel: LaboratoryPanel, style: Style) -> None:
    light, dark = PALETTES["light"], PALETTES["dark"]
    _, before, after = panel.texts()
    assert before == f'Le <b style="color: {light.danger}">chat</b> &lt;noir&gt; dort.'
    assert after == f'Le <b style="color: {light.accent}">chien</b> &lt;noir&gt; dort.'
    panel.set_style(style_for(dark, style.font))
    assert dark.accent in panel.texts()[2]


@pytest.mark.parametrize(
    ("text", "other", "shown"),
    [
        ("a b c", "a b c", "a b c"),
        ("a b c", "a c", 'a <b style="color: #123456">b</b> c'),
        ("a c", "a b c", "a c"),
        ("<i> & b", "b", '<b style="color: #123456">&lt;i&gt; &amp;</b> b'),
        ("", "b", ""),
    ],
)
def test_words_are_compared_and_escaped(text: str, other: str, shown: str) -> None:
    assert marked_words(text, other, "#123456") == shown


def test_one_translation_alone_has_nothing_to_differ_from(panel: LaboratoryPanel) -> None:
    panel.set_spec(LaboratorySpec(causal_mask=False, before="Le <chat>"))
    assert panel.texts() == ("", "Le &lt;chat&gt;", "")


def test_the_wheel_scrolls_and_switches_nothing(panel: LaboratoryPanel, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(panel.seed_changed), qtbot.assertNotEmitted(panel.encoder_positions_changed):
        for part in (panel.seed, panel.encoder_positions):
            nowhere, down = QPoint(), QPoint(0, -120)
            wheel = QWheelEvent(
                QPointF(3, 3), QPointF(3, 3), nowhere, down, Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
            )  # fmt: skip
            QApplication.sendEvent(part, wheel)
    assert panel.seed.value() == 7 and panel.encoder_positions.currentText() == "shuffled"


def test_it_can_be_narrow_and_low(panel: LaboratoryPanel) -> None:
    hint = panel.minimumSizeHint()
    assert hint.width() <= 280 and hint.height() <= 300
    page = panel.findChildren(QScrollArea)[0].widget()
    assert page is not None and page.minimumSizeHint().width() <= 260


def test_every_switch_has_a_name_and_says_what_it_teaches(panel: LaboratoryPanel) -> None:
    for control in (panel.encoder_positions, panel.decoder_positions, panel.seed):
        assert control.accessibleName() and control.toolTip()
    assert "word order" in panel.encoder_positions.toolTip()
    assert "should predict" in panel.causal_mask.toolTip()
