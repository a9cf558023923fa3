"""A trace as one HTML page that needs no server and no network: all heads, stepping, a readout for each cell.

The page is `web/page.html` with `web/page.css`, the scripts and one JSON object written into it. Its texts and
colours are those of the window. Shape letters as in `model.contract.api`; L layers and H heads of any kind.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import math
import re
from collections.abc import Mapping
from html import escape
from importlib.resources import files
from typing import Any

import numpy as np
from attention_viewer.model.contract.api import Booleans, DecodeStep, Floats, Token, Trace, join_text
from attention_viewer.model.contract.interventions import Interventions, from_json
from attention_viewer.viewer.look.colormap_points import SEQUENTIAL
from attention_viewer.viewer.look.colormaps import COLORMAPS
from attention_viewer.viewer.look.palette import PALETTES, Palette
from attention_viewer.viewer.resolve.arranging import ROW_CONVENTIONS
from attention_viewer.viewer.resolve.shown_maps import axes
from attention_viewer.viewer.state import conditions
from attention_viewer.viewer.state.options import RowLabels
from attention_viewer.viewer.state.specs import CONVENTION, Axis
from attention_viewer.viewer.state.view_state import ViewState, fitted

STEPS_OF_WEIGHT = 65535
"""A weight of 1 as it is stored: 16 bits, little endian."""
DIGITS = 6
"""Decimals of a probability."""
HASH_DIGITS = 12
SLOT = re.compile(r"\{\{(\w+)\}\}")
THEMES = ("light", "dark")
SCRIPTS = ("numbers.js", "words.js", "map.js", "cards.js", "main.js")
"""The page's script, in this order."""


def page_bytes(trace: Trace, meta: Mapping[str, Any]) -> bytes:
    """The page as UTF-8; the same trace and meta give the same bytes."""
    style, script = _palettes() + _part("page.css"), "\n".join(_part(name) for name in SCRIPTS)
    slots = {
        "title": _ascii(_title(trace, meta)),
        "description": _ascii(_description(trace, meta)),
        "policy": _policy(style, script),
        "style": style,
        "values": _as_script(page_values(trace, meta)),
        "script": script,
    }
    return SLOT.sub(lambda slot: slots[slot[1]], _part("page.html")).encode("utf-8")


def page_values(trace: Trace, meta: Mapping[str, Any]) -> dict[str, Any]:
    """What the page draws, as JSON values: weights and masks as base64 text, tokens, labels, colours."""
    changes = _interventions(trace, meta)
    kinds = [each.kind for each in trace.maps]
    heads = fitted(ViewState(), trace.maps).heads
    return {
        "sentence": str(meta.get("sentence") or join_text(trace.source_tokens)),
        "translation": str(meta.get("translation") or join_text(trace.output_tokens)),
        "ended": None if trace.ended is None else trace.ended.value,
        "causal": trace.causal,
        "convention": CONVENTION,
        "about": _about(meta),
        "changes": _changes(trace, meta, changes),
        "source": [_source(trace, index) for index in range(len(trace.source_tokens))],
        "target": [_output(step) for step in trace.steps],
        "maps": {
            kind: {
                "title": trace.map(kind).title,
                **_weights(trace.weights(kind)),
                "masked": _bits(trace.mask(kind)),
                "leaked": _bits(trace.leaks(kind)),
                "chosen": dataclasses.astuple(heads[kind]),
                "off": sorted([head.layer, head.head] for head in changes.heads_off if head.kind == kind),
                "rows": {labels.value: _axis(axes(trace, kind, labels)[0]) for labels in RowLabels},
                "columns": _axis(axes(trace, kind, RowLabels.BOTH)[1]),
            }
            for kind in kinds
        },
        "row_labels": {labels.value: ROW_CONVENTIONS[labels] for labels in RowLabels},
        "colormaps": {name: COLORMAPS[name].tobytes().hex() for name in SEQUENTIAL},
    }


def _weights(weights: Floats) -> dict[str, Any]:
    """The shape [L, H, rows, columns] and the weights in that order, in steps of 1/65535."""
    steps = np.rint(np.clip(weights.astype(np.float64), 0.0, 1.0) * STEPS_OF_WEIGHT).astype("<u2")
    return {"shape": weights.shape, "weights": base64.b64encode(steps.tobytes()).decode("ascii")}


