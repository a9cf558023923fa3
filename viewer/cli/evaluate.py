"""The command evaluate."""

from __future__ import annotations

import argparse
import sys

from attention_viewer.model.training.arguments import (
    EVALUATE_EXAMPLE,
    EVALUATE_HELP,
    EvaluateOptions,
    add_evaluate_options,
    evaluate_options,
)
from attention_viewer.viewer.cli.command import PROGRAM, Command, add_model


def add(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add_model(parser)
    add_evaluate_options(parser)


def run(options: EvaluateOptions) -> int:
    """Measure a model."""
    from attention_viewer.model.checkpoint import examine
    from attention_viewer.model.contract.remarks import language_needed
    from attention_viewer.viewer.cli.preflight import check_extra

    languages = examine(options.model).tokenizer.language_tokens
    check_extra("evaluate")
    if languages and not options.prefix:
        print(f"{PROGRAM}: {language_needed(languages)}", file=sys.stderr)
    from attention_viewer.model.training.measure import evaluate

    return evaluate(options)


EVALUATE = Command(
    name="evaluate",
    summary="measure a model on sentence pairs",
    description=EVALUATE_HELP,
    example=EVALUATE_EXAMPLE,
    add=add,
    options=evaluate_options,
    run=run,
    translates=True,
)
