"""A model with other maps than an encoder-decoder's three: whatever shows or writes maps goes by what it declares."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from attention_viewer.model.contract.api import ModelInfo, Trace
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.interventions import Donor, HeadId, Interventions, Patch, while_encoding
from attention_viewer.model.contract.maps import MapInfo, Stream
from attention_viewer.model.nn.patches import recorded_name
from attention_viewer.viewer.export.data import WRITERS
from attention_viewer.viewer.export.job import figure_of
from attention_viewer.viewer.export.pictures import Scene
from attention_viewer.viewer.look.assets import BUNDLED_MODEL
from attention_viewer.viewer.menus.action_specs import panel_specs
from attention_viewer.viewer.resolve import resolve
from attention_viewer.viewer.resolve.resolve_laboratory import laboratory_spec
from attention_viewer.viewer.state import conditions, view_state
from attention_viewer.viewer.state.exportables import GRID, KINDS, MAP
from attention_viewer.viewer.state.figure_options import FigureOptions
from attention_viewer.viewer.state.highlight import CellHover, SourceHover, TargetHover, highlight
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.specs import GridSpec, HeatmapSpec, Overlay
from attention_viewer.viewer.state.view_state import Head, ViewState, fitted
from attention_viewer.viewer.widgets.card import Card
from attention_viewer.viewer.widgets.main_window import MainWindow
from attention_viewer.viewer.window.app import Parts
from attention_viewer.viewer.window.panels import WORKSPACES, panels_for
from attention_viewer.viewer.window.presenter import Presenter
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot
from support import traces, workers
from support.toy import ToyTranslator
from support.waiting import Open, wait_for_step
from support.workers import PromptWorker

SOURCE, TARGET = Stream.SOURCE, Stream.TARGET
ENCODER_ONLY = (
    MapInfo("local", "Local self-attention", "Local", 2, 3, SOURCE, SOURCE),
    MapInfo("global", "Global self-attention", "Global", 1, 4, SOURCE, SOURCE, first=(5, 3)),
)
TWO_CROSSES = (
    MapInfo("encoder", "Encoder self-attention", "Encoder", 2, 3, SOURCE, SOURCE),
    MapInfo("decoder", "Decoder self-attention", "Decoder", 1, 2, TARGET, TARGET, causal=True),
    MapInfo("sentence", "Attention to the sentence", "Sentence", 1, 2, TARGET, SOURCE),
    MapInfo("document", "Attention to the document", "Document", 3, 2, TARGET, SOURCE),
)
SETS = pytest.mark.parametrize("maps", [ENCODER_ONLY, TWO_CROSSES], ids=["two", "four"])


@dataclass(frozen=True)
class OtherInfo(ModelInfo):
    """What is known of a model whose architecture is another."""

    declared: tuple[MapInfo, ...] = ()

    @property
    def maps(self) -> tuple[MapInfo, ...]:
        return self.declared


def trace_of(maps: tuple[MapInfo, ...], rows: int = 3) -> Trace:
    size = {SOURCE: len(traces.SOURCE), TARGET: rows}
    weights = {
        each.kind: traces.attention(size[each.rows], size[each.columns], *each.shape) * (0.5 + 0.1 * index)
        for index, each in enumerate(maps)
    }
    steps = traces.trace(rows).steps
    return Trace(traces.SOURCE, steps, maps, MappingProxyType(weights))


def loaded_of(maps: tuple[MapInfo, ...], rows: int = 3) -> Loaded:
    known = traces.info()
    info = OtherInfo(**{name: getattr(known, name) for name in ModelInfo.__dataclass_fields__}, declared=maps)
    trace = trace_of(maps, rows)
    return Loaded(info, trace, "The mat is", "Le tapis", document=Document("The mat is", step=rows))


@SETS
def test_every_map_is_shown_with_its_own_axes(maps: tuple[MapInfo, ...]) -> None:
    loaded, view, trace = loaded_of(maps), fitted(ViewState(), maps), trace_of(maps)
    for each in maps:
        one, all_heads = resolve.heatmap(loaded, view, each.kind), resolve.grid(loaded, view, each.kind)
        assert isinstance(one, HeatmapSpec) and isinstance(all_heads, GridSpec)
        assert one.title.startswith(each.title) and all_heads.values.shape[:2] == each.shape
        np.testing.assert_array_equal(one.values, trace.weights(each.kind)[one.head.layer, one.head.head])
        assert len(one.rows.labels) == (3 if each.decodes else 5)
        assert ("source" in one.columns.title) is (each.columns is SOURCE)
        assert (one.mask is not None) is each.causal
    assert isinstance(resolve.heatmap(loaded_of(maps, 0), view, maps[0].kind), HeatmapSpec)


def test_heads_to_begin_with_are_held_inside_what_a_map_has() -> None:
    assert {each.first for each in traces.info().maps} == {(0, 0)}
    assert list(ViewState().heads.values()) == [Head(2, 3), Head(2, 1), Head(3, 7)]
    view = fitted(ViewState(), ENCODER_ONLY)
    assert view.heads["global"] == Head(0, 3) and view.active == "global"
    locked = view_state.lock(view, True, ENCODER_ONLY)
    assert view_state.move_head(locked, 1, 0, ENCODER_ONLY).heads["local"] == Head(1, 2)


def test_a_map_that_a_model_lacks_is_said_to_be_missing() -> None:
    spec = resolve.heatmap(loaded_of(ENCODER_ONLY), ViewState(), "cross")
    assert not isinstance(spec, HeatmapSpec)
    assert spec.reason == "This model has no cross attention: look at Local self-attention or Global self-attention."


@pytest.mark.parametrize(
    ("maps", "kind", "stack", "part"),
    [(ENCODER_ONLY, "global", "encoder", "self"), (TWO_CROSSES, "document", "decoder", "cross")],
)
def test_what_is_taken_is_that_of_the_maps_stack(maps: tuple[MapInfo, ...], kind: str, stack: str, part: str) -> None:
    donor = Donor("The mat was", (1,), Interventions())
    layer, head = Patch(kind, 0, donor), Patch(kind, 0, donor, head=1)
    assert recorded_name(layer, maps) == f"{stack}.0.ffn.normed"
    assert recorded_name(head, maps) == f"{stack}.0.{part}.heads"
    loaded, changed = loaded_of(maps), Interventions(patches=(layer,))
    assert loaded.document is not None
    loaded = replace(loaded, document=replace(loaded.document, interventions=changed))
    said = f"output of {stack} layer 1 from “The mat was” (1 row)"
    assert conditions.of_loaded(loaded) == f"with: {said}"
    assert laboratory_spec(loaded).patches == ((layer, said),)
    assert conditions.short(changed, maps) == f"{stack.capitalize()} layer 1 patched"


def test_what_bears_on_the_encoder_are_the_heads_of_its_maps() -> None:
    every = {kind: HeadId(kind, 0, 1) for kind in ("encoder", "local", "global", "document")}
    changed = Interventions(heads_off=frozenset(every.values()), causal_mask=False, shuffle_seed=7)
    assert while_encoding(changed, ENCODER_ONLY) == Interventions(frozenset({every["local"], every["global"]}))
    assert while_encoding(changed, TWO_CROSSES) == Interventions(frozenset({every["encoder"]}))


def test_what_lights_up_follows_the_sides_of_a_map() -> None:
    lit = highlight(CellHover("document", 2, 1), TWO_CROSSES)
    assert lit.source == {1} and lit.target == {2}
    assert lit.overlays["sentence"] == Overlay(frozenset({2}), frozenset({1}))
    assert lit.overlays["decoder"] == Overlay(frozenset({2}), frozenset({3}))
    assert highlight(SourceHover(3), ENCODER_ONLY).overlays["local"] == Overlay(frozenset({3}), frozenset({3}))
    assert highlight(TargetHover(0), ENCODER_ONLY).overlays["local"] == Overlay()


@SETS
def test_every_map_is_written(maps: tuple[MapInfo, ...]) -> None:
    trace, names = trace_of(maps), [each.kind for each in maps]
    weight = float(trace.weights(names[-1])[0, 1, 2, 1])
    values = json.loads(WRITERS["json"](trace, {}))
    assert list(values["attention"]) == names and values["attention"][names[-1]][0][1][2][1] == round(weight, 6)
    lines = list(csv.DictReader(io.StringIO(WRITERS["csv"](trace, {}).decode())))
    assert list(dict.fromkeys(line["kind"] for line in lines)) == names
    with np.load(io.BytesIO(WRITERS["npz"](trace, {}))) as file:
        for each in maps:
            name = f"{each.kind}_attention" if each.crosses else f"{each.kind}_self_attention"
            np.testing.assert_array_equal(file[name], trace.weights(each.kind))
            assert file[f"{each.kind}_mask"].any() == each.causal
    assert f'"{names[-1]}"' in WRITERS["html"](trace, {}).decode()


@SETS
@pytest.mark.parametrize("what", [MAP, GRID, KINDS])
def test_every_map_is_pictured(qapp: QApplication, maps: tuple[MapInfo, ...], what: str) -> None:
    for each in maps:
        view = replace(fitted(ViewState(), maps), active=each.kind)
        figure = figure_of(Scene(loaded_of(maps), view, 12), FigureOptions(what))
        said = " ".join((figure.title, *figure.caption))
        assert each.title in said


@SETS
def test_panels_menu_and_shortcuts_are_those_of_the_maps(qtbot: QtBot, maps: tuple[MapInfo, ...]) -> None:
    panels = panels_for(maps)
    window = MainWindow(panels, WORKSPACES)
    qtbot.addWidget(window)
    entries = {spec.id: spec.shortcuts for spec in panel_specs(window)}
    assert [entries[f"panel_{each.kind}"] for each in maps] == [(f"Ctrl+{n}",) for n in range(1, len(maps) + 1)]
    keys = [key for shortcuts in entries.values() for key in shortcuts]
    assert len(set(keys)) == len(keys)
    window.show()
    presenter = Presenter(window, panels)
    for each in maps:
        window.show_card(each.kind)
        presenter.show(loaded_of(maps), fitted(ViewState(), maps), SourceHover(1))
        panel = window.panels[each.kind]
        assert (panel.layer.count(), panel.head.count()) == each.shape and panel.accessibleName() == each.name
        assert panel.map.isEnabled()


def other_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """A made-up model named "other" has four maps, the bundled one its three."""

    class OtherToy(ToyTranslator):
        def __init__(self, name: str) -> None:
            super().__init__(name)
            if name == "other":
                given = {each: getattr(self.info, each) for each in ModelInfo.__dataclass_fields__}
                self.info = OtherInfo(**given, declared=TWO_CROSSES)

    monkeypatch.setattr(workers, "ToyTranslator", OtherToy)
    monkeypatch.setattr("attention_viewer.viewer.window.app.Worker", PromptWorker)


def test_a_model_opened_later_has_its_own_panels_and_places_are_found_again(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, open_window: Open
) -> None:
    other_models(monkeypatch)
    parts = open_window(sentence="the mat is")
    window, controller = parts.window, parts.controller
    wait_for_step(qtbot, parts, 0)
    encoder, decoder = window.panels["encoder"], window.panels["decoder"]
    window.host.show_card("laboratory")
    next(card for card in window.findChildren(Card) if card.objectName() == "decoder").close()
    controller.open_model(Path("other"))
    qtbot.waitUntil(lambda: tuple(window.panels) == tuple(each.kind for each in TWO_CROSSES))
    assert window.panels["encoder"] is encoder and window.panels["decoder"] is decoder, "what is alike stays"
    controller.submit("the mat is", 2)
    wait_for_step(qtbot, parts, 2)
    assert {"sentence", "document"} <= window.shown() and not {"decoder", "cross"} & window.shown()
    shown = window.panels["document"].map.spec
    assert isinstance(shown, HeatmapSpec) and shown.title.startswith("Attention to the document")
    keys = {name: parts.actions[f"panel_{name}"].shortcut().toString() for name in window.panels}
    assert list(keys.values()) == ["Ctrl+1", "Ctrl+2", "Ctrl+3", "Ctrl+4"]
    assert parts.actions["panel_next"].shortcut().toString() == "Ctrl+5"
    assert {"Sentence", "Document"} <= texts_of(window, "Panels") and "Cross" not in texts_of(window, "Panels")
    window.panels["document"].head_selected.emit(2, 1)
    assert controller.view.heads["document"] == Head(2, 1) and "layer 3, head 2" in map_title(parts, "document")
    parts.actions["workspace_beam"].trigger()
    assert {"document", "beam"} <= window.shown()
    parts.actions["workspace_attention"].trigger()

    controller.open_model(Path(BUNDLED_MODEL.name))
    qtbot.waitUntil(lambda: "cross" in window.panels)
    controller.submit("the mat is", 2)
    wait_for_step(qtbot, parts, 2)
    assert tuple(window.panels) == ("encoder", "decoder", "cross")
    assert "cross" in window.shown() and "decoder" not in window.shown(), "closed before, and closed again"
    assert map_title(parts, "cross").startswith("Cross-attention")
    assert parts.actions["panel_next"].shortcut().toString() == "Ctrl+4"
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert not [card for card in window.findChildren(Card) if card.objectName() in ("sentence", "document")]


def map_title(parts: Parts, kind: str) -> str:
    spec = parts.window.panels[kind].map.spec
    assert isinstance(spec, HeatmapSpec)
    return spec.title


def texts_of(window: MainWindow, title: str) -> set[str]:
    menu = next(each for each in window.findChildren(QMenu) if each.title().replace("&", "") == title)
    return {action.text().replace("&", "") for action in menu.actions()}


def test_a_head_of_any_map_is_said_to_be_off() -> None:
    info = loaded_of(TWO_CROSSES).info
    off = Interventions(frozenset({HeadId("document", 2, 0), HeadId("document", 2, 1), HeadId("decoder", 0, 1)}))
    assert conditions.words(off, info=info) == ("decoder layer 1 head 2 off", "all heads of document layer 3 off")
