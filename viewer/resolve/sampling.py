"""The next token where it is drawn: what it is drawn from, beside the model's own distribution. Pure; no Qt."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from attention_viewer.model.contract.api import DecodeStep, Floats, How, Token, Trace
from attention_viewer.model.contract.choosing import Before, Decoding, Method, distribution, sample
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.quiet_specs import SamplingSpec
from attention_viewer.viewer.state.specs import Bar, BarsSpec, probability_text
from attention_viewer.viewer.state.view_state import ViewState

LEGEND = "hollow: T 1, uncut"


def controls(loaded: Loaded, view: ViewState) -> SamplingSpec:
    """What the controls of sampling show."""
    if loaded.document is None or loaded.trace is None:
        return SamplingSpec(Decoding(), "Encode a sentence first.")
    reason = "" if loaded.trace.causal else "Without the causal mask nothing is drawn: switch it on."
    return SamplingSpec(view.trial or loaded.document.decoding, reason)


def settings(loaded: Loaded, view: ViewState) -> Decoding | None:
    """The settings that tokens are chosen by, or would be by those that are being tried; None for the plain model's."""
    decoding = view.trial or (loaded.document.decoding if loaded.document is not None else None)
    if decoding is None or loaded.trace is None or not loaded.trace.causal:
        return None
    if decoding.method is Method.SAMPLING:
        return decoding
    return replace(decoding, temperature=1.0, top_k=0, top_p=1.0) if decoding.looks_back else None


def drawn_from(spec: BarsSpec, loaded: Loaded, view: ViewState) -> BarsSpec:
    """The bars with the probabilities that tokens are drawn by, hollow the model's own; as they are where none is."""
    trace, decoding = loaded.trace, settings(loaded, view)
    if decoding is None or trace is None or not trace.steps:
        return spec
    step, row = trace.steps[-1], len(trace.steps) - 1
    barred = loaded.info.architecture.barred_at(row) if loaded.info else ()
    probabilities = distribution(step.log_probabilities, decoding, barred, before(trace))
    token = standing(step, loaded, view)
    bars = tuple(_bar(bar, float(probabilities[bar.token]), bar.token == token.id) for bar in spec.bars)
    kept = int((probabilities > 0.0).sum())
    cut = "" if kept >= len(probabilities) - len(barred) else f", {kept} token{'s' if kept != 1 else ''} left"
    return replace(
        spec,
        subtitle=f"{spec.subtitle}{f' at T {decoding.temperature:g}' if controls(loaded, view).on else ''}{cut}",
        bars=bars,
        drawn=_told(step, token, probabilities, spec.digits),
        legend=LEGEND,
    )


def standing(step: DecodeStep, loaded: Loaded, view: ViewState) -> Token:
    """The token after the last row: the one that stands, or that the settings being tried would draw in its place."""
    decoding, vocabulary = settings(loaded, view), loaded.vocabulary
    if view.trial is None or decoding is None or step.how is not How.SAMPLED or not vocabulary or loaded.trace is None:
        return step.output
    row = len(loaded.trace.steps) - 1
    barred = loaded.info.architecture.barred_at(row) if loaded.info else ()
    return vocabulary[sample(step.log_probabilities, decoding, barred, row, before(loaded.trace))]


def before(trace: Trace) -> Before:
    """What the choice after the last row may look back at."""
    return Before([token.id for token in trace.input_tokens], trace.steps[-1].normaliser)


def _bar(bar: Bar, probability: float, chosen: bool) -> Bar:
    tip = f"drawn with probability {probability:.6f} · {bar.tooltip}"
    # The rank of what stands is told below the bars, where it has room.
    return Bar(bar.label, probability, chosen, tip, bar.token, bar.probability, 0 if chosen else bar.rank)


def _told(step: DecodeStep, token: Token, probabilities: Floats, digits: int) -> tuple[str, str]:
    """What stands at this step: its text, the probability it is drawn by, and its rank for the model."""
    how = "drawn" if step.how is How.SAMPLED else step.how.value
    rank = 1 + int(np.count_nonzero(step.log_probabilities > step.log_probabilities[token.id]))
    probability = float(probabilities[token.id])
    # What was drawn is often improbable: how much so is what one looks for.
    told = f"{probability:.1e}" if 0.0 < probability < 0.5 * 10.0**-digits else probability_text(probability, digits)
    return f"{how}: {token.text}", f"with {told}, rank {rank}"
