"""What is work, which file a document belongs to, and what is said of both."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from attention_viewer.model.contract.api import How
from attention_viewer.model.contract.document import Document, go_to, step_forward
from attention_viewer.model.contract.hypotheses import (
    choose_hypothesis,
    delete_hypothesis,
    intervene,
    rename_hypothesis,
)
from attention_viewer.model.contract.hypotheses import force as force_after
from attention_viewer.model.contract.interventions import NONE
from attention_viewer.viewer.state import history as undoing
from attention_viewer.viewer.state.filing import (
    OPEN,
    TAKE_UP,
    Filed,
    content,
    file_of,
    is_as_filed,
    is_unsaved,
    proposed_name,
    title,
)
from attention_viewer.viewer.state.history import History, record
from attention_viewer.viewer.state.holdings import holdings
from attention_viewer.viewer.state.plain_text import LONGEST_TEXT, shown_text
from attention_viewer.viewer.state.tour import BACK, STOP


def force(document: Document, token: int) -> Document:
    """The document with a token forced in place of all there is: nothing is known of what it leaves."""
    return force_after(document, [], token)


PLAIN = Document("The cat sat.", step=3)
FORCED = force(PLAIN, 7)
A, B = Path("a.avsession"), Path("b.avsession")


def branched() -> Document:
    return force_after(PLAIN, [(5, How.GREEDY)], 9, [(6, How.GREEDY)])


@pytest.mark.parametrize("document", [FORCED, branched(), rename_hypothesis(PLAIN, 0, "mine")])
def test_work_without_a_file_is_unsaved_and_with_one_only_what_was_changed_since(document: Document) -> None:
    assert is_unsaved(document, None)
    assert not is_unsaved(document, Filed(A, document, "m", document))
    assert is_unsaved(document, Filed(A, PLAIN, "m", document))


@pytest.mark.parametrize("before", [FORCED, branched(), intervene(PLAIN, replace(NONE, causal_mask=False))])
def test_work_that_was_taken_out_of_what_a_file_holds_is_a_change(before: Document) -> None:
    assert is_unsaved(PLAIN, Filed(A, before, "m", before))


def test_a_hypothesis_deleted_after_saving_is_a_change() -> None:
    saved = branched()
    left = delete_hypothesis(saved, 1)
    assert len(left.hypotheses) == 1 and not holdings(left)
    assert is_unsaved(left, Filed(A, saved, "m", left)) and not is_unsaved(left, None)


def test_a_sentence_and_its_steps_are_nothing_to_lose() -> None:
    assert not is_unsaved(None, None) and not is_unsaved(None, Filed(A, FORCED, "m", FORCED))
    assert not is_unsaved(go_to(PLAIN, 9), None) and not is_unsaved(go_to(PLAIN, 9), Filed(A, PLAIN, "m", PLAIN))


def test_where_one_stands_is_no_change_of_what_was_saved() -> None:
    several = branched()
    filed = Filed(A, several, "m", several)
    for moved in (step_forward(several), go_to(several, 0), choose_hypothesis(several, 0)):
        assert is_as_filed(moved, filed) and not is_unsaved(moved, filed)
    for changed in (rename_hypothesis(several, 0, "mine"), force(several, 3), replace(several, source="A dog.")):
        assert not is_as_filed(changed, filed) and is_unsaved(changed, filed)


def walk(*steps: tuple[str, Document]) -> tuple[History, Document]:
    """The history after `steps`, each what was done and what it led to."""
    history, now = History(), steps[0][1]
    for name, document in steps[1:]:
        history, now = record(history, name, now), document
    return history, now


def test_a_file_belongs_to_what_was_made_of_its_content_and_undone() -> None:
    history, now = walk(("", PLAIN), ("Force", FORCED), ("Name", rename_hypothesis(FORCED, 0, "mine")))
    filed = [Filed(A, FORCED, "m", FORCED)]
    assert file_of(filed, history, now, "m") == filed[0]
    for _ in range(2):
        now, history = undoing.undo(history, now)
        assert file_of(filed, history, now, "m") == filed[0]
    assert file_of(filed, history, now, "another model") is None
    assert file_of([], history, now, "m") is None and file_of(filed, History(), None, "m") is None


def test_another_sentence_belongs_to_no_file_until_undo_brings_the_old_one_back() -> None:
    history, now = walk(("", FORCED), ("New sentence", Document("A dog.")))
    filed = [Filed(A, FORCED, "m", FORCED)]
    assert file_of(filed, history, now, "m") is None
    now, history = undoing.undo(history, now)
    assert file_of(filed, history, now, "m") == filed[0]


@pytest.mark.parametrize("name", [f"{OPEN} b.avsession", TAKE_UP])
def test_what_was_opened_over_a_document_of_the_same_sentence_is_not_of_its_file(name: str) -> None:
    other = rename_hypothesis(PLAIN, 0, "theirs")
    changed = rename_hypothesis(other, 0, "changed")
    history, now = walk(("", PLAIN), ("Force", FORCED), (name, other), ("Name", changed))
    mine, theirs = Filed(A, FORCED, "m", FORCED), Filed(B, other, "m", other, (name, content(FORCED)))
    assert file_of([mine], history, now, "m") is None
    assert file_of([mine, theirs], history, now, "m") == theirs
    for _ in range(2):
        now, history = undoing.undo(history, now)
    assert now == FORCED and file_of([mine, theirs], history, now, "m") == mine
    assert file_of([theirs], history, now, "m") is None
    now, history = undoing.redo(history, now)
    assert file_of([mine, theirs], history, now, "m") == theirs


def test_a_tour_that_was_come_back_from_is_no_part_of_what_became_of_a_file() -> None:
    first, second, changed = Document("The cat."), Document("The dog."), force(FORCED, 8)
    opened = (("", PLAIN), (f"{OPEN} a.avsession", FORCED))
    history, now = walk(*opened, (STOP, first), (STOP, second), (BACK, FORCED), (STOP, first), (BACK, FORCED))
    filed = [Filed(A, FORCED, "m", FORCED, (f"{OPEN} a.avsession", content(PLAIN)))]
    assert file_of(filed, history, now, "m") == filed[0]
    assert file_of(filed, record(history, "Force", now), changed, "m") == filed[0]
    now, history = undoing.undo(history, now)
    assert now == first and file_of(filed, history, now, "m") is None


def test_what_was_typed_on_a_tour_and_given_back_is_of_no_file() -> None:
    mine, stop = Document("Mine."), Document("The cat.")
    history, now = walk(("", FORCED), (STOP, stop), ("New sentence", mine), (STOP, stop), (BACK, mine))
    assert file_of([Filed(A, FORCED, "m", FORCED)], history, now, "m") is None


def test_what_was_taken_up_is_of_no_file_even_where_one_holds_the_same() -> None:
    named = rename_hypothesis(FORCED, 0, "mine")
    history, now = walk(("", FORCED), ("Name", named), (TAKE_UP, FORCED))
    assert file_of([Filed(A, FORCED, "m", FORCED)], history, now, "m") is None


def test_the_latest_file_of_a_document_is_its_own() -> None:
    named = rename_hypothesis(FORCED, 0, "mine")
    history, now = walk((f"{OPEN} a.avsession", FORCED), ("Name", named), ("Name", FORCED), ("Force", force(FORCED, 8)))
    first, copy = Filed(A, FORCED, "m", FORCED), Filed(B, named, "m", named)
    assert file_of([first, copy], history, now, "m") == copy


def test_a_file_is_found_when_its_content_has_left_the_history() -> None:
    latest = force(FORCED, 8)
    history, now = walk(("Force", latest), ("Force", force(latest, 9)))
    assert file_of([Filed(A, FORCED, "m", FORCED)], history, now, "m") is None
    kept = Filed(A, FORCED, "m", latest)
    assert file_of([kept], history, now, "m") == kept


def test_content_is_told_apart_quickly() -> None:
    assert content(PLAIN) == content(go_to(PLAIN, 1)) != content(FORCED)


def test_text_from_outside_is_one_short_line_that_hides_nothing() -> None:
    assert shown_text("a\nb\r\n\tc\u2028d\x00e") == "a b c d e"
    assert shown_text("report\u202egnp.exe") == "report gnp.exe"
    assert shown_text("\ud800x") == "x"
    long = shown_text("x" * 1000)
    assert len(long) == LONGEST_TEXT and long.endswith("…")
    assert shown_text("<b>fine</b> & é 猫") == "<b>fine</b> & é 猫"


def test_the_title_names_the_file_or_the_sentence_and_marks_what_was_modified() -> None:
    assert title(None, None) == "Attention Viewer[*]"
    assert title(PLAIN, None) == "The cat sat.[*] – Attention Viewer"
    assert title(PLAIN, Filed(Path("/far/away/a.avsession"), PLAIN, "", PLAIN)) == "a.avsession[*] – Attention Viewer"
    long = title(Document("word " * 100 + "\n"), None)
    assert len(long) < 85 and "…[*]" in long
    assert title(Document("a [*] b"), None).startswith("a [*][*] b[*]")


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("The cat didn't sit / on the mat.", "the-cat-didn-t-sit"),
        ("../../etc/passwd", "etc-passwd"),
        ("…!", "session"),
        ("Été " * 3 + "\u202e" + "x" * 300, "été-été-été-" + "x" * 48),
    ],
)
def test_a_new_file_is_called_by_its_sentence(source: str, name: str) -> None:
    assert proposed_name(Document(source)) == name and proposed_name(None) == "session"
