"""The work the window asks of the model: generators that run in the worker. No Qt; torch only when they run."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

from attention_viewer.model.contract.api import BeamTree, Check, Effect, HeadEffect, How, Progress, Token, Trace
from attention_viewer.model.contract.document import Document
from attention_viewer.viewer.state.loaded import HypothesisText
from attention_viewer.viewer.work.jobs import Work


@dataclass(frozen=True, eq=False)
class Traced:
    """A document, everything the model computed for it, and the translation so far as text.

    `rows` counts the decoder rows that were computed now rather than remembered.
    """

    document: Document
    trace: Trace
    translation: str
    rows: int


@dataclass(frozen=True, eq=False)
class Measured:
    """What the interventions of a document change, with both translations as text."""

    effect: Effect
    before: str
    after: str


def trace_work(document: Document) -> Work:
    """Work that traces `document`, reporting each new decoder row."""

    def work(session: Any) -> Generator[Progress, None, Traced]:
        rows = 0
        steps = session.trace_steps(document)
        while True:
            try:
                progress = next(steps)
            except StopIteration as stop:
                return Traced(document, stop.value, session.text(stop.value.output_tokens), rows)
            rows += 1
            yield progress

    return work


def force_work(document: Document, target: str, outputs: Sequence[tuple[int, How]] = ()) -> Work:
    """Work that traces a document's source with `target` as its forced translation (teacher forcing).

    `outputs` are the tokens known for the hypothesis that is left.
    """

    def work(session: Any) -> Generator[Progress, None, Traced]:
        from attention_viewer.model.contract.hypotheses import teacher_force

        forced = teacher_force(document, [token.id for token in session.encode_target(target)], outputs)
        traced: Traced = yield from trace_work(forced)(session)
        return traced

    return work


def effect_work(document: Document) -> Work:
    """Work that measures what the document's interventions change."""

    def work(session: Any) -> Generator[Progress, None, Measured]:
        effect: Effect = yield from session.effect_steps(document)
        after = "" if effect.translation_after is None else session.text(effect.translation_after)
        return Measured(effect, session.text(effect.translation_before), after)

    return work


def spelling_work(documents: Sequence[Document]) -> Work:
    """Work that spells and scores the hypothesis that each of some documents looks at."""

    def work(session: Any) -> Generator[Progress, None, tuple[HypothesisText, ...]]:
        texts = []
        for document in documents:
            trace: Trace = yield from session.trace_steps(document)
            texts.append(hypothesis_text(trace, session.text(trace.output_tokens)))
        return tuple(texts)

    return work


def hypothesis_text(trace: Trace, text: str) -> HypothesisText:
    """A hypothesis as its trace has it, which spells `text`."""
    how = tuple(step.how for step in trace.steps)
    return HypothesisText(text, float(trace.log_probabilities.sum()), how, trace.ended is not None)


def rank_work(document: Document) -> Work:
    """Work that switches off every head in turn, reporting each."""

    def work(session: Any) -> Generator[Progress, None, tuple[HeadEffect, ...]]:
        effects: tuple[HeadEffect, ...] = yield from session.rank_heads_steps(document)
        return effects

    return work


def beam_work(document: Document) -> Work:
    """Work that searches the document's translation with a beam."""

    def work(session: Any) -> Generator[Progress, None, BeamTree]:
        tree: BeamTree = yield from session.beam_steps(document)
        return tree

    return work


def check_work(document: Document) -> Work:
    """Work that measures the autoregressive property on the document's translation."""

    def work(session: Any) -> Generator[Progress, None, Check]:
        check: Check = yield from session.check_steps(document)
        return check

    return work


def vocabulary_work(session: Any) -> Generator[Progress, None, tuple[Token, ...]]:
    """Work that fetches the target vocabulary."""
    yield Progress(0, 1)
    vocabulary: tuple[Token, ...] = session.vocabulary()
    return vocabulary
