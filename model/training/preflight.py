"""What a run needs besides its data, looked for before it begins rather than hours later. Torch-free."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.plain_files import text_lines
from attention_viewer.model.training.settings import TrainingSettings


def check_needed(settings: TrainingSettings, aligner: bool) -> None:
    """Raise InputError where a package is missing that the run would need later; `aligner`: one that finds links."""
    if find_spec("sacrebleu") is None:
        raise InputError(
            "Training measures BLEU and chrF with sacrebleu, which is missing: install it with `pip install sacrebleu` "
            "(or this program's extra `train`), then give the same command again."
        )
    if aligner and find_spec("eflomal") is None:
        raise InputError(
            f"A head is to be guided (--guide-weight {settings.guide_weight:g}), which needs the links of the pairs' "
            "words. Let them be found with `pip install eflomal` (or this program's extra `align`), give a file of "
            "links with --links, or set --guide-weight to 0."
        )


def read_credits(path: Path, train: Sequence[Path]) -> dict[str, tuple[str, str]]:
    """Licence and credit by file name, of a file of `name<TAB>licence<TAB>credit` lines.

    Raises InputError where it cannot be read, or a file of `train` is missing in it.
    """
    lines = text_lines(path)
    rows = [[*line.split("\t"), "", ""] for line in lines if line.strip()]
    known = {row[0]: (row[1], row[2]) for row in rows}
    missing = [each.name for each in train if each.name not in known]
    if missing:
        raise InputError(f"{path} says nothing of {missing[0]}: it must have a line for each file of pairs.")
    return known
