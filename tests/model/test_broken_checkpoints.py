"""Every broken checkpoint ends in one clear sentence, at once, with nothing written and nothing run."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

import pytest
from attention_viewer.model.contract.errors import MOST_SAID, CheckpointError
from attention_viewer.model.translator import Translator
from support.broken import BROKEN, Broken

SECONDS = 3.0


def test_there_are_enough_of_them() -> None:
    assert len(BROKEN) >= 150 and len({each.name for each in BROKEN}) == len(BROKEN)


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_it_is_refused(broken: Broken, tiny: Path, tmp_path: Path) -> None:
    directory = tmp_path / "model"
    shutil.copytree(tiny, directory)
    broken.change(directory)
    before = sorted(each.name for each in directory.iterdir())
    began = time.perf_counter()
    with pytest.raises(CheckpointError) as caught:
        Translator(directory)
    assert time.perf_counter() - began < SECONDS
    message = str(caught.value)
    assert re.search(broken.said, message), message
    assert len(message) <= MOST_SAID and message.isprintable() and message.endswith(".")
    assert not re.search(r"weights_only|torch\.load|Traceback|unsupported operand|header too", message)
    assert sorted(each.name for each in directory.iterdir()) == before
