"""How a page of the handbook looks: room between its parts, code and tables told apart. Markdown has none of it."""

from __future__ import annotations

from PySide6.QtGui import (
    QBrush,
    QPalette,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
)

LINE_HEIGHT = 125.0
"""Percent of a line's own height."""
TITLE, HEADING = 2, 1
"""Sizes of headings, in Qt's steps above that of the text: half as large again, and a fifth."""
CODE_SHADE = 0.5
"""Opacity of what lies behind code."""
ABOVE, BELOW, BETWEEN, CELL = 0.9, 0.6, 0.25, 0.4
"""Room above a heading, below a paragraph, between the entries of a list, and in a cell, in lines."""


def give_room(document: QTextDocument, palette: QPalette, line: float) -> None:
    """Lay out a document that was made of Markdown; `line` is the height of a line in pixels."""
    block = document.begin()
    while block.isValid():
        _lay_out(block, palette, line)
        block = block.next()
    for frame in document.rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            _lay_out_table(frame, palette, line)


def _lay_out(block: QTextBlock, palette: QPalette, line: float) -> None:
    cursor, form = QTextCursor(block), QTextBlockFormat(block.blockFormat())
    level, in_table = form.headingLevel(), QTextCursor(block).currentTable() is not None
    code = form.hasProperty(QTextFormat.Property.BlockCodeLanguage) or form.hasProperty(
        QTextFormat.Property.BlockCodeFence
    )
    form.setNonBreakableLines(False)
    form.setLineHeight(LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    form.setTopMargin(ABOVE * line if level > 1 else 0)
    if code:
        shade = palette.color(QPalette.ColorRole.Mid)
        shade.setAlphaF(CODE_SHADE)
        form.setBackground(QBrush(shade))
        form.setBottomMargin(0 if _goes_on(block) else BELOW * line)
    elif in_table:
        form.setBottomMargin(0)
    else:
        in_list = block.textList() and block.next().textList()
        form.setBottomMargin((BETWEEN if in_list else BELOW) * line)
    cursor.setBlockFormat(form)
    if level:
        _resize(block, TITLE if level == 1 else HEADING)


def _goes_on(block: QTextBlock) -> bool:
    """Whether the next block is code too."""
    following = block.next().blockFormat()
    return block.next().isValid() and following.hasProperty(QTextFormat.Property.BlockCodeFence)


def _resize(block: QTextBlock, steps: int) -> None:
    cursor = QTextCursor(block)
    cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
    form = QTextCharFormat()
    form.setProperty(QTextFormat.Property.FontSizeAdjustment, steps)
    cursor.mergeCharFormat(form)


def _lay_out_table(table: QTextTable, palette: QPalette, line: float) -> None:
    form = table.format()
    form.setCellPadding(CELL * line)
    form.setCellSpacing(0)
    form.setBorder(1)
    form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    form.setBorderBrush(QBrush(palette.color(QPalette.ColorRole.Mid)))
    form.setBorderCollapse(True)
    form.setBottomMargin(BELOW * line)
    form.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
    form.clearColumnWidthConstraints()
    table.setFormat(form)
