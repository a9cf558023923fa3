"""A document of one model, replayed on another: what has no counterpart there is left out. No Qt, no torch."""

from __future__ import annotations

from dataclasses import replace

from attention_viewer.model.contract.api import ModelInfo
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.interventions import HeadId


def replayed(document: Document, info: ModelInfo) -> Document:
    """The document's sentence, settings and interventions, as far as they have a counterpart in the model `info`.

    Tokens, and with them hypotheses and hidden source tokens, belong to the model that they were chosen with.
    """
    now = document.interventions
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
    )
    return ", ".join(_counted(count, thing) for count, thing in counts if count)


def _has(info: ModelInfo, head: HeadId) -> bool:
    if head.kind not in [each.kind for each in info.maps]:
        return False
    layers, heads = info.heads(head.kind)
    return head.layer < layers and head.head < heads


def _counted(count: int, thing: str) -> str:
    plural = {"other hypothesis": "other hypotheses", "patch": "patches", "head switched off": "heads switched off"}
    return f"{count} {thing if count == 1 else plural.get(thing, f'{thing}s')}"
