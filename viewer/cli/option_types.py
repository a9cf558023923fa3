"""What the values of command-line options may be; every refusal names the option and the value.

Each function gives, or is, a `type` for argparse that raises InputError with a sentence for the user.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from attention_viewer.model.contract.errors import InputError
from attention_viewer.viewer.state.widths import Width, parse_width

SMALLEST_PICTURE, LARGEST_PICTURE = 320, 8000
"""Side of a screenshot in pixels, least and most."""


def text(option: str) -> Callable[[str], str]:
    """Accept text that is not blank and has a UTF-8 form."""

    def check(value: str) -> str:
        if not value.strip():
            raise InputError(f"{option} is empty: give a sentence of at least one word.")
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise InputError(f"{option} is not valid UTF-8 text: type it in a UTF-8 terminal.") from None
        return value

    return check


def whole(option: str, low: int, high: int | None = None) -> Callable[[str], int]:
    """Accept a whole number within bounds, both included."""
    bounds = f"{low} or more" if high is None else f"from {low} to {high}"

    def check(value: str) -> int:
        try:
            number = int(value)
        except ValueError:
            raise InputError(f"{option} takes a whole number, {bounds}; {value!r} is none.") from None
        if number < low or (high is not None and number > high):
            raise InputError(f"{option} takes a whole number, {bounds}; {number} will not do.")
        return number

    return check


def real(option: str, low: float, high: float) -> Callable[[str], float]:
    """Accept a number within bounds, both included."""

    def check(value: str) -> float:
        try:
            number = float(value)
        except ValueError:
            raise InputError(f"{option} takes a number from {low:g} to {high:g}; {value!r} is none.") from None
        # Also what is not a number compares as false.
        if not low <= number <= high:
            raise InputError(f"{option} takes a number from {low:g} to {high:g}; {value} will not do.")
        return number

    return check


def width(option: str) -> Callable[[str], Width | None]:
    """Accept the width of a figure; "natural" becomes None."""

    def check(value: str) -> Width | None:
        try:
            return parse_width(value)
        except InputError as error:
            raise InputError(f"{option}: {error}") from None

    return check


def numbers(option: str) -> Callable[[str], tuple[int, ...] | None]:
    """Accept numbers that count from 1, such as 4, 1,2 or 1-3,8, in order; "all" becomes None."""

    def check(value: str) -> tuple[int, ...] | None:
        if value == "all":
            return None
        found: set[int] = set()
        for part in value.split(","):
            match = re.fullmatch(r" *([1-9][0-9]{0,3})(?:-([1-9][0-9]{0,3}))? *", part)
            if match is None or (match[2] and int(match[2]) < int(match[1])):
                raise InputError(f"{option} takes numbers from 1, such as 4 or 1,2 or 1-3, or all; {value!r} is none.")
            found.update(range(int(match[1]), int(match[2] or match[1]) + 1))
        return tuple(sorted(found))

    return check


def one_of(option: str, allowed: Sequence[str]) -> Callable[[str], str]:
    """Accept one of a few words."""

    def check(value: str) -> str:
        if value not in allowed:
            raise InputError(f"{option} cannot be {value!r}: choose {listed(allowed)}.")
        return value

    return check


def listed(words: Sequence[str]) -> str:
    """Words as alternatives: "a, b or c"."""
    return " or ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)


def size(value: str) -> tuple[int, int]:
    """Accept a width and a height in pixels, such as 1600x1000."""
    match = re.fullmatch(r"([0-9]{1,5})x([0-9]{1,5})", value)
    if match is None:
        raise InputError(f"--size takes width and height in pixels, such as 1600x1000; {value!r} is none.")
    width, height = int(match[1]), int(match[2])
    if not all(SMALLEST_PICTURE <= side <= LARGEST_PICTURE for side in (width, height)):
        raise InputError(
            f"--size takes sides from {SMALLEST_PICTURE} to {LARGEST_PICTURE} pixels; {value!r} will not do."
        )
    return width, height
