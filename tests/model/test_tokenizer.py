"""Sentences to tokens and back: ids as in `transformers`, ranges of the characters as they were typed."""

from __future__ import annotations

import json
import shutil
import time
import unicodedata
import warnings
from pathlib import Path
from typing import Any

import pytest
from attention_viewer.model.contract.config import read_config
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.tokenizer import SOURCE_LIMIT, Tokenizer, readable
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.bundled import PAD, VOCABULARY
from transformers import MarianTokenizer

ORDINARY = [
    "The cat sat on the mat.",
    "I'm not sure — really? “Yes”, he said…",
    "  two   spaces\tand\na newline  ",
    "Café naïve cafe\u0301 ﬁnd ½ ①",
    "中文 مرحبا Ελλάδα 😀👨‍👩‍👧 🇫🇷",
    "x" * 60,
    "1,234.56 € 50%",
    "don't stop\u00a0now",
    "A",
]

SPECIAL = ["</s>", "<pad>", "<unk>", "a </s> b", "<pad><pad>", "The </s>cat<unk>.", ">>fra<< hello", "<s>", "<0x41>"]


@pytest.fixture(scope="module")
def tokenizer(bundled: Path) -> Tokenizer:
    return Tokenizer(bundled, read_config(bundled))


@pytest.fixture(scope="module")
def reference(bundled: Path) -> Any:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Recommended")
        return MarianTokenizer.from_pretrained(bundled)


@pytest.mark.parametrize("text", ORDINARY)
def test_ids_are_those_of_transformers(text: str, tokenizer: Tokenizer, reference: Any) -> None:
    assert [token.id for token in tokenizer.encode_source(text)] == reference(text).input_ids
    assert [token.id for token in tokenizer.encode_target(text)] == reference(text_target=text).input_ids


@pytest.mark.parametrize("text", ["Le chat était assis.", "Où est-il ? C'est l'été, n'est-ce pas ?", "😀 é"])
def test_decoding_is_that_of_transformers(text: str, tokenizer: Tokenizer, reference: Any) -> None:
    ids = [token.id for token in tokenizer.encode_target(text)]
    assert tokenizer.decode(ids) == reference.decode(ids, skip_special_tokens=True) == text


@pytest.mark.parametrize("text", SPECIAL)
def test_what_looks_special_stays_text(text: str, tokenizer: Tokenizer) -> None:
    for tokens in (tokenizer.encode_source(text), tokenizer.encode_target(text)):
        assert [token.special for token in tokens] == [False] * (len(tokens) - 1) + [True]
        assert PAD not in [token.id for token in tokens]
        assert [token.id for token in tokens].count(0) == 1
    assert tokenizer.decode([token.id for token in tokenizer.encode_target(text)]) == text


def test_spans_point_at_what_was_typed(tokenizer: Tokenizer) -> None:
    text = "  The  cafe\u0301 ﬁnds 😀."
    tokens = tokenizer.encode_source(text)
    covered = {token.piece: text[slice(*token.span)] for token in tokens if token.span}
    assert covered["▁The"] == "The"
    assert covered["▁café"] == "cafe\u0301"
    assert covered["."] == "."
    assert [covered[piece] for piece in ("<0xF0>", "<0x9F>", "<0x98>", "<0x80>")] == ["😀"] * 4
    assert tokens[-1].span is None


@pytest.mark.parametrize("text", [*ORDINARY, "\ufeffThe cat", "I don't  know"])
def test_every_visible_character_is_covered(text: str, tokenizer: Tokenizer) -> None:
    covered = {index for token in tokenizer.encode_source(text) if token.span for index in range(*token.span)}
    visible = {
        index for index, letter in enumerate(text) if not letter.isspace() and unicodedata.category(letter) != "Cf"
    }
    assert visible <= covered


characters = st.text(
    st.characters() | st.sampled_from("  \t\n\u00a0\u200b▁<>/s½ﬁ\x00😀") | st.sampled_from(["\ud800", "\udfff"]),
    max_size=30,
)


@settings(max_examples=150, deadline=None)
@given(text=characters)
@example(text="\ud800")
@example(text="a\x00b")
@example(text="▁")
@example(text="\u200b")
def test_whatever_is_typed_has_tokens_in_order_or_a_hint(text: str, tokenizer: Tokenizer) -> None:
    try:
        tokens = tokenizer.encode_source(text)
    except InputError as error:
        assert "type at least one word" in str(error)
        return
    assert tokens[-1].id == 0 and not any(token.special for token in tokens[:-1])
    spans = [token.span for token in tokens if token.span]
    assert all(0 <= start < stop <= len(text) for start, stop in spans)
    assert [start for start, _ in spans] == sorted(start for start, _ in spans)
    assert all(token.text for token in tokens)


