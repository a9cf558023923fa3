"""What has been computed so far and is there to be looked at. No Qt, no torch."""

from __future__ import annotations

from dataclasses import dataclass

from model.api import ModelInfo, Token, Trace
from viewer.specs import Pending, Unavailable

LOADING = Pending("Loading the model …")
NO_SENTENCE = Unavailable("Type an English sentence above and press Enter.")


@dataclass(frozen=True, eq=False)
class Loaded:
    """The model, the trace of the current document, and its translation; each present or not.

    `waiting` says why there is no trace. `ahead` holds the output tokens of the rows after the trace's last
    one, computed earlier and still valid (the user stepped back).
    """

    info: ModelInfo | None = None
    trace: Trace | None = None
    sentence: str = ""
    translation: str = ""
    ahead: tuple[Token, ...] = ()
    waiting: Pending | Unavailable = LOADING
