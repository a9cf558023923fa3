"""The table of what widgets depend on: nothing is left out, and nothing is done again without need."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import numpy as np
import pytest
from attention_viewer.model.contract.api import Progress
from attention_viewer.model.contract.interventions import HeadId
from attention_viewer.model.contract.maps import CROSS, EXPECTED
from attention_viewer.viewer.intents.controller import Controller
from attention_viewer.viewer.intents.laboratory import Laboratory
from attention_viewer.viewer.intents.player import Player
from attention_viewer.viewer.state.highlight import CellHover
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.results import RANKING
from attention_viewer.viewer.state.view_state import Side, ViewState
from attention_viewer.viewer.widgets.main_window import MainWindow
from attention_viewer.viewer.window.bindings import Binding, Scene, lit, shown
from attention_viewer.viewer.window.presenter import Presenter
from support.toy import LateWorker, ToySession

HEAD = HeadId(CROSS, 0, 1)


def scenes() -> Iterator[Scene]:
    """What a window shows one after the other, with all that can be there."""
    worker = LateWorker({"one": ToySession("one", 2, 2)})
    controller = Controller(MagicMock(spec=Presenter), worker, Player(8.0), ViewState())  # type: ignore[arg-type]
    laboratory = Laboratory(controller)
    intents = [
        lambda: controller.open_model(Path("one")),
        lambda: controller.submit("the cat sleeps", 3),
        lambda: laboratory.force(6),
        lambda: laboratory.switch_heads([HEAD], True),
        lambda: laboratory.rank(),
        lambda: laboratory.search(2),
        lambda: controller.back(),
        lambda: laboratory.rename_hypothesis(1, "mine"),
        lambda: laboratory.compare_with_hypothesis(0),
        lambda: laboratory.show_side(Side.DIFFERENCE),
        lambda: laboratory.filter("a"),
        lambda: laboratory.set_encoder_positions("shuffled"),
        lambda: laboratory.set_causal_mask(False),
    ]
    yield Scene(controller.loaded, controller.view)
    for intent in intents:
        intent()
        yield Scene(controller.loaded, controller.view)
        worker.settle()
        yield Scene(controller.loaded, controller.view)


def whole(binding: Binding[Scene], scene: Scene) -> tuple[Any, ...]:
    """The inputs of a binding, with all there is in the place of a part of it."""
    parts = {Loaded: scene.loaded, ViewState: scene.view}
    return tuple(parts.get(type(each), each) for each in binding.inputs(scene))


def alike(one: Any, other: Any) -> bool:
    """Whether two specs are equal, with their arrays."""
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other)
    if is_dataclass(one):
        values = ((getattr(one, each.name), getattr(other, each.name)) for each in fields(one))
        return type(one) is type(other) and all(alike(mine, theirs) for mine, theirs in values)
    return bool(one == other)


def test_what_a_widget_depends_on_is_all_that_it_needs(qapp: object) -> None:
    seen = list(scenes())
    assert any(scene.loaded.found(RANKING) is not None for scene in seen) and any(
        scene.loaded.results.other is not None for scene in seen
    )
    for scene in seen:
        for binding in shown(EXPECTED):
            assert alike(binding.resolve(*binding.inputs(scene)), binding.resolve(*whole(binding, scene))), binding.name


def test_every_binding_has_a_name_of_its_own() -> None:
    names = [binding.name for binding in shown(EXPECTED)] + [binding.name for binding in lit(EXPECTED)]
    assert len(set(names)) == len(names)


@pytest.fixture
def window() -> MagicMock:
    return MagicMock(spec=MainWindow, **{
        name: MagicMock()
        for name in (
            "source_strip", "target_strip", "step_controls", "candidates", "banner", "hypotheses", "beam",
            "laboratory", "positions",
        )
    }, panels={each.kind: MagicMock() for each in EXPECTED}, maps=EXPECTED)  # fmt: skip


def told(window: MagicMock) -> list[str]:
    """The setters that were called since the last time."""
    panels = [f"{kind} {each[0]}" for kind, panel in window.panels.items() for each in panel.method_calls]
    calls = [each[0] for each in window.method_calls] + panels
    window.reset_mock()
    for panel in window.panels.values():
        panel.reset_mock()
    return calls


def test_only_what_changed_is_shown(qapp: object, window: MagicMock) -> None:
    presenter, scene = Presenter(window), list(scenes())[8]
    presenter.show(scene.loaded, scene.view)
    assert len(told(window)) >= len(shown(EXPECTED))
    presenter.show(scene.loaded, scene.view)
    assert told(window) == []
    document = scene.loaded.document
    assert document is not None
    results = scene.loaded.results.advanced(RANKING, document, Progress(1, 8))
    presenter.show(replace(scene.loaded, results=results), scene.view)
    assert told(window) == ["laboratory.set_ranking"]
    presenter.renew(replace(scene.loaded, results=results), scene.view)
    controls = {"hypotheses.set_spec", "beam.set_spec", "laboratory.set_spec", "laboratory.set_ranking"}
    assert set(told(window)) == {*controls, "candidates.set_filter"}


def test_a_readout_follows_the_map_under_a_mouse_that_rests(qapp: object, window: MagicMock) -> None:
    presenter, seen = Presenter(window), list(scenes())
    hover = CellHover(CROSS, 1, 1)
    presenter.show(seen[4].loaded, seen[4].view, hover)
    told(window)
    presenter.show_hover(hover)
    assert told(window) == []
    presenter.show(seen[8].loaded, seen[8].view, hover)
    assert "cross set_readout" in told(window)
    presenter.show(seen[8].loaded, seen[8].view)
    assert {"cross set_readout", "cross set_overlay"} <= set(told(window))
