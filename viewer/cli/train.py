"""The command train. Its options and words are those of `python -m attention_viewer.model.training`."""

from __future__ import annotations

from attention_viewer.model.training.arguments import (
    TRAIN_EXAMPLE,
    TRAIN_HELP,
    TrainOptions,
    add_train_options,
    train_options,
)
from attention_viewer.viewer.cli.command import Command


def run(options: TrainOptions) -> int:
    """Train a model."""
    from attention_viewer.viewer.cli.preflight import check_extra

    check_extra("train")
    from attention_viewer.model.training.run import train

    return train(options)


TRAIN = Command(
    name="train",
    summary="train a model on sentence pairs",
    description=TRAIN_HELP,
    example=TRAIN_EXAMPLE,
    add=add_train_options,
    options=train_options,
    run=run,
)
