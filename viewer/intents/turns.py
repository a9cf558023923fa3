"""What comes of an intent: the state after it, and what is to be done beside it, in order. Pure; no Qt.

An intent of this kind is a function of the state that returns a `Turn`; the controller takes the state and carries out
the deeds. Whatever a deed sets off finds the state as it is after the whole turn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Concatenate, ParamSpec, Unpack

from attention_viewer.model.contract.api import ModelInfo
from attention_viewer.model.contract.document import Document
from attention_viewer.viewer.state.loaded import Loaded, beside
from attention_viewer.viewer.state.results import Results
from attention_viewer.viewer.state.state import Changes, Forcing, State
from attention_viewer.viewer.state.view_state import ViewState

Given = ParamSpec("Given")


class News(StrEnum):
    """What is told to whoever listens, by the name of the controller's signal."""

    CHANGED = "changed"
    TRACED = "traced"
    STATUS = "status"
    HINT = "hint"
    TIMED = "timed"
    ENCODED = "encoded"
    SENTENCE = "sentence_changed"
    MODEL = "model_changed"
    CARD = "card"
    ERROR = "error"


@dataclass(frozen=True)
class Tell:
    """Tell some news."""

    news: News
    values: tuple[str | ModelInfo, ...] = ()


@dataclass(frozen=True)
class Show:
    """Bring the screen up to date."""


@dataclass(frozen=True)
class Renew:
    """Put controls that were turned back to what is shown."""


@dataclass(frozen=True)
class Ask:
    """Ask for the trace of a document, or for what teacher forcing makes of it."""

    document: Document
    forcing: Forcing | None = None


@dataclass(frozen=True)
class AskVocabulary:
    """Ask for the target vocabulary."""


@dataclass(frozen=True)
class Drop:
    """Wait no longer for a trace."""


@dataclass(frozen=True)
class Play:
    """Let the player play, or stop it."""

    on: bool


@dataclass(frozen=True)
class Open:
    """Open the checkpoint of a directory, or the other where that cannot be."""

    directory: Path
    otherwise: Path | None = None


@dataclass(frozen=True, eq=False)
class Afterwards:
    """Go on with another intent, on the state as it is then."""

    intent: Callable[[State], Turn]


Deed = Tell | Show | Renew | Ask | AskVocabulary | Drop | Play | Open | Afterwards


@dataclass(frozen=True, eq=False)
class Turn:
    """The state after an intent, and what is to be done beside it."""

    state: State
    deeds: tuple[Deed, ...] = ()

    def set(self, **changes: Unpack[Changes]) -> Turn:
        """The turn with other fields of the state."""
        return Turn(replace(self.state, **changes), self.deeds)

    def do(self, *deeds: Deed) -> Turn:
        """The turn with more to do."""
        return Turn(self.state, (*self.deeds, *deeds))

    def tell(self, news: News, *values: str | ModelInfo) -> Turn:
        """The turn with something more to tell."""
        return self.do(Tell(news, values))

    def then(
        self, intent: Callable[Concatenate[State, Given], Turn], *given: Given.args, **named: Given.kwargs
    ) -> Turn:
        """The turn, and after it another one."""
        after = intent(self.state, *given, **named)
        return Turn(after.state, (*self.deeds, *after.deeds))


def look(state: State, view: ViewState) -> Turn:
    """Look at the same thing in another way."""
    return Turn(state).set(view=view).do(Show(), Tell(News.CHANGED))


def load(state: State, loaded: Loaded) -> Turn:
    """Show what has become known. The text on screen stays known when another is shown."""
    if loaded.document is not state.shown.document:
        loaded = replace(loaded, results=beside(loaded.results, loaded.document))
    if loaded.document is not state.shown.document or loaded.trace is not state.shown.trace:
        loaded = replace(loaded, results=replace(loaded.results, spelled=loaded.spelled))
    return Turn(state).set(shown=loaded).do(Show(), Tell(News.CHANGED))


def keep(state: State, results: Results) -> Turn:
    """Show other results of what is shown."""
    return load(state, replace(state.shown, results=results))


def tried_no_more(state: State) -> Turn:
    """Show what is, and not how it would be by settings that were tried."""
    return Turn(state) if state.view.trial is None else look(state, replace(state.view, trial=None))


def refused(state: State, hint: str) -> Turn:
    """Say why something is not done; controls go back to what is shown."""
    return tried_no_more(state).tell(News.HINT, hint).do(Renew()).tell(News.CHANGED)
