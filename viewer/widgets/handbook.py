"""The handbook's window: pages to choose and to search on the left, the page on the right. Nothing is ever fetched."""

from __future__ import annotations

from collections.abc import Sequence

from attention_viewer.viewer.state.handbook import FIRST, Page, beside, picture_path, search
from attention_viewer.viewer.widgets import on_screen
from attention_viewer.viewer.widgets.page_look import give_room
from attention_viewer.viewer.widgets.plain import plain_label
from PySide6.QtCore import QEvent, QObject, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QImage, QKeyEvent, QKeySequence, QShortcut, QTextDocument
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSplitter,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

WIDTH_CHARACTERS, HEIGHT_LINES = 175, 46
LIST_SHARE, PAGE_SHARE = 3, 7
MARGIN_EMS = 1.0
NOTHING = "No page says that. Try another word, or fewer of them."
NAME = Qt.ItemDataRole.UserRole
MARKDOWN = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML


class PageView(QTextBrowser):
    """Shows Markdown without any HTML in it; it follows no link by itself, and loads nothing but its own pictures."""

    def __init__(self) -> None:
        super().__init__()
        self._page: Page | None = None
        self.setOpenLinks(False)
        self.setAccessibleName("Page of the handbook")

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """A picture that came with the handbook, for nothing comes from outside."""
        path = picture_path(name if isinstance(name, str) else name.toString())
        return None if path is None else QImage(str(path))

    def changeEvent(self, event: QEvent) -> None:
        """Lay the page out anew in another theme or text size."""
        super().changeEvent(event)
        changed = event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange)
        if changed and self._page is not None:
            self.show_page(self._page)

    def show_page(self, page: Page) -> None:
        """Show a page from its beginning."""
        self._page = page
        document = QTextDocument(self)
        document.setDefaultFont(self.font())
        document.setDocumentMargin(MARGIN_EMS * self.fontMetrics().height())
        document.setMarkdown(page.text, MARKDOWN)
        give_room(document, self.palette(), self.fontMetrics().height())
        self.setDocument(document)


class HandbookDialog(QDialog):
    """All pages; what is typed is sought in them. A link leads to another page, Back to the one before.

    `stop_wanted` names the stop of the tour that shows what the page tells.
    """

    stop_wanted = Signal(str)

    def __init__(self, pages: Sequence[Page], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Handbook")
        self._pages = {page.name: page for page in pages}
        self._before: list[str] = []
        self.current = ""
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search the handbook")
        self.search.setAccessibleName("Search the handbook")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName("Pages of the handbook")
        self.list.setWordWrap(True)
        self.list.setSpacing(2)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(self._choose)
        self._nothing = plain_label(NOTHING)
        self._nothing.setWordWrap(True)
        self._nothing.setProperty("tone", "muted")
        self.page = PageView()
        self.page.anchorClicked.connect(self._follow)
        self.back = QPushButton("Back")
        self.back.setToolTip("To the page before (Alt+←)")
        self.back.clicked.connect(self.go_back)
        self.show_me = QPushButton("&Show me in the tour")
        self.show_me.setToolTip("The stop of the tour that this page names first, in the window")
        self.show_me.clicked.connect(lambda: self.stop_wanted.emit(self._pages[self.current].stops[0]))
        QShortcut(QKeySequence("Alt+Left"), self, self.go_back)
        self._lay_out()
        self._filter("")
        self.show_page(FIRST)

    def show_page(self, name: str) -> None:
        """Open a page; the first one where there is none of that name."""
        page = self._pages.get(name) or self._pages.get(FIRST) or next(iter(self._pages.values()))
        if self.current and self.current != page.name:
            self._before.append(self.current)
        self._show(page)

    def go_back(self) -> None:
        """Open the page that was open before."""
        if self._before:
            self._show(self._pages[self._before.pop()])

    def shown(self) -> list[str]:
        """The names of the pages listed now."""
        return [str(self.list.item(row).data(NAME)) for row in range(self.list.count())]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrows and Return in the search line choose among what was found."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if steps is not None:
                self.list.setCurrentRow(max(0, min(self.list.count() - 1, self.list.currentRow() + steps)))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.list.setCurrentRow(max(0, self.list.currentRow()))
                self.page.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
        return super().eventFilter(watched, event)

    def _show(self, page: Page) -> None:
        self.current = page.name
        self.page.show_page(page)
        self.back.setEnabled(bool(self._before))
        self.show_me.setVisible(bool(page.stops))
        self._mark()

    def _mark(self) -> None:
        """Select the page's entry in the list, if it is listed, and seek in it what is sought."""
        names = self.shown()
        self.list.blockSignals(True)
        self.list.setCurrentRow(names.index(self.current) if self.current in names else -1)
        self.list.blockSignals(False)
        words = self.search.text().split()
        if words:
            self.page.find(words[0])

    def _filter(self, text: str) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        for hit in search(tuple(self._pages.values()), text):
            item = QListWidgetItem(f"{hit.page.title}\n{hit.snippet}" if text.strip() else hit.page.title)
            item.setData(NAME, hit.page.name)
            self.list.addItem(item)
        self.list.blockSignals(False)
        self._nothing.setVisible(not self.list.count())
        if self.current:
            self._mark()
        if text.strip():
            # Down and Return begin with what was found first, not with the page that happens to be open.
            self.list.blockSignals(True)
            self.list.setCurrentRow(-1)
            self.list.blockSignals(False)

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.show_page(str(item.data(NAME)))

    def _follow(self, link: QUrl) -> None:
        """Go where a link leads, if that is a page, or a stop of the tour."""
        if link.fragment() and link.fragment() in self._pages[self.current].stops:
            self.stop_wanted.emit(link.fragment())
            return
        name = link.toString().removesuffix(".md")
        if name not in self._pages and (page := beside(link.toString())) is not None:
            self._pages[name] = page
        if name in self._pages:
            self.show_page(name)

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        for part in (self.search, self.list, self._nothing):
            left.addWidget(part)
        left.setContentsMargins(0, 0, 0, 0)
        top = QHBoxLayout()
        top.addWidget(self.back)
        top.addStretch(1)
        top.addWidget(self.show_me)
        close = QPushButton("Close")
        close.setAutoDefault(False)
        self.show_me.setAutoDefault(False)
        self.back.setAutoDefault(False)
        close.clicked.connect(self.close)
        top.addWidget(close)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.addWidget(self.page)
        right.addLayout(top)
        splitter = QSplitter()
        for layout, share in ((left, LIST_SHARE), (right, PAGE_SHARE)):
            side = QWidget()
            side.setLayout(layout)
            splitter.addWidget(side)
            splitter.setStretchFactor(splitter.count() - 1, share)
        QVBoxLayout(self).addWidget(splitter)
        metrics = self.fontMetrics()
        wanted = QSize(WIDTH_CHARACTERS * metrics.averageCharWidth(), HEIGHT_LINES * metrics.height())
        self.resize(on_screen.fitting(self, wanted))
        splitter.setSizes([self.width() * share // (LIST_SHARE + PAGE_SHARE) for share in (LIST_SHARE, PAGE_SHARE)])
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)
