"""The options of trace."""

from __future__ import annotations

from pathlib import Path

import pytest
from attention_viewer.viewer.cli.trace import FORMATS, TraceLinesOptions, TraceOptions
from attention_viewer.viewer.export.data import WORD_WRITERS, WRITERS
from attention_viewer.viewer.look.assets import BUNDLED_MODEL
from support.commands import complaint, options_of


def test_formats_are_those_of_the_program() -> None:
    assert set(FORMATS) < set(WRITERS) and set(FORMATS) == set(WORD_WRITERS)


@pytest.mark.parametrize("suffix", FORMATS)
def test_words_may_be_asked_for_in_each_format(suffix: str) -> None:
    assert options_of("trace", "Hi.", "-o", f"o.{suffix}", "--words").words


def test_options_are_taken() -> None:
    npz = Path("o.npz")
    assert options_of("trace", "Hi.", "-o", "o.npz", "--target", "Salut.") == TraceOptions(
        BUNDLED_MODEL, "Hi.", npz, "Salut."
    )
    assert options_of("trace", "Hi.", "-o", "o.npz", "--max-steps", "7") == TraceOptions(
        BUNDLED_MODEL, "Hi.", npz, max_steps=7
    )
    session = Path("s.avsession")
    assert options_of("trace", "--session", "s.avsession", "-o", "o.json") == TraceOptions(
        BUNDLED_MODEL, "", Path("o.json"), session=session, format="json"
    )


def test_the_lines_of_a_file_are_taken_to_a_directory() -> None:
    source, out = Path("in"), Path("o")
    assert options_of("trace", "--input", "in", "-o", "o") == TraceLinesOptions(BUNDLED_MODEL, source, out)
    asked = ("--format", "csv", "--max-steps", "7", "--resume")
    assert options_of("trace", "--input", "in", "-o", "o", *asked) == TraceLinesOptions(
        BUNDLED_MODEL, source, out, "csv", 7, resume=True
    )


def test_a_sentence_may_begin_with_a_dash_after_two_dashes() -> None:
    assert options_of("trace", "-o", "o.csv", "--", "-5 degrees.").text == "-5 degrees."


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["trace", "Hi.", "--session", "s", "-o", "o"], ["either", "--session"]),
        (["trace", "--input", "f", "--session", "s", "-o", "o"], ["either", "--input", "--session"]),
        (["trace", "--session", "s", "-o", "o", "--target", "x"], ["--session", "leave --target out"]),
        (["trace", "--session", "s", "-o", "o", "--max-steps", "3"], ["--session", "leave --max-steps out"]),
        (["trace", "Hi."], ["-o", "trace --help"]),
        (["trace", "-o", "o"], ["sentence", "--input"]),
        (["trace", "Hi.", "-o", "o.xls"], ["'o.xls'", ".npz, .csv, .csv.gz or .json"]),
        (["trace", "Hi.", "--input", "f", "-o", "o"], ["either", "--input"]),
        (["trace", "--input", "f", "-o", "o", "--target", "x"], ["--target", "tab"]),
        (["trace", "Hi.", "-o", "o.npz", "--target", "x", "--max-steps", "3"], ["--target", "--max-steps"]),
        (["trace", "Hi.", "-o", "o", "--target", ""], ["--target", "empty"]),
        (["trace", "Hi.", "-o", "o", "--max-steps", "0"], ["--max-steps", "from 1 to 1000", "0"]),
        (["trace", "caf\udce9", "-o", "o"], ["TEXT", "UTF-8"]),
        (["trace", "--input", "f", "-o", "x.csv"], ["-o names a directory", "'x.csv'", "--format csv"]),
        (["trace", "--input", "f", "-o", "a/x.NPZ", "--format", "csv"], ["-o names a directory", "'x.NPZ'"]),
        (["trace", "Hi.", "-o", "o.npz", "--format", "csv"], ["--format csv contradicts", "'o.npz'"]),
        (["trace", "--input", "f", "-o", "o", "--format", "html"], ["--format", "'html'", "npz, csv, csv.gz or json"]),
        (["trace", "Hi.", "-o", "o.npz", "--resume"], ["--resume", "add --input"]),
        (["trace", "Hi.", "-o", "-"], ["-o -", "add --format npz, csv, csv.gz or json"]),
        (["trace", "--input", "f", "-o", "-"], ["-o names a directory", "standard output"]),
        (["trace", "Hi.", "-o", "-", "--format", "csv", "--beam", "2", "--n-best", "2"], ["one stream", "--n-best"]),
        (["trace", "Hi.", "-o", "o.npz", "--target", "x", "--beam", "2"], ["--target", "leave --beam"]),
        (["trace", "Hi.", "-o", "o.npz", "--beam", "2", "--sample"], ["--beam and --sample exclude"]),
        (["trace", "Hi.", "-o", "o.npz", "--beam", "2", "--n-best", "3"], ["--n-best 3", "give --beam 3"]),
        (["trace", "Hi.", "-o", "o.npz", "--n-best", "3"], ["--n-best", "add --beam N or --sample"]),
        (["trace", "Hi.", "-o", "o.npz", "--top-k", "3"], ["--top-k is about samples", "add --sample"]),
        (["trace", "--session", "s", "-o", "o.npz", "--beam", "3"], ["--session", "leave --beam out"]),
        (["trace", "Hi.", "-o", "o.npz", "--positions", "encoder:off,x"], ["--positions", "'encoder:off,x'"]),
        (["trace", "Hi.", "-o", "o.npz", "--shuffle-seed", "2"], ["--shuffle-seed", "add --positions shuffled"]),
        (["trace", "--input", "f", "-o", "o", "--resume", "--force"], ["--resume", "--force", "one of them"]),
    ],
)
def test_refusals_name_the_option_and_the_value(arguments: list[str], words: list[str]) -> None:
    message = complaint(*arguments)
    for word in words:
        assert word in message
