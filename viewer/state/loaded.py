"""What has been computed so far and is there to be looked at. No Qt, no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from attention_viewer.model.contract.api import BeamTree, Effect, HeadEffect, How, Kind, ModelInfo, Token, Trace
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.interventions import NONE, Interventions
from attention_viewer.viewer.state import questions
from attention_viewer.viewer.state.comparing import Place, followed
from attention_viewer.viewer.state.questions import BEAM, EFFECT, RANK, TRANSLATIONS, Question
from attention_viewer.viewer.state.specs import Pending, Unavailable
from attention_viewer.viewer.state.view_state import Head

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
    """What the current trace is compared with: B of A and B. `interventions` are those it was computed under.

    `document` is what was traced. Where it looks at a hypothesis, `place` is where that was seen last, and
    `hypothesis` its index in the document shown; None where it is not kept there, and for anything else.
    """

    name: str
    trace: Trace
    sentence: str
    translation: str
    hypothesis: int | None = None
    interventions: Interventions = NONE
    document: Document | None = None
    place: Place | None = None


@dataclass(frozen=True, eq=False)
class Experiments:
    """Results of the laboratory; each present or not.

    `effect` and the two translations belong to the document's interventions, `texts` to its hypotheses, in their
    order. `rank_progress` is (done, total) while heads are ranked. `asked` has the question that each of them answers,
    by its name, and `spelled` all texts known.
    """

    effect: Effect | None = None
    before: str = ""
    after: str = ""
    texts: tuple[HypothesisText | None, ...] = ()
    other: Other | None = None
    beam: BeamTree | None = None
    ranking: tuple[HeadEffect, ...] = ()
    rank_progress: tuple[int, int] | None = None
    asked: Mapping[str, Question] = field(default_factory=dict)
    spelled: tuple[tuple[Question, HypothesisText], ...] = ()


NO_EXPERIMENTS = Experiments()


def fitting(experiments: Experiments, document: Document | None) -> Experiments:
    """Of some results those that are true of a document; hypotheses are yet to be spelled."""
    if document is None:
        return NO_EXPERIMENTS
    asked, kept = experiments.asked, replace(experiments, texts=())
    if EFFECT in asked and asked[EFFECT] != questions.effect(document):
        kept = replace(kept, effect=None)
    if TRANSLATIONS in asked and asked[TRANSLATIONS] != questions.translations(document):
        kept = replace(kept, before="", after="")
    if RANK in asked and asked[RANK] != questions.ranking(document):
        kept = replace(kept, ranking=())
    if BEAM in asked and asked[BEAM] != questions.beam(document):
        kept = replace(kept, beam=None)
    return kept if kept.other is None else replace(kept, other=placed(kept.other, document))


def placed(other: Other, document: Document) -> Other:
    """What is compared with, called by the place that it has among the hypotheses of a document."""
    if other.place is None or other.document is None:
        return other
    same = other.document.source == document.source
    place = followed(other.place, document, seen=other.hypothesis is not None) if same else None
    if place is None:
        return replace(other, name="a hypothesis that is not kept here", hypothesis=None)
    return replace(other, name=place.name or f"hypothesis {place.index + 1}", hypothesis=place.index, place=place)


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
