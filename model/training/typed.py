"""How a model takes what people type: names and numbers it never saw, capitals, typographic quotes and apostrophes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.tokenizer import Tokenizer
from attention_viewer.model.training.data import Pair, read_pairs
from attention_viewer.model.training.evaluation import score

Translate = Callable[[Sequence[str]], Sequence[str]]
"""The translations of sentences, in their order."""

_WRITTEN = (("as written", str), ("in small letters", str.lower), ("in capitals", str.upper))


@dataclass(frozen=True)
class Copied:
    """How many sentences have all their words to copy in the translation, and how many of these words stand there."""

    sentences: int
    right: int
    words: int
    words_right: int
    wrong: tuple[tuple[str, str], ...]
    """The sentences that have not, with their translations."""


def read_copied(path: Path) -> list[Pair]:
    """Sentences and what must stand in their translations too: `sentence<TAB>words` lines, spaces between words.

    Raises InputError for other lines, and for words that do not stand in their own sentence.
    """
    pairs = read_pairs(path)
    if not pairs:
        raise InputError(f"{path} holds no sentences: each line must be a sentence, a tab and the words to be copied.")
    for pair in pairs:
        for word in pair.target.split():
            if not _count(word, pair.source):
                raise InputError(f"{path}: {word!r} is to be copied from {pair.source!r} but does not stand in it.")
    return pairs


def copied(pairs: Sequence[Pair], translations: Sequence[str]) -> Copied:
    """How many of the words are copied: each stands in the translation as often as in the sentence, as a whole word."""
    words, words_right, wrong = 0, 0, []
    for pair, translation in zip(pairs, translations, strict=True):
        expected = Counter(pair.target.split())
        right = sum(_count(word, translation) == _count(word, pair.source) for word in expected)
        words, words_right = words + len(expected), words_right + right
        if right < len(expected):
            wrong.append((pair.source, translation))
    return Copied(len(pairs), len(pairs) - len(wrong), words, words_right, tuple(wrong))


def typographic(text: str) -> str:
    """The text with typographic quotes and apostrophes in place of typewriter ones."""
    paired = re.sub(r'"([^"]*)"', r"“\1”", text)
    return paired.replace('"', "”").replace("'", "’")


def same_tokens(texts: Sequence[str], tokenizer: Tokenizer) -> tuple[int, int]:
    """(texts whose tokens are the same in both spellings, texts that have a quote or apostrophe)."""
    plain = [text for text in texts if typographic(text) != text]
    alike = (_ids(tokenizer, text) == _ids(tokenizer, typographic(text)) for text in plain)
    return sum(alike), len(plain)


def typed_lines(pairs: Sequence[Pair], tokenizer: Tokenizer, translate: Translate) -> Iterator[str]:
    """What `evaluate --typed` prints of sentence pairs."""
    yield ""
    yield "Sources written in three ways; scores of translation and reference in small letters"
    references = [pair.target.lower() for pair in pairs]
    for name, write in _WRITTEN:
        found = score([text.lower() for text in translate([write(pair.source) for pair in pairs])], references)
        yield f"{name:<17} BLEU {found.bleu:.2f}  chrF {found.chrf:.2f}"
    alike, count = same_tokens([text for pair in pairs for text in (pair.source, pair.target)], tokenizer)
    yield f"the same tokens with typographic quotes and apostrophes: {alike:,} of {count:,} sentences that have any"


def copied_lines(pairs: Sequence[Pair], translate: Translate) -> Iterator[str]:
    """What `evaluate --copied` prints: the shares, and each sentence that went wrong."""
    found = copied(pairs, translate([pair.source for pair in pairs]))
    yield ""
    yield (
        f"Names, places and numbers: all copied right in {found.right:,} of {found.sentences:,} sentences "
        f"({100 * found.right / found.sentences:.1f} %); {found.words_right:,} of {found.words:,} of them "
        f"({100 * found.words_right / max(found.words, 1):.1f} %)"
    )
    for source, translation in found.wrong:
        yield f"  {source} -> {translation}"


def _count(word: str, text: str) -> int:
    return len(re.findall(rf"(?<!\w){re.escape(word)}(?!\w)", text))


def _ids(tokenizer: Tokenizer, text: str) -> tuple[list[int], list[int]]:
    source, target = tokenizer.encode_source(text), tokenizer.encode_target(text)
    return [token.id for token in source], [token.id for token in target]
