"""How everything looks: palettes, colormaps, and a style whose sizes all follow from the font.

No module but this one, the palettes' own and the painters' proportions (in em) states a size or a colour.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from attention_viewer.viewer.look.colormaps import COLORMAPS
from attention_viewer.viewer.look.palette import LIGHT, PALETTES, PRINT, Palette
from attention_viewer.viewer.look.style_sheet import style_sheet
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QFontMetricsF, QPalette

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

__all__ = [
    "COLORMAPS",
    "LIGHT",
    "PALETTES",
    "Palette",
    "Style",
    "apply",
    "font_problem",
    "print_style",
    "qt_palette",
    "style_for",
    "stylesheet",
    "system_font",
    "thick",
]

PRESENTED = 1.5
"""How many times as large text is in a presentation."""


@dataclass(frozen=True, eq=False)
class Style:
    """A palette, fonts with sizes in pixels, and lengths that follow from them.

    `em` is the size of `font` in pixels, `line` the height of a line of `mono`, `stroke` a thin line; `cell_ems` and
    `label_ems` bound the cells of a map and the labels beside it.
    Pixel sizes, not points, keep text in the same proportion to a picture on every paint device.
    """

    palette: Palette
    font: QFont
    small: QFont
    title: QFont
    mono: QFont
    em: float
    line: float
    stroke: float
    cell_ems: float = 2.2
    label_ems: float = 14.0

    @property
    def gap(self) -> float:
        """The space between a label and what it labels."""
        return 0.5 * self.em

    @property
    def largest_cell(self) -> float:
        """The side beyond which the cells of a map no longer grow."""
        return self.cell_ems * self.em

    @property
    def label_width(self) -> float:
        """The width beyond which a token's label is shortened in the middle."""
        return self.label_ems * self.em

    @property
    def small_line(self) -> float:
        """The height of a line of `small`."""
        return QFontMetricsF(self.small).height()


def style_for(palette: Palette, base_font: QFont, scale: float = 1.0) -> Style:
    """The style for a palette and a base font, everything `scale` times as large."""
    size = max(1.0, QFontInfo(base_font).pixelSize() * scale)
    font = _sized(base_font, size)
    title = _sized(base_font, size)
    title.setWeight(QFont.Weight.DemiBold)
    fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    fixed.setStyleHint(QFont.StyleHint.Monospace)
    mono = _sized(fixed, size * 0.95)
    return Style(
        palette=palette,
        font=font,
        small=_sized(base_font, size * 0.86),
        title=title,
        mono=mono,
        em=float(font.pixelSize()),
        line=QFontMetricsF(mono).height(),
        stroke=max(1.0, scale),
    )


def thick(style: Style) -> Style:
    """The style with lines twice as thick, so that what is lit shows from the back row of a hall."""
    return replace(style, stroke=2.0 * style.stroke)


def print_style() -> Style:
    """The style of pictures on white paper, in the platform's own font."""
    return style_for(PRINT, system_font())


def system_font() -> QFont:
    """The platform's font for ordinary text."""
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)


def stylesheet(palette: Palette, base_font: QFont, scale: float = 1.0) -> str:
    """The Qt style sheet of the window for a palette, a base font and a scale."""
    return style_sheet(palette, style_for(palette, base_font, scale))


def prepare(application: QApplication, palette: Palette, scale: float = 1.0) -> Style:
    """Give widgets yet to be made their colours and font; `apply` dresses them once all are there.

    Under a style sheet each widget would be dressed again whenever it is put into another one.
    """
    style = style_for(palette, system_font(), scale)
    # Under a style sheet the style has no name, and is chosen anew: with the old one goes what Qt noted of widgets that
    # are gone, which it would dress, too, and crash.
    if application.style().objectName() != "fusion":
        application.setStyle("Fusion")
    application.setPalette(qt_palette(palette))
    application.setFont(style.font)
    return style


def apply(application: QApplication, palette: Palette, scale: float = 1.0) -> Style:
    """Dress the whole application in a palette, text `scale` times the platform's; returns the style."""
    style = style_for(palette, system_font(), scale)
    if not application.styleSheet() and application.font() != style.font:
        # Widgets that exist already would keep their old font if their first style sheet came after the new one.
        application.setStyleSheet(" ")
    prepare(application, palette, scale)
    sheet = style_sheet(palette, style)
    # Setting it dresses every widget anew; those that come later are dressed in any case.
    if application.styleSheet() != sheet:
        application.setStyleSheet(sheet)
    return style


def qt_palette(palette: Palette) -> QPalette:
    """The palette as Qt's widgets know it, disabled colours included."""
    roles = QPalette.ColorRole
    colors = {
        roles.Window: palette.window,
        roles.WindowText: palette.text,
        roles.Base: palette.surface,
        roles.AlternateBase: palette.sunken,
        roles.Text: palette.text,
        roles.PlaceholderText: palette.muted,
        roles.Button: palette.surface,
        roles.ButtonText: palette.text,
        roles.BrightText: palette.danger,
        roles.ToolTipBase: palette.surface,
        roles.ToolTipText: palette.text,
        roles.Highlight: palette.accent,
        roles.HighlightedText: palette.on_accent,
        roles.Link: palette.accent,
        roles.LinkVisited: palette.accent,
        roles.Light: palette.surface,
        roles.Midlight: palette.chip,
        roles.Mid: palette.border,
        roles.Dark: palette.border,
        roles.Shadow: palette.border,
        roles.Accent: palette.accent,
    }
    result = QPalette()
    for role, color in colors.items():
        result.setColor(role, QColor(color))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, role, QColor(palette.muted))
    return result


def font_problem() -> str | None:
    """What to tell the user where the machine has no font at all; None where it has one."""
    if QFontDatabase.families():
        return None
    return (
        "No fonts are installed on this machine, so no text can be shown. "
        "Install a font package (on Debian or Ubuntu: fonts-dejavu-core) and start again."
    )


def _sized(font: QFont, size: float) -> QFont:
    result = QFont(font)
    result.setPixelSize(max(1, round(size)))
    # Hinted advances differ between the screen and a print device, and labels would no longer fit.
    result.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return result
