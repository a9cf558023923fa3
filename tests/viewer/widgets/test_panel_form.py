"""The form of the panels by the size of the window, their shares to the pixel, and what a saved layout says of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.fields import Fields
from attention_viewer.model.contract.maps import EXPECTED
from attention_viewer.viewer.widgets.chosen import Chosen, Layout, from_json, to_json
from attention_viewer.viewer.widgets.panel import places_in
from attention_viewer.viewer.widgets.panel_form import (
    Column,
    Form,
    Place,
    arranged,
    column_widths,
    form_for,
    height_below,
)
from attention_viewer.viewer.window.panels import WORKSPACES, panels_for

PANELS = panels_for(EXPECTED)
PLACES = {each.name: places_in(each, PANELS) for each in WORKSPACES}
FORMS = [Form(columns, True, tall) for columns in (1, 2, 3, 4) for tall in (False, True)]


def columns_of(names: tuple[str, ...]) -> list[Column]:
    return [Column((name,), Place.NARROW if name == "next" else Place.MAP) for name in names]


@pytest.mark.parametrize(
    ("size", "form"),
    [((1280 / 12, 720 / 12), Form(3, False, True)), ((1600 / 12, 1000 / 12), Form(4, False, True)),
     ((1920 / 12, 1080 / 12), Form(4, True, True)), ((1280 / 18, 40), Form(2, False)),
     ((1280 / 24, 30), Form(1, False)), ((0, 0), Form(1, False))],
)  # fmt: skip
def test_the_form_follows_the_size(size: tuple[float, float], form: Form) -> None:
    assert form_for(*size) == form


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("workspace", PLACES)
def test_every_panel_of_a_workspace_has_one_place(workspace: str, form: Form) -> None:
    places, found = PLACES[workspace], arranged(PLACES[workspace], form)
    groups = [*(group for each in found.columns for group in (each.names, each.under)), found.below]
    placed = [name for group in groups for name in group]
    assert sorted(placed) == sorted(places)
    assert all(name in found.group_of(name) for name in places)
    assert all(each.names for each in found.columns)


@pytest.mark.parametrize("maps", [("a",), ("a", "b"), ("a", "b", "c"), ("a", "b", "c", "d", "e")])
def test_any_number_of_maps_stands_side_by_side_or_behind_each_other(maps: tuple[str, ...]) -> None:
    for columns in (1, 2, 3, 4):
        found = arranged(dict.fromkeys(maps, Place.MAP), Form(columns, True)).columns
        assert len(found) == min(columns, len(maps))
        assert found[-1].names[0] == maps[-1], "the last map, which the others lead to, is in front"


def test_workspaces_differ_as_they_are_meant_to() -> None:
    form = Form(3, True, True)
    groups = {name: [each.names for each in arranged(places, form).columns] for name, places in PLACES.items()}
    assert groups["attention"] == [("next",), ("encoder",), ("decoder",), ("cross",)]
    assert groups["experiment"] == [("next",), ("encoder", "decoder"), ("cross",), ("laboratory",)]
    assert arranged(PLACES["experiment"], form).columns[-1].under == ("ranking", "hypotheses")
    assert groups["beam"] == [("next",), ("beam",), ("cross", "encoder", "decoder")]
    assert groups["positions"] == [("positions",), ("laboratory",)]


@pytest.mark.parametrize("room", [1, 37, 800, 1241, 1907])
def test_columns_fill_the_room_to_the_pixel(room: int) -> None:
    for names in (("next", "encoder", "decoder", "cross"), ("encoder", "cross"), ("next", "cross"), ("cross",)):
        widths = column_widths(columns_of(names), room, 12.0, {})
        assert all(width >= 1 for width in widths) and (sum(widths) == room or room < 200)
        maps = [width for name, width in zip(names, widths, strict=True) if name != "next"]
        assert max(maps) - min(maps) <= 1
    assert column_widths((), room, 12.0, {}) == []


def test_a_map_beside_a_main_panel_keeps_its_least_width() -> None:
    columns = [Column(("beam",), Place.MAIN), Column(("cross",), Place.MAP)]
    assert column_widths(columns, 900, 12.0, {}) == [600, 300], "so wide a map has room for its labels"
    assert column_widths(columns, 1200, 24.0, {}) == [624, 576]
    assert column_widths(columns, 900, 24.0, {}) == [450, 450], "but never more than the main panel"


def test_chosen_shares_outweigh_the_rule() -> None:
    columns = columns_of(("next", "encoder", "decoder", "cross"))
    chosen = {"next": 0.4, "encoder": 0.2, "decoder": 0.2, "cross": 0.2}
    assert column_widths(columns, 1000, 12.0, chosen) == [400, 200, 200, 200]
    assert height_below("positions", 1000, 12.0, {False: 0.5}) == 500
    assert height_below("beam", 1000, 12.0, {False: 0.5}) > height_below("positions", 1000, 12.0, {})
    # What a window of 1280 x 720 leaves to the panels.
    assert height_below("hypotheses", 540, 12.0, {}) <= 540 / 3, "a few lines, and the maps keep their room"
    assert height_below("hypotheses", 540, 12.0, {True: 0.5}) == 270, "unless it was dragged"


LAYOUT = Layout(b"\x00docks", 2, True, Chosen({3: {"next": 0.25, "cross": 0.75}}, {True: 0.5}, False, True, 0.3))


def test_a_layout_comes_back_from_its_json() -> None:
    assert from_json(Fields.of("x", json.loads(json.dumps(to_json(LAYOUT))))) == LAYOUT


@pytest.mark.parametrize(
    ("key", "value"),
    [("docks", "?"), ("docks", 3), ("columns", -1), ("widths", 3), ("widths", {"3": {"next": "wide"}}), ("open", 7),
     ("below", [1]), ("top", 2.0), ("moved", None), ("tall", "yes")],
)  # fmt: skip
def test_a_damaged_layout_is_refused(key: str, value: Any) -> None:
    with pytest.raises(InputError):
        from_json(Fields.of("x", {**to_json(LAYOUT), key: value}))
