"""From the laboratory's results to what its panels show: pure functions, no Qt, no torch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from html import escape

import numpy as np
from attention_viewer.model.contract.api import DecodeStep, How, ModelInfo, Token, Trace
from attention_viewer.model.contract.beam import BeamTree
from attention_viewer.model.contract.capabilities import Capability
from attention_viewer.model.contract.choosing import Method
from attention_viewer.model.contract.document import Document, Hypothesis, hypotheses
from attention_viewer.model.contract.experiments import Check, Effect
from attention_viewer.model.contract.interventions import HeadId
from attention_viewer.viewer.resolve.naming import told_apart
from attention_viewer.viewer.resolve.provenance import kept_words
from attention_viewer.viewer.resolve.sampling import standing
from attention_viewer.viewer.state.comparing import parting, row_of
from attention_viewer.viewer.state.conditions import heads_off_words, patch_words
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.plain_text import isolated
from attention_viewer.viewer.state.results import BEAM, EFFECT, RANKING, TRANSLATIONS, HypothesisText
from attention_viewer.viewer.state.specs import (
    Bar,
    BarsSpec,
    BeamDot,
    BeamSpec,
    HeadEffectRow,
    HypothesesSpec,
    HypothesisRow,
    LaboratorySpec,
    Pending,
    RankingSpec,
    Unavailable,
)
from attention_viewer.viewer.state.view_state import Head, ViewState

FILTERED = 50
"""Most pieces a filter shows."""
NO_RANKING = Unavailable("There is no ranking of heads yet: run it first (Laboratory > Rank heads).")
NO_BEAM = Unavailable("Decode > Beam search (Ctrl+B) draws the hypotheses that it keeps and throws away.")

Missing = Pending | Unavailable


def bars(step: DecodeStep, subtitle: str, loaded: Loaded, view: ViewState) -> BarsSpec:
    """The next-token distribution of a row: its most probable tokens, or those the filter lets through."""
    measured = loaded.found(EFFECT)
    effect = None if measured is None else measured.effect
    before = effect.before if effect is not None and effect.before.reads.id == step.reads.id else None
    filtered = bool(view.filter.strip())
    if filtered:
        tokens = _filtered(step, loaded.vocabulary, view.filter)
    else:
        tokens = [candidate.token for candidate in step.candidates]
        chosen = standing(step, loaded, view)
        if chosen.id not in [token.id for token in tokens]:
            # A token that was chosen against the odds takes the place of the last candidate.
            tokens[-1] = chosen
    named = zip(tokens, told_apart([_going_on(token) if filtered else token for token in tokens]), strict=True)
    return BarsSpec(
        title="Next token",
        subtitle=subtitle,
        bars=tuple(_bar(token, name, step, before) for token, name in named),
        note=_divergence_text(effect, loaded.trace) if effect is not None and before is not None else "",
    )


def choosable(loaded: Loaded) -> str | None:
    """Why no candidate can be forced; None where one can."""
    if loaded.trace is None or not loaded.trace.steps:
        return "There is no step to force a token at yet."
    if not loaded.trace.causal:
        return "Without the causal mask the target is fixed: switch the mask on to force tokens."
    return None


def hypotheses_spec(loaded: Loaded) -> HypothesesSpec | Missing:
    """The continuations that were kept."""
    document, trace = loaded.document, loaded.trace
    if document is None or trace is None:
        return loaded.waiting
    other = loaded.results.other
    kept = enumerate(zip(hypotheses(document), loaded.texts, strict=True))
    rows = [_row(each, text, index, document) for index, (each, text) in kept]
    if other is None:
        return HypothesesSpec(tuple(rows))
    b = row_of(other, document, trace)
    sides = (("A" if row.current else "", "B" if index == b else "") for index, row in enumerate(rows))
    rows = [replace(row, side=" ".join(filter(None, side))) for row, side in zip(rows, sides, strict=True)]
    elsewhere = "" if b is not None else ", which is not in this list"
    return HypothesesSpec(tuple(rows), f"B is {other.name}{elsewhere}. {parting(trace, other.trace)}.")


def no_beam(loaded: Loaded) -> Missing:
    """Why there is no tree of a beam search, where there is none."""
    if why := loaded.reason(Capability.BEAM_SEARCH):
        return Unavailable(why)
    return NO_BEAM if loaded.trace is not None else loaded.waiting


def no_ranking(loaded: Loaded) -> Missing:
    """Why there is no ranking of heads, where there is none."""
    return NO_RANKING if loaded.trace is not None else loaded.waiting


def beam_spec(tree: BeamTree | None, selected: int | None, missing: Missing) -> BeamSpec | Missing:
    """The tree of the last beam search; `missing` where there is none."""
    if tree is None:
        return missing
    ranks = {node: rank for rank, (node, _) in enumerate(tree.finished, start=1)}
    scores = dict(tree.finished)
    dots = tuple(
        BeamDot(
            label=isolated(node.token.text),
            parent=node.parent,
            step=node.step,
            log_probability=node.log_probability,
            fate=node.fate.value,
            rank=ranks.get(index, 0),
            tooltip=_beam_tip(tree, index, scores.get(index)),
        )
        for index, node in enumerate(tree.nodes)
    )
    return BeamSpec(
        title=", ".join((f"Beam search, {tree.width} wide", *tree.held_back)),
        subtitle=f"score = {'penalised ' if tree.penalised else ''}ln p ÷ tokens; click a node to see the attention of "
        "its hypothesis",
        dots=dots,
        selected=selected,
    )


def beam_node(loaded: Loaded) -> int | None:
    """The node of the beam's tree whose hypothesis is on screen, if any is."""
    tree, trace = loaded.found(BEAM), loaded.trace
    if tree is None or trace is None or not trace.steps:
        return None
    ids = [token.id for token in trace.output_tokens]
    for index, node in enumerate(tree.nodes):
        if node.step == len(ids) and node.token.id == ids[-1] and [each.id for each in tree.path(index)] == ids:
            return index
    return None


