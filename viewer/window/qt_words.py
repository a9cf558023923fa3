"""What Qt says on standard error, without what it says of itself and nobody can act on."""

from __future__ import annotations

import sys

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

NOISE = (
    "This plugin does not support",
    "Detected locale ",
    "QStandardPaths: XDG_RUNTIME_DIR not set",
    "propagateSizeHints",
)
"""Beginnings of messages about the platform as it is: where there is no display, and where the locale is C."""


def mute_noise() -> None:
    """From now on, let Qt keep to itself what is in NOISE; all other words still go to standard error."""
    qInstallMessageHandler(_say)


def _say(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    if sys.stderr is not None and not message.startswith(NOISE):
        print(message, file=sys.stderr, flush=True)
