"""A tour: stops that each put the window into a state, tell something, ask, and answer. Frozen; no Qt.

Nothing in a tour is executed, and its texts are shown as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from attention_viewer.model.contract.document import Document, path
from attention_viewer.model.contract.hypotheses import intervene
from attention_viewer.model.contract.interventions import NONE, Interventions
from attention_viewer.model.contract.maps import MapInfo
from attention_viewer.viewer.state.view_state import Head, ViewState, fitted

STOP, BACK = "Stop of the tour", "Back from the tour"
"""What is undone: what a stop did, and that it gave back what it had taken the place of."""


@dataclass(frozen=True)
class Scene:
    """The state that a stop puts the window into; what is None or "" stays as it is.

    `sentence` "" is the reader's own; `steps` -1 is the end. `map` is the kind that becomes the active one, `layer` and
    `head` count from 0 as `source`, `row` and `key` do. `page` is opened in the panel that has it, whether that panel
    is in front or only once the reader opens it.
    """

    sentence: str = ""
    steps: int | None = None
    panel: str = ""
    page: str = ""
    map: str = ""
    layer: int = 0
    head: int = 0
    side: str = ""
    part: str = ""
    source: int | None = None
    row: int | None = None
    key: int | None = None
    temperature: float = 1.0
    encoding: int = 0
    unfolded: bool = False
    interventions: Interventions = NONE


@dataclass(frozen=True)
class Stop:
    """A stop: paragraphs of text, formulas, what to predict and to do, and the answer.

    `choices` make it a question of the quiz, of which number `right` (from 0) is right.
    """

    name: str
    title: str
    text: tuple[str, ...] = ()
    formulas: tuple[str, ...] = ()
    predict: str = ""
    do: str = ""
    answer: str = ""
    choices: tuple[str, ...] = ()
    right: int = 0
    scene: Scene = Scene()


@dataclass(frozen=True)
class Tour:
    """A tour's title, its stops, at least one, and what is said when all of them are done."""

    title: str
    stops: tuple[Stop, ...]
    closing: tuple[str, ...] = ()


def document_at(scene: Scene, document: Document | None) -> Document | None:
    """The document of a scene; None where there is neither a sentence in it nor one already."""
    if scene.sentence:
        base = Document(scene.sentence)
        if document is not None:
            base = replace(base, decoding=document.decoding)
            # Tokens that were chosen by hand are no part of a scene.
            if document.source == scene.sentence and document.leaf is None:
                base = document
    elif document is not None:
        base = document
    else:
        return None
    step = base.step if scene.steps is None else base.limit if scene.steps < 0 else min(scene.steps, base.limit)
    return intervene(replace(base, step=step), scene.interventions)


def view_at(scene: Scene, view: ViewState, maps: tuple[MapInfo, ...]) -> ViewState:
    """The view of a scene, held inside what the model has."""
    inside = replace(
        view.inside,
        side=scene.side or view.inside.side,
        part=scene.part or view.inside.part,
        layer=scene.layer,
        source=scene.source or 0,
        target=scene.row,
        key=scene.key,
        temperature=scene.temperature,
        encoding=scene.encoding,
        unfolded=scene.unfolded,
    )
    if scene.page:
        pages: dict[str, Any] = {PAGES[scene.page]: scene.page}
        inside = replace(inside, **pages)
    view = replace(view, inside=inside)
    known = next((each for each in maps if each.kind == scene.map), None)
    if known is None:
        return view
    heads = {**view.heads, known.kind: Head(scene.layer, scene.head)}
    # The one head, as a heat map, whatever was made of it before.
    sets = {kind: each for kind, each in view.sets.items() if kind != known.kind}
    views = {kind: each for kind, each in view.views.items() if kind != known.kind}
    return fitted(replace(view, heads=heads, active=known.kind, sets=sets, views=views), maps)


MOVED = "The window no longer shows this stop’s state"


def away(begun: Document, document: Document | None, ended: bool) -> str:
    """A sentence that says how the document wanted differs from that of a stop; "" where it does not.

    `ended` says that the translation has no more steps, so that a stop which asks for more has what there is.
    """
    if document is None or document.source != begun.source:
        return f"{MOVED}: another sentence stands there."
    if document.interventions != begun.interventions:
        return f"{MOVED}: the model is changed otherwise."
    if path(document) != path(begun):
        return f"{MOVED}: other tokens were chosen."
    if document.step != begun.step and not (ended and document.step < begun.step):
        since = f"step {begun.step}" if begun.step < begun.limit else "the end"
        return f"This is step {document.step}; the stop began at {since}."
    return ""


_OF_FIELD = {
    "parts": ("cell", "residual", "ffn", "embedding"),
    "words": ("word", "logit lens", "decoder lens"),
    "laboratory": ("properties", "rotation", "layouts", "cost"),
}
PAGES = {page: field for field, pages in _OF_FIELD.items() for page in pages}
"""Which field of the view has the open page of a panel, by the page."""
