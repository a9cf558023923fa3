"""Tells which of the sentences in this directory stand in training data: `python check.py PAIRS...`.

The data themselves are not part of the project, so this is run by hand where they are at hand; its exit code is 1
where a sentence was found. `attention-viewer train --leave-out FILE` leaves such pairs out.
"""

from __future__ import annotations

import sys
from pathlib import Path

from attention_viewer.model.training.data import read_pairs
from attention_viewer.model.training.leave_out import bare, read_sentences

SENTENCES = Path(__file__).parent


def found(paths: list[Path]) -> list[str]:
    """A line for each side of a training pair that reads like one of the sentences."""
    known = {file.stem: read_sentences(file) for file in sorted(SENTENCES.glob("*.tsv"))}
    return [
        f"{path.name}: {text!r} stands in {name}"
        for path in paths
        for pair in read_pairs(path)
        for text in (pair.source, pair.target)
        for name, sentences in known.items()
        if bare(text) in sentences
    ]


if __name__ == "__main__":
    lines = found([Path(each) for each in sys.argv[1:]])
    print("\n".join(lines) if lines else "None of the sentences stands in the data.")
    sys.exit(bool(lines))
