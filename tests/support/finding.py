"""Finds the parts of a widget, so that a missing one fails where it is looked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject

Part = TypeVar("Part", bound=QObject)


def child(owner: QObject, kind: type[Part], where: Callable[[Part], bool] = lambda part: True) -> Part:
    """The first child of a kind for which `where` holds."""
    return next(part for part in owner.findChildren(kind) if where(part))
