"""The one state of the window, frozen: what is wanted, what is shown, how it is looked at, and what can be undone.

No Qt, no torch: intents are pure functions of it (`viewer.intents`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypedDict

from attention_viewer.model.contract import document as documents
from attention_viewer.model.contract.api import How, Trace
from attention_viewer.model.contract.document import Document
from attention_viewer.viewer.state.asked import Asked
from attention_viewer.viewer.state.highlight import Hover
from attention_viewer.viewer.state.history import History, Run
from attention_viewer.viewer.state.loaded import NOTHING, Loaded
from attention_viewer.viewer.state.view_state import ViewState

STEP_BACK, TEACHER = "Step back", "Teacher forcing"
STEPS = Run("Steps")


@dataclass(frozen=True, eq=False)
class Traced:
    """A document, everything the model computed for it, and the translation so far as text.

    `rows` counts the decoder rows that were computed now rather than remembered.
    """

    document: Document
    trace: Trace
    translation: str
    rows: int


@dataclass(frozen=True)
class Forcing:
    """Teacher forcing that is awaited: only its answer tells the document."""

    sentence: str
    target: str
    outputs: tuple[tuple[int, How], ...]


@dataclass(frozen=True, eq=False)
class State:
    """What was asked for last (`wanted`), and what is on screen (`shown`); they differ while a trace is `awaited`.

    `history` is that of what is wanted, `settled` that of what is shown. `owed` are steps back from an end that is
    not known yet, `furthest` is the trace with the most rows of its line. `view_before` is the view to go back to where
    a saved one is given up. `line` is the sentence that was told or typed last, `typed` which of the two; `notice` is
    said when the answer comes. `asked` is what is to be known beside the trace, `hover` what the mouse is on.
    """

    view: ViewState
    shown: Loaded = NOTHING
    wanted: Document | None = None
    history: History = field(default_factory=History)
    settled: History = field(default_factory=History)
    awaited: bool = False
    forcing: Forcing | None = None
    owed: int = 0
    view_before: ViewState | None = None
    line: str = ""
    typed: bool = False
    notice: str = ""
    furthest: Traced | None = None
    asked: Asked = field(default_factory=Asked)
    hover: Hover = None

    @property
    def awaits_another(self) -> bool:
        """Whether another document than that on screen is awaited, and not just another step of it."""
        wanted, shown = self.wanted, self.shown.document
        if not self.awaited:
            return False
        if self.forcing is not None or wanted is None or shown is None:
            return True
        return replace(wanted, step=shown.step) != shown

    # Stepping

    @property
    def has_steps(self) -> bool:
        """Whether the document wanted is known, and is decoded step by step."""
        if self.shown.uncomputed and self.shown.trace is not None and not self.shown.trace.causal:
            return False
        return self.forcing is None and self.wanted is not None and self.wanted.interventions.causal_mask

    @property
    def rows(self) -> int:
        """Rows of the line wanted that were computed."""
        return len(self._known.trace.steps) if self._known is not None else 0

    @property
    def end(self) -> int | None:
        """The last step of the line wanted; None while it is not known."""
        return self.rows if self._known is not None and self._known.trace.ended else None

    @property
    def can_step(self) -> bool:
        """True while the translation wanted is not known to have ended; without causal mask there are no steps."""
        if self.shown.trace is None or self.wanted is None or not self.has_steps:
            return False
        return bool(self.owed) or self.end is None or self.wanted.step < self.end

    @property
    def can_back(self) -> bool:
        """True when at least one decoder row is shown or asked for."""
        return self.wanted is not None and self.wanted.step > self.owed and self.has_steps

    @cached_property
    def _known(self) -> Traced | None:
        """The trace with the most rows of the line wanted, where it was computed; asked for by every menu entry."""
        furthest, wanted = self.furthest, self.wanted
        same = furthest is not None and wanted is not None and documents.continues(furthest.document, wanted)
        return furthest if same else None

    # Undoing

    @property
    def undo_name(self) -> str:
        """What undoing takes back; "" where there is nothing."""
        if self.forcing is not None:
            return TEACHER
        return STEP_BACK if self.owed and self.history.run != STEPS else self.history.undo_name

    @property
    def can_undo(self) -> bool:
        """True when a change of the document can be taken back."""
        return self.wanted is not None and bool(self.undo_name)

    @property
    def can_redo(self) -> bool:
        """True when a change that was taken back can be made again."""
        return self.wanted is not None and bool(self.history.future)

    @property
    def outputs(self) -> list[tuple[int, How]]:
        """The tokens known for the hypothesis shown: those on screen, and those ahead that were computed before."""
        shown = self.shown
        if shown.document is None or shown.trace is None:
            return []
        rows = [(step.output.id, step.how) for step in shown.trace.steps]
        ahead = enumerate(shown.ahead, len(rows))
        return rows + [(token.id, documents.how_at(shown.document, index)) for index, token in ahead]


class Changes(TypedDict, total=False):
    """Other values of some fields of a `State`, by their names."""

    view: ViewState
    shown: Loaded
    wanted: Document | None
    history: History
    settled: History
    awaited: bool
    forcing: Forcing | None
    owed: int
    view_before: ViewState | None
    line: str
    typed: bool
    notice: str
    furthest: Traced | None
    asked: Asked
    hover: Hover
