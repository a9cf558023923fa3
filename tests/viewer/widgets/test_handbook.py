"""The handbook's window, by key and mouse: searching, following links, going back; and nothing is fetched."""

from __future__ import annotations

import pytest
from attention_viewer.viewer.state.handbook import HELP, Page, pages
from attention_viewer.viewer.widgets.handbook import NOTHING, HandbookDialog
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QColor, QImage, QPalette, QTextDocument
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

PAGES = (
    Page("index", "# Start\n\nSee [maps](maps.md) and [the net](https://example.org/x.md).\n"),
    Page("maps", "# Maps\n\nRows are *queries*, `keys` columns.\n\n## Masked\n\n- hatched\n\n```bash\nrun it\n```\n"),
    Page("odd", "# Odd\n\n<b>bold</b> ![picture](https://example.org/p.png)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"),
)


@pytest.fixture
def dialog(qtbot: QtBot) -> HandbookDialog:
    made = HandbookDialog(PAGES)
    qtbot.addWidget(made)
    made.show()
    return made


def test_it_opens_at_the_first_page_ready_to_search(dialog: HandbookDialog, qtbot: QtBot) -> None:
    assert dialog.current == "index" and dialog.shown() == ["index", "maps", "odd"]
    assert not dialog.back.isEnabled()
    qtbot.keyClicks(dialog.search, "queries")
    assert dialog.shown() == ["maps"] and dialog.current == "index"
    qtbot.keyClick(dialog.search, Qt.Key.Key_Down)
    assert dialog.current == "maps"
    assert dialog.page.textCursor().selectedText() == "queries"
    dialog.search.clear()
    assert len(dialog.shown()) == 3 and dialog.list.currentItem().text() == "Maps"


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Down])
def test_what_was_found_first_is_chosen_first_whatever_page_is_open(
    dialog: HandbookDialog, qtbot: QtBot, key: Qt.Key
) -> None:
    qtbot.keyClicks(dialog.search, "maps")
    assert dialog.shown() == ["maps", "index"] and dialog.current == "index"
    qtbot.keyClick(dialog.search, key)
    assert dialog.current == "maps"


def test_what_no_page_says_is_said(dialog: HandbookDialog, qtbot: QtBot) -> None:
    qtbot.keyClicks(dialog.search, "zebra")
    notes = [label for label in dialog.findChildren(QLabel) if label.text() == NOTHING]
    assert dialog.shown() == [] and notes[0].isVisible()


def test_links_lead_to_pages_and_back_and_nowhere_else(dialog: HandbookDialog, qtbot: QtBot) -> None:
    dialog.page.anchorClicked.emit(QUrl("maps.md"))
    assert dialog.current == "maps" and dialog.back.isEnabled()
    dialog.page.anchorClicked.emit(QUrl("https://example.org/x.md"))
    dialog.page.anchorClicked.emit(QUrl("../secret.md"))
    dialog.page.anchorClicked.emit(QUrl("../../README.md"))
    dialog.page.anchorClicked.emit(QUrl("../models/en-fr/config.json"))
    assert dialog.current == "maps" and not dialog.page.openLinks() and not dialog.page.openExternalLinks()
    dialog.page.anchorClicked.emit(QUrl("../models/en-fr/README.md"))
    assert dialog.page.document().toPlainText().startswith("English-French"), "the model card is one of its pages"
    qtbot.keyClick(dialog, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(dialog, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert dialog.current == "index"
    dialog.show_page("no such page")
    assert dialog.current == "index"


def test_markdown_becomes_headings_lists_code_and_tables_and_html_stays_text(dialog: HandbookDialog) -> None:
    dialog.show_page("maps")
    document = dialog.page.document()
    blocks = [document.findBlockByNumber(number) for number in range(document.blockCount())]
    assert [block.blockFormat().headingLevel() for block in blocks][:3] == [1, 0, 2]
    assert "*" not in document.toPlainText() and "`" not in document.toPlainText()
    assert any(block.textList() for block in blocks) and "run it" in document.toPlainText()
    dialog.show_page("odd")
    assert "<b>bold</b>" in dialog.page.document().toPlainText()
    assert dialog.page.document().rootFrame().childFrames()
    picture = QTextDocument.ResourceType.ImageResource.value
    assert dialog.page.loadResource(picture, QUrl("https://example.org/p.png")) is None
    for name in ("../tour/window-light.png", "/etc/passwd", "index.md", "gone.png", str(HELP / "cross.png")):
        assert dialog.page.loadResource(picture, QUrl(name)) is None
    cross = dialog.page.loadResource(picture, QUrl("cross.png"))
    assert isinstance(cross, QImage) and cross.width() > 100


def test_every_page_of_the_handbook_can_be_shown(qtbot: QtBot) -> None:
    made = HandbookDialog(pages())
    qtbot.addWidget(made)
    for page in pages():
        made.show_page(page.name)
        shown = made.page.document().toPlainText()
        assert shown.startswith(page.title.replace("`", "")) and "](" not in shown


def test_a_page_shows_its_picture_in_its_room(qtbot: QtBot) -> None:
    made = HandbookDialog(pages())
    qtbot.addWidget(made)
    made.show()
    made.show_page("panel-cross")
    document = made.page.document()
    fragments = [
        block.begin().fragment().charFormat()
        for block in (document.findBlockByNumber(number) for number in range(document.blockCount()))
        if not block.begin().atEnd()
    ]
    assert [each.toImageFormat().name() for each in fragments if each.isImageFormat()] == ["cross.png"]
    assert document.idealWidth() <= made.page.viewport().width()


def test_a_page_is_laid_out_anew_in_other_colours(dialog: HandbookDialog) -> None:
    dialog.show_page("maps")

    def shade() -> str:
        document = dialog.page.document()
        blocks = (document.findBlockByNumber(number) for number in range(document.blockCount()))
        return next(block.blockFormat().background().color().name() for block in blocks if block.text() == "run it")

    palette = dialog.page.palette()
    before = shade()
    palette.setColor(QPalette.ColorRole.Mid, QColor("#123456"))
    dialog.page.setPalette(palette)
    assert shade() == "#123456" != before
