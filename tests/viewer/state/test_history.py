from __future__ import annotations

from attention_viewer.model.contract.document import Document, go_to
from attention_viewer.viewer.state.history import LONGEST, History, Run, record, redo, trimmed, undo
from hypothesis import given
from hypothesis import strategies as st

START = Document("x")


def test_undo_and_redo_name_what_they_do() -> None:
    history = record(History(), "Step", START)
    now = go_to(START, 1)
    assert (history.undo_name, history.redo_name) == ("Step", "")
    before, history = undo(history, now)
    assert before == START and (history.undo_name, history.redo_name) == ("", "Step")
    after, history = redo(history, before)
    assert after == now and (history.undo_name, history.redo_name) == ("Step", "")


def test_a_new_change_forgets_what_was_undone() -> None:
    _, history = undo(record(History(), "Step", START), go_to(START, 1))
    assert record(history, "Force", START).future == ()


def test_changes_of_one_run_are_undone_at_once() -> None:
    play = Run("Play", 1)
    history = record(History(), "Step", START)
    for step in range(1, 5):
        history = record(history, "Play", go_to(START, step), play)
    assert [change.name for change in history.past] == ["Step", "Play"]
    assert undo(history, go_to(START, 5))[0] == go_to(START, 1)
    again = record(history, "Play", go_to(START, 5), Run("Play", 2))
    assert [change.name for change in again.past] == ["Step", "Play", "Play"]


def test_presses_of_step_and_back_are_one_run_until_something_else_happens() -> None:
    steps = Run("Steps")
    history = record(History(), "Step", START, steps)
    assert history.undo_name == "Step"
    history = record(record(history, "Step", go_to(START, 1), steps), "Step back", go_to(START, 2), steps)
    assert history.undo_name == "Steps" and len(history.past) == 1
    history = record(record(history, "Force", go_to(START, 1)), "Step", go_to(START, 2), steps)
    assert [change.name for change in history.past] == ["Steps", "Force", "Step"]
    _, undone = undo(record(history, "Force", go_to(START, 3)), go_to(START, 4))
    assert [change.name for change in record(undone, "Step", go_to(START, 3), steps).past][-2:] == ["Step", "Step"]


def test_a_change_that_led_nowhere_is_dropped() -> None:
    history = record(record(History(), "Force", START), "Step", go_to(START, 1))
    assert trimmed(history, go_to(START, 2)) == history
    assert trimmed(history, go_to(START, 1)).undo_name == "Force"


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30), st.data())
def test_undoing_everything_and_redoing_it_returns_every_document(steps: list[int], data: st.DataObject) -> None:
    documents = [START]
    history = History()
    for step in steps:
        history = record(history, f"Go to {step}", documents[-1])
        documents.append(go_to(START, step))
    now, place = documents[-1], len(documents) - 1
    for _ in range(40):
        back = data.draw(st.booleans())
        if back and history.past:
            now, history = undo(history, now)
            place -= 1
        elif not back and history.future:
            now, history = redo(history, now)
            place += 1
        assert now == documents[place]
        assert len(history.past) == place and len(history.future) == len(steps) - place


def test_the_history_has_a_limit() -> None:
    history = History()
    for step in range(LONGEST + 7):
        history = record(history, "Step", go_to(START, step))
    assert len(history.past) == LONGEST
