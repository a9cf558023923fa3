"""Two models' translations of the sentences here, judged without knowing which is which.

`python blind.py make BEFORE AFTER SHEET KEY [SEED]` writes a sheet of `sentence<TAB>one<TAB>two<TAB>verdict` lines,
whose sides are shuffled line by line, and the key that tells them apart. The verdict is filled in by hand: 1 or 2 for
the better translation, = for equally good ones (equal ones have it already); an n1 or n2 after it marks noise, a
translation that is no language. `python blind.py count SHEET KEY` opens the key and counts.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from attention_viewer.model.checkpoint import load
from attention_viewer.model.contract.config import read_config
from attention_viewer.model.tokenizer import Tokenizer
from attention_viewer.model.training.evaluation import translate

SENTENCES = Path(__file__).parent
FILES = ("first-typed.tsv", "everyday.tsv", "well-known.tsv")


def sheet(sentences: Sequence[str], before: Sequence[str], after: Sequence[str], seed: int) -> tuple[str, list[bool]]:
    """The sheet, and for each line whether `after` stands first."""
    chance = random.Random(seed)
    key = [chance.random() < 0.5 for _ in sentences]
    lines = [
        "\t".join((sentence, *((b, a) if first else (a, b)), "=" if a == b else ""))
        for sentence, a, b, first in zip(sentences, before, after, key, strict=True)
    ]
    return "".join(f"{line}\n" for line in lines), key


def count(text: str, key: Sequence[bool]) -> Counter[str]:
    """How often `after` and `before` are better, and how often each is noise. ValueError names a line not judged."""
    found: Counter[str] = Counter()
    for number, (line, first) in enumerate(zip(text.splitlines(), key, strict=True), start=1):
        verdict, *noise = line.split("\t")[3].split()
        names = {"1": "after", "2": "before"} if first else {"1": "before", "2": "after"}
        if verdict not in ("1", "2", "="):
            raise ValueError(f"Line {number} has the verdict {verdict!r}; it must be 1, 2 or =.")
        found[f"{names[verdict]} better" if verdict in names else "equal"] += 1
        found.update(f"{names[each.removeprefix('n')]} noise" for each in noise)
    return found


def _translations(model_directory: Path, sentences: Sequence[str]) -> Sequence[str]:
    model = load(model_directory)
    tokenizer = Tokenizer(model_directory, read_config(model_directory))
    ids = [[token.id for token in tokenizer.encode_source(sentence)] for sentence in sentences]
    return translate(model, ids, tokenizer.decode).texts


def _make(before: Path, after: Path, sheet_path: Path, key_path: Path, seed: int) -> None:
    lines = [line for name in FILES for line in (SENTENCES / name).read_text(encoding="utf-8").splitlines()]
    sentences = [line.split("\t")[0] for line in lines if line.strip()]
    text, key = sheet(sentences, _translations(before, sentences), _translations(after, sentences), seed)
    sheet_path.write_text(text, encoding="utf-8")
    key_path.write_text(json.dumps(key), encoding="utf-8")


def main(arguments: Sequence[str]) -> None:
    """Make a sheet or count one."""
    command, *rest = arguments
    if command == "make":
        before, after, sheet_path, key_path = map(Path, rest[:4])
        _make(before, after, sheet_path, key_path, int(rest[4]) if rest[4:] else 1)
    else:
        text, key = (Path(each).read_text(encoding="utf-8") for each in rest)
        print("\n".join(f"{name:<14}{number:4}" for name, number in sorted(count(text, json.loads(key)).items())))


if __name__ == "__main__":
    main(sys.argv[1:])
