"""Word links of sentence pairs, found by eflomal (Östling & Tiedemann 2016), an optional package. Torch-free."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from attention_viewer.model.analysis.alignment import Link
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.training.data import Pair
from attention_viewer.model.training.word_links import parse_links, symmetrise, words


def align(pairs: Sequence[Pair]) -> list[tuple[Link, ...]]:
    """The links of each pair's words, upper and lower case alike, symmetrised from both directions.

    eflomal samples: two runs differ a little. Raises InputError where it is not installed.
    """
    eflomal = _eflomal()
    with TemporaryDirectory() as directory:
        forward, backward = Path(directory, "forward"), Path(directory, "backward")
        eflomal.Aligner().align(
            [" ".join(words(pair.source)) for pair in pairs],
            [" ".join(words(pair.target)) for pair in pairs],
            links_filename_fwd=str(forward),
            links_filename_rev=str(backward),
        )
        directions = [parse_links(path.read_bytes(), "The output of eflomal") for path in (forward, backward)]
    return [symmetrise(*both) for both in zip(*directions, strict=True)]


def _eflomal() -> Any:
    try:
        return importlib.import_module("eflomal")
    except ImportError:
        raise InputError(
            "Guided alignment needs the links of the pairs' words. Let them be found with `pip install eflomal` (or "
            "this program's extra `align`), give a file of links with --links, or set --guide-weight to 0."
        ) from None
