"""The work the window asks of the model: generators that run in the worker. No Qt; torch only when they run."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from functools import cache

from attention_viewer.model.analysis.encoding_properties import Judged, judge
from attention_viewer.model.analysis.head_table import HeadTable
from attention_viewer.model.contract.api import How, Progress, Token, Trace
from attention_viewer.model.contract.attribution import Attribution
from attention_viewer.model.contract.beam import BeamTree
from attention_viewer.model.contract.document import Document, go_to
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.experiments import Check
from attention_viewer.model.contract.inside import DecoderLens, Inside, Permutation, Timed
from attention_viewer.model.contract.methods import Method
from attention_viewer.model.contract.open_model import OpenModel
from attention_viewer.viewer.state.results import HypothesisText, Measured, Ranking, hypothesis_text
from attention_viewer.viewer.state.state import Traced
from attention_viewer.viewer.state.survey import Lines, Survey
from attention_viewer.viewer.work.jobs import Result, Work


def trace_work(document: Document) -> Work[Traced]:
    """Work that traces `document`, reporting each new decoder row."""

    def work(model: OpenModel) -> Generator[Progress, None, Traced]:
        rows = 0
        steps = model.trace_steps(document)
        while True:
            try:
                progress = next(steps)
            except StopIteration as stop:
                return Traced(document, stop.value, model.text(stop.value.output_tokens), rows)
            rows += 1
            yield progress

    return work


def force_work(document: Document, target: str, outputs: Sequence[tuple[int, How]] = ()) -> Work[Traced]:
    """Work that traces a document's source with `target` as its forced translation (teacher forcing).

    `outputs` are the tokens known for the hypothesis that is left.
    """

    def work(model: OpenModel) -> Generator[Progress, None, Traced]:
        from attention_viewer.model.contract.hypotheses import teacher_force

        forced = teacher_force(document, [token.id for token in model.encode_target(target)], outputs)
        return (yield from trace_work(forced)(model))

    return work


def effect_work(document: Document) -> Work[Measured]:
    """Work that measures what the document's interventions change."""

    def work(model: OpenModel) -> Generator[Progress, None, Measured]:
        effect = yield from model.effect_steps(document)
        after = "" if effect.translation_after is None else model.text(effect.translation_after)
        return Measured(effect, model.text(effect.translation_before), after)

    return work


def spelling_work(documents: Sequence[Document]) -> Work[tuple[HypothesisText, ...]]:
    """Work that spells and scores the hypothesis that each of some documents looks at."""

    def work(model: OpenModel) -> Generator[Progress, None, tuple[HypothesisText, ...]]:
        texts = []
        for document in documents:
            trace = yield from model.trace_steps(document)
            texts.append(hypothesis_text(trace, model.text(trace.output_tokens)))
        return tuple(texts)

    return work


def rank_work(document: Document) -> Work[Ranking]:
    """Work that switches off every head in turn, reporting each."""

    def work(model: OpenModel) -> Generator[Progress, None, Ranking]:
        trace = yield from _each(model.trace_steps(go_to(document, document.limit)), Progress(0, 1))
        effects = yield from model.rank_heads_steps(document)
        return Ranking(effects, go_to(document, len(trace.steps)), trace, model.text(trace.output_tokens))

    return work


def beam_work(document: Document) -> Work[BeamTree]:
    """Work that searches the document's translation with a beam."""

    def work(model: OpenModel) -> Generator[Progress, None, BeamTree]:
        return (yield from model.beam_steps(document))

    return work


def check_work(document: Document) -> Work[Check]:
    """Work that measures the autoregressive property on the document's translation."""

    def work(model: OpenModel) -> Generator[Progress, None, Check]:
        return (yield from model.check_steps(document))

    return work


def inside_work(document: Document) -> Work[Inside]:
    """Work that records everything between the attention maps."""

    def work(model: OpenModel) -> Generator[Progress, None, Inside]:
        return (yield from model.inside_steps(document))

    return work


@cache
def attribution_work(method: Method) -> Callable[[Document], Work[Attribution]]:
    """Work that tells what each row of a document depends on, by a method."""

    def asked(document: Document) -> Work[Attribution]:
        def work(model: OpenModel) -> Generator[Progress, None, Attribution]:
            return (yield from model.attribution_steps(document, method))

        return work

    return asked


def heads_work(document: Document) -> Work[HeadTable]:
    """Work that measures every head of a document's trace."""

    def work(model: OpenModel) -> Generator[Progress, None, HeadTable]:
        from attention_viewer.model.analysis.head_table import head_table

        trace = yield from model.trace_steps(document)
        return (yield from head_table(trace))

    return work


def survey_work(lines: Lines) -> Work[Survey]:
    """Work that measures every head over sentences, reporting each; a translation that is not given is the model's."""

    def work(model: OpenModel) -> Generator[Progress, None, Survey]:
        from attention_viewer.model.analysis.head_table import Gathered, gathering, table_of

        gathered, left_out, total = Gathered(), 0, len(lines.pairs)
        for done, pair in enumerate(lines.pairs):
            try:
                trace = yield from _each(_traced(model, *pair), Progress(done, total))
            except InputError:
                left_out += 1
                continue
            gathered = yield from _each(gathering(gathered, trace), Progress(done, total))
        if left_out == total:
            raise InputError(
                f"No line of {lines.name} is a sentence that this model can work with: choose another file."
            )
        return Survey(lines, total - left_out, left_out, table_of(gathered))

    return work


def _traced(model: OpenModel, source: str, target: str | None) -> Generator[Progress, None, Trace]:
    from attention_viewer.model.contract.hypotheses import teacher_force

    document = Document(source)
    if target is not None:
        document = teacher_force(document, [token.id for token in model.encode_target(target)])
    return (yield from model.trace_steps(go_to(document, document.limit)))


def _each(steps: Generator[Progress, None, Result], progress: Progress) -> Generator[Progress, None, Result]:
    """Work in pieces that reports the progress of what it is a part of."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            result: Result = stop.value
            return result
        yield progress


def decoder_lens_work(document: Document) -> Work[DecoderLens]:
    """Work that feeds the decoder each encoder layer's output."""

    def work(model: OpenModel) -> Generator[Progress, None, DecoderLens]:
        return (yield from model.decoder_lens_steps(document))

    return work


def permutation_work(document: Document) -> Work[Permutation]:
    """Work that puts the source's tokens into another order."""

    def work(model: OpenModel) -> Generator[Progress, None, Permutation]:
        return (yield from model.permutation_steps(document))

    return work


def properties_work(document: Document) -> Work[Judged]:
    """Work that tries every positional encoding's properties at the model's width."""

    def work(model: OpenModel) -> Generator[Progress, None, Judged]:
        return (yield from judge(model.info.architecture.d_model))

    return work


def timing_work(document: Document) -> Work[Timed]:
    """Work that times layers of the model's width."""

    def work(model: OpenModel) -> Generator[Progress, None, Timed]:
        return (yield from model.timing_steps())

    return work


def vocabulary_work(model: OpenModel) -> Generator[Progress, None, tuple[Token, ...]]:
    """Work that fetches the target vocabulary."""
    yield Progress(0, 1)
    return model.vocabulary()
