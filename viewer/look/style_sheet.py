"""The window's style sheet, written from a palette and a style; widgets opt in by properties.

`card` frames a panel, `primary` marks the main button, `flat` a quiet one; `tone` on a label is "title",
"muted", "hint" or "error" (`text` would be the text itself).
"""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

from attention_viewer.viewer.look.assets import check_path, chevron_path

if TYPE_CHECKING:
    from attention_viewer.viewer.look.palette import Palette
    from attention_viewer.viewer.look.theme import Style

SHEET = Template("""
QMainWindow, QDialog { background: $window; }
QMainWindow::separator { background: $window; width: $grip; height: $grip; }
QMainWindow::separator:hover { background: $accent_rest; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QToolTip { background: $surface; color: $text; border: $stroke solid $border; padding: $tight; }

QMenuBar { background: $surface; border-bottom: $stroke solid $border; padding: $tight $gap; }
QMenuBar::item { background: transparent; padding: $tight $gap; border-radius: $radius; }
QMenuBar::item:selected { background: $chip; }
QMenu { background: $surface; border: $stroke solid $border; padding: $tight; }
QMenu::item { padding: $tight $wide; border-radius: $radius; }
QMenu::item:selected { background: $accent_soft; color: $text; }
QMenu::item:disabled { color: $muted; }
QMenu::separator { height: $stroke; background: $border; margin: $tight $gap; }
QStatusBar { background: $surface; border-top: $stroke solid $border; color: $muted; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: $muted; }

QToolBar { background: $surface; border: none; padding: $tight; spacing: $tight; }
QDockWidget { color: $text; font-weight: 600; }
QDockWidget::title { background: $window; padding: $tight $gap; text-align: left; }
QDockWidget > QWidget { font-weight: normal; }
QFrame#header { background: $surface; border-bottom: $stroke solid $border; }
QWidget#cover { background: $surface; }
QFrame#cardHeader, QFrame#cardBody { background: $surface; border: $stroke solid $border; }
QFrame#cardHeader {
    border-bottom: none; border-top-left-radius: $card_radius; border-top-right-radius: $card_radius;
}
QFrame#cardBody {
    border-top: none; border-bottom-left-radius: $card_radius; border-bottom-right-radius: $card_radius;
}
QSplitter::handle { background: transparent; }
QFrame[card="true"], QWidget[card="true"] {
    background: $surface; border: $stroke solid $border; border-radius: $card_radius;
}

QFrame#cardHeader {
    background: $surface; border: $stroke solid $border; border-bottom: none;
    border-top-left-radius: $card_radius; border-top-right-radius: $card_radius;
}
QFrame#cardBody {
    background: $surface; border: $stroke solid $border; border-top: none;
    border-bottom-left-radius: $card_radius; border-bottom-right-radius: $card_radius;
}

QLabel[tone="title"], QLabel[tone="active"] { font-weight: 600; }
QLabel[tone="active"] { color: $accent; }
QLabel[tone="muted"] { color: $muted; font-size: $small; }
QLabel[tone="hint"] { color: $muted; }
QLabel[tone="alert"] {
    color: $danger; background: $danger_soft; border-left: $tight solid $danger; padding: $tight; font-weight: 600;
}
QLabel[tone="error"] { color: $danger; }
QLabel[tone="notice"] { background: $accent_soft; border-left: $tight solid $accent; padding: $tight; }
QLabel[tone="badge"] {
    background: $danger; color: $surface; border-radius: $radius; padding: 0 $tight; font-size: $small;
}

QFrame#banner { background: $accent_soft; border-radius: $radius; }
QLabel[tone="changed"] { color: $text; }

QLineEdit, QPlainTextEdit, QTextEdit {
    background: $sunken; border: $stroke solid $border; border-radius: $radius;
    padding: $tight $gap; selection-background-color: $accent; selection-color: $on_accent;
}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus { border: $stroke solid $accent; }
QLineEdit:disabled { color: $muted; }
QLineEdit[flat="true"] { background: transparent; border: none; padding: 0; }
QAbstractSpinBox {
    background: $surface; border: $stroke solid $border; border-radius: $radius; padding: $hair $gap;
    selection-background-color: $accent; selection-color: $on_accent;
}
QAbstractSpinBox:focus { border-color: $accent; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { border: none; background: transparent; width: $wide; }
QAbstractSpinBox::up-arrow { image: url("$up"); width: $gap; height: $gap; }
QAbstractSpinBox::down-arrow { image: url("$chevron"); width: $gap; height: $gap; }
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover { background: $chip; }

QPushButton, QToolButton {
    background: $surface; border: $stroke solid $border; border-radius: $radius; padding: $tight $gap;
}
QPushButton { padding: $tight $wide; }
QPushButton[told="true"] { text-align: left; }
QPushButton:hover, QToolButton:hover { background: $chip; }
QPushButton:pressed, QToolButton:pressed { background: $accent_soft; }
QPushButton:checked, QToolButton:checked { background: $accent_soft; border-color: $accent; color: $accent; }
QPushButton:focus, QToolButton:focus { border: $stroke solid $accent; }
QPushButton:disabled, QToolButton:disabled { color: $muted; background: $window; }
QPushButton:default { border-color: $accent; }
QPushButton[primary="true"], QToolButton[primary="true"] {
    background: $accent; color: $on_accent; border-color: $accent;
}
QPushButton[primary="true"]:hover, QToolButton[primary="true"]:hover { background: $accent_hover; }
QPushButton[primary="true"]:focus, QToolButton[primary="true"]:focus { border: $stroke solid $text; }
QPushButton[primary="true"]:disabled, QToolButton[primary="true"]:disabled {
    background: $chip; border-color: $border; color: $muted;
}
QPushButton[flat="true"], QToolButton[flat="true"] { background: transparent; border-color: transparent; }
QToolButton[bare="true"] { padding: 0; }
QPushButton[flat="true"]:hover, QToolButton[flat="true"]:hover { background: $chip; }
QPushButton[flat="true"]:focus, QToolButton[flat="true"]:focus { border-color: $accent; }
QToolButton[inline="true"] { background: transparent; border: none; padding: 0 $gap; color: $accent; font-weight: 600; }
QToolButton[inline="true"]:hover { background: $accent_rest; color: $text; }
QToolButton[inline="true"]:focus { background: $accent; color: $on_accent; }
QPushButton::menu-indicator { subcontrol-origin: padding; subcontrol-position: right center; right: $tight; }

QComboBox {
    background: $surface; border: $stroke solid $border; border-radius: $radius; padding: $hair $hair $hair $gap;
}
QComboBox:hover { background: $chip; }
QComboBox:focus, QComboBox:on { border-color: $accent; }
QComboBox:disabled { color: $muted; }
QComboBox::drop-down { border: none; width: $wide; }
QComboBox::down-arrow { image: url("$chevron"); width: $gap; height: $gap; }
QComboBox QAbstractItemView {
    background: $surface; border: $stroke solid $border; selection-background-color: $accent_soft;
    selection-color: $text; outline: none;
}

QTabBar::tab { background: transparent; color: $muted; padding: $tight $gap; border: none; }
QTabBar::tab:selected { color: $text; border-bottom: $thick solid $accent; }
QTabBar QToolButton { background: $window; border: none; padding: 0; }
QTabBar::tab:focus { color: $accent; }

QCheckBox:disabled { color: $muted; }
QCheckBox::indicator {
    background: $sunken; border: $stroke solid $muted; border-radius: $hair; width: $box; height: $box;
}
QCheckBox::indicator:hover, QCheckBox::indicator:focus { border-color: $accent; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url("$check"); }
QCheckBox::indicator:checked:focus { border-color: $text; }
QCheckBox::indicator:checked:disabled { background: $muted; border-color: $muted; }

QTableView {
    background: $surface; border: $stroke solid $border; border-radius: $radius; gridline-color: $border;
    selection-background-color: $accent_soft; selection-color: $text;
}
QTableView:focus { border-color: $accent; }
QHeaderView { background: $surface; }
QTableCornerButton::section { background: $surface; border: none; border-bottom: $stroke solid $border; }
QHeaderView::section {
    background: $surface; color: $muted; border: none; border-bottom: $stroke solid $border; padding: $hair $tight;
    font-size: $small;
}
QHeaderView::section:hover { color: $text; }
QHeaderView::up-arrow, QHeaderView::down-arrow {
    width: $gap; height: $gap; subcontrol-origin: padding; subcontrol-position: top center;
}
QHeaderView::up-arrow { image: url("$up"); }
QHeaderView::down-arrow { image: url("$chevron"); }
QProgressBar {
    background: $chip; border: none; border-radius: $radius; color: $text; text-align: center; font-size: $small;
}
QProgressBar::chunk { background: $accent_rest; border-radius: $radius; }

QTreeView#hypotheses {
    background: $surface; border: none; outline: none; selection-background-color: $accent_soft;
    selection-color: $text;
}
QTreeView#hypotheses::item { padding: $hair; border-bottom: $stroke solid $chip; }
QTreeView#hypotheses::item:hover { background: $chip; }
QTreeView#hypotheses::item:selected { background: $accent_soft; color: $text; }
QTreeView#hypotheses QLineEdit { padding: 0 $hair; border-color: $accent; background: $surface; }
QAbstractScrollArea#beamTree::corner { background: transparent; border: none; }

QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: $bar; }
QScrollBar:horizontal { height: $bar; }
QScrollBar::handle { background: $border; border-radius: $bar_radius; margin: $thick; }
QScrollBar::handle:vertical { min-height: $wide; }
QScrollBar::handle:horizontal { min-width: $wide; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QScrollArea { border: none; background: transparent; }
""")


