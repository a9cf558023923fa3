"""Whether a document's work is saved, and which file it belongs to. Pure; no Qt.

A file belongs to what was opened from it or saved to it, and to what was made of that or undone from there. Another
sentence, another model and another session that was opened are something else, whose file is another one or none. A
tour that was come back from has changed nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from attention_viewer.model.contract.document import Document
from attention_viewer.viewer.state.history import Change, History
from attention_viewer.viewer.state.holdings import holdings
from attention_viewer.viewer.state.plain_text import PROGRAM, shown_text
from attention_viewer.viewer.state.tour import BACK

OPEN, TAKE_UP = "Open session", "Take up unsaved work"
"""What opening is called in the history; the first is followed by the session's name."""
LONGEST_TITLE = 60
NAME_WORDS = 5
"""So many words of the sentence make the name that is proposed for a new file."""


def content(document: Document) -> tuple[object, ...]:
    """What saving a document keeps, wherever one stands in it and whichever hypothesis one looks at."""
    kept = [(each.leaf, each.name, each.decoding) for each in document.hypotheses]
    # The entry of the one that is looked at is brought up to date only when it is left.
    kept[document.current] = document.leaf, document.hypotheses[document.current].name, document.decoding
    return len(document.choices), document.source, kept, document.choices, document.interventions, document.limit


def proposed_name(document: Document | None) -> str:
    """What a new session's file could be called, without suffix: the first letters and digits of its sentence."""
    letters = "".join(each if each.isalnum() else " " for each in document.source[:200]) if document else ""
    return "-".join(letters.lower().split()[:NAME_WORDS])[:LONGEST_TITLE] or "session"


Root = tuple[str, tuple[object, ...]] | None
"""What was done to begin with another document, and the content of the one before it; None at the very beginning."""


@dataclass(frozen=True)
class Filed:
    """A document as it stands in a file, the model it was made with there, and the last that was made of it.

    `root` is where all of its kind began in the history.
    """

    path: Path
    document: Document
    model: str
    latest: Document
    root: Root = None


def is_unsaved(document: Document | None, filed: Filed | None) -> bool:
    """Whether closing would lose something: a change of what the file holds or, where there is no file, work."""
    if document is None:
        return False
    return bool(holdings(document)) if filed is None else content(document) != content(filed.document)


def is_as_filed(document: Document | None, filed: Filed | None) -> bool:
    """Whether a document is as it stands in its file."""
    return document is not None and filed is not None and content(document) == content(filed.document)


def file_of(filed: Sequence[Filed], history: History, document: Document | None, model: str) -> Filed | None:
    """The file that a document belongs to, of all that were saved or opened, the latest last."""
    if document is None or not filed:
        return None
    began = root(history, document)
    candidates = [each for each in reversed(filed) if each.model == model and each.root == began]
    for each in candidates:
        known = content(each.latest), content(each.document)
        if any(content(kin) in known for kin in relatives(history, document)):
            return each
    return None


def root(history: History, document: Document) -> Root:
    """Where all that the document was made of began."""
    for past in _led_here(history, document):
        if _begins(past.name) or past.document.source != document.source:
            return past.name, content(past.document)
    return None


def relatives(history: History, document: Document) -> Iterator[Document]:
    """The document and all that it was made of, or that undoing came back from, nearest first."""
    yield document
    for changes in (_led_here(history, document), reversed(history.future)):
        for change in changes:
            if _begins(change.name) or change.document.source != document.source:
                break
            yield change.document


def _led_here(history: History, document: Document) -> Iterator[Change]:
    """The changes that led to a document, nearest first, without the ways that a tour went before it gave it back."""
    now, given_back = document, None
    for change in reversed(history.past):
        if given_back is None and change.name == BACK:
            given_back = now
        now = change.document
        if given_back is None or now == given_back:
            given_back = None
            yield change


def title(document: Document | None, filed: Filed | None) -> str:
    """The title of the window, with Qt's mark for what was modified."""
    if filed is not None:
        return f"{_escaped(shown_text(filed.path.name, LONGEST_TITLE))}[*] – {PROGRAM}"
    if document is not None:
        return f"{_escaped(shown_text(document.source, LONGEST_TITLE))}[*] – {PROGRAM}"
    return f"{PROGRAM}[*]"


def _escaped(text: str) -> str:
    """Text for a title, in which Qt takes "[*]" for its mark, and "[*][*]" for the text "[*]"."""
    return text.replace("[*]", "[*][*]")


def _begins(name: str) -> bool:
    return name.startswith((OPEN, TAKE_UP))
