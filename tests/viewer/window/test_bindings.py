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
from attention_viewer.viewer.intents import choosing, comparing, due, hypotheses, looking, switching
from attention_viewer.viewer.intents.controller import Controller
from attention_viewer.viewer.intents.measuring import Measuring
from attention_viewer.viewer.intents.player import Player
from attention_viewer.viewer.state.highlight import CellHover
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.results import EFFECT, RANKING, SPELLINGS, TRANSLATIONS
from attention_viewer.viewer.state.view_state import Side, ViewState
from attention_viewer.viewer.widgets.main_window import MainWindow
from attention_viewer.viewer.window.bindings import LIT, WINDOW, Binding, Scene, key
from attention_viewer.viewer.window.panels import FedPanel, panels_for
from attention_viewer.viewer.window.presenter import Presenter
from support.toy import ToyTranslator
from support.workers import LateWorker

HEAD = HeadId(CROSS, 0, 1)
PANELS = panels_for(EXPECTED)
SHOWN = (*WINDOW, *(feed for panel in PANELS for feed in panel.feeds))
EVERY_PANEL = frozenset(panel.name for panel in PANELS)


def scenes() -> Iterator[Scene]:
    """What a window shows one after the other, with all that can be there."""
    worker = LateWorker({"one": ToyTranslator("one", 2, 2)})
    controller = Controller(MagicMock(spec=Presenter), worker, Player(8.0), ViewState())  # type: ignore[arg-type]
    Measuring(controller, controller)
    controller.run(due.watch, frozenset({EFFECT, TRANSLATIONS, SPELLINGS}))
    intents = [
        lambda: controller.open_model(Path("one")),
        lambda: controller.submit("the cat sleeps", 3),
        lambda: controller.run(choosing.force, 6),
        lambda: controller.run(switching.heads, [HEAD], True),
        lambda: controller.run(due.start, RANKING),
        lambda: controller.run(due.search, 2),
        lambda: controller.back(),
        lambda: controller.run(hypotheses.rename, 1, "mine"),
        lambda: controller.run(comparing.with_hypothesis, 0),
        lambda: controller.run(comparing.show_side, Side.DIFFERENCE),
        lambda: controller.run(looking.filter_pieces, "a"),
        lambda: controller.run(switching.encoder_positions, "shuffled"),
        lambda: controller.run(switching.causal_mask, False),
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
        for binding in SHOWN:
            assert alike(binding.resolve(*binding.inputs(scene)), binding.resolve(*whole(binding, scene))), binding.name


def test_every_binding_has_a_name_of_its_own() -> None:
    tables: list[tuple[Binding[Any], ...]] = [(*WINDOW, *LIT)]
    tables += [(*panel.feeds, *panel.lit) for panel in PANELS]
    for table in tables:
        assert len({binding.name for binding in table}) == len(table)
    assert len(EVERY_PANEL) == len(PANELS)


@pytest.fixture
def window() -> MagicMock:
    """A window with every panel on show, which writes down what its parts are told."""
    mock = MagicMock(spec=MainWindow)
    for name in ("source_bar", "source_strip", "target_strip", "step_controls", "banner"):
        setattr(mock, name, MagicMock())
    widgets = {name: MagicMock() for name in EVERY_PANEL}
    mock.widgets, mock.widget = widgets, widgets.__getitem__
    mock.shown.return_value = EVERY_PANEL
    return mock


def told(window: MagicMock) -> list[str]:
    """The setters that were called since the last time."""
    panels = [f"{name} {each[0]}" for name, widget in window.widgets.items() for each in widget.method_calls]
    calls = [each[0] for each in window.method_calls if each[0] != "shown"] + panels
    shown = window.shown.return_value
    window.reset_mock()
    window.shown.return_value = shown
    for widget in window.widgets.values():
        widget.reset_mock()
    return calls


def test_only_what_changed_is_shown(qapp: object, window: MagicMock) -> None:
    presenter, scene = Presenter(window, PANELS), list(scenes())[8]
    presenter.show(scene.loaded, scene.view)
    assert len(told(window)) >= len(SHOWN)
    presenter.show(scene.loaded, scene.view)
    assert told(window) == []
    document = scene.loaded.document
    assert document is not None
    results = scene.loaded.results.advanced(RANKING, document, Progress(1, 8))
    presenter.show(replace(scene.loaded, results=results), scene.view)
    assert told(window) == ["ranking set_spec"]
    presenter.renew(replace(scene.loaded, results=results), scene.view)
    controls = {f"{name} set_spec" for name in ("hypotheses", "beam", "laboratory", "ranking")}
    controls |= {f"{name} set_controls" for name in ("parts", "words", "encodings")}
    assert set(told(window)) == {*controls, "next set_filter", "next sampling.set_spec", "architecture set_unfolded"}


def test_a_panel_that_is_not_on_show_is_not_resolved_until_it_is(qapp: object, window: MagicMock) -> None:
    resolved: list[str] = []

    def counted(panel: FedPanel) -> FedPanel:
        def resolve(binding: Binding[Any]) -> Any:
            def resolve(*inputs: Any) -> Any:
                resolved.append(panel.name)
                return binding.resolve(*inputs)

            return resolve

        return replace(
            panel,
            feeds=tuple(replace(each, resolve=resolve(each)) for each in panel.feeds),
            lit=tuple(replace(each, resolve=resolve(each)) for each in panel.lit),
        )

    presenter, seen = Presenter(window, tuple(map(counted, PANELS))), list(scenes())
    on_show = frozenset({"next", "cross"})
    window.shown.return_value = on_show
    for scene in seen:
        presenter.show(scene.loaded, scene.view, CellHover(CROSS, 0, 0))
    assert set(resolved) == on_show
    assert {each.partition(" ")[0] for each in told(window) if " " in each} == on_show
    resolved.clear()
    window.shown.return_value = EVERY_PANEL
    presenter.show(seen[-1].loaded, seen[-1].view, CellHover(CROSS, 0, 0))
    assert set(resolved) == {panel.name for panel in PANELS if panel.feeds} - on_show
    assert "laboratory set_spec" in told(window)


def test_a_readout_follows_the_map_under_a_mouse_that_rests(qapp: object, window: MagicMock) -> None:
    presenter, seen = Presenter(window, PANELS), list(scenes())
    hover = CellHover(CROSS, 1, 1)
    presenter.show(seen[4].loaded, seen[4].view, hover)
    told(window)
    presenter.show(seen[4].loaded, seen[4].view, hover)
    assert told(window) == []
    presenter.show(seen[8].loaded, seen[8].view, hover)
    assert "cross set_readout" in told(window)
    presenter.show(seen[8].loaded, seen[8].view)
    assert {"cross set_readout", "cross set_overlay"} <= set(told(window))


class Unwalked(tuple[Any, ...]):
    """A vocabulary too large to be walked through at every change."""

    def __iter__(self) -> Iterator[Any]:
        raise AssertionError("what fields hold is compared, not walked")


def test_a_vocabulary_is_compared_as_it_is() -> None:
    vocabulary = Unwalked((1, 2))
    inputs = (Loaded(vocabulary=vocabulary), ViewState())
    assert key(inputs) == key((Loaded(vocabulary=vocabulary), ViewState()))
    assert key(inputs) != key((Loaded(vocabulary=(3,)), ViewState()))  # type: ignore[arg-type]
