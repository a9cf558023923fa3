"""Sessions that mean harm or nothing: two thousand of them, each opened whole or refused in a sentence, at once."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from attention_viewer.model.contract.api import How
from attention_viewer.model.contract.choosing import Decoding
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.errors import MOST_SAID, InputError, UserError
from attention_viewer.model.contract.hypotheses import branch, decode_by, intervene, rename_hypothesis, sample_again
from attention_viewer.model.contract.interventions import NONE, Donor, HeadId, Interventions, Patch, Positions
from attention_viewer.model.contract.limits import LONGEST_SOURCE, MOST_CHOICES, MOST_HYPOTHESES, MOST_ROWS
from attention_viewer.model.contract.maps import CROSS
from attention_viewer.model.translator import Translator, finished
from attention_viewer.viewer.state.figure_options import FigureOptions
from attention_viewer.viewer.state.holdings import holdings
from attention_viewer.viewer.state.view_state import Head, ViewState
from attention_viewer.viewer.state.widths import Width
from attention_viewer.viewer.storage import session_file
from attention_viewer.viewer.storage.session_file import SavedSession, from_bytes, read
from hypothesis import given, settings
from hypothesis import strategies as st

FIXTURES = Path(__file__).parent / "fixtures"
COUNT, ROWS = 2000, 3
SECONDS = 1.0
"""Of this thread's work, whatever else is running."""
ODD: tuple[Any, ...] = (
    None, True, -1, 0, 1, 10**6, 10**400, -(10**400), 1.5, float("nan"), float("inf"), 1e308, "", "x", "\ud800", "\0",
    "<img src='/dev/zero'>", "\x1b[2J\n\u202e\u200b", "y" * 300_000, [], [[]], {}, {"a": {}}, [None] * 50, "beam",
)  # fmt: skip


def first_version() -> dict[str, Any]:
    """A session with branches and interventions, as the first version of the program wrote it."""
    values: dict[str, Any] = json.loads((FIXTURES / "version-1.avsession").read_text("utf-8"))
    return values


def this_version() -> dict[str, Any]:
    """A session with tokens chosen in every way, interventions, patches, names, a view and choices for an export."""
    document = Document("the cat sees a dog.", step=2, limit=40)
    for how in (How.FORCED, How.BEAM, How.SAMPLED):
        document = branch(document, [(5, how), (7, How.GREEDY), (9, how)], [(6, How.GREEDY), (8, How.GREEDY)])
    document = sample_again(rename_hypothesis(document, 1, "naïve"), [(6, How.SAMPLED)])
    patched = Interventions(
        frozenset({HeadId(CROSS, 1, 0)}),
        frozenset({1}),
        Positions.SHUFFLED,
        patches=(Patch(CROSS, 1, Donor("the dog sees a cat.", (5, 7), NONE), head=1),),
    )
    view = ViewState(locked=True, sets=MappingProxyType({CROSS: frozenset({Head(0, 1), Head(2, 0)})}), filter="é")
    saved = SavedSession(intervene(document, patched), view, FigureOptions("kinds", "svg", width=Width(8.5, "cm")))
    values: dict[str, Any] = json.loads(session_file.to_text(saved))
    return values


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    found = [path] if path else []
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inside in steps:
        found += places(inside, (*path, step))
    return found


def mutated(values: Any, chance: random.Random) -> bytes:
    """The session with some of its values changed, dropped, doubled or exchanged, and some of its bytes."""
    copy = json.loads(json.dumps(values))
    for _ in range(chance.choice((1, 1, 2, 5))):
        path = chance.choice(places(copy))
        holder = copy
        for step in path[:-1]:
            holder = holder[step]
        match chance.randrange(4):
            case 0:
                del holder[path[-1]]
            case 1 if isinstance(holder, list):
                holder += [deepcopy(holder[path[-1]])] * chance.choice((1, 20))
            case _:
                holder[path[-1]] = deepcopy(chance.choice(ODD))
    data = json.dumps(copy).encode("utf-8", "surrogatepass")
    if chance.random() < 0.1:
        at = chance.randrange(len(data))
        data = data[:at] + bytes([chance.randrange(256)]) + data[at + chance.randrange(3) :]
    return data[: chance.randrange(len(data))] if chance.random() < 0.03 else data


def test_two_thousand_sessions_are_opened_or_refused(tiny_translator: Translator) -> None:
    chance, sessions, opened = random.Random(19), (first_version(), this_version()), 0
    for number in range(COUNT):
        data = mutated(sessions[number % 2], chance)
        began = time.thread_time()
        try:
            saved = from_bytes(data, "x.avsession")
            opened += 1
            str(holdings(saved.document))
            list(islice(tiny_translator.trace_steps(saved.document), ROWS))
        except UserError as error:
            message = str(error)
            assert message.isprintable() and message.endswith(".") and len(message) <= MOST_SAID, message
        assert time.thread_time() - began < SECONDS, (number, data[:300])
    assert COUNT / 20 < opened < COUNT


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(ODD),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=9), inside, max_size=4),
    max_leaves=10,
)