def _bits(mask: Booleans | None) -> str | None:
    """A mask [rows, columns] row by row, one bit a cell, the highest bit of a byte first."""
    return None if mask is None else base64.b64encode(np.packbits(mask).tobytes()).decode("ascii")


def _axis(axis: Axis) -> dict[str, Any]:
    return {"title": axis.title, "labels": axis.labels}


def _token(token: Token) -> dict[str, Any]:
    return {"text": token.text, "piece": token.piece, "id": token.id, "starts": token.starts_word}


def _source(trace: Trace, index: int) -> dict[str, Any]:
    token = trace.source_tokens[index]
    return {**_token(token), "span": token.span, "special": token.special, "hidden": index in trace.hidden}


def _output(step: DecodeStep) -> dict[str, Any]:
    if math.isnan(step.log_probability):  # computed elsewhere, by nobody knows whom
        return {**_token(step.output), "probability": None, "rank": None, "how": None}
    probability = round(math.exp(step.log_probability), DIGITS)
    return {**_token(step.output), "probability": probability, "rank": step.rank, "how": step.how.value}


def _about(meta: Mapping[str, Any]) -> list[str]:
    """What the page says of its origin, as far as it is known; no date, so that equal traces make equal files."""
    version = meta.get("versions", {}).get("attention-viewer")
    facts = (
        ("model", meta.get("model")),
        ("content", str(meta.get("content_hash") or "")[:HASH_DIGITS]),
        ("Attention Viewer", version),
    )
    return [f"{name} {fact}" for name, fact in facts if fact]


def _interventions(trace: Trace, meta: Mapping[str, Any]) -> Interventions:
    """What was changed, as far as the document says so and the trace shows it."""
    values = (meta.get("document") or {}).get("interventions")
    known = Interventions() if values is None else from_json(values)
    return dataclasses.replace(known, hidden=trace.hidden, causal_mask=trace.causal)


def _changes(trace: Trace, meta: Mapping[str, Any], interventions: Interventions) -> list[str]:
    """The experiments that the numbers were computed under, in words."""
    said = meta.get("interventions") or conditions.words(interventions, trace.source_tokens)
    return [f"{each}: marked cells look ahead" if each == conditions.MASK_OFF else each for each in said]


def _description(trace: Trace, meta: Mapping[str, Any]) -> str:
    """What search and file managers show of the page."""
    changes = _changes(trace, meta, _interventions(trace, meta))
    parts = ["Attention weights of every layer and head", *_about(meta)]
    return escape(" · ".join(parts) + (f" · with: {'; '.join(changes)}" if changes else ""))


def _ascii(text: str) -> str:
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _title(trace: Trace, meta: Mapping[str, Any]) -> str:
    sentence = str(meta.get("sentence") or join_text(trace.source_tokens))
    translation = str(meta.get("translation") or join_text(trace.output_tokens))
    return escape(f"{sentence} → {translation}" if translation else sentence)


def _as_script(values: Mapping[str, Any]) -> str:
    """JSON that nothing in a sentence can break out of: ASCII, with every character that HTML knows escaped."""
    text = json.dumps(values, separators=(",", ":"), allow_nan=False)
    return re.sub("[<>&]", lambda found: f"\\u{ord(found[0]):04x}", text)


def _policy(style: str, script: str) -> str:
    """A Content-Security-Policy that lets the page's own style and script work and nothing else."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _palettes() -> str:
    """The window's colours as custom properties; light unless the page says otherwise."""
    light, dark = (_properties(PALETTES[theme]) for theme in THEMES)
    return f":root {{ {light} }}\n:root[data-theme=dark] {{ {dark} }}\n"


def _properties(palette: Palette) -> str:
    colors = {name: value for name, value in dataclasses.asdict(palette).items() if name not in ("name", "curves")}
    return " ".join(f"--{name.replace('_', '-')}: {value};" for name, value in colors.items())


def _part(name: str) -> str:
    return files("attention_viewer.viewer.export").joinpath("web", name).read_text(encoding="utf-8")
