"""Errors whose message is a sentence for the user: what was wrong, with which value, and what to do."""

from reprlib import Repr


class UserError(Exception):
    """Base of every error that is shown to the user as it stands, without a traceback."""


class InputError(UserError):
    """A sentence, a target or a setting that the model cannot work with."""


class CheckpointError(UserError):
    """A checkpoint directory that is missing, incomplete, damaged or of an unsupported kind."""


MOST_QUOTED = 200
"""Characters of a value that a message quotes at most."""


def quoted(value: object, most: int = MOST_QUOTED) -> str:
    """A value from outside for a message: on one line, without control characters, at most `most` characters long."""
    shown = Repr()
    shown.maxstring = shown.maxother = shown.maxlong = most
    shown.maxlist = shown.maxdict = shown.maxtuple = 20
    try:
        text = shown.repr(value)
    except ValueError:
        # Python refuses to spell whole numbers of thousands of digits.
        return "a number with thousands of digits"
    text = "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)
    return text if len(text) <= most else f"{text[: most - 1]}…"
