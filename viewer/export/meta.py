"""What a data file says about itself: sentence, document, model and versions."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from attention_viewer.model.contract.api import How, ModelInfo, Trace
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.document_json import to_json
from attention_viewer.viewer import __version__
from attention_viewer.viewer.state import conditions

PACKAGES = ("torch", "numpy", "sentencepiece")


def meta(
    info: ModelInfo,
    document: Document,
    computed: Trace,
    translation: str,
    target: str | None = None,
    found: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """JSON values; `target` is a translation that was asked for as text, `found` says how a search found this one.

    `interventions` says in words what `document` holds in full.
    """
    changed = conditions.words(document.interventions, computed.source_tokens, info)
    return {
        "sentence": document.source,
        "document": to_json(document),
        "target": target,
        "forced": bool(computed.steps) and all(step.how is How.FORCED for step in computed.steps),
        "translation": translation,
        "found": None if found is None else dict(found),
        "interventions": list(changed),
        "ended": None if computed.ended is None else computed.ended.value,
        "model": info.name,
        "content_hash": info.content_hash,
        "versions": {"attention-viewer": __version__, **{package: version(package) for package in PACKAGES}},
    }
