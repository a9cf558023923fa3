"""The characters that a token lights, where the vocabulary spells what was typed in another way."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from attention_viewer.model.contract.config import read_config
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.tokenizer import SPACE, Tokenizer
from attention_viewer.model.training.subwords import Subwords, write_vocabulary
from hypothesis import given
from hypothesis import strategies as st
from sentencepiece import SentencePieceTrainer

TABLE = {"“": '"', "”": '"', "’": "'", "\u00ad": "", "\u200b": "", "e\u0301": "é", "…": "...", "½": "1/2", "™": "TM"}
SENTENCES = [
    "I don't know.",
    'He said "yes" and left.',
    "The café is closed.",
    "We walked to the end of the road.",
    "A road",
]


@pytest.fixture(scope="module")
def tokenizer(bundled: Path, tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    """A tokenizer whose vocabulary has a normalisation table of its own, and bytes for what it does not know."""
    directory = tmp_path_factory.mktemp("table")
    rules = [f"{_codes(written)}\t{_codes(meant)}\n" for written, meant in TABLE.items()]
    (directory / "table.tsv").write_text("".join(rules), encoding="utf-8")
    made = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter(SENTENCES * 20),
        model_writer=made,
        vocab_size=400,
        hard_vocab_limit=False,
        byte_fallback=True,
        required_chars="".join(TABLE.values()),
        user_defined_symbols=['▁"', "▁T", "11"],
        normalization_rule_tsv=str(directory / "table.tsv"),
        bos_id=-1,
        eos_id=0,
        unk_id=1,
        minloglevel=2,
    )
    write_vocabulary(directory, made.getvalue())
    size = Subwords(made.getvalue()).size
    config = replace(
        read_config(bundled),
        vocab_size=size,
        decoder_vocab_size=size,
        pad_token_id=size - 1,
        decoder_start_token_id=size - 1,
    )
    return Tokenizer(directory, config)


def _codes(text: str) -> str:
    return " ".join(f"{ord(character):X}" for character in text)


def lit(tokenizer: Tokenizer, text: str) -> list[tuple[str, str]]:
    """Each piece and the characters of the text that it lights, if any."""
    tokens = tokenizer.encode_source(text)[:-1]
    return [(token.piece, text[slice(*token.span)]) for token in tokens if token.span]


def test_a_typed_quote_lights_its_own_piece(tokenizer: Tokenizer) -> None:
    found = lit(tokenizer, "“yes”, I don’t")
    assert [each for each in found if each[1] in "“”’"] == [('▁"', "“"), ('"', "”"), ("'", "’")]
    assert [piece for piece, _ in found] == [piece for piece, _ in lit(tokenizer, '"yes", I don\'t')]
    assert "".join(text for _, text in found).replace(" ", "") == "“yes”,Idon’t"


@pytest.mark.parametrize(
    ("text", "sign"), [("road ½ end", "½"), ("½ end", "½"), ("road™ end", "™"), ("road ™", "™"), ("a … b", "…")]
)
def test_a_sign_spelt_in_several_characters_belongs_to_each_of_their_pieces(
    tokenizer: Tokenizer, text: str, sign: str
) -> None:
    lighting = [piece for piece, covered in lit(tokenizer, text) if sign in covered and piece != SPACE]
    assert "".join(lighting).replace(SPACE, "") == TABLE[sign]
    assert not any(covered.isspace() for piece, covered in lit(tokenizer, text) if piece != SPACE)


def test_a_piece_that_ends_within_a_sign_covers_it(tokenizer: Tokenizer) -> None:
    found = lit(tokenizer, "to 1½")
    assert ("11", "1½") in found and found[-1] == ("2", "½")


@pytest.mark.parametrize("unseen", ["\u00ad", "\u200b", "\ufeff", "\u200b \u200b", " \u00ad"])
def test_what_cannot_be_seen_is_not_lit_with_a_word(tokenizer: Tokenizer, unseen: str) -> None:
    for text in (f"the{unseen} road", f"{unseen}the road", f"the {unseen}road"):
        found = lit(tokenizer, text)
        assert "".join(covered for _, covered in found if covered.isalpha()) == "theroad"
        assert not any(len(covered) > 1 and unseen[-1] in covered for _, covered in found)


def test_a_letter_and_its_accent_are_lit_together(tokenizer: Tokenizer) -> None:
    assert next(each for each in lit(tokenizer, "The cafe\u0301 is") if "é" in each[0])[1].endswith("e\u0301")


@given(text=st.text(st.sampled_from("the road “”’½™…\u00ad\u200bé\u0301▁<0x4>\n😀中"), max_size=12))
def test_ranges_are_in_order_and_cover_what_can_be_seen(text: str, tokenizer: Tokenizer) -> None:
    try:
        spans = [token.span for token in tokenizer.encode_source(text) if token.span]
    except InputError:
        return
    assert all(0 <= start < stop <= len(text) for start, stop in spans) and spans == sorted(spans)
    covered = {index for span in spans for index in range(*span)}
    assert {index for index, character in enumerate(text) if character not in " \n\u00ad\u200b▁"} <= covered
