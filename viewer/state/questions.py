"""What of a document each measurement depends on: documents with the same question have the same result.

No Qt, no torch.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from attention_viewer.model.contract.api import How
from attention_viewer.model.contract.choosing import Decoding
from attention_viewer.model.contract.document import Against, Document, Made, alone, bearing, path
from attention_viewer.model.contract.hypotheses import opened
from attention_viewer.model.contract.interventions import Interventions

Node = tuple[int | None, How, Made]


@dataclass(frozen=True)
class Question:
    """What a result depends on: the sentence, the tokens that stand, how the model goes on, and how far."""

    source: str
    checkpoint: str
    interventions: Interventions
    limit: int
    nodes: tuple[Node, ...] = ()
    decoding: Decoding = field(default_factory=Decoding)
    step: int = 0
    against: Against | None = None


def line(document: Document, step: int) -> Question:
    """The rows of the current hypothesis up to `step`."""
    nodes = tuple((choice.token, choice.how, choice.made) for choice in path(document))
    return replace(_sentence(document), nodes=nodes, decoding=bearing(document), step=step)


def effect(document: Document) -> Question | None:
    """What the interventions change at the present row; None where there is nothing to measure."""
    return line(document, document.step) if document.interventions and document.step else None


def translations(document: Document) -> Question | None:
    """The translations before and after the interventions, whatever the step; None where there are none to measure."""
    return line(document, 0) if effect(document) is not None else None


def spelling(document: Document, index: int, known: int) -> Question:
    """A hypothesis as text; of the current one `known` rows were computed."""
    seen = spelled(document, index, known)
    return line(seen, seen.step)


def spelled(document: Document, index: int, known: int) -> Document:
    """The document that looks at a hypothesis; one that was stepped back in is still all that is known of it."""
    seen = alone(document, index)
    return replace(seen, step=max(seen.step, known)) if index == document.current else seen


def ranking(document: Document) -> Question:
    """The ranking of heads on the whole translation. It stays while heads are tried out, and says which were off."""
    untried = replace(document.interventions, heads_off=frozenset())
    return replace(line(opened(document), 0), interventions=untried)


def beam(document: Document) -> Question:
    """The beam's search, which begins with the sentence alone, and how repetition is held back in it."""
    return replace(_sentence(document), decoding=document.decoding.looking_back)


def check(document: Document) -> Question:
    """The check of the whole translation, which is made under the causal mask."""
    masked = replace(document.interventions, causal_mask=True)
    return replace(line(document, 0), interventions=masked)


def rows(document: Document) -> Question:
    """The rows shown, whatever is computed of them."""
    return line(document, document.step)


def attribution(document: Document) -> Question | None:
    """What each row depends on; None before the first row."""
    return rows(document) if document.step else None


def contrast(document: Document) -> Question | None:
    """What each row's contrast with another candidate depends on; None before the first row."""
    return replace(rows(document), against=document.against) if document.step else None


def source_alone(document: Document) -> Question:
    """What depends on the model and the sentence to translate, and on nothing else."""
    return Question(document.source, document.checkpoint, Interventions(), 0)


def model_alone(document: Document) -> Question:
    """What depends on the model and on no sentence."""
    return Question("", document.checkpoint, Interventions(), 0)


def _sentence(document: Document) -> Question:
    return Question(document.source, document.checkpoint, document.interventions, document.limit)
