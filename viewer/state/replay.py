"""A document of one model, replayed on another: what has no counterpart there is left out. No Qt, no torch."""

from __future__ import annotations

from dataclasses import replace

from attention_viewer.model.contract.api import ModelInfo
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.interventions import NONE, HeadId, Interventions

SWITCHES = ("encoder_positions", "decoder_positions", "causal_mask")
PLURAL = {
    "other hypothesis": "other hypotheses",
    "patch": "patches",
    "head switched off": "heads switched off",
    "switch of positions or mask": "switches of positions or mask",
}


def replayed(document: Document, info: ModelInfo) -> Document:
    """The document's sentence, settings and interventions, as far as they have a counterpart in the model `info`.

    Tokens, and with them hypotheses and hidden source tokens, belong to the model that they were chosen with.
    """
    now = _possible(document.interventions, info)
    kept = frozenset(head for head in now.heads_off if _has(info, head))
    return Document(
        document.source,
        step=document.step,
        limit=document.limit,
        decoding=document.decoding,
        interventions=replace(now, heads_off=kept, hidden=frozenset(), patches=()),
    )


def lost(document: Document, info: ModelInfo) -> str:
    """What of a document is left out when it is replayed on the model `info`, in words; "" where nothing is."""
    now = document.interventions
    chosen = sum(choice.token is not None for choice in document.choices)
    counts = (
        (chosen, "chosen token"),
        (len(document.hypotheses) - 1, "other hypothesis"),
        (len(now.hidden), "hidden source token"),
        (len(now.patches), "patch"),
        (sum(not _has(info, head) for head in now.heads_off), "head switched off"),
        (len(_impossible(now, info)), "switch of positions or mask"),
    )
    return ", ".join(_counted(count, thing) for count, thing in counts if count)


def _possible(now: Interventions, info: ModelInfo) -> Interventions:
    """The interventions without those switches that the model lacks."""
    return replace(now, **{name: getattr(NONE, name) for name in _impossible(now, info)})


def _impossible(now: Interventions, info: ModelInfo) -> list[str]:
    """The switches that the model lacks, by the names of their fields."""
    alone = {name: replace(NONE, **{name: getattr(now, name)}) for name in SWITCHES}
    return [name for name, changes in alone.items() if info.capabilities.against(changes)]


def _has(info: ModelInfo, head: HeadId) -> bool:
    if head.kind not in [each.kind for each in info.maps]:
        return False
    layers, heads = info.heads(head.kind)
    return head.layer < layers and head.head < heads


def _counted(count: int, thing: str) -> str:
    return f"{count} {thing if count == 1 else PLURAL.get(thing, f'{thing}s')}"
