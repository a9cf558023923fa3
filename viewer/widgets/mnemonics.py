"""Letters that Alt or a menu takes: given to entries so that no two in the same place have the same one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtWidgets import QAbstractButton, QDialog, QLabel, QMenu, QMenuBar


def plain(text: str) -> str:
    """A text without its mark, as it is read; "&&" is an ampersand."""
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&")


def marked(texts: Sequence[str], taken: Iterable[str] = ()) -> list[str]:
    """Texts with a mark before one letter each, of those not taken: of a word's beginning if there is one left.

    A text that has no letter left gets none.
    """
    used = {letter.casefold() for letter in taken}
    found = []
    for text in map(plain, texts):
        place = _place(text, used)
        if place is not None:
            used.add(text[place].casefold())
        escaped = [each.replace("&", "&&") for each in text]
        found.append("".join(f"&{each}" if index == place else each for index, each in enumerate(escaped)))
    return found


def _place(text: str, used: set[str]) -> int | None:
    possible = [index for index, letter in enumerate(text) if letter.isascii() and letter.isalnum()]
    beginnings = [index for index in possible if index == 0 or not text[index - 1].isalnum()]
    free = (index for index in (*beginnings, *possible) if text[index].casefold() not in used)
    return next(free, None)


def mark_menu(menu: QMenu | QMenuBar) -> None:
    """Mark the entries of a menu; of one whose entries change, each time it is about to be shown."""
    entries = [action for action in menu.actions() if action.text() and action.isVisible()]
    for action, text in zip(entries, marked([action.text() for action in entries]), strict=True):
        action.setText(text)


def mark_dialog(dialog: QDialog) -> None:
    """Mark the labels of the fields of a dialog, and its buttons."""
    named = [label for label in dialog.findChildren(QLabel) if label.buddy() is not None]
    buttons = [button for button in dialog.findChildren(QAbstractButton) if button.text()]
    every: list[QLabel | QAbstractButton] = [*named, *buttons]
    for part, text in zip(every, marked([part.text() for part in every]), strict=True):
        part.setText(text)
