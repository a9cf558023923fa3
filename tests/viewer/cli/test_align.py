"""The options of align."""

from __future__ import annotations

from pathlib import Path

import pytest
from attention_viewer.viewer.cli.align import AlignOptions
from attention_viewer.viewer.look.assets import BUNDLED_MODEL
from support.commands import complaint, options_of


def test_options_are_taken() -> None:
    assert options_of("align", "in") == AlignOptions(BUNDLED_MODEL, Path("in"))
    assert options_of("align", "in", "--best") == AlignOptions(BUNDLED_MODEL, Path("in"))
    every = ("-o", "o", "--model", "m", "--force", "--layer", "2", "--head", "5", "--rows", "reads")
    assert options_of("align", "in", *every) == AlignOptions(Path("m"), Path("in"), Path("o"), True, 1, 4, "reads")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--layer", "0", "--head", "1"], ["--layer", "1 or more"]),
        (["--layer", "2"], ["--layer and --head", "both"]),
        (["--head", "2"], ["--layer and --head", "both"]),
        (["--layer", "1", "--head", "2", "--best"], ["--best", "leave one"]),
        (["--rows", "both"], ["--rows", "both", "reads or predicts"]),
    ],
)
def test_refusals_name_the_option(arguments: list[str], words: list[str]) -> None:
    message = complaint("align", "in", *arguments)
    for word in words:
        assert word in message
