"""A tour: stops that each put the window into a state, tell something, ask, and answer. Frozen; no Qt.

Nothing in a tour is executed, and its texts are shown as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.hypotheses import intervene
from attention_viewer.model.contract.interventions import NONE, Interventions
from attention_viewer.model.contract.maps import MapInfo
from attention_viewer.viewer.state.view_state import Head, ViewState, fitted


@dataclass(frozen=True)
class Scene:
    """The state that a stop puts the window into; what is None or "" stays as it is.

    `sentence` "" is the reader's own; `steps` -1 is the end. `map` is the kind that becomes the active one, `layer` and
    `head` count from 0 as `source`, `row` and `key` do. `page` is that of the `panel`.
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
    """A tour's title and its stops, at least one."""

    title: str
    stops: tuple[Stop, ...]


@dataclass(frozen=True)
class StopSpec:
    """A stop as it is shown: its place in the tour, what has been revealed, and which choice was made (None: none)."""

    tour: str
    titles: tuple[str, ...]
    index: int
    stop: Stop
    revealed: bool = False
    chosen: int | None = None


def document_at(scene: Scene, document: Document | None) -> Document | None:
    """The document of a scene; None where there is neither a sentence in it nor one already."""
    if scene.sentence:
        base = Document(scene.sentence)
        if document is not None:
            base = replace(base, decoding=document.decoding)
            if document.source == scene.sentence:
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
    if scene.panel and scene.page:
        pages: dict[str, Any] = {PAGES[scene.panel]: scene.page}
        inside = replace(inside, **pages)
    view = replace(view, inside=inside)
    known = next((each for each in maps if each.kind == scene.map), None)
    if known is None:
        return view
    heads = {**view.heads, known.kind: Head(scene.layer, scene.head)}
    return fitted(replace(view, heads=heads, active=known.kind), maps)


PAGES = {"parts": "parts", "words": "words", "encodings": "laboratory"}
"""Which field of the view has the open page of a panel."""
