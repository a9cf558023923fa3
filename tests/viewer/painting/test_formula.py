"""Formulas: what is read, what is refused, and that pieces stand where they belong."""

from __future__ import annotations

import pytest
from attention_viewer.model.contract.errors import InputError
from attention_viewer.viewer.look.theme import LIGHT, Style, style_for
from attention_viewer.viewer.painting.formula import _runs, formula_size, paint_formula
from attention_viewer.viewer.state.formula import (
    DEEPEST,
    LONGEST,
    Fraction,
    Letters,
    Raised,
    Root,
    parse_formula,
    plain_formula,
)
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFont, QImage, QPainter


@pytest.fixture
def style(qapp: object) -> Style:
    font = QFont()
    font.setPixelSize(16)
    return style_for(LIGHT, font)


def test_a_formula_is_read_as_written() -> None:
    assert parse_formula("x_i^{2}") == (Letters("x"), Raised((Letters("i"),), False), Raised((Letters("2"),), True))
    found = parse_formula("\\frac{q · k}{\\sqrt{d}}")
    assert found == (Fraction((Letters("q · k"),), (Root((Letters("d"),)),)),)
    assert plain_formula("s = \\frac{q · k}{\\sqrt{d_k}}") == "s = (q · k) / (√(d_k))"
    assert plain_formula("<b>1 < 2</b>") == "<b>1 < 2</b>", "nothing else means anything"


@pytest.mark.parametrize(
    "wrong",
    ["a}", "{a}", "\\frac{a", "\\frac{a}", "x_{a", "x_{" * (DEEPEST + 2) + "}" * (DEEPEST + 2), "x" * (LONGEST + 1)],
)
def test_what_is_no_formula_is_refused_in_a_sentence(wrong: str) -> None:
    with pytest.raises(InputError, match=r"\.$"):
        parse_formula(wrong)


@given(st.text(alphabet="ab{}_^\\fracsqrt ", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse_formula(text)
    except InputError:
        return


def test_a_fraction_is_higher_and_a_subscript_lower_than_the_line(style: Style) -> None:
    plain, raised, lowered, fraction = (
        formula_size(text, style.font) for text in ("x", "x^{2}", "x_{2}", "\\frac{x}{x}")
    )
    assert raised.above > plain.above and raised.below == plain.below
    assert lowered.below > plain.below and lowered.above == plain.above
    assert fraction.height > 1.8 * plain.height and formula_size("\\sqrt{x}", style.font).above > plain.above
    assert raised.width < formula_size("x2", style.font).width


@pytest.mark.parametrize("text", ["x^{2}_{i}", "\\frac{q · k}{\\sqrt{d}}", "\\sqrt{\\frac{1}{d}}"])
def test_nothing_is_painted_outside_the_room_asked_for(text: str, style: Style) -> None:
    box = formula_size(text, style.font)
    image = QImage(240, 120, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    paint_formula(painter, QRectF(20, 20, 200, 80), text, style)
    painter.end()
    top, bottom = 60 - box.height / 2, 60 + box.height / 2
    dark = [(x, y) for x in range(240) for y in range(120) if image.pixelColor(x, y).lightness() < 128]
    assert dark and all(19 <= x <= 21 + box.width and top - 1 <= y <= bottom + 1 for x, y in dark)


def test_a_letter_by_itself_is_a_quantity_in_italics_and_words_are_upright(style: Style) -> None:
    runs = [(run, font.italic()) for run, font in _runs("score = q · 2k, Σ τ", style.font)]
    assert [run for run, italic in runs if italic] == ["q", "k", "τ"]
    assert "".join(run for run, _ in runs) == "score = q · 2k, Σ τ" and runs[0] == ("score = ", False)