COLORS = (
    "window", "surface", "sunken", "border", "text", "muted", "accent", "accent_rest", "accent_soft", "on_accent",
    "chip", "danger", "danger_soft",
)  # fmt: skip
"""Names of a palette that the sheet uses."""


def style_sheet(palette: Palette, style: Style) -> str:
    """The sheet for a palette, its lengths those of `style`."""
    lengths = {
        "stroke": style.stroke,
        "thick": 2.0 * style.stroke,
        "hair": 0.18 * style.em,
        "tight": 0.3 * style.em,
        "gap": 0.6 * style.em,
        "grip": max(9.0, 0.75 * style.em),
        "wide": 1.2 * style.em,
        "box": style.em,
        "radius": 0.35 * style.em,
        "card_radius": 0.5 * style.em,
        "bar": 0.85 * style.em,
        "bar_radius": 0.25 * style.em,
        "small": float(style.small.pixelSize()),
    }
    pixels = {name: f"{max(1, round(length))}px" for name, length in lengths.items()}
    colors = {name: getattr(palette, name) for name in COLORS}
    arrows = {
        "chevron": chevron_path(palette.name).as_posix(),
        "up": chevron_path(palette.name, up=True).as_posix(),
        "check": check_path(palette.name).as_posix(),
    }
    hover = mix(palette.accent, palette.surface, 0.15)
    return SHEET.substitute(pixels, accent_hover=hover, **arrows, **colors)


def mix(first: str, second: str, share: float) -> str:
    """The colour `share` of the way from one `#rrggbb` colour to another."""
    pairs = [(int(first[i : i + 2], 16), int(second[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)
