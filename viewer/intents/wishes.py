"""What an intent asks for, and which document it acts on. Pure; no Qt.

An intent is a function of the state that returns a wish, or None where there is nothing to do. The wish says on which
document it acts: `OfWanted` on what is wanted, `state.wanted` or `of_the_sentence(state)`, as long as that is the
sentence shown; `OfShown` on what is shown, `on_screen(state)`, refused while another line of tokens is awaited (where
only a further step of the same line is, that is given up).
"""

from __future__ import annotations

from dataclasses import dataclass

from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.errors import UserError
from attention_viewer.viewer.state.history import Run
from attention_viewer.viewer.state.state import State
from attention_viewer.viewer.state.view_state import ViewState

BUSY_HINT = "What is on screen is about to be replaced by what was asked for before: wait for that, then try again."


class Refused(UserError):
    """Why an intent is not carried out now; controls that were turned go back to what is shown."""


@dataclass(frozen=True)
class OfWanted:
    """A document in the place of the one wanted; `name` says what was done, for undoing it.

    `run` is what the change joins in the history. `plays` leaves a player playing.
    """

    document: Document
    name: str
    run: Run | None = None
    plays: bool = False


@dataclass(frozen=True)
class OfShown:
    """A document in the place of the one shown; `name` says what was done, for undoing it.

    `run` is what the change joins in the history, `view` is how it is looked at from then on, where that is another.
    """

    document: Document
    name: str
    run: Run | None = None
    view: ViewState | None = None


@dataclass(frozen=True)
class Owed:
    """Steps back from the end that is awaited: they are taken when it is known."""

    steps: int


def on_screen(state: State) -> Document | None:
    """The document shown; Refused while another line is awaited."""
    if state.shown.document is not None and state.awaits_another:
        raise Refused(BUSY_HINT)
    return state.shown.document


def of_the_sentence(state: State) -> Document | None:
    """The document wanted; Refused while that is not known or translates another sentence."""
    shown = state.shown.document
    if shown is None or state.wanted is None:
        return None
    if state.forcing is not None or state.wanted.source != shown.source:
        raise Refused(BUSY_HINT)
    return state.wanted