def ranking_spec(loaded: Loaded) -> RankingSpec:
    """All heads by what switching them off does, and which were off then."""
    ranking = loaded.found(RANKING)
    order = {each.kind: index for index, each in enumerate(loaded.maps)}
    off = loaded.document.interventions.heads_off if loaded.document else frozenset()
    rows = tuple(
        HeadEffectRow(
            effect.kind,
            Head(effect.layer, effect.head),
            effect.divergence,
            effect.log_probability,
            HeadId(effect.kind, effect.layer, effect.head) in off,
            loaded.taught(effect.kind) == Head(effect.layer, effect.head),
            order[effect.kind],
        )
        for effect in (ranking.effects if ranking else ())
    )
    progress = loaded.progress(RANKING)
    reason = loaded.reason(Capability.HEADS_OFF)
    if not reason and (loaded.document is None or loaded.trace is None):
        reason = loaded.waiting.reason
    ranked = "" if ranking is None else _ranked_with(ranking.document.interventions.heads_off, off, loaded.info)
    return RankingSpec(rows, None if progress is None else (progress.done, progress.total), reason, ranked)


def _ranked_with(then: frozenset[HeadId], now: frozenset[HeadId], info: ModelInfo | None) -> str:
    """Which heads were off at a ranking; "" where none was and none is."""
    if then:
        return f"Ranked with {heads_off_words(then, info)}."
    return "Ranked with all heads on." if now else ""


def laboratory_spec(loaded: Loaded) -> LaboratorySpec:
    """The state of every switch and what they change."""
    document, trace = loaded.document, loaded.trace
    if document is None or trace is None:
        return LaboratorySpec(reason=loaded.waiting.reason)
    now, measured, translations = document.interventions, loaded.found(EFFECT), loaded.found(TRANSLATIONS)
    tokens = trace.source_tokens
    return LaboratorySpec(
        encoder_positions=now.encoder_positions.value,
        decoder_positions=now.decoder_positions.value,
        shuffle_seed=now.shuffle_seed,
        causal_mask=now.causal_mask,
        heads_off=tuple((head.kind, Head(head.layer, head.head)) for head in sorted(now.heads_off)),
        hidden=tuple((index, tokens[index].text) for index in sorted(now.hidden) if index < len(tokens)),
        patches=tuple((patch, patch_words(patch, loaded.maps)) for patch in now.patches),
        effect="" if measured is None else _effect_text(measured.effect, trace),
        before="" if translations is None else translations.before,
        after="" if translations is None else translations.after,
        capabilities=loaded.capabilities,
    )


def mark(step: DecodeStep) -> str:
    """How a token came to stand where it does, as chips show it; "" for the model's own greedy choice."""
    if step.how is How.FORCED and is_surprising(step):
        return "surprising"
    return "" if step.how is How.GREEDY else step.how.value


SURPRISING = 0.01
"""A forced token that the model gave less than this probability stands out."""


def is_surprising(step: DecodeStep) -> bool:
    """Whether the model gave the token a very small probability."""
    return step.log_probability < math.log(SURPRISING)


def _going_on(token: Token) -> Token:
    """A piece as a filtered list names it, where the same letters may begin a word and go on with one."""
    return token if token.starts_word else replace(token, text=f"…{token.text}")


