"""Whatever is typed becomes tokens that point back at it."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.errors import InputError
from model.session import Session

TEXTS = ["The cat sat.", "I don't  know", "naïve café", "A 😀 B", "مرحبا", "我喜欢", "x" * 200]


@pytest.mark.parametrize("text", TEXTS)
def test_spans_cover_the_text_in_order(session: Session, text: str) -> None:
    tokens = session.tokenize(text)
    assert tokens[-1].piece == "</s>" and tokens[-1].span is None
    spans = [token.span for token in tokens if token.span is not None]
    assert spans == sorted(spans)
    covered = {index for start, stop in spans for index in range(start, stop)}
    assert {index for index, letter in enumerate(text) if not letter.isspace()} <= covered


@pytest.mark.filterwarnings("ignore:Recommended")
def test_ids_are_those_of_the_reference_tokenizer(session: Session, bundled: Path) -> None:
    from transformers import MarianTokenizer

    reference = MarianTokenizer.from_pretrained(bundled)
    for text in ("The cat sat on the mat because it was tired.", "I don't know; do you?", "Où est-il ? 😀"):
        assert [token.id for token in session.tokenize(text)] == reference(text)["input_ids"]


@pytest.mark.parametrize("text", ["</s>", "<pad>", "<unk> and </s>", ">>fra<< hello"])
def test_special_tokens_that_are_typed_stay_text(session: Session, text: str) -> None:
    tokens = session.tokenize(text)
    config = session.info.config
    assert [token.id for token in tokens].count(config.eos_token_id) == 1
    assert config.pad_token_id not in [token.id for token in tokens]
    assert not any(token.special for token in tokens[:-1])


@pytest.mark.parametrize("text", ["", " ", "\t \n", "\u3000"])
def test_only_spaces_is_a_friendly_refusal(session: Session, text: str) -> None:
    with pytest.raises(InputError, match="empty"):
        session.tokenize(text)


@pytest.mark.parametrize("text", ["The cat sat. " * 400, "a" * 1_000_000])
def test_too_long_a_text_names_the_limit(session: Session, text: str) -> None:
    with pytest.raises(InputError, match="512"):
        session.tokenize(text)


@pytest.mark.parametrize("text", ["a\x00b", "\ud800 x", "\ufeffThe cat", "\u200b\u200d!"])
def test_odd_characters_do_not_crash(session: Session, text: str) -> None:
    assert session.tokenize(text)[-1].piece == "</s>"


def test_the_start_token_reads_start_and_is_pad(session: Session) -> None:
    pad = session.vocabulary()[session.info.config.pad_token_id]
    assert (pad.piece, pad.text, pad.special) == ("<pad>", "<start>", True)


@pytest.mark.parametrize("count", [1, 300])
def test_sentences_of_one_to_three_hundred_words(session: Session, count: int) -> None:
    from model.document import Document

    trace = session.trace(Document("cat " * count, step=2))
    assert trace.encoding.self_attention.shape[-1] == len(trace.source_tokens) >= count