@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_anything_in_the_place_of_any_value_is_taken_or_refused(data: st.DataObject) -> None:
    values = data.draw(st.sampled_from([first_version, this_version]))()
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(places(values)))
        holder = values
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = data.draw(ANY_JSON)
    try:
        saved = from_bytes(json.dumps(values).encode(), "x.avsession")
    except InputError as error:
        message = str(error)
        assert message.isprintable() and message.endswith(".") and len(message) <= MOST_SAID
    else:
        # What is taken can be written, and is read as what it was.
        assert from_bytes(session_file.to_text(saved).encode(), "x.avsession") == saved


def many(count: int) -> list[dict[str, Any]]:
    return [{"token": 3, "how": "forced", "parent": None if not each else each - 1} for each in range(count)]


def large(**document: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda values: {**values, "document": {**values["document"], **document}}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (large(choices=many(MOST_ROWS + 1), leaf=0, step=1), f"{MOST_ROWS + 1} tokens; it may have {MOST_ROWS}"),
        (large(choices=many(50_000)), f"choices has 50000 entries; it may have {MOST_CHOICES}"),
        (large(limit=10**6), f"limit is 1000000; it must be a whole number from 1 to {MOST_ROWS}"),
        (large(source="x" * 200_000), f"source has 200,000 characters; it may have {LONGEST_SOURCE:,}"),
        (
            large(hypotheses=[{"leaf": None, "step": 0, "name": ""}] * 30_000),
            f"hypotheses has 30000 entries; it may have {MOST_HYPOTHESES}",
        ),
        (large(hypotheses=[{"leaf": None, "step": 0, "name": "n" * 300}]), "name has 300 characters"),
        (large(checkpoint="\x1b[2Jabc\n"), "it must be the content hash of a model"),
        (large(leaf=10**400), "leaf is a number with thousands of digits|leaf is 1000"),
    ],
)
def test_what_would_never_end_is_refused(change: Any, said: str) -> None:
    values = change(json.loads((FIXTURES / "version-1.avsession").read_text("utf-8")))
    began = time.thread_time()
    with pytest.raises(InputError, match=said):
        from_bytes(json.dumps(values).encode(), "x.avsession")
    assert time.thread_time() - began < SECONDS


def test_hypotheses_that_are_made_have_the_limit_of_those_that_are_read() -> None:
    document = Document("x")
    for token in range(MOST_HYPOTHESES - 1):
        document = branch(document, [(token, "forced")])  # type: ignore[list-item]
    assert len(document.hypotheses) == MOST_HYPOTHESES
    with pytest.raises(InputError, match="200 hypotheses, the most there can be: delete one"):
        branch(document, [(9999, "forced")])  # type: ignore[list-item]


def test_only_files_are_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.avsession")
    (tmp_path / "link.avsession").symlink_to("/dev/zero")
    for name, kind in (("pipe", "a pipe"), ("link", "a device")):
        with pytest.raises(InputError, match=f"{name}.avsession is {kind}"):
            read(tmp_path / f"{name}.avsession")
    with pytest.raises(InputError, match="is a directory"):
        read(tmp_path)
    assert session_file.LARGEST == 10_000_000


def test_what_would_not_fit_in_memory_is_refused_with_the_numbers(
    tiny_translator: Translator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("attention_viewer.model.contract.room.MOST_BYTES", 1000)
    with pytest.raises(InputError, match=r"\d+ source tokens and up to 0 rows would take 0.0 GB"):
        tiny_translator.trace(Document("a sentence that no other test has asked for"))


def test_a_beam_has_room_for_the_caches_of_every_hypothesis(
    tiny_translator: Translator, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = decode_by(Document("the cat sees", limit=6), Decoding(beam_width=3))
    assert finished(tiny_translator.beam_steps(document)).finished
    wide = replace(document, limit=1000, decoding=Decoding(beam_width=32))
    # Two of keys and values, 3 layers of width 16, for the source and three times for 1000 rows, and the vocabulary.
    least = 4 * 32 * 2 * 3 * 16 * 3 * 1000
    monkeypatch.setattr("attention_viewer.model.contract.room.MOST_BYTES", least)
    with pytest.raises(InputError, match=r"A beam 32 wide, \d+ source tokens and up to 1000 rows would take .* GB"):
        finished(tiny_translator.beam_steps(wide))
    assert finished(tiny_translator.beam_steps(document)).finished
