"""Text that grows in a panel that has much more room than it needs, such as one that fills the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from attention_viewer.viewer.look.theme import Style, style_for
from PySide6.QtCore import QSizeF

ROOMY_EMS = (50.0, 28.0)
"""Width and height from which text grows: with both of them."""
SIZES = (2.0, 1.8, 1.6, 1.4, 1.2)
"""How many times as large it becomes, at most and by steps."""


def grown(style: Style, room: QSizeF, fits: Callable[[Style], bool]) -> Style:
    """`style` in the largest size that `room` calls for and that `fits` takes; never a smaller one."""
    most = min(room.width() / ROOMY_EMS[0], room.height() / ROOMY_EMS[1]) / style.em
    sizes = (replace(style_for(style.palette, style.font, each), stroke=style.stroke) for each in SIZES if each <= most)
    return next(filter(fits, sizes), style)
