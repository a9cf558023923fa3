"""The handbook: the pages under `assets/help`, and what is found in them. No Qt, no torch, no NumPy.

A page is Markdown: `# ` and its title in the first line, a paragraph that says what it is about, headings with `## `.
Links name other pages by their file, so that they work here and where the files are read on the web.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from attention_viewer.viewer.look.assets import ASSETS

HELP = ASSETS / "help"
FIRST = "index"
"""The page that lists the others, in the order in which they are read."""
TOUR = "panel-tour"
"""The page of the tour; a link to a part of it names a stop."""
IN_TITLE, IN_HEADING, MOST_IN_TEXT = 100, 20, 9
"""What a word counts for where it is found; in the text once for each time, up to a number of times."""
SNIPPET = 80
"""Characters around a word that is found."""


@dataclass(frozen=True)
class Page:
    """A page by its `name`, that of its file without `.md`, and its Markdown `text`."""

    name: str
    text: str

    @cached_property
    def title(self) -> str:
        """What stands in the first line."""
        return self.text.partition("\n")[0].removeprefix("# ").strip()

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """The headings below the title."""
        return tuple(line.lstrip("# ").strip() for line in self.text.splitlines()[1:] if re.match(r"#{2,} ", line))

    @cached_property
    def links(self) -> tuple[str, ...]:
        """The pages that this one names, in order."""
        return tuple(re.findall(r"\]\(([a-z0-9-]+)\.md(?:#[a-z-]+)?\)", self.text))

    @cached_property
    def stops(self) -> tuple[str, ...]:
        """The stops of the bundled tour that this page names, in order."""
        return tuple(re.findall(rf"\]\({TOUR}\.md#([a-z-]+)\)", self.text))

    @cached_property
    def plain(self) -> str:
        """The text below the title without marks of Markdown, on one line."""
        below = self.text.partition("\n")[2]
        without_links = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", below)
        return " ".join(re.sub(r"[`*|#]|^\s*[-:|]+\s*$", " ", without_links, flags=re.MULTILINE).split())


@dataclass(frozen=True)
class Hit:
    """A page that was found, and where in its text."""

    page: Page
    snippet: str


def pages(folder: Path = HELP) -> tuple[Page, ...]:
    """All pages: the first one, those it names in its order, then all others by name."""
    found = {path.stem: Page(path.stem, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.md"))}
    first = found.get(FIRST)
    order = dict.fromkeys((FIRST, *(first.links if first else ()), *found))
    return tuple(found[name] for name in order if name in found)


def search(known: Sequence[Page], text: str) -> list[Hit]:
    """The pages that hold every word of `text`, the best first; all of them, in their order, for no word."""
    words = text.casefold().split()
    scored = [(sum(_worth(page, word) for word in words), page) for page in known if _holds(page, words)]
    ordered = sorted(scored, key=lambda each: -each[0])
    return [Hit(page, _snippet(page, words)) for _, page in ordered]


def _holds(page: Page, words: Sequence[str]) -> bool:
    said = f"{page.title} {page.plain}".casefold()
    return all(word in said for word in words)


def _worth(page: Page, word: str) -> int:
    found = IN_TITLE if word in page.title.casefold() else 0
    found += IN_HEADING if any(word in heading.casefold() for heading in page.headings) else 0
    return found + min(page.plain.casefold().count(word), MOST_IN_TEXT)


def _snippet(page: Page, words: Sequence[str]) -> str:
    """The text around the first place of the first word that is found, or the beginning."""
    said = page.plain.casefold()
    at = next((said.find(word) for word in words if word in said), 0)
    start = max(0, at - SNIPPET // 3)
    # Never from the middle of a word.
    start = page.plain.rfind(" ", 0, start) + 1 if start else 0
    end = page.plain.find(" ", start + SNIPPET)
    end = len(page.plain) if end < 0 else end
    return f"{'… ' if start else ''}{page.plain[start:end]}{' …' if end < len(page.plain) else ''}"
