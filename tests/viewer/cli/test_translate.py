"""The options of translate."""

from __future__ import annotations

from pathlib import Path

import pytest
from attention_viewer.viewer.cli.decoding import Search
from attention_viewer.viewer.cli.translate import TranslateOptions
from attention_viewer.viewer.look.assets import BUNDLED_MODEL
from support.commands import complaint, options_of


def test_options_are_taken() -> None:
    assert options_of("translate") == TranslateOptions(BUNDLED_MODEL)
    assert options_of("translate", "in", "-o", "o", "--model", "m", "--force") == TranslateOptions(
        Path("m"), Path("in"), Path("o"), True
    )
    asked = options_of(
        "translate", "--sample", "--top-k", "5", "--seed", "2", "--n-best", "1", "--scores", "--threads", "2"
    )
    assert (asked.search, asked.scores, asked.several) == (Search(sampled=True, top_k=5, seed=2), True, True)
    assert asked.threads == 2
    assert options_of("translate", "--beam", "32") == TranslateOptions(BUNDLED_MODEL, search=Search(beam=32))


def test_a_model_before_the_command_counts_unless_one_follows() -> None:
    assert options_of("--model", "m", "translate") == TranslateOptions(Path("m"))
    assert options_of("--model", "m", "translate", "--model", "n") == TranslateOptions(Path("n"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["translate", "--beam", "0"], ["--beam", "from 1 to 32", "0"]),
        (["translate", "--beam", "33"], ["--beam", "from 1 to 32", "33"]),
        (["translate", "--sent", "x"], ["--sent"]),
        (["translate", "--threads", "0"], ["--threads", "from 1 to 256", "0"]),
        (["translate", "--n-best", "2"], ["--n-best", "add --beam N or --sample"]),
    ],
)
def test_refusals_name_the_option_and_the_value(arguments: list[str], words: list[str]) -> None:
    message = complaint(*arguments)
    for word in words:
        assert word in message
