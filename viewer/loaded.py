"""What has been computed so far and is there to be looked at. No Qt, no torch."""

from __future__ import annotations

from dataclasses import dataclass

from model.api import BeamTree, Effect, HeadEffect, How, Kind, ModelInfo, Token, Trace
from model.document import Document
from model.interventions import NONE, Interventions
from viewer.specs import Pending, Unavailable
from viewer.view_state import Head

LOADING = Pending("Loading the model …")
NO_SENTENCE = Unavailable("Type an English sentence above and press Enter.")


@dataclass(frozen=True)
class HypothesisText:
    """A hypothesis as text, its natural log-probability, how each token was chosen, and whether it has ended."""

    text: str
    log_probability: float
    how: tuple[How, ...]
    ended: bool


@dataclass(frozen=True, eq=False)
class Other:
    """What the current trace is compared with: B of A and B; `hypothesis` is its index, None for anything else.

    `interventions` are those it was computed under.
    """

    name: str
    trace: Trace
    sentence: str
    translation: str
    hypothesis: int | None = None
    interventions: Interventions = NONE


@dataclass(frozen=True, eq=False)
class Experiments:
    """Results of the laboratory; each present or not.

    `effect` and the two translations belong to the document's interventions, `texts` to its hypotheses, in their
    order. `beam_node` is the node of the beam's tree that is looked at, `beam_sentence` what was searched.
    `rank_progress` is (done, total) while heads are ranked, `ranked` the document they were ranked for, at step 0.
    """

    effect: Effect | None = None
    before: str = ""
    after: str = ""
    texts: tuple[HypothesisText, ...] = ()
    other: Other | None = None
    beam: BeamTree | None = None
    beam_node: int | None = None
    beam_sentence: str = ""
    ranking: tuple[HeadEffect, ...] = ()
    rank_progress: tuple[int, int] | None = None
    ranked: Document | None = None


NO_EXPERIMENTS = Experiments()


@dataclass(frozen=True, eq=False)
class Loaded:
    """The model, the trace of the current document, and its translation; each present or not.

    `waiting` says why there is no trace. `ahead` holds the output tokens of the rows after the trace's last
    one, computed earlier and still valid (the user stepped back). `document` is what was traced.
    """

    info: ModelInfo | None = None
    trace: Trace | None = None
    sentence: str = ""
    translation: str = ""
    ahead: tuple[Token, ...] = ()
    waiting: Pending | Unavailable = LOADING
    document: Document | None = None
    vocabulary: tuple[Token, ...] = ()
    experiments: Experiments = NO_EXPERIMENTS

    def taught(self, kind: Kind) -> Head | None:
        """The head of a kind that was trained to align words (Garg et al. 2019), where there is one."""
        guided = self.info.config.guided_head if self.info and kind is Kind.CROSS else None
        return None if guided is None else Head(*guided)
