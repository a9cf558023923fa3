"""The option --target-language: a token such as `>>fra<<` at the start of each sentence, for models that know many.

Importing this module imports neither Qt, torch nor NumPy.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from attention_viewer.model.contract.errors import InputError, quoted
from attention_viewer.viewer.cli.option_types import text

SENTENCES = ("text", "sentence", "window_sentence")
"""Names of the values that are a sentence to translate."""
Parse = Callable[[str], tuple[str, str | None]]


def add_language(parser: argparse.ArgumentParser, default: object = argparse.SUPPRESS) -> None:
    """The option of every command that translates; where it is not given after one, the one before it counts."""
    parser.add_argument(
        "--target-language",
        metavar="LANG",
        default=default,
        type=text("--target-language"),
        help="the language to translate into, for models that know several: fra puts >>fra<< before each sentence",
    )


def speak(values: argparse.Namespace) -> None:
    """Put the token before the sentence that was given; `values.prefix` is what goes before each line of a file."""
    wanted = getattr(values, "target_language", None)
    values.prefix = "" if wanted is None else f"{_token(wanted)} "
    for name in SENTENCES:
        sentence = getattr(values, name, None)
        if sentence is not None:
            setattr(values, name, f"{values.prefix}{sentence}")


def spoken(prefix: str, parse: Parse) -> Parse:
    """The columns of a line, the source beginning with the token of its language."""

    def parsed(line: str) -> tuple[str, str | None]:
        source, target = parse(line)
        return f"{prefix}{source}", target

    return parsed if prefix else parse


def check_language(model: Path, prefix: str) -> None:
    """Raise InputError where the model does not know the language that was asked for, naming those it knows."""
    from attention_viewer.model.checkpoint import examine
    from attention_viewer.model.contract.remarks import listed

    known, wanted = examine(model).tokenizer.language_tokens, prefix.strip()
    if not known:
        raise InputError("--target-language: this model translates into one language only. Leave it out.")
    if wanted not in known:
        raise InputError(
            f"--target-language is {quoted(wanted[2:-2])}; this model knows {len(known)} languages: {listed(known)}."
        )


def _token(wanted: str) -> str:
    plain = wanted.removeprefix(">>").removesuffix("<<")
    return f">>{plain}<<"
