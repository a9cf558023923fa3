"""How tokens came to stand where they do, in words: under other conditions than those on screen they were kept.

No Qt, no torch.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from attention_viewer.model.contract import choosing
from attention_viewer.model.contract.api import DecodeStep, How
from attention_viewer.model.contract.document import Choice, Document, alone, free_how, made_under, path
from attention_viewer.model.contract.interventions import while_decoding
from attention_viewer.viewer.state.conditions import words


def step_words(step: DecodeStep, document: Document | None, index: int) -> str:
    """What a tip says of the token after row `index` (from 0): its probability, its rank, and what it was made under.

    "" of the last where it is the greedy choice of the model shown.
    """
    if math.isnan(step.log_probability):
        return "probability unknown: the rows were computed elsewhere"
    probability = _probability(step)
    if step.how is How.KEPT and document is not None:
        made = made_words(choice_at(document, index), document)
        return f"kept: {made}; the model now shown gives it p = {probability}, rank {step.rank}"
    how = "" if step.how is How.GREEDY else f" · {step.how.value}"
    return f"probability {probability} · rank {step.rank}{how}"


def kept_words(document: Document, index: int, how: Sequence[How]) -> str:
    """How those tokens of a hypothesis were chosen that are kept; "" where none is. `how` is that of its tokens."""
    seen = alone(document, index)
    kept = [made_words(choice_at(seen, row), seen) for row, each in enumerate(how) if each is How.KEPT]
    if not kept:
        return ""
    return f"kept: {'; '.join(dict.fromkeys(kept))}. ln p is that of the model now shown."


def made_words(choice: Choice, document: Document) -> str:
    """What a choice was made under, where it is not what the document stands under: "chosen greedily with ..."."""
    made, now = choice.made, document.interventions
    held = choosing.switches(made.decoding)
    way = {
        How.GREEDY: f"chosen greedily ({', '.join(held)})" if held else "chosen greedily",
        How.SAMPLED: f"sampled ({choosing.words(made.decoding)})",
        How.BEAM: ", ".join((f"found by a beam {made.decoding.beam_width} wide", *held)),
        How.FORCED: "forced",
    }[choice.how]
    mask = () if now.causal_mask else ("the causal mask on",)
    under = (*words(made.interventions), *mask)
    if made.interventions != while_decoding(now) and not made.interventions:
        return f"{way} without interventions"
    return f"{way} with {', '.join(under)}" if under else way


def choice_at(document: Document, index: int) -> Choice:
    """The choice that stands after row `index` (from 0), or the one that the model makes there."""
    standing = path(document)
    if index < len(standing) and standing[index].token is not None:
        return standing[index]
    how = free_how(document.decoding)
    return Choice(None, how, None, made_under(how, document.decoding, document.interventions))


def _probability(step: DecodeStep) -> str:
    """Four decimals, or two significant digits where those would all be zeros."""
    value = math.exp(step.log_probability)
    return f"{value:.4f}" if value >= 0.00005 else f"{value:.1e}"
