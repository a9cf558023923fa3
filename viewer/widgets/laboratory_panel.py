"""The laboratory: switches that take parts of the model away, and what that changes in the translation."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import SequenceMatcher
from html import escape

from attention_viewer.model.contract.api import Kind
from attention_viewer.model.contract.capabilities import Capabilities, Capability
from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.state.specs import LaboratorySpec
from attention_viewer.viewer.state.view_state import Head
from attention_viewer.viewer.widgets.card import TitleBlock
from attention_viewer.viewer.widgets.entries import Entries
from attention_viewer.viewer.widgets.plain import plain_label
from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent, QStandardItemModel
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QWidget,
)

SUBTITLE = "what each part of the model is for"
POSITIONS = ("on", "off", "shuffled")
ENCODER = {"off": Capability.ENCODER_POSITIONS_OFF, "shuffled": Capability.ENCODER_POSITIONS_SHUFFLED}
DECODER = {"off": Capability.DECODER_POSITIONS_OFF, "shuffled": Capability.DECODER_POSITIONS_SHUFFLED}
LEAST_EMS = 4.0
"""Least height."""
WIDE_EMS = 60.0
"""Width from which switches, lists and results stand beside each other."""
LARGEST_SEED = 2**31 - 1
ENCODER_TIP = "Without positions the encoder cannot tell word order: it sees a bag of words"
DECODER_TIP = "Without positions the decoder knows which tokens it has read, but hardly in which order"
SEED_TIP = "Another seed shuffles the positions in another order; the same seed always in the same"
MASK_TIP = "Without the mask a row sees the tokens it should predict, and training would teach it nothing but copying"
HEADS_TIP = "A head that is off adds nothing to the output; its weights are still computed and shown"
PATCHES_TIP = "A head's output, a layer's or a position's is that of another trace: see how the prediction moves"
HIDDEN_TIP = "Nothing attends to a hidden token, so the translation has to do without it"
NO_HEADS = "right-click a thumbnail to switch a head off"
NO_TOKENS = "right-click a source token to hide it"


class LaboratoryPanel(QWidget):
    """Shows a `LaboratorySpec`. Title in `header`; setters emit nothing.

    `head_switched` carries kind, layer and head from 0, and whether it is to be off; `token_hidden` a position from 0.
    """

    encoder_positions_changed = Signal(str)
    decoder_positions_changed = Signal(str)
    seed_changed = Signal(int)
    causal_mask_changed = Signal(bool)
    head_switched = Signal(object, int, int, bool)
    token_hidden = Signal(int, bool)
    patch_given_back = Signal(object)
    reset_requested = Signal()

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = style
        self._spec = LaboratorySpec()
        self.header = TitleBlock("Laboratory")
        self.header.set_titles("Laboratory", SUBTITLE)
        self.encoder_positions = _chooser("Encoder positions", ENCODER_TIP)
        self.decoder_positions = _chooser("Decoder positions", DECODER_TIP)
        self.seed = _seed_box()
        self.causal_mask = QCheckBox("Causal mask")
        self.causal_mask.setToolTip(MASK_TIP)
        self.heads_off = Entries("Heads that are off", NO_HEADS, "Switch on", HEADS_TIP)
        self.patches = Entries("Taken from another trace", "", "Give back", PATCHES_TIP)
        self.hidden = Entries("Hidden source tokens", NO_TOKENS, "Show", HIDDEN_TIP)
        self.reset = QPushButton("Reset all")
        self.reset.setToolTip("The model as it was trained: every switch back where it was")
        self._reason, self._effect = _wrapped("hint"), _wrapped("title")
        self._captions = _wrapped("muted"), _wrapped("muted")
        self._translations = _wrapped(), _wrapped()
        self._controls, self._results = QWidget(), QWidget()
        self.setAccessibleName("Laboratory")
        self._lay_out()
        self._connect()
        self.set_style(style)
        self.set_spec(self._spec)

    def set_spec(self, spec: LaboratorySpec) -> None:
        """Show the state of every switch and what they change."""
        self._spec = spec
        _refuse(self.encoder_positions, ENCODER, spec.capabilities)
        _refuse(self.decoder_positions, DECODER, spec.capabilities)
        unmaskable = spec.capabilities.reason(Capability.CAUSAL_MASK_OFF)
        self.causal_mask.setEnabled(not unmaskable)
        self.causal_mask.setToolTip(unmaskable or MASK_TIP)
        self.encoder_positions.setCurrentText(spec.encoder_positions)
        self.decoder_positions.setCurrentText(spec.decoder_positions)
        self.seed.setValue(spec.shuffle_seed)
        self.seed.setEnabled("shuffled" in (spec.encoder_positions, spec.decoder_positions))
        self.causal_mask.setChecked(spec.causal_mask)
        self.heads_off.set_entries([(entry, head_text(*entry)) for entry in spec.heads_off])
        self.patches.set_entries(spec.patches)
        self.patches.setVisible(bool(spec.patches))
        self.hidden.set_entries([(index, f"{text} · token {index + 1}") for index, text in spec.hidden])
        self.reset.setEnabled(is_changed(spec))
        self._controls.setEnabled(not spec.reason)
        self._reason.setText(spec.reason)
        self._reason.setVisible(bool(spec.reason))
        self._show_results()

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        self._look = style
        em = style.em
        self.header.set_style(style)
        self._switches.setSpacing(round(0.6 * em))
        self._listed.setSpacing(round(0.6 * em))
        self._column.setContentsMargins(0, 0, round(0.3 * em), 0)
        self._lines.setSpacing(round(0.2 * em))
        self.seed.setMaximumWidth(round(8 * em))
        self.seed.lineEdit().setTextMargins(round(0.4 * em), 0, 0, 0)
        self._show_results()

    def minimumSizeHint(self) -> QSize:
        """The width of the switches and a few lines: all of it scrolls, and must not make a small window larger."""
        return QSize(self._switches.minimumSize().width(), round(LEAST_EMS * self._look.em))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put switches, lists and results beside each other where there is the width for it."""
        super().resizeEvent(event)
        wide = self.width() >= WIDE_EMS * self._look.em
        direction = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        # Below each other, the lists follow the switches closely.
        self._parts.setStretch(0, 1 if wide else 0)
        self._column.setDirection(direction)
        self._parts.setDirection(direction)
        self._parts.setSpacing(round((2.5 if wide else 0.6) * self._look.em))
        self._column.setSpacing(self._parts.spacing())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the wheel scroll the panel; it changes a switch only where that has the focus."""
        if event.type() is QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False

    def texts(self) -> tuple[str, str, str]:
        """The line about the effect and both translations as rich text; "" for what is not shown."""
        before, after = (label.text() for label in self._translations)
        return self._effect.text(), before, after

    def reason(self) -> str:
        """Why nothing can be switched; "" where it can."""
        return self._reason.text()

    def _show_results(self) -> None:
        spec, palette = self._spec, self._look.palette
        self._effect.setText(spec.effect)
        self._effect.setVisible(bool(spec.effect))
        is_same = bool(spec.before) and spec.before == spec.after
        pairs = ((spec.before, spec.after, palette.danger), (spec.after, spec.before, palette.accent))
        names = ("before", "after · the same words" if is_same else "after")
        for index, (text, other, color) in enumerate(pairs):
            self._captions[index].setText(names[index])
            self._translations[index].setText(marked_words(text, other, color) if other else escape(text))
            self._captions[index].setVisible(bool(text))
            self._translations[index].setVisible(bool(text))
        self._results.setVisible(bool(spec.effect or spec.before or spec.after))

    def _change_seed(self, seed: int) -> None:
        if seed != self._spec.shuffle_seed:
            self.seed_changed.emit(seed)

    def _switch_on(self, entry: tuple[Kind, Head]) -> None:
        kind, head = entry
        self.head_switched.emit(kind, head.layer, head.head, False)

    def _connect(self) -> None:
        self.encoder_positions.textActivated.connect(self.encoder_positions_changed)
        self.decoder_positions.textActivated.connect(self.decoder_positions_changed)
        self.seed.valueChanged.connect(self._change_seed)
        self.causal_mask.clicked.connect(self.causal_mask_changed)
        self.heads_off.removed.connect(self._switch_on)
        self.patches.removed.connect(self.patch_given_back)
        self.hidden.removed.connect(lambda index: self.token_hidden.emit(index, False))
        self.reset.clicked.connect(self.reset_requested)
        for part in (self.encoder_positions, self.decoder_positions, self.seed):
            part.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            part.installEventFilter(self)

    def _lay_out(self) -> None:
        self._lay_out_controls()
        self._lines = _column_of(self._results)
        self._lines.addWidget(self._effect)
        for caption, translation in zip(self._captions, self._translations, strict=True):
            self._lines.addWidget(caption)
            self._lines.addWidget(translation)
        self._lines.addStretch()
        page = QWidget()
        self._column = _column_of(page)
        self._column.addWidget(self._reason)
        self._column.addWidget(self._controls, 3)
        self._column.addWidget(self._results, 2)
        self._column.addStretch(1)
        scrolled = QScrollArea()
        scrolled.setWidgetResizable(True)
        scrolled.setFrameShape(QFrame.Shape.NoFrame)
        scrolled.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scrolled.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scrolled.setWidget(page)
        for each in (page, scrolled.viewport()):
            each.setAutoFillBackground(False)
        _column_of(self).addWidget(scrolled)

    def _lay_out_controls(self) -> None:
        self._parts = _column_of(self._controls)
        settings, lists = QWidget(), QWidget()
        self._parts.addWidget(settings, 1)
        self._parts.addWidget(lists, 1)
        self._listed = _column_of(lists)
        self._listed.addWidget(self.heads_off)
        self._listed.addWidget(self.hidden)
        self._listed.addWidget(self.patches)
        self._listed.addStretch()
        self._switches = grid = QGridLayout(settings)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(0, 1)
        named = (("Encoder positions", self.encoder_positions), ("Decoder positions", self.decoder_positions))
        for row, (name, control) in enumerate((*named, ("Shuffle with seed", self.seed))):
            label = plain_label(name)
            label.setBuddy(control)
            label.setToolTip(control.toolTip())
            grid.addWidget(label, row, 0)
            grid.addWidget(control, row, 1)
        grid.addWidget(self.causal_mask, 3, 0)
        grid.addWidget(self.reset, 3, 1)
        grid.setRowStretch(4, 1)


def head_text(kind: Kind, head: Head) -> str:
    """A head in words; layers and heads count from 1."""
    return f"{kind} · layer {head.layer + 1}, head {head.head + 1}"


def is_changed(spec: LaboratorySpec) -> bool:
    """Whether any switch is not as the model was trained; a seed alone changes nothing."""
    positions = {spec.encoder_positions, spec.decoder_positions}
    return positions != {"on"} or not spec.causal_mask or bool(spec.heads_off or spec.hidden or spec.patches)


def marked_words(text: str, other: str, color: str) -> str:
    """`text` as rich text, the words that differ from those of `other` bold and in a colour."""
    words = text.split()
    matcher = SequenceMatcher(None, words, other.split(), autojunk=False)
    shown = []
    for tag, start, stop, _, _ in matcher.get_opcodes():
        if start < stop:
            part = escape(" ".join(words[start:stop]))
            shown.append(part if tag == "equal" else f'<b style="color: {color}">{part}</b>')
    return " ".join(shown)


def _chooser(name: str, tip: str) -> QComboBox:
    combo = QComboBox()
    combo.addItems(POSITIONS)
    combo.setAccessibleName(name)
    combo.setToolTip(tip)
    return combo


def _refuse(combo: QComboBox, takes: Mapping[str, Capability], capabilities: Capabilities) -> None:
    """Grey out the choices that a model lacks what they take for, each with the reason."""
    model = combo.model()
    assert isinstance(model, QStandardItemModel)
    for row, choice in enumerate(POSITIONS):
        why = capabilities.reason(takes[choice]) if choice in takes else ""
        model.item(row).setEnabled(not why)
        model.item(row).setToolTip(why)


def _seed_box() -> QSpinBox:
    box = QSpinBox()
    box.setRange(0, LARGEST_SEED)
    box.setKeyboardTracking(False)
    box.setAccessibleName("Seed for shuffling")
    box.setToolTip(SEED_TIP)
    return box


def _wrapped(tone: str = "") -> QLabel:
    label = plain_label()
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if tone:
        label.setProperty("tone", tone)
        label.setTextFormat(Qt.TextFormat.PlainText)
    else:
        label.setTextFormat(Qt.TextFormat.RichText)
    return label


def _column_of(widget: QWidget) -> QBoxLayout:
    column = QBoxLayout(QBoxLayout.Direction.TopToBottom, widget)
    column.setContentsMargins(0, 0, 0, 0)
    return column
