"""What has been computed so far and is there to be looked at. No Qt, no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from attention_viewer.model.contract.api import Kind, ModelInfo, Progress, Token, Trace
from attention_viewer.model.contract.capabilities import EVERYTHING, Capabilities, Capability
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.maps import EXPECTED, MapInfo
from attention_viewer.viewer.state import questions
from attention_viewer.viewer.state.comparing import placed
from attention_viewer.viewer.state.questions import Question
from attention_viewer.viewer.state.results import (
    NO_RESULTS,
    RANKING,
    HypothesisText,
    Quantity,
    Result,
    Results,
    hypothesis_text,
)
from attention_viewer.viewer.state.specs import Pending, Unavailable
from attention_viewer.viewer.state.view_state import Head

LOADING = Pending("Loading the model …")
DEFAULT_D_MODEL = 256
"""The width that is shown where no model says another: some width is needed."""
NO_SENTENCE = Unavailable("Type an English sentence above and press Enter.")


@dataclass(frozen=True, eq=False)
class Loaded:
    """The model, the trace of the current document, and its translation; each present or not.

    `waiting` says why there is no trace. `ahead` holds the output tokens of the rows after the trace's last
    one, computed earlier and still valid (the user stepped back). `document` is what was traced. `d_model` is the
    width of the positional encoding, also of a model that is yet to be opened.
    """

    info: ModelInfo | None = None
    trace: Trace | None = None
    sentence: str = ""
    translation: str = ""
    ahead: tuple[Token, ...] = ()
    waiting: Pending | Unavailable = LOADING
    document: Document | None = None
    vocabulary: tuple[Token, ...] = ()
    results: Results = NO_RESULTS
    d_model: int = DEFAULT_D_MODEL

    def found(self, quantity: Quantity[Result]) -> Result | None:
        """What was measured of the document shown; None where it is not known."""
        return self.results.of(quantity, self.document)

    def progress(self, quantity: Quantity[Any]) -> Progress | None:
        """How far a measurement of the document shown has come; None where it is not under way."""
        return self.results.progress(quantity, self.document)

    @property
    def ranked(self) -> Loaded:
        """What heads were ranked on, in the place of the document shown, where other heads may be off by now."""
        ranking = self.found(RANKING)
        if ranking is None:
            return self
        return replace(self, document=ranking.document, trace=ranking.trace, translation=ranking.translation, ahead=())

    @property
    def maps(self) -> tuple[MapInfo, ...]:
        """The maps of the model; as long as none is open, those to reckon with."""
        return self.info.maps if self.info is not None else EXPECTED

    @property
    def uncomputed(self) -> str:
        """Why nothing can be computed, where there are the arrays of another program and no model; else ""."""
        return self.reason(Capability.COMPUTING)

    @property
    def capabilities(self) -> Capabilities:
        """What can be done with the model; everything, as long as none is open."""
        return EVERYTHING if self.info is None else self.info.capabilities

    def reason(self, capability: Capability) -> str:
        """Why the model lacks a capability; "" where it has it, or none is open."""
        return self.capabilities.reason(capability)

    @property
    def known(self) -> int:
        """Rows of the current hypothesis that were computed, shown or ahead."""
        return len(self.trace.steps) + len(self.ahead) if self.trace else 0

    @cached_property
    def spellings(self) -> tuple[Question, ...]:
        """What the text of each hypothesis depends on, in their order."""
        document = self.document
        if document is None or self.trace is None:
            return ()
        return tuple(questions.spelling(document, index, self.known) for index in range(len(document.hypotheses)))

    @cached_property
    def spelled(self) -> Mapping[Question, HypothesisText]:
        """The texts of hypotheses that are known; what is on screen need not be computed again."""
        known = {each: self.results.spelled[each] for each in self.spellings if each in self.results.spelled}
        if self.document is not None and self.trace is not None:
            shown = self.spellings[self.document.current]
            if shown not in known and shown.step == len(self.trace.steps):
                known[shown] = hypothesis_text(self.trace, self.translation)
        return known

    @cached_property
    def texts(self) -> tuple[HypothesisText | None, ...]:
        """The hypotheses as texts, in their order; None for one that is yet to be spelled."""
        return tuple(self.spelled.get(each) for each in self.spellings)

    def taught(self, kind: Kind) -> Head | None:
        """The head of a kind that was trained to align words (Garg et al. 2019), where there is one."""
        guided = next((each.guided for each in self.maps if each.kind == kind), None)
        return None if guided is None else Head(*guided)


NOTHING = Loaded()


def beside(results: Results, document: Document | None) -> Results:
    """The results as another document than before is shown, with B called by its place there."""
    if document is None:
        return NO_RESULTS
    return results if results.other is None else replace(results, other=placed(results.other, document))
