"""Word links of a sentence, by the cross-attention head that agrees best with what all heads agree on. Torch-free.

Shape letters: Ld, Hd decoder layers and heads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from attention_viewer.model.analysis.alignment import Convention, Link, Sentence, pharaoh, words_of
from attention_viewer.model.analysis.consensus import Aligner, agreements, best_of, head_links
from attention_viewer.model.contract.api import Floats, Trace
from attention_viewer.model.contract.maps import Kind


@dataclass(frozen=True, eq=False)
class Alignment:
    """The head that aligns best, and the `links` of source and target words, from 0, that it finds in a sentence.

    `agreements` are how well the links of every head, [Ld, Hd], agree with the consensus of all, from 0 to 1, under
    each convention of what a row stands for.
    """

    aligner: Aligner
    links: frozenset[Link]
    agreements: Mapping[Convention, Floats]

    @property
    def pharaoh(self) -> str:
        """The links as people exchange them, `0-0 1-2`."""
        return pharaoh(self.links)

    @property
    def best(self) -> Floats:
        """The agreement of every head under the convention that suits it better, [Ld, Hd]."""
        found: Floats = np.max(np.stack(list(self.agreements.values())), axis=0)
        return found


def crossing(trace: Trace) -> Kind | None:
    """The kind of attention whose rows are of the target and whose columns of the source; None where there is none."""
    return next((each.kind for each in trace.maps if each.crosses), None)


def sentence_of(trace: Trace) -> Sentence | None:
    """A trace as what can be aligned, its pieces by words; None where it has no decoder row or no cross-attention."""
    kind = crossing(trace)
    if kind is None or not trace.steps:
        return None
    return Sentence(trace.weights(kind), tuple(words_of(trace.output_tokens)), tuple(words_of(trace.source_tokens)))


def align(sentences: Sequence[Sentence]) -> Alignment | None:
    """The head that aligns best over `sentences`, and the links of the last one; None where nothing is linked."""
    if not sentences:
        return None
    found = agreements(sentences)
    aligner = best_of(found)
    return Alignment(aligner, head_links(sentences[-1], aligner), found) if aligner.agreement else None
