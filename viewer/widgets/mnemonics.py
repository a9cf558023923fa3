"""Letters that Alt or a menu takes: given to entries so that no two in the same place have the same one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QAbstractButton, QDialog, QLabel, QMenu, QMenuBar


def plain(text: str) -> str:
    """A text without its mark, as it is read; "&&" is an ampersand."""
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&")


def marked(texts: Sequence[str]) -> list[str]:
    """Texts with a mark before one letter each, all different; of a word's beginning where that can be.

    A text gets none where there are no letters left. An earlier one gives way where it has others to choose from
    (augmenting paths: a matching of as many as possible).
    """
    read = [plain(text) for text in texts]
    taken: dict[str, int] = {}
    for index in range(len(read)):
        _give(index, read, taken, set())
    letters = {index: letter for letter, index in taken.items()}
    return [_with_mark(text, letters.get(index)) for index, text in enumerate(read)]


def _give(index: int, texts: Sequence[str], taken: dict[str, int], tried: set[str]) -> bool:
    """Give a text a letter, if need be one of another text that can take another."""
    for free in (True, False):
        for letter in _letters(texts[index]):
            if letter in tried or (letter not in taken) is not free:
                continue
            tried.add(letter)
            if free or _give(taken[letter], texts, taken, tried):
                taken[letter] = index
                return True
    return False


def _letters(text: str) -> list[str]:
    """The letters of a text, those first that begin a word."""
    possible = [index for index, letter in enumerate(text) if letter.isascii() and letter.isalnum()]
    beginnings = [index for index in possible if index == 0 or not text[index - 1].isalnum()]
    return list(dict.fromkeys(text[index].casefold() for index in (*beginnings, *possible)))


def _with_mark(text: str, letter: str | None) -> str:
    if letter is None:
        return text.replace("&", "&&")
    places = [index for index, each in enumerate(text) if each.casefold() == letter]
    beginnings = [index for index in places if index == 0 or not text[index - 1].isalnum()]
    place = (beginnings or places)[0]
    before, after = (part.replace("&", "&&") for part in (text[:place], text[place:]))
    return f"{before}&{after}"


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