@pytest.mark.parametrize("text", ["", " ", " \t\n\u00a0\u3000 ", "\u200b", " " * 1_000_000])
def test_nothing_but_spaces_is_a_hint(text: str, tokenizer: Tokenizer) -> None:
    with pytest.raises(InputError, match="type at least one word"):
        tokenizer.encode_source(text)
    with pytest.raises(InputError, match="type at least one word"):
        tokenizer.encode_target(text)


def test_a_long_text_is_counted_and_refused(tokenizer: Tokenizer) -> None:
    fits = "cat " * (SOURCE_LIMIT - 1)
    assert len(tokenizer.encode_source(fits)) == SOURCE_LIMIT
    with pytest.raises(InputError, match=r"sentence has 513 tokens; at most 512 fit\. Shorten it"):
        tokenizer.encode_source(fits + "cat")
    with pytest.raises(InputError, match=r"translation has [\d,]+ tokens; at most 512 fit"):
        tokenizer.encode_target("é" * 5_000)


@pytest.mark.parametrize("length", [5_000, 1_000_000])
@pytest.mark.parametrize("unit", ["word ", "x", "中", "😀"])
def test_pasting_far_too_much_is_quick(unit: str, length: int, tokenizer: Tokenizer) -> None:
    began = time.perf_counter()
    with pytest.raises(InputError, match="512"):
        tokenizer.encode_source((unit * length)[:length])
    assert time.perf_counter() - began < 1.0


@pytest.mark.parametrize("code", [">>fra<<", ">>ΩΩ<<"])  # SentencePiece leaves the second in one piece
def test_a_language_prefix_counts_only_at_the_start_and_in_the_vocabulary(
    code: str, tiny: Path, tmp_path: Path
) -> None:
    directory = tmp_path / "many"
    shutil.copytree(tiny, directory)
    config = json.loads((directory / "config.json").read_text())
    vocabulary = json.loads((directory / "vocab.json").read_text())
    prefix = config["vocab_size"]
    config["vocab_size"] = config["decoder_vocab_size"] = prefix + 1
    (directory / "config.json").write_text(json.dumps(config))
    (directory / "vocab.json").write_text(json.dumps({**vocabulary, code: prefix}))
    tokenizer = Tokenizer(directory, read_config(directory))

    first, *rest = tokenizer.encode_source(f"{code} the cat")
    assert (first.id, first.piece, first.span, first.special) == (prefix, code, (0, len(code)), True)
    assert [token.id for token in rest] == [token.id for token in tokenizer.encode_source("the cat")]
    assert rest[0].span == (len(code) + 1, len(code) + 4)
    for text in (f" {code} the cat", f"the {code} cat", ">>deu<< the cat", f"the cat{code}"):
        assert prefix not in [token.id for token in tokenizer.encode_source(text)]
    assert prefix not in [token.id for token in tokenizer.encode_target(f"{code} the cat")]
    with pytest.raises(InputError):
        tokenizer.encode_source(f"{code}  ")


def test_without_byte_pieces_the_unknown_is_unknown(tiny: Path) -> None:
    tokenizer = Tokenizer(tiny, read_config(tiny))
    text = "the Ω cat </s>"
    tokens = tokenizer.encode_source(text)
    unknown = [token for token in tokens if token.piece == "<unk>"]
    assert text[slice(*(unknown[0].span or (0, 0)))] == "Ω"
    assert [token.id for token in tokens].count(0) == 1 and tokens[-1].piece == "</s>"


def test_target_tokens_read_well(tokenizer: Tokenizer) -> None:
    assert (tokenizer.token(PAD).piece, tokenizer.token(PAD).text) == ("<pad>", "<start>")
    assert tokenizer.token(0).special and tokenizer.token(PAD).special
    assert len(tokenizer.vocabulary) == VOCABULARY
    assert [token.id for token in tokenizer.vocabulary] == list(range(VOCABULARY))
    for bad in (-1, VOCABULARY):
        with pytest.raises(InputError, match=f"no token {bad}"):
            tokenizer.token(bad)


@pytest.mark.parametrize(
    ("piece", "text"),
    [("▁chat", "chat"), ("chat", "chat"), ("▁", "␣"), ("<0x3C>", "<"), ("<0x20>", "<0x20>"), ("<0xE4>", "<0xE4>")],
)
def test_pieces_without_their_mark(piece: str, text: str) -> None:
    assert readable(piece) == text


@pytest.mark.parametrize("text", ["Le chat, l'été !", "  deux   espaces", "x", "naïf ½"])
def test_each_token_of_a_translation_covers_its_characters(tokenizer: Tokenizer, text: str) -> None:
    ranges, tokens = tokenizer.target_ranges(text), tokenizer.encode_target(text)
    assert len(ranges) == len(tokens) and ranges[-1] is None
    for span, token in zip(ranges, tokens, strict=True):
        if span is not None and token.text in text:
            assert text[slice(*span)] == token.text
    covered = {place for span in ranges if span for place in range(*span)}
    assert {place for place, character in enumerate(text) if not character.isspace()} <= covered
