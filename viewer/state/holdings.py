"""What of a document is work: what a person made of the sentence, and would miss. Pure; no Qt."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from attention_viewer.model.contract import choosing
from attention_viewer.model.contract.api import How
from attention_viewer.model.contract.document import Document, hypotheses
from attention_viewer.model.contract.interventions import Positions


@dataclass(frozen=True)
class Holdings:
    """How much there is of each kind of work: other hypotheses, tokens forced or from a beam, names, interventions."""

    others: int = 0
    forced: int = 0
    beam: int = 0
    names: int = 0
    interventions: int = 0

    def __bool__(self) -> bool:
        """Whether there is any."""
        return self != Holdings()

    def __str__(self) -> str:
        """In a few words, "2 hypotheses, 1 forced token"; "" where there is none."""
        parts = (
            self.others and f"{self.others + 1} hypotheses",
            self.forced and _counted(self.forced, "forced token"),
            self.beam and f"{_counted(self.beam, 'token')} from a beam",
            self.names and _counted(self.names, "name"),
            self.interventions and _counted(self.interventions, "intervention"),
        )
        return ", ".join(part for part in parts if part)


def holdings(document: Document) -> Holdings:
    """The work that a document holds."""
    kept, now = hypotheses(document), document.interventions
    chosen = Counter(choice.how for choice in document.choices if choice.token is not None)
    moved = (now.encoder_positions, now.decoder_positions)
    switches = sum(each is not Positions.ON for each in moved) + (not now.causal_mask)
    return Holdings(
        others=len(kept) - 1,
        forced=chosen[How.FORCED],
        beam=chosen[How.BEAM],
        # A draw is named by its settings until somebody gives it another name.
        names=sum(each.name not in ("", choosing.words(each.decoding)) for each in kept),
        interventions=len(now.heads_off) + len(now.hidden) + len(now.patches) + switches,
    )


def _counted(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"