def _bar(token: Token, name: str, step: DecodeStep, before: DecodeStep | None) -> Bar:
    logs = step.log_probabilities
    probability = math.exp(logs[token.id])
    rank = 1 + int((logs > logs[token.id]).sum())
    earlier = None if before is None else math.exp(before.log_probabilities[token.id])
    tip = f"{token.piece} · id {token.id} · rank {rank} · probability {probability:.6f} · ln {logs[token.id]:.3f}"
    if earlier is not None:
        tip += f" · {earlier:.6f} without interventions"
    return Bar(isolated(name), probability, token.id == step.output.id, tip, token.id, earlier, rank)


def _filtered(step: DecodeStep, vocabulary: Sequence[Token], text: str) -> list[Token]:
    """Pieces that hold the text: that piece itself, then those that begin with it, then the others.

    Each group has the most probable first; a leading space asks for the beginning of a word.
    """
    wanted = text.casefold().replace(" ", "▁") if text.startswith(" ") else text.strip().casefold()
    found = [token for token in vocabulary if wanted in token.piece.casefold()]
    logs = step.log_probabilities

    def order(token: Token) -> tuple[int, float]:
        text = token.piece.casefold().removeprefix("▁")
        plain = wanted.removeprefix("▁")
        return (0 if text == plain else 1 if text.startswith(plain) else 2), -float(logs[token.id])

    return sorted(found, key=order)[:FILTERED]


def _effect_text(effect: Effect, trace: Trace) -> str:
    fixed = "" if trace.causal else " · without the causal mask nothing is decoded freely: no translation after"
    return f"{_divergence_text(effect, trace)} · a ranking has the mean over all steps{fixed}"


def _divergence_text(effect: Effect, trace: Trace | None) -> str:
    """The divergence at the newest row, whose step stands with it: that of other steps may be far from it."""
    at = f" at step {len(trace.steps)}" if trace is not None else ""
    if 0.0 < effect.divergence < 0.0001:
        return f"KL(before ‖ after){at} < 0.0001 nats"
    return f"KL(before ‖ after){at} = {effect.divergence:.4f} nats"


def _row(hypothesis: Hypothesis, text: HypothesisText | None, index: int, document: Document) -> HypothesisRow:
    return HypothesisRow(
        name=hypothesis.name,
        text="" if text is None else text.text,
        log_probability=None if text is None else text.log_probability,
        tokens=hypothesis.step if text is None else len(text.how),
        how=_how(text, hypothesis),
        current=index == document.current,
        ended=text is not None and text.ended,
        kept="" if text is None else kept_words(document, index, text.how),
    )


def _how(text: HypothesisText | None, hypothesis: Hypothesis) -> str:
    """How a hypothesis came about, in a few words."""
    if text is None:
        return ""
    forced = [str(index) for index, how in enumerate(text.how, start=1) if how is How.FORCED]
    if len(forced) == len(text.how) > 1:
        return "teacher forcing"
    parts = []
    if forced:
        shown = ", ".join(forced[:4]) + (" …" if len(forced) > 4 else "")
        parts.append(f"forced at {shown}")
    if How.BEAM in text.how:
        parts.append("beam")
    if How.SAMPLED in text.how or (not text.how and hypothesis.decoding.method is Method.SAMPLING):
        parts.append("sampled")
    if How.KEPT in text.how:
        count = text.how.count(How.KEPT)
        parts.append("kept" if count == len(text.how) else f"{count} kept")
    return ", ".join(parts) or "greedy"


def _beam_tip(tree: BeamTree, index: int, score: float | None) -> str:
    node = tree.nodes[index]
    parent = 0.0 if node.parent is None else tree.nodes[node.parent].log_probability
    probability = math.exp(np.clip(node.log_probability - parent, -100.0, 0.0))
    tip = (
        f"{node.token.piece} · step {node.step} · {node.fate.value} · probability {probability:.4f} · ln p of all so "
        f"far {node.log_probability:.3f}"
    )
    return tip if score is None else f"{tip} · score {score:.4f}"


def check_text(check: Check) -> str:
    """The figures of the check as rich text."""
    at = check.position + 1
    return (
        f"<p><b>In parallel or step by step.</b> All {check.rows} rows of this translation were computed once in one "
        "pass with the causal mask (teacher forcing) and once one at a time. The largest difference is "
        f"<b>{check.log_probabilities:.1e}</b> in the log-probabilities and <b>{check.weights:.1e}</b> in the "
        "attention weights: rounding, nothing more.</p>"
        f"<p><b>A later token changed.</b> The token that row {at} reads was replaced by "
        f"‘{escape(check.replacement.text)}’. Rows 1 to {check.position} moved by "
        f"<b>{_moved(check.earlier_rows)}</b>; rows {at} to {check.rows} by up to <b>{check.later_rows:.2g}</b>. "
        "Earlier rows cannot depend on later tokens: that is what the mask is for, and why rows can be kept while "
        "stepping.</p>"
    )


def _moved(difference: float) -> str:
    return "exactly 0" if difference == 0.0 else f"at most {difference:.1e}"
