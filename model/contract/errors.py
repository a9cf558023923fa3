"""Errors whose message is a sentence for the user: what was wrong, with which value, and what to do."""

from reprlib import Repr

MOST_SAID = 1000
"""Characters of a message at most."""


class UserError(Exception):
    """Base of every error that is shown to the user as it stands, without a traceback.

    Its message is one line of at most `MOST_SAID` characters, whatever names and values from outside it repeats.
    """

    def __init__(self, message: str = "") -> None:
        super().__init__(_line(message))


class InputError(UserError):
    """A sentence, a target or a setting that the model cannot work with."""


class CheckpointError(UserError):
    """A checkpoint directory that is missing, incomplete, damaged or of an unsupported kind."""


MOST_QUOTED = 200
"""Characters of a value that a message quotes at most."""


def _line(message: str) -> str:
    """A message without what would break its line, steer a terminal or turn round what is read; cut in its middle."""
    text = "".join(each if each.isprintable() else repr(each)[1:-1] for each in message[: 2 * MOST_SAID])
    if len(message) <= MOST_SAID and len(text) <= MOST_SAID:
        return text
    end = "".join(each if each.isprintable() else "\ufffd" for each in message[-MOST_SAID // 2 :])
    return f"{text[: MOST_SAID // 2 - 1]}…{end}"


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
    return shortened(text, most)


def shortened(text: str, most: int = MOST_QUOTED) -> str:
    """A text, cut to at most `most` characters."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
