"""The form of the panels by the size of the window, their shares to the pixel, and what a saved layout says of them."""

from __future__ import annotations

import pytest
from attention_viewer.viewer.widgets.panel_form import (
    LOWER,
    MAPS,
    NEXT,
    Chosen,
    Form,
    column_widths,
    form_for,
    height_below,
)

EVERY = {NEXT, *MAPS, *LOWER}


@pytest.mark.parametrize(
    ("size", "form"),
    [((1280 / 12, 720 / 12), Form(3, False)), ((1600 / 12, 1000 / 12), Form(3, True)),
     ((1280 / 18, 40), Form(2, False)), ((1280 / 24, 30), Form(1, False)), ((0, 0), Form(1, False))],
)  # fmt: skip
def test_the_form_follows_the_size(size: tuple[float, float], form: Form) -> None:
    assert form_for(*size) == form


@pytest.mark.parametrize("columns", [1, 2, 3])
def test_every_card_has_one_place(columns: int) -> None:
    form = Form(columns, True)
    placed = [name for group in form.groups for name in group]
    assert len(placed) == len(set(placed)) and set(placed) | set(LOWER) == EVERY
    assert all(name in form.group_of(name) for name in EVERY)


@pytest.mark.parametrize("room", [1, 37, 800, 1241, 1907])
def test_columns_fill_the_room_to_the_pixel(room: int) -> None:
    for names in ((NEXT, *MAPS), MAPS, (NEXT, "cross"), ("cross",)):
        widths = column_widths(names, room, 12.0, {})
        assert all(width >= 1 for width in widths) and (sum(widths) == room or room < 200)
        maps = [width for name, width in zip(names, widths, strict=True) if name != NEXT]
        assert max(maps) - min(maps) <= 1
    assert column_widths((), room, 12.0, {}) == []


def test_chosen_shares_outweigh_the_rule() -> None:
    widths = column_widths((NEXT, *MAPS), 1000, 12.0, {NEXT: 0.4, "encoder": 0.2, "decoder": 0.2, "cross": 0.2})
    assert widths == [400, 200, 200, 200]
    assert height_below("positions", 1000, 12.0, {False: 0.5}) == 500
    assert height_below("beam", 1000, 12.0, {False: 0.5}) > height_below("positions", 1000, 12.0, {})


def test_what_was_chosen_comes_back_from_its_bytes() -> None:
    chosen = Chosen({3: {NEXT: 0.25, "cross": 0.75}}, {True: 0.5}, False, True)
    assert Chosen.from_bytes(chosen.to_bytes(2)) == (chosen, 2)


@pytest.mark.parametrize(
    "damaged", [b"", b"{", b"[]", b'{"widths": 3}', b'{"open": 7}', b'{"below": [1]}', b"\xff\xfe"]
)
def test_damaged_bytes_choose_nothing(damaged: bytes) -> None:
    assert Chosen.from_bytes(damaged) == (Chosen(), 0)
