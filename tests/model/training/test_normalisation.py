"""The vocabulary's own table: one spelling of all ways to type the same, and no paths in the file."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
import sentencepiece
from attention_viewer.model.contract.config import read_config
from attention_viewer.model.families.marian import architecture
from attention_viewer.model.nn.transformer import Transformer
from attention_viewer.model.tokenizer import Tokenizer
from attention_viewer.model.training.data import Pair
from attention_viewer.model.training.normalisation import normalisation_table
from attention_viewer.model.training.output import Languages, write_checkpoint
from attention_viewer.model.training.settings import TrainingSettings
from attention_viewer.model.training.sizes import model_config
from attention_viewer.model.training.spm_file import _fields, without_paths
from attention_viewer.model.training.subwords import Subwords, train_subwords
from support.made_up import digit_pairs

WORDS = [Pair('"It\'s" e', "l'été Àéèç ŒÆ ™"), Pair("AB TM 1/2", "a b c fine")]


@pytest.fixture(scope="module")
def subwords() -> Subwords:
    return Subwords(train_subwords([*digit_pairs(300), *WORDS * 3], 312))


@pytest.fixture(scope="module")
def tokenizer(subwords: Subwords, tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    directory = tmp_path_factory.mktemp("checkpoint") / "model"
    settings = TrainingSettings(d_model=8, layers=1, heads=1, ffn=8)
    config = model_config(settings, subwords)
    write_checkpoint(directory, Transformer(architecture(config)), subwords.model, Languages(), 0.0, "")
    return Tokenizer(directory, read_config(directory))


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("“It’s”", '"It\'s"'), ("„It‘s‟", '"It\'s"'), ("l´e\u0301te\u0301", "l'été"), ("A\u00a0\u202f \tB", "A B"),
        ("A\u200b\u00ad\u2060B", "AB"), ("ﬁne", "fine"), ("Ａ１", "A1"), ("①", "1"), ("\u00c0", "A\u0300"),
    ],
)  # fmt: skip
def test_what_reads_the_same_has_the_same_tokens(typed: str, same: str, subwords: Subwords) -> None:
    assert subwords.encode([typed]) == subwords.encode([same])


def test_the_table_holds_nfkc_and_leaves_what_is_written_alone() -> None:
    table = {}
    for line in normalisation_table().splitlines():
        typed, _, plain = line.partition("\t")
        table[_spelt(typed)] = _spelt(plain)
    assert table["½"] == "1\u20442" and table["\u2003"] == " " and table["\ufeff"] == ""
    assert not set("aZ9é«»!?—€一\u0600") & set(table)
    for typed, plain in table.items():
        assert all(each not in table for each in plain), typed
        if len(typed) == 1 and plain.isalpha():
            assert plain == unicodedata.normalize("NFKC", typed)


def _spelt(codes: str) -> str:
    return "".join(chr(int(code, 16)) for code in codes.split())


def test_digits_stand_alone_and_no_letter_of_the_data_is_lost(subwords: Subwords) -> None:
    known = sentencepiece.SentencePieceProcessor(model_proto=subwords.model)
    pieces = [known.id_to_piece(each) for each in subwords.encode(["1992"])[0]]
    assert [piece for piece in pieces if piece.isdecimal()] == ["1", "9", "9", "2"]
    rare = subwords.encode(["ŒÆÀç"])[0][:-1]
    assert not any(known.id_to_piece(each).startswith("<0x") for each in rare)


def test_the_file_names_no_path(subwords: Subwords) -> None:
    assert b"normalisation.tsv" not in subwords.model and b"/tmp" not in subwords.model
    assert without_paths(subwords.model) == subwords.model
    numbers = [number for number, _, _ in _fields(subwords.model)]
    assert numbers.count(1) == subwords.size - 1 and {2, 3} <= set(numbers)


def test_ranges_point_at_the_typed_characters_not_at_what_they_became(tokenizer: Tokenizer) -> None:
    for text, covered in (
        ("“AB”", [("“", '"'), ("”", '"')]),
        ("A “B”", [("“", '"'), ("”", '"')]),
        ("\u200b“B”", [("“", '"'), ("”", '"')]),
        ("it’s", [("’", "'")]),
        ("A ™ B", [("™", "T"), ("™", "M")]),
        ("\u00ad ﬁ", [("ﬁ", "f"), ("ﬁ", "i")]),
    ):
        tokens = [token for token in tokenizer.encode_source(text) if token.span]
        spelt = [(text[slice(*token.span)], token.text) for token in tokens if token.span]
        assert [each for each in spelt if each[0] in "“”’™ﬁ"] == covered, text
    last = tokenizer.encode_source("AB \u00ad\u200b AB")
    assert [token.span for token in last if token.text in "AB"][-2:] == [(6, 7), (7, 8)]


def test_decoding_gives_back_plain_text(tokenizer: Tokenizer, tmp_path: Path) -> None:
    ids = [token.id for token in tokenizer.encode_target("“l’été”")]
    assert tokenizer.decode(ids) == '"l\'été"'
