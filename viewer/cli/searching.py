"""Finds translations as the options ask: greedy, of a beam, or sampled, each with its log-probability.

Importing this module imports neither torch nor Qt.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from attention_viewer.model.contract.api import How
from attention_viewer.model.contract.choosing import words
from attention_viewer.model.contract.document import Document, go_to
from attention_viewer.model.contract.hypotheses import branch, choose_hypothesis
from attention_viewer.viewer.cli.decoding import Search

if TYPE_CHECKING:
    from attention_viewer.model.translator import Translator

Check = Callable[[], None]
"""Called after each decoder row; it may raise."""
DIGITS = 6
"""Decimals of a log-probability in files."""


@dataclass(frozen=True)
class Found:
    """A translation that was found, as a document that runs through it.

    `log_probability` is natural, summed over its tokens at temperature 1; `score`, by which beams are ordered, is that
    over the number of tokens, in a beam with the penalty for repetition. `by` says in words how it was found, `rank`
    counts from 1; `chosen` are its tokens.
    """

    document: Document
    text: str
    log_probability: float
    score: float
    rank: int
    by: str
    chosen: tuple[tuple[int, How], ...] = ()

    def about(self) -> dict[str, Any]:
        """What a data file says of it."""
        return {
            "by": self.by,
            "rank": self.rank,
            "log_probability": round(self.log_probability, DIGITS),
            "score": round(self.score, DIGITS),
        }


def found(translator: Translator, document: Document, search: Search, check: Check = lambda: None) -> list[Found]:
    """The translations of a document's sentence, the best first (samples: in the order of their seeds).

    Raises InputError where the sentence will not do.
    """
    if search.beam is not None:
        return _by_beam(translator, replace(document, decoding=search.decoding), search, check)
    ranks = range(1, search.count + 1)
    return [_drawn(translator, document, replace(search, seed=search.seed + rank - 1), rank, check) for rank in ranks]


def _by_beam(translator: Translator, document: Document, search: Search, check: Check) -> list[Found]:
    from attention_viewer.model.translator import finished

    tree = finished(translator.beam_steps(document), check)
    by = ", ".join((f"beam {search.beam}", *tree.held_back))
    results = []
    for rank, (node, score) in enumerate(tree.finished[: search.count], start=1):
        tokens = tree.path(node)
        path = tuple((token.id, How.BEAM) for token in tokens)
        chosen = branch(document, path)
        total = tree.nodes[node].log_probability
        results.append(Found(chosen, translator.text(tokens), total, score, rank, by, path))
    return results


def _drawn(translator: Translator, document: Document, search: Search, rank: int, check: Check) -> Found:
    """A sample, or the greedy translation."""
    from attention_viewer.model.translator import finished

    drawn = go_to(replace(document, decoding=search.decoding), document.limit)
    trace = finished(translator.trace_steps(drawn), check)
    total = float(trace.log_probabilities.sum())
    path = tuple((step.output.id, step.how) for step in trace.steps)
    return Found(drawn, translator.text(trace), total, total / len(trace.steps), rank, words(search.decoding), path)


def together(document: Document, results: Sequence[Found]) -> Document:
    """One document with all that was found as hypotheses, the best of them current; the document's own stands first."""
    places = []
    for each in results:
        document = branch(document, each.chosen, decoding=each.document.decoding)
        places.append(document.current)
    return choose_hypothesis(document, places[0]) if places else document
