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
IN_TITLE, IN_HEADING, IN_LEAD = 100, 40, 10
"""What a word counts for by where it is found; anywhere else it counts for 1."""
IN_ONE_HEADING, IN_ONE_BLOCK = 100, 20
"""What it counts for that all words stand in one heading, or in one paragraph or entry of a list."""
IN_THE_WINDOW = 60
"""What it counts for that a page is about the window: most who search are in it."""
OUTSIDE = frozenset(("development", "file-formats", "limits", "parts", "python", "training"))
"""Pages that are not about the window, besides those of commands."""
ENDINGS = r"(?<=\w{3})(?:ings?|ed|es|s|e)$"
SMALL = frozenset(
    ("a", "an", "and", "do", "does", "for", "how", "i", "in", "is", "it", "my", "of", "on", "or", "that", "the", "this",
     "to", "what", "where", "with")
)  # fmt: skip
"""Words that a question is asked with, and nothing is found by."""
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
        """The headings below the title, and the words in bold that paragraphs and entries of lists begin with."""
        marks = r"^(?:#{2,} |(?:(?:[-*]|\d+\.) )?\*\*(?=[^*]+\*\*))"
        return tuple(re.findall(marks + r"([^*\n]+)", self.text, re.MULTILINE))

    @cached_property
    def blocks(self) -> tuple[str, ...]:
        """Paragraphs and entries of lists below the title."""
        below = self.text.partition("\n")[2]
        return tuple(re.split(r"\n\s*\n|\n(?=[-*|] |\d+\. )", below.strip()))

    @cached_property
    def lead(self) -> str:
        """The first paragraph: what the page is about."""
        return self.blocks[0]

    @cached_property
    def said(self) -> str:
        """Title and text in small letters, as they are searched."""
        return f"{self.title} {self.plain}".casefold()

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
        without_links = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", below)
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


def picture_path(name: str) -> Path | None:
    """The file of a picture of the handbook, by the name that its pages give it; None for anything else."""
    path = HELP / name
    return path if re.fullmatch(r"[a-z-]+\.png", name) and path.is_file() else None


def beside(link: str) -> Page | None:
    """The page that a link out of the handbook leads to: another text of the program, such as the model card."""
    path = (HELP / link).resolve()
    if path.suffix != ".md" or not path.is_relative_to(ASSETS.resolve()) or not path.is_file():
        return None
    # What a model card begins with is for machines.
    text = re.sub(r"\A---\n.*?\n---\n+", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return Page(link.removesuffix(".md"), text)


def search(known: Sequence[Page], text: str) -> list[Hit]:
    """The pages that hold every word of `text`, the best first; all of them, in their order, for no word.

    Words count by where they stand; of pages that are as good, those of the window come before those of commands.
    """
    words = _sought(text)
    found = [page for page in known if all(word.search(page.said) for word in words)]
    ordered = sorted(found, key=lambda page: _place(page, words)) if words else found
    return [Hit(page, _snippet(page, words)) for page in ordered]


def _sought(text: str) -> list[re.Pattern[str]]:
    """What is looked for: beginnings of words, whatever their endings; small words only where there is no other."""
    words = text.casefold().split()
    kept = [word for word in words if word not in SMALL] or words
    return [re.compile(rf"(?<!\w){re.escape(re.sub(ENDINGS, '', word))}") for word in kept]


def _place(page: Page, words: Sequence[re.Pattern[str]]) -> tuple[int, int]:
    """Where a page stands among those that were found: the smaller, the better."""
    worth = sum(_worth(page, word) for word in words)
    together = [line for line in (page.title, *page.headings) if _all_in(words, line)]
    worth += IN_ONE_HEADING if together else 0
    worth += IN_ONE_BLOCK if any(_all_in(words, block) for block in page.blocks) else 0
    worth += 0 if page.name.startswith("command") or page.name in OUTSIDE else IN_THE_WINDOW
    return -worth, -sum(len(word.findall(page.said)) for word in words)


def _all_in(words: Sequence[re.Pattern[str]], text: str) -> bool:
    return all(word.search(text.casefold()) for word in words)


def _worth(page: Page, word: re.Pattern[str]) -> int:
    for text, worth in ((page.title, IN_TITLE), *((each, IN_HEADING) for each in page.headings), (page.lead, IN_LEAD)):
        if word.search(text.casefold()):
            return worth
    return 1


def _snippet(page: Page, words: Sequence[re.Pattern[str]]) -> str:
    """The text around the first place of the first word that is found, or the beginning."""
    found = (word.search(page.plain.casefold()) for word in words)
    at = next((each.start() for each in found if each), 0)
    start = max(0, at - SNIPPET // 3)
    # Never from the middle of a word.
    start = page.plain.rfind(" ", 0, start) + 1 if start else 0
    end = page.plain.find(" ", start + SNIPPET)
    end = len(page.plain) if end < 0 else end
    return f"{'… ' if start else ''}{page.plain[start:end]}{' …' if end < len(page.plain) else ''}"
