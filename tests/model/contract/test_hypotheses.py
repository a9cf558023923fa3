"""Hypotheses: what is left stays what it was, whatever is done elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from attention_viewer.model.contract.api import How
from attention_viewer.model.contract.choosing import Decoding, Method
from attention_viewer.model.contract.document import (
    PLAIN,
    Choice,
    Document,
    Hypothesis,
    Made,
    free_how,
    go_to,
    how_at,
    hypotheses,
    path,
    path_to,
    unplaced,
)
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.hypotheses import (
    branch,
    choose_hypothesis,
    decode_by,
    delete_hypothesis,
    force,
    intervene,
    leave,
    opened,
    redrawn,
    rename_hypothesis,
    sample_again,
    teacher_force,
    untouched,
)
from attention_viewer.model.contract.interventions import NONE, Interventions, Positions
from hypothesis import given
from hypothesis import strategies as st
from support.documents import (
    INTERVENTIONS,
    KNOWN,
    LEAVING,
    STAYING,
    TOKENS,
    Change,
    F,
    G,
    Kept,
    documents,
    kept,
    outputs_of,
    tokens,
)

S, B = How.SAMPLED, How.BEAM
SHUFFLED = Interventions(encoder_positions=Positions.SHUFFLED)
SAMPLING = Decoding(Method.SAMPLING, seed=3)


def test_a_forced_target_is_a_path() -> None:
    document = teacher_force(Document("x"), [5, 6, 0])
    assert [choice.token for choice in path(document)] == [5, 6, 0] and document.step == 3
    assert {choice.how for choice in path(document)} == {How.FORCED}


def test_a_longer_forced_target_raises_the_limit() -> None:
    document = teacher_force(Document("x", limit=2), [5, 6, 0])
    assert (document.step, document.limit) == (3, 3)


def test_forcing_a_token_keeps_what_stood_there_as_a_hypothesis_of_its_own() -> None:
    greedy = go_to(Document("x"), 4)
    forced = force(greedy, [(5, G), (6, G)], 9)
    assert tokens(forced) == [(5, G), (6, G), (9, F)] and (forced.step, forced.current) == (3, 1)
    assert hypotheses(forced) == (Hypothesis(1, 4), Hypothesis(forced.leaf, 3))
    assert choose_hypothesis(forced, 0) == replace(forced, current=0, leaf=1, step=4)
    known = force(greedy, [(5, G), (6, G)], 9, [(7, G), (8, G), (0, G)])
    assert tokens(choose_hypothesis(known, 0)) == [(5, G), (6, G), (7, G), (8, G), (0, G)]


def test_branches_share_what_they_have_in_common() -> None:
    document = branch(branch(Document("x"), [(5, G), (6, G)]), [(5, G), (7, F)])
    assert [(choice.token, choice.parent) for choice in document.choices] == [(5, None), (6, 0), (7, 0)]
    other_how = branch(document, [(5, F), (7, F)])
    assert len(other_how.choices) == 5 and tokens(other_how) == [(5, F), (7, F)]


def test_the_same_branch_again_is_gone_to_not_kept_twice() -> None:
    first = rename_hypothesis(branch(Document("x"), [(5, F), (6, F)]), 1, "mine")
    again = branch(choose_hypothesis(go_to(first, 7), 0), [(5, F), (6, F)])
    assert (again.current, again.step, len(again.hypotheses)) == (1, 2, 2)
    assert again.hypotheses[1].name == "mine" and again.choices == first.choices


def test_a_hypothesis_is_found_where_it_was_left() -> None:
    document = go_to(branch(Document("x"), [(5, F)]), 9)
    there_and_back = choose_hypothesis(choose_hypothesis(document, 0), 1)
    assert (there_and_back.step, there_and_back.leaf) == (9, document.leaf)
    assert hypotheses(document)[1].step == 9


def test_names_are_one_line_and_touch_nothing_else() -> None:
    document = branch(Document("x"), [(5, F)])
    named = rename_hypothesis(document, 0, "  the \n first\t")
    assert named.hypotheses[0].name == "the first" and named.hypotheses[1] == document.hypotheses[1]
    assert rename_hypothesis(named, 0, " ") == document


@pytest.mark.parametrize(("deleted", "current", "left"), [(0, 1, [5, 6]), (1, 1, [4, 6]), (2, 1, [4, 5])])
def test_deleting_takes_its_own_choices_along_and_another_takes_its_place(
    deleted: int, current: int, left: list[int]
) -> None:
    document = branch(Document("x"), [(3, F), (4, F)])
    document = delete_hypothesis(document, 0)
    document = branch(branch(document, [(3, F), (5, F)]), [(3, F), (6, F)])
    assert [choice.token for choice in document.choices] == [3, 4, 5, 6] and document.current == 2
    after = delete_hypothesis(go_to(document, 7), deleted)
    assert [path_to(after, each.leaf)[-1].token for each in after.hypotheses] == left
    assert [choice.token for choice in after.choices] == [3, *left] and after.current == current
    assert after.step == (2 if deleted == 2 else 7) and path(after)[-1].token == left[current]


def test_deleting_another_hypothesis_stays_with_the_one_that_is_looked_at() -> None:
    document = Document("x")
    for token in (4, 5, 6):
        document = branch(document, [(token, F)])
    middle = go_to(choose_hypothesis(document, 2), 8)
    for index, current in ((0, 1), (3, 2)):
        after = delete_hypothesis(middle, index)
        assert (tokens(after), after.step, after.current) == ([(5, F)], 8, current)


@pytest.mark.parametrize("index", [-1, 2])
def test_a_hypothesis_that_is_not_there_is_refused(index: int) -> None:
    document = branch(Document("x"), [(5, F)])
    changes: list[Callable[[], Document]] = [
        lambda: choose_hypothesis(document, index),
        lambda: rename_hypothesis(document, index, "name"),
        lambda: delete_hypothesis(document, index),
    ]
    for change in changes:
        with pytest.raises(InputError, match=f"no hypothesis {index + 1}: there are 2"):
            change()


def test_the_only_hypothesis_stays() -> None:
    with pytest.raises(InputError, match="only hypothesis"):
        delete_hypothesis(Document("x"), 0)


def test_under_interventions_what_was_chosen_freely_is_decided_anew() -> None:
    document = go_to(force(Document("x"), [(5, G), (6, G)], 7), 6)
    document = choose_hypothesis(document, 0, [(5, G), (6, G), (8, G)])
    document = choose_hypothesis(document, 1, [])
    document = leave(document, [(5, G), (6, G), (7, F), (9, G)])
    assert tokens(document) == [(5, G), (6, G), (7, F), (9, G)]
    changed = intervene(document, SHUFFLED)
    assert tokens(changed) == [(None, G), (None, G), (7, F)]
    assert (changed.step, changed.current, changed.decoding) == (6, 1, document.decoding)
    assert kept(changed)[0] == kept(document)[0]
    assert tokens(leave(changed, [(1, G), (2, G)])) == [(1, G), (2, G), (7, F)]
    assert tokens(intervene(changed, NONE)) == tokens(changed) == tokens(opened(changed))


def test_a_change_that_bears_on_no_choice_lets_all_of_them_stand() -> None:
    document = leave(Document("x", step=2), [(5, G), (6, G)])
    for change in (Interventions(causal_mask=False), Interventions(shuffle_seed=9)):
        assert intervene(document, change) == replace(document, interventions=change)
        assert how_at(intervene(document, change), 1) is G


def test_a_choice_says_how_it_was_made_where_that_holds_and_else_that_it_was_kept() -> None:
    sampled = decode_by(Document("x", step=2), SAMPLING)
    document = force(intervene(sampled, SHUFFLED), [(5, S), (6, S)], 7)
    assert [choice.made for choice in path(document)] == [Made(SAMPLING, SHUFFLED)] * 2 + [PLAIN]
    assert [how_at(document, index) for index in range(5)] == [S, S, F, S, S]
    seeds = replace(document, decoding=replace(SAMPLING, seed=4))
    assert [how_at(seeds, index) for index in range(3)] == [How.KEPT, How.KEPT, F]
    reset = replace(document, interventions=NONE)
    assert [how_at(reset, index) for index in range(3)] == [How.KEPT, How.KEPT, F]
    assert tokens(leave(reset, [(5, How.KEPT), (6, How.KEPT), (7, F), (1, S)])) == [(5, S), (6, S), (7, F), (1, S)]
    assert path(leave(reset, [(5, How.KEPT)])) == path(document)


def test_what_is_kept_beyond_the_path_was_chosen_under_the_mask() -> None:
    document = intervene(Document("x", step=2), Interventions(causal_mask=False))
    assert path(leave(document, [(5, How.KEPT)])) == (Choice(5, G),)
    drawn = replace(document, decoding=SAMPLING)
    assert path(leave(drawn, [(5, How.KEPT)])) == (Choice(5, S, None, Made(SAMPLING)),)


def test_five_draws_are_five_hypotheses() -> None:
    document = Document("x", step=2)
    for draw in range(5):
        document = sample_again(document, [(10 + draw, free_how(document.decoding)), (20, free_how(document.decoding))])
    document = leave(document, [(15, S), (20, S)])
    assert [tuple(choice.token for choice in each.nodes) for each in kept(document)] == [
        (token, 20) for token in range(10, 16)
    ]
    assert [each.decoding.seed for each in kept(document)] == [1, 1, 2, 3, 4, 5] and document.step == 2
    assert [each.name for each in kept(document)] == ["", *(f"seed {seed}, T 1" for seed in range(1, 6))]
    assert [choice.made.decoding.seed for choice in path(document)] == [5, 5]
    back = choose_hypothesis(document, 2)
    assert back.decoding.seed == 2 and how_at(back, 0) is S
    again = sample_again(delete_hypothesis(back, 4))
    assert again.decoding.seed == 4 and again.hypotheses[-1].name == "seed 4, T 1"


def test_a_draw_begins_with_what_was_forced() -> None:
    document = leave(go_to(force(Document("x"), [(5, G)], 6), 4), [(5, G), (6, F), (7, G), (8, G)])
    drawn = decode_by(document, SAMPLING)
    assert tokens(drawn) == [(5, G), (6, F)] and (drawn.step, drawn.current, drawn.decoding) == (4, 2, SAMPLING)
    assert kept(drawn)[:2] == kept(document)
    assert choose_hypothesis(drawn, 1).decoding == Decoding()
    greedy = decode_by(drawn, Decoding(temperature=2.0), [(5, G), (6, F), (1, S)])
    assert (greedy.current, len(greedy.hypotheses)) == (1, 3)


def test_another_way_of_choosing_before_anything_was_chosen_adds_nothing() -> None:
    document = decode_by(Document("x"), SAMPLING)
    assert kept(document) == [Kept((), 0, "", SAMPLING)]
    wider = replace(SAMPLING, beam_width=7)
    assert decode_by(document, wider, [(5, S)]) == replace(document, decoding=wider)
    drawn = sample_again(document)
    hotter = replace(drawn.decoding, temperature=1.5)
    assert [each.name for each in kept(decode_by(drawn, hotter))] == ["", "seed 4, T 1.5"]


def test_a_sample_is_drawn_anew_in_its_place_by_other_settings() -> None:
    drawn = sample_again(leave(go_to(force(Document("x"), [(5, G)], 6), 4), [(5, G), (6, F), (7, G)]))
    hotter = replace(drawn.decoding, temperature=1.5)
    again = redrawn(drawn, hotter, [(5, S), (6, F), (9, S)])
    assert len(again.hypotheses) == len(drawn.hypotheses) and again.current == drawn.current
    assert [how for _, how in tokens(again)][1:] == [F] and again.decoding == hotter
    assert kept(again)[again.current].name == "seed 1, T 1.5" and kept(again)[:2] == kept(drawn)[:2]


def test_forcing_again_goes_to_what_was_decoded_from_there() -> None:
    first = force(Document("x", step=1), [(5, G)], 6)
    away = choose_hypothesis(go_to(first, 3), 0, [(5, G), (6, F), (7, G)])
    again = force(away, [(5, G)], 6)
    assert (again.current, again.step, len(again.hypotheses)) == (1, 2, 2)
    assert tokens(again) == [(5, G), (6, F), (7, G)]
    switched = force(replace(away, interventions=SHUFFLED), [(5, How.KEPT)], 6)
    assert (switched.current, tokens(switched)) == (2, [(5, G), (6, F)])


def test_outputs_of_another_document_are_not_taken_over() -> None:
    document = force(Document("x"), [(5, G)], 6)
    assert leave(document, [(5, G), (9, G), (4, G)]) == document


def test_a_beam_says_its_width() -> None:
    document = branch(Document("x"), [(5, B), (6, B)], decoding=Decoding(beam_width=9))
    assert [choice.made.decoding.beam_width for choice in path(document)] == [9, 9]
    assert how_at(document, 0) is B and how_at(choose_hypothesis(document, 0), 0) is G


def test_the_untouched_model_decides_all_that_was_free() -> None:
    document = force(intervene(Document("x"), SHUFFLED), [(5, G)], 6)
    assert tokens(untouched(document)) == [(None, G), (6, F)] and not untouched(document).interventions


@given(document=documents(), intent=LEAVING, known=KNOWN)
def test_what_is_left_stays_what_it_was(document: Document, intent: Change, known: list[int]) -> None:
    outputs = outputs_of(document, known)
    before, after = kept(document), intent(document, outputs)
    left, now = document.current, kept(after)
    for index, hypothesis in enumerate(before):
        if index not in (left, after.current):
            assert now[index] == hypothesis
    if after.current != left:
        assert now[left][1:] == before[left][1:]
        written = [choice.token for choice in now[left].nodes]
        assert written[: len(outputs)] == [token for token, _ in outputs]
        assert len(written) == max(len(outputs), len(before[left].nodes))
        stood = [choice for choice in before[left].nodes if choice.token is not None]
        assert all(choice in now[left].nodes for choice in stood)
        back = choose_hypothesis(after, left)
        assert [
            how_at(replace(back, interventions=document.interventions), index) for index in range(len(outputs))
        ] == [how for _, how in outputs]
    assert len(now) >= len(before)


@given(document=documents(), intent=STAYING, known=KNOWN)
def test_what_is_not_looked_at_does_not_change(document: Document, intent: Change, known: list[int]) -> None:
    before, now = kept(document), kept(intent(document, outputs_of(document, known)))
    assert len(now) == len(before)
    for index, hypothesis in enumerate(before):
        if index != document.current:
            assert now[index] == hypothesis
    here = document.current
    assert (now[here].name, now[here].decoding) == (before[here].name, before[here].decoding)


@given(document=documents(), change=INTERVENTIONS)
def test_forced_tokens_stay_under_every_intervention(document: Document, change: Interventions) -> None:
    fixed = [(index, choice) for index, choice in enumerate(path(document)) if not choice.how.is_free]
    after = path(intervene(document, change))
    assert [(index, unplaced(after[index])) for index, _ in fixed] == [(i, unplaced(choice)) for i, choice in fixed]


@given(document=documents(), added=TOKENS)
def test_a_branch_stands_at_its_end_and_loses_no_hypothesis(document: Document, added: list[tuple[int, How]]) -> None:
    after = branch(document, added)
    assert tokens(after)[: len(added)] == added and after.step == len(added)
    assert {(each.nodes, each.name) for each in kept(document)} <= {(each.nodes, each.name) for each in kept(after)}
    assert after.interventions == document.interventions


@given(document=documents(), index=st.integers(0, 99))
def test_deleting_leaves_the_other_hypotheses_as_they_were(document: Document, index: int) -> None:
    document = branch(document, [(3, F)] * 6)
    index %= len(document.hypotheses)
    before = kept(document)
    after = delete_hypothesis(document, index)
    assert kept(after) == before[:index] + before[index + 1 :]
    used = {node for each in hypotheses(after) for node in path_to(after, each.leaf)}
    assert len(used) == len(after.choices)
