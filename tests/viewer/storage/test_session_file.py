"""Session files come back as they were, and whatever else is opened is refused in a sentence."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from attention_viewer.model.contract import interventions
from attention_viewer.model.contract.api import How
from attention_viewer.model.contract.choosing import Decoding, Method
from attention_viewer.model.contract.document import Document, go_to, how_now, path_to
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.hypotheses import branch, decode_by, force, intervene, rename_hypothesis
from attention_viewer.model.contract.interventions import HeadId, Interventions, Positions
from attention_viewer.model.contract.maps import CROSS
from attention_viewer.viewer.state.figure_options import FigureOptions
from attention_viewer.viewer.state.options import COLORMAP, OPTIONS, ROW_LABELS, ColorRange, RowLabels
from attention_viewer.viewer.state.view_state import Head, InsideView, PositionView, Side, ViewState
from attention_viewer.viewer.state.widths import Width
from attention_viewer.viewer.storage.session_file import LARGEST, SavedSession, from_text, read, to_text, write
from attention_viewer.viewer.storage.settings import RECENT_SESSIONS, SCHEMA, MemoryStore, Settings
from attention_viewer.viewer.widgets.position_panel import LONGEST, MOST_PAIRS, SHORTEST
from hypothesis import given
from hypothesis import strategies as st
from support.traces import KINDS
from support.views import chosen

FIXTURES = Path(__file__).parent / "fixtures"
HEADS = st.builds(Head, st.integers(0, 40), st.integers(0, 40))
VIEWS = st.builds(
    ViewState,
    heads=st.fixed_dictionaries({kind: HEADS for kind in KINDS}).map(MappingProxyType),
    active=st.sampled_from(KINDS),
    locked=st.booleans(),
    positions=st.builds(
        PositionView,
        length=st.integers(SHORTEST, LONGEST),
        pairs=st.lists(st.integers(0, 511), max_size=MOST_PAIRS).map(tuple),
    ),
    side=st.sampled_from(Side),
    filter=st.text(),
    inside=st.builds(
        InsideView,
        side=st.sampled_from(["encoder", "decoder"]),
        layer=st.integers(0, 9),
        part=st.sampled_from(["embedding", "self", "cross", "ffn", "output"]),
        source=st.integers(0, 99),
        target=st.none() | st.integers(0, 99),
        key=st.none() | st.integers(0, 99),
        temperature=st.floats(0.01, 100.0),
        unfolded=st.booleans(),
        encoding=st.integers(0, 6),
        shift=st.integers(0, 60),
    ),
    sets=st.dictionaries(
        st.sampled_from(KINDS), st.frozensets(st.builds(Head, st.integers(0, 9), st.integers(0, 9)), min_size=1)
    ).map(MappingProxyType),
).flatmap(
    lambda view: st.builds(
        partial(chosen, view),
        **{option.name: st.sampled_from([each.value for each in option.values]) for option in OPTIONS},
    )
)
TOKENS = st.lists(st.tuples(st.integers(0, 60_000), st.sampled_from(How)), min_size=1, max_size=5)
INTERVENTIONS = st.builds(
    Interventions,
    heads_off=st.frozensets(st.builds(HeadId, st.sampled_from(KINDS), st.integers(0, 9), st.integers(0, 9))),
    hidden=st.frozensets(st.integers(0, 90)),
    encoder_positions=st.sampled_from(Positions),
    decoder_positions=st.sampled_from(Positions),
    shuffle_seed=st.integers(0, 2**31),
    causal_mask=st.booleans(),
)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    document = Document(draw(st.text()), checkpoint=draw(st.text("0123456789abcdef", max_size=64)))
    for tokens in draw(st.lists(TOKENS, max_size=4)):
        document = branch(document, tokens)
    document = intervene(go_to(document, draw(st.integers(0, 200))), draw(INTERVENTIONS))
    decoding = Decoding(Method.SAMPLING, draw(st.floats(0.01, 100.0)), 5, draw(st.floats(0.01, 1.0)), 9, 7)
    return rename_hypothesis(decode_by(document, decoding), 0, draw(st.text()))


def full() -> SavedSession:
    document = force(Document("naïve \ud800 </s>", checkpoint="abc"), [(5, How.GREEDY)], 6)
    view = chosen(ViewState(locked=True, side=Side.B, filter="é"), color_range=ColorRange.SQUARE_ROOT, colormap="magma")
    return SavedSession(document, view, FigureOptions("kinds", "svg", "dark", Width(8.5, "cm"), 300, title=False))


def complaint(text: str) -> str:
    with pytest.raises(InputError) as caught:
        from_text(text, "cat.avsession")
    message = str(caught.value)
    assert message.startswith("cat.avsession ") and message.endswith(".") and "\n" not in message
    assert len(message) < 400
    return message


def changed(path: str, value: Any) -> str:
    """The text of a session with one value replaced."""
    values = json.loads(to_text(full()))
    place, (*steps, last) = values, path.split("/")
    for step in steps:
        place = place[int(step) if step.isdigit() else step]
    place[last] = value
    return json.dumps(values)


@given(document=documents(), view=VIEWS)
def test_what_is_saved_is_what_is_opened(document: Document, view: ViewState) -> None:
    saved = SavedSession(document, view)
    assert from_text(to_text(saved), "x") == saved


def test_every_field_of_the_view_is_saved() -> None:
    saved = {field.name for field in fields(ViewState)} - {"chosen", "trial"} | {option.name for option in OPTIONS}
    assert set(json.loads(to_text(full()))["view"]) == saved


def test_a_file_holds_a_session_and_replaces_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "cat.avsession"
    write(path, SavedSession(Document("x"), ViewState()))
    write(path, full())
    assert read(path) == full()
    assert [each.name for each in tmp_path.iterdir()] == ["cat.avsession"]
    values = json.loads(path.read_text("utf-8"))
    assert (values["format"], values["version"]) == ("attention-viewer session", 2)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read(path) == full()


def test_what_is_missing_in_the_view_gets_its_default_and_what_is_unknown_is_ignored() -> None:
    values = json.loads(to_text(full()))
    del values["view"]["colormap"], values["view"]["heads"]["cross"]
    values["view"]["sparkle"] = values["sparkle"] = True
    heads = {**full().view.heads, CROSS: ViewState().heads[CROSS]}
    expected = replace(chosen(full().view, colormap="viridis"), heads=MappingProxyType(heads))
    del values["export"]
    assert from_text(json.dumps(values), "x") == SavedSession(full().document, expected)
    del values["view"]
    assert from_text(json.dumps(values), "x").view == ViewState()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("export", []), ("export/dpi", "many"), ("export/dpi", 192.5), ("export/format", "exe"), ("export/title", 1),
        ("export/width", {"amount": -1, "unit": "cm"}), ("export/theme", "pink"), ("export/frame", 3),
    ],
)  # fmt: skip
def test_damaged_options_for_export_are_refused(path: str, value: Any) -> None:
    assert "damaged (the options for export" in complaint(changed(path, value))


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("heads", [1], ": heads is [1]; it must be a JSON object"), ("heads", "encoder", ": heads is 'encoder'"),
        ("heads", {"cross": {"layer": -1, "head": 0}}, ", heads, cross: layer is -1; it must be a whole number"),
        ("heads", {"cross": {"layer": 1}}, ", heads, cross: head is missing"),
        ("heads", {"cross": {"layer": True, "head": 0}}, ", heads, cross: layer is True"),
        ("active", "self", ": active is 'self'; it must be one of encoder, decoder, cross"),
        ("active", ["cross"], ": active is ['cross']"), ("locked", 1, ": locked is 1; it must be true or false"),
        ("color_range", "rainbow", ": color_range is 'rainbow'"),
        ("colormap", "__import__('os')", ": colormap is \"__import__('os')\"; it must be one of viridis"),
        ("colormap", "diverging", ": colormap is 'diverging'"), ("row_labels", None, ": row_labels is None"),
        ("positions", 64, ": positions is 64"), ("positions", {"length": 64}, ", positions: pairs is missing"),
        ("positions", {"length": 10**9, "pairs": []}, "length is 1000000000; it must be a whole number from 8 to 512"),
        ("positions", {"length": 64, "pairs": "12"}, ", positions: pairs is '12'; it must be a list"),
        ("positions", {"length": 64, "pairs": [-1]}, ", positions: pairs is [-1]; it must be a list of whole"),
        ("positions", {"length": 64, "pairs": [1] * 9}, ", positions: pairs has 9 entries; it may have 8"),
        ("side", "c", ": side is 'c'"), ("filter", 3, ": filter is 3; it must be text"),
    ],
)  # fmt: skip
def test_a_damaged_view_is_refused_with_field_and_value(path: str, value: Any, said: str) -> None:
    message = complaint(changed(f"view/{path}", value))
    assert message.startswith("cat.avsession is damaged (the view") and said in message


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("view", 7, "the view is 7"), ("version", "1", "version is '1'"), ("version", True, "version is True"),
        ("version", 0, "version is 0"), ("document", None, "the document is None; it must be a JSON object"),
        ("document", {}, "the document: made is missing"), ("document/step", -1, "step is -1"),
        ("document/leaf", 99, "leaf is 99"), ("document/source", 3, "the document: source is 3; it must be text"),
        ("document/decoding/temperature", 10**400, "the document, decoding: temperature is 1000"),
        ("document/decoding/seed", -1, "the document, decoding: seed is -1"),
        ("document/interventions/hidden", [-4], "the document, interventions: hidden is [-4]; it must be a list of"),
        ("document/source", [0] * 9999, "0, ...]; it must be text"),
        ("document/choices/0/parent", 3, "the document, choices 1: parent is 3; it must be null, or an earlier"),
        ("document/choices/0/made", 2, "the document, choices 1: made is 2; there are 1 conditions"),
    ],
)  # fmt: skip
def test_a_damaged_file_is_refused(path: str, value: Any, said: str) -> None:
    message = complaint(changed(path, value))
    assert said in message and "cat.avsession is damaged" in message


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "3", "null", '"text"', '{"format": "other"}', "[" * 100_000, "9" * 9999]
)
def test_what_is_no_session_is_refused(text: str) -> None:
    assert "is not a session" in complaint(text)


def test_the_work_of_a_newer_version_is_refused_as_such() -> None:
    assert "made with a newer Attention Viewer" in complaint(changed("version", 3))


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    large, binary = tmp_path / "large.avsession", tmp_path / "binary.avsession"
    large.write_bytes(b" " * (LARGEST + 1))
    binary.write_bytes(b"\x80\x04\x95")
    for path, said in (
        (tmp_path / "absent.avsession", "cannot be read"),
        (tmp_path, "is a directory"),
        (large, "larger than 10 MB"),
        (binary, "is not a session"),
    ):
        with pytest.raises(InputError, match=said) as caught:
            read(path)
        assert str(caught.value).startswith(f"{path} ")


def test_recent_session_files_are_unique_newest_first_and_bounded() -> None:
    settings = Settings(MemoryStore())
    for number in range(RECENT_SESSIONS + 3):
        settings.remember_session(f"/{number}.avsession")
    settings.remember_session("/5.avsession")
    recent = settings.get("recent session files")
    assert recent[:2] == ["/5.avsession", f"/{RECENT_SESSIONS + 2}.avsession"] and len(recent) == RECENT_SESSIONS == 8
    assert recent.count("/5.avsession") == 1 and settings.get("recent sentences") == []
    assert not SCHEMA["recent session files"].valid(["x"] * 9)


def test_a_session_of_the_first_version_opens_with_all_it_held() -> None:
    saved = read(FIXTURES / "version-1.avsession")
    document = saved.document
    assert document.source == "The cat sat on the mat because it was tired."
    assert [(each.step, each.name) for each in document.hypotheses] == [
        (3, ""), (8, "the second choice"), (9, ""), (2, ""),
    ]  # fmt: skip
    assert {each.decoding for each in document.hypotheses} == {Decoding(Method.SAMPLING, 1.5, 40, 0.95, 7, 5)}
    tokens = [[(choice.token, choice.how) for choice in path_to(document, each.leaf)] for each in document.hypotheses]
    greedy, forced, beam, sampled = How.GREEDY, How.FORCED, How.BEAM, How.SAMPLED
    assert tokens == [
        [],
        [(385, greedy), (1283, greedy), (429, forced)],
        [(None, greedy), (None, greedy), (429, forced), (None, greedy), (None, greedy), (372, forced)],
        [(385, beam), (1283, beam)],
    ]
    assert sampled not in {choice.how for choice in document.choices}
    heads = frozenset({HeadId(CROSS, 3, 6)})
    assert document.interventions == Interventions(heads, frozenset({1}), Positions.SHUFFLED, shuffle_seed=3)
    plain = replace(document, interventions=Interventions())
    assert {how_now(plain, choice) for choice in document.choices} == {greedy, forced, beam}
    assert (saved.view[COLORMAP], saved.view[ROW_LABELS]) == ("magma", RowLabels.READS)
    assert saved.export == FigureOptions("kinds", "svg", "dark", Width(8.5, "cm"), 300, title=False)
    assert from_text(to_text(saved), "x") == saved


def test_in_the_first_version_free_tokens_were_chosen_without_interventions() -> None:
    values = json.loads((FIXTURES / "version-1.avsession").read_text("utf-8"))
    values["document"]["interventions"] = interventions.to_json(Interventions())
    document = from_text(json.dumps(values), "x").document
    assert [how_now(document, choice) for choice in path_to(document, document.leaf)] == [
        How.GREEDY, How.GREEDY, How.FORCED, How.SAMPLED, How.SAMPLED, How.FORCED,
    ]  # fmt: skip
    off = replace(document, interventions=Interventions(hidden=frozenset({1})))
    assert {how_now(off, choice) for choice in path_to(document, document.leaf)} == {How.KEPT, How.FORCED}
