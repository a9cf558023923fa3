"""The tree of a beam search: places, straightness, paths, arrow keys, colours, and time."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from itertools import combinations

import pytest
from attention_viewer.viewer.look.theme import PALETTES, Style, style_for
from attention_viewer.viewer.painting.tree import (
    START,
    TreeLayout,
    neighbour,
    paint_steps,
    paint_tree,
    path_to,
    tree_layout,
)
from attention_viewer.viewer.state.specs import BeamDot, BeamSpec
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from PySide6.QtWidgets import QApplication


@pytest.fixture(params=sorted(PALETTES))
def style(request: pytest.FixtureRequest, qapp: QApplication) -> Style:
    return style_for(PALETTES[request.param], QFont())


def dot(label: str, parent: int | None, step: int, fate: str = "survived", rank: int = 0) -> BeamDot:
    return BeamDot(label, parent, step, -float(step), fate, rank, f"tip of {label}")


SPEC = BeamSpec(
    "Beam search, 2 wide",
    "scores",
    (
        dot("la", None, 1),
        dot("le", None, 1),
        dot("un", None, 1, "discarded"),
        dot("chat", 1, 2),
        dot("chien", 0, 2),
        dot("chatte", 0, 2, "discarded"),
        dot("</s>", 3, 3, "finished", 1),
        dot("</s>", 4, 3, "finished", 2),
        dot("noir", 3, 3, "discarded"),
    ),
)


def wide(width: int, steps: int, seed: int = 0) -> BeamSpec:
    """A beam of a width and so many steps, whose parents are drawn at random."""
    chance = random.Random(seed)
    dots: list[BeamDot] = []
    running: list[int | None] = [None]
    for step in range(1, steps + 1):
        first = len(dots)
        for place in range(2 * width):
            parent = running[min(int(chance.expovariate(0.3)), len(running) - 1)]
            fate = "survived" if place < width else "discarded"
            dots.append(BeamDot(chance.choice(["le", "chat", "assis"]), parent, step, -step - place / 99, fate, 0, ""))
        running = list(range(first, first + width))
    return BeamSpec("", "", tuple(dots))


def painted(spec: BeamSpec, style: Style, layout: TreeLayout | None = None, cursor: int | None = None) -> QImage:
    layout = layout or tree_layout(spec, style)
    image = QImage(layout.size.toSize(), QImage.Format.Format_RGB32)
    image.fill(QColor(style.palette.surface))
    painter = QPainter(image)
    paint_tree(painter, QRectF(image.rect()), layout, spec, style, cursor)
    painter.end()
    return image


def inside(image: QImage, rect: QRectF) -> str:
    """The colour of a chip, left of its text."""
    return image.pixelColor(int(rect.left() + 3), int(rect.center().y())).name()


def test_the_best_hypothesis_is_straight_and_the_others_are_below(style: Style) -> None:
    nodes = tree_layout(SPEC, style).nodes
    assert {nodes[index].top() for index in (START, 1, 3, 6)} == {nodes[START].top()}
    assert nodes[0].top() == nodes[4].top() == nodes[7].top() > nodes[8].top() > nodes[6].top()
    assert nodes[5].top() > nodes[4].top()


def test_steps_go_from_left_to_right(style: Style) -> None:
    layout = tree_layout(SPEC, style)
    assert layout.columns == ((START,), (1, 0, 2), (3, 4, 5), (6, 8, 7))
    for step in range(1, 4):
        assert {layout.nodes[index].left() for index in layout.columns[step]} == {layout.lefts[step]}
        assert max(layout.nodes[index].right() for index in layout.columns[step - 1]) < layout.lefts[step]


@pytest.mark.parametrize("seed", range(4))
def test_no_two_nodes_overlap_and_all_are_inside(style: Style, seed: int) -> None:
    spec = wide(5, 12, seed)
    layout = tree_layout(spec, style)
    assert set(layout.nodes) == {START, *range(len(spec.dots))}
    for one, other in combinations(layout.nodes.values(), 2):
        assert not one.intersects(other)
    whole = QRectF(QPointF(), layout.size)
    assert all(whole.contains(rect) for rect in layout.nodes.values())


@pytest.mark.parametrize("seed", range(4))
def test_no_edge_crosses_another_nor_rises(style: Style, seed: int) -> None:
    spec = wide(5, 12, seed)
    nodes = tree_layout(spec, style).nodes
    edges: dict[int, list[tuple[float, float, int]]] = {}
    for index, each in enumerate(spec.dots):
        parent = START if each.parent is None else each.parent
        assert nodes[index].top() >= nodes[parent].top()
        edges.setdefault(each.step, []).append((nodes[parent].top(), nodes[index].top(), parent))
    for column in edges.values():
        for (top, bottom, parent), (other_top, other_bottom, other) in combinations(column, 2):
            assert parent == other or bottom < other_top or other_bottom < top


def test_hiding_what_was_discarded_leaves_the_rest(style: Style) -> None:
    layout = tree_layout(SPEC, style, hide_discarded=True)
    assert set(layout.nodes) == {START, 0, 1, 3, 4, 6, 7}
    assert layout.size.height() < tree_layout(SPEC, style).size.height()


def test_a_wide_and_long_beam_is_laid_out_in_no_time(style: Style) -> None:
    spec = wide(32, 60)
    assert len(spec.dots) == 3840
    times = []
    for _ in range(3):
        begin = time.perf_counter()
        tree_layout(spec, style)
        times.append(time.perf_counter() - begin)
    assert min(times) < 0.25  # about 0.03 s on an idle machine


def test_nodes_are_found_where_they_stand(style: Style) -> None:
    layout = tree_layout(SPEC, style)
    for index in range(len(SPEC.dots)):
        assert layout.node_at(layout.nodes[index].center()) == index
    assert layout.node_at(layout.nodes[START].center()) is None
    assert layout.node_at(layout.nodes[6].topRight() + QPointF(5, 0)) is None
    assert tree_layout(BeamSpec("", "", ()), style).node_at(QPointF(5, 5)) is None


def test_a_path_goes_back_to_the_start() -> None:
    assert path_to(SPEC, 7) == {7, 4, 0}
    assert path_to(SPEC, None) == frozenset()


def test_arrows_go_to_parent_child_and_sibling(style: Style) -> None:
    layout = tree_layout(SPEC, style)

    def go(index: int, key: Qt.Key) -> int:
        return neighbour(layout, SPEC, index, key)

    assert go(1, Qt.Key.Key_Right) == 3 and go(3, Qt.Key.Key_Right) == 6 and go(6, Qt.Key.Key_Right) == 6
    assert go(6, Qt.Key.Key_Left) == 3 and go(1, Qt.Key.Key_Left) == 1
    assert go(6, Qt.Key.Key_Down) == 8 and go(8, Qt.Key.Key_Down) == 7 and go(7, Qt.Key.Key_Down) == 7
    assert go(7, Qt.Key.Key_Up) == 8 and go(6, Qt.Key.Key_Up) == 6


def test_fates_look_different(style: Style) -> None:
    layout, palette = tree_layout(SPEC, style), style.palette
    image = painted(SPEC, style)
    assert inside(image, layout.nodes[4]) == palette.chip
    assert inside(image, layout.nodes[5]) == palette.surface
    finished, kept = layout.nodes[7], layout.nodes[4]
    above = [
        {image.pixelColor(int(rect.center().x()), int(rect.top()) - rise).name() for rise in range(1, 4)}
        for rect in (finished, kept)
    ]
    assert above[0] != {palette.surface} and above[1] == {palette.surface}


def test_the_selected_path_is_lit_and_the_best_is_strong(style: Style) -> None:
    layout, palette = tree_layout(SPEC, style), style.palette
    plain, lit = painted(SPEC, style), painted(replace(SPEC, selected=7), style)
    for index in range(len(SPEC.dots)):
        changed = inside(lit, layout.nodes[index]) != inside(plain, layout.nodes[index])
        assert changed == (index in (7, 4, 0))
    between = (layout.nodes[3].right() + layout.nodes[6].left()) / 2
    colors = {row: plain.pixelColor(int(between), int(layout.nodes[row].center().y())).name() for row in (6, 7)}
    assert colors[6] == palette.text != colors[7]
    y = int(layout.nodes[7].center().y())
    assert lit.pixelColor(int(between), y).name() == palette.accent


def test_the_rank_of_a_complete_hypothesis_is_written_beside_it(style: Style) -> None:
    without = replace(SPEC, dots=tuple(replace(each, rank=0) for each in SPEC.dots))
    ranked, unranked = tree_layout(SPEC, style), tree_layout(without, style)
    assert ranked.nodes[7].width() > unranked.nodes[7].width() + 0.8 * style.em
    third = replace(SPEC, dots=tuple(replace(each, rank=each.rank and each.rank + 2) for each in SPEC.dots))
    assert painted(third, style, ranked) != painted(SPEC, style, ranked)


def test_the_keyboards_place_is_ringed(style: Style) -> None:
    assert painted(SPEC, style, cursor=4) != painted(SPEC, style)


def test_only_what_is_exposed_is_painted(style: Style) -> None:
    spec = wide(4, 20)
    layout = tree_layout(spec, style)
    whole = painted(spec, style, layout)
    part = QRectF(layout.lefts[8] - 9, 40, 260, 180)
    image = QImage(layout.size.toSize(), QImage.Format.Format_RGB32)
    image.fill(QColor(style.palette.surface))
    painter = QPainter(image)
    paint_tree(painter, part, layout, spec, style)
    painter.end()
    seen = part.toRect()
    assert image.copy(seen) == whole.copy(seen)
    far = QRectF(layout.lefts[16], 0, 200, layout.size.height()).toRect()
    blank = QImage(far.size(), QImage.Format.Format_RGB32)
    blank.fill(QColor(style.palette.surface))
    assert image.copy(far) == blank != whole.copy(far)


def test_the_steps_are_numbered_above_their_columns(style: Style) -> None:
    layout = tree_layout(SPEC, style)
    image = QImage(layout.size.toSize(), QImage.Format.Format_RGB32)
    image.fill(QColor("#ff00ff"))
    painter = QPainter(image)
    paint_steps(painter, QRectF(image.rect()), 20.0, layout, style)
    painter.end()
    assert image.pixelColor(2, 10).name() == "#ff00ff" and image.pixelColor(2, 22).name() == style.palette.surface
    for step in (1, 2, 3):
        place = QRectF(layout.lefts[step], 21, 1.5 * style.em, 1.7 * style.em).toRect()
        colors = {image.pixelColor(x, y).name() for x in range(place.left(), place.right()) for y in range(21, 40)}
        assert len(colors) > 2
