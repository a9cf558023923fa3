"""Anything at all in the line, on the command line and in the settings: taken or refused, never a fault."""

from __future__ import annotations

import json
from typing import Any

import pytest
from attention_viewer.model.contract.errors import InputError, UserError
from attention_viewer.model.translator import Translator
from attention_viewer.viewer.cli.commands import COMMANDS, parse
from attention_viewer.viewer.state import options as view_options
from attention_viewer.viewer.storage.settings import SCHEMA, MemoryStore, Settings
from attention_viewer.viewer.widgets.source_bar import LONGEST_SENTENCE, SourceBar
from attention_viewer.viewer.window.app import first_view
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

ANY_TEXT = st.text(st.characters(codec=None), max_size=60)
ODD_TEXT = ANY_TEXT | st.text(
    st.sampled_from("<>&\x00\x1b\n\r\u2028\u202e\u200b\ud800\ufeff ▁</s>a'\"\\-="), max_size=60
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ODD_TEXT,
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(ODD_TEXT, inside, max_size=4),
    max_leaves=8,
)
FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
WORDS = [command.name for command in COMMANDS] + [
    "--model", "--sentence", "--steps", "--session", "-o", "out.npz", "--input", "--target", "--force", "--resume",
    "--format", "npz", "--layer", "1,2", "--kind", "cross", "--beam", "-1", "--", "-", "--debug", "--target-language",
    "--dpi", "1e400", "--heads-off", "cross:4:8", "nan", "--top", "10000000000000000000000",
]  # fmt: skip


@FEW
@given(text=ODD_TEXT)
def test_the_model_takes_or_refuses_any_sentence(text: str, tiny_translator: Translator) -> None:
    try:
        tokens = tiny_translator.tokenize(text)
    except UserError as error:
        assert str(error).isprintable()
        return
    assert tokens[-1].piece == "</s>"
    assert all(0 <= token.span[0] < token.span[1] <= len(text) for token in tokens if token.span)
    assert isinstance(tiny_translator.text(tokens[:0]), str)


@FEW
@given(text=ODD_TEXT, times=st.sampled_from([1, 1, 400]))
def test_the_line_takes_or_refuses_any_text(text: str, times: int, qtbot: QtBot) -> None:
    bar = SourceBar()
    qtbot.addWidget(bar)
    bar.set_text("before")
    bar.set_text(text * times)
    shown = bar.text()
    assert shown == "before" if len(text * times) > LONGEST_SENTENCE else not set("\n\r\u2028") & set(shown)
    bar.set_hint(text)
    bar.set_recent([text])


@FEW
@given(arguments=st.lists(st.sampled_from(WORDS) | ODD_TEXT, max_size=8))
def test_the_command_line_takes_or_refuses_any_words(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    try:
        parse(arguments)
    except InputError as error:
        assert str(error).isprintable() and str(error)
    except SystemExit as left:
        assert left.code == 0
    capsys.readouterr()


@FEW
@given(key=st.sampled_from(sorted(SCHEMA)), value=JSON | ODD_TEXT, raw=st.booleans())
def test_settings_of_any_value_are_read_as_one_that_is_allowed(key: str, value: Any, raw: bool) -> None:
    store = MemoryStore()
    store.setValue(key, value if raw else json.dumps(value))
    read = Settings(store)
    assert SCHEMA[key].valid(read.get(key))
    first_view(read)
    read.remember_sentence("x")
    read.remember_session("y")
    read.get_bytes("geometry")


@pytest.mark.parametrize("value", ["[" * 100_000, "1e9999", "NaN", '"' * 9, "9" * 5000, "{", "\ud800", "nul"])
def test_settings_that_broke_the_start_are_passed_over(value: str) -> None:
    store = MemoryStore()
    for key in [*SCHEMA, *(option.setting for option in view_options.OPTIONS if option.setting)]:
        store.setValue(key, value)
    read = Settings(store)
    assert all(read.get(key) == setting.default for key, setting in SCHEMA.items())
    first_view(read)
