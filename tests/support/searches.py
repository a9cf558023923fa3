"""A beam search and a ranking of heads of the made-up model."""

from __future__ import annotations

from attention_viewer.model.contract.beam import BeamNode, BeamTree, Fate
from attention_viewer.model.contract.document import Document, go_to
from attention_viewer.model.contract.experiments import HeadEffect
from attention_viewer.model.contract.maps import CROSS, ENCODER
from attention_viewer.viewer.state.results import BEAM, NO_RESULTS, RANKING, Ranking, Results
from support import traces


def searched(document: Document) -> Results:
    """Both, as results of a document."""
    first, second, third, end = traces.TARGET
    nodes = (
        BeamNode(first, None, 1, -0.1, Fate.SURVIVED),
        BeamNode(second, 0, 2, -0.4, Fate.SURVIVED),
        BeamNode(third, 0, 2, -1.5, Fate.DISCARDED),
        BeamNode(end, 1, 3, -0.7, Fate.FINISHED),
    )
    effects = (HeadEffect(CROSS, 1, 2, 0.25, -1.5), HeadEffect(ENCODER, 0, 1, 0.125, 0.5))
    tree = BeamTree(2, nodes, ((3, -0.2333),))
    return NO_RESULTS.answered([BEAM], document, tree).answered([RANKING], document, ranked(document, effects))


def ranked(document: Document, effects: tuple[HeadEffect, ...]) -> Ranking:
    """These effects as the ranking of a document's heads, on the whole made-up translation."""
    trace = traces.trace(len(traces.TARGET))
    return Ranking(effects, go_to(document, len(trace.steps)), trace, "Le tapis")
