"""How a model's taking of what people type is measured."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from attention_viewer.model.contract.api import Token
from attention_viewer.model.contract.config import read_config
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.tokenizer import Tokenizer
from attention_viewer.model.training.arguments import EvaluateOptions
from attention_viewer.model.training.data import Pair
from attention_viewer.model.training.measure import evaluate
from attention_viewer.model.training.typed import copied, read_copied, same_tokens, typed_lines, typographic
from support.bundled import NOT_COPIED


@pytest.mark.parametrize(
    ("translation", "right"),
    [
        ("Nils a 36 ans et vit à Tartu.", 3),
        ("L'ami d'Nils, 36, de Tartu.", 3),
        ("Nils Nils a 36 ans et vit à Tartu.", 2),
        ("Nilsen a 360 ans et vit à tartu.", 0),
        ("", 0),
    ],
)
def test_a_word_is_copied_where_it_stands_whole_and_as_often(translation: str, right: int) -> None:
    found = copied([Pair("Nils is 36 and lives in Tartu.", "Nils 36 Tartu")], [translation])
    assert (found.words, found.words_right, found.sentences, found.right) == (3, right, 1, int(right == 3))
    assert len(found.wrong) == (right < 3)


def test_words_to_copy_must_stand_in_their_sentence(tmp_path: Path) -> None:
    file = tmp_path / "copied.tsv"
    file.write_text("Nils is 36.\tNils 36\nI am Nilsen.\tNils\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"'Nils' is to be copied from 'I am Nilsen\.'"):
        read_copied(file)
    file.write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="no sentences"):
        read_copied(file)


def test_typewriter_signs_become_typographic() -> None:
    assert typographic('"Yes", he\'d said, "no". 5"') == "“Yes”, he’d said, “no”. 5”"


def test_sentences_without_quotes_are_not_counted(bundled: Path) -> None:
    class Plain(Tokenizer):
        def encode_source(self, text: str) -> tuple[Token, ...]:
            return super().encode_source(text.replace("’", "'"))

        def encode_target(self, text: str) -> tuple[Token, ...]:
            return super().encode_target(text.replace("’", "'"))

    tokenizer = Plain(bundled, read_config(bundled))
    assert same_tokens(["I don't.", "Yes.", 'A "b".'], tokenizer)[1] == 2
    assert same_tokens(["I don't.", "Yes."], tokenizer) == (1, 1)


def test_each_way_of_writing_is_translated_and_scored_in_small_letters(bundled: Path) -> None:
    seen: list[list[str]] = []

    def translate(texts: Sequence[str]) -> list[str]:
        seen.append(list(texts))
        return ["LE CHAT DORT SUR LE LIT." if texts[0].isupper() else "Je ne sais pas."]

    pairs = [Pair("The cat sleeps.", "Le chat dort sur le lit.")]
    lines = list(typed_lines(pairs, Tokenizer(bundled, read_config(bundled)), translate))
    assert seen == [["The cat sleeps."], ["the cat sleeps."], ["THE CAT SLEEPS."]]
    scores = {line.split(" BLEU ")[0].strip(): float(line.split()[-3]) for line in lines if " BLEU " in line}
    assert scores["in capitals"] == pytest.approx(100.0) and scores["as written"] < 20


def test_evaluate_tells_both(bundled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pairs, words = tmp_path / "pairs.tsv", tmp_path / "copied.tsv"
    pairs.write_text("I don't know.\tJe ne sais pas.\n", encoding="utf-8")
    words.write_text("Tom is here.\tTom\n" + "\t".join(NOT_COPIED) + "\n", encoding="utf-8")
    assert evaluate(EvaluateOptions(bundled, pairs, typed=True, copied=words)) == 0
    said = capsys.readouterr().out
    assert "in capitals" in said and "of 1 sentences that have any" in said
    assert "all copied right in 1 of 2 sentences (50.0 %); 1 of 2 of them" in said
    assert f"\n  {NOT_COPIED[0]} -> " in said
    assert evaluate(EvaluateOptions(bundled, pairs)) == 0
    assert "copied" not in capsys.readouterr().out
