"""What SentencePiece turns characters into before it cuts them: one table for all ways to write the same. Torch-free.

NFKC of single characters, letters put together with the accents that follow them, one kind of quotation mark and
of apostrophe, one kind of space, and nothing of what cannot be seen.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_MARKS = {'"': "“”„‟″〝〞", "'": "‘’‚‛′ʼ`´"}
_LAST = 0x30000
"""Characters from here on are rare ideographs and private ones: they stay as they are."""
_UNSEEN = ("Cf", "Cc")
_WRITTEN = ("AN", "AL")
"""Arabic and Syriac signs around numbers are called format characters, and yet are seen."""
_HANGUL = range(0xAC00, 0xD7A4)


def normalisation_table() -> str:
    """The table as SentencePiece's `normalization_rule_tsv` wants it: hexadecimal code points, tab, code points."""
    return "".join(f"{_spelt(source)}\t{_spelt(target)}\n" for source, target in sorted(_rules().items()))


def normalised_alone(character: str) -> bool:
    """True for a character that the table leaves as it is."""
    return _plain(character) == character


def _rules() -> dict[str, str]:
    rules = {character: _plain(character) for character in map(chr, _assigned())}
    rules.update(_composed())
    return {source: target for source, target in rules.items() if source != target}


def _assigned() -> Iterator[int]:
    """Code points with a meaning, surrogates left out; SentencePiece keeps 0 to itself."""
    return (code for code in range(1, _LAST) if unicodedata.category(chr(code)) not in ("Cn", "Cs", "Co"))


def _plain(character: str) -> str:
    for plain, others in _MARKS.items():
        if character in others:
            return plain
    if character.isspace():
        return " "
    if unicodedata.category(character) in _UNSEEN and unicodedata.bidirectional(character) not in _WRITTEN:
        return ""
    changed = unicodedata.normalize("NFKC", character)
    return "".join(_plain(each) if each != character else each for each in changed) if changed != character else changed


def _composed() -> dict[str, str]:
    """Every letter written with its accents after it; Korean syllables are left to who typed them."""
    pairs = {}
    for code in (each for each in _assigned() if each not in _HANGUL):
        apart = unicodedata.normalize("NFD", chr(code))
        if len(apart) > 1 and unicodedata.normalize("NFC", apart) == chr(code):
            pairs[apart] = _plain(chr(code))
    return pairs


def _spelt(text: str) -> str:
    return " ".join(f"{ord(each):X}" for each in text)
