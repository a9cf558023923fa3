"""What the files of a checkpoint say of the model in them, before its weights are read. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass

from attention_viewer.model.contract.architecture import Architecture


@dataclass(frozen=True)
class Description:
    """A model as its family reads it: what it is made of, and what is to be known of it besides.

    `languages` are source and target, "" where they are not named. `not_followed` are settings that ask for what is not
    done here. `trained_length` is how many tokens the longest sentence might have that it was trained on,
    `max_positions` how many positions it is said to have; None where that is not known.
    """

    architecture: Architecture
    languages: tuple[str, str] = ("", "")
    not_followed: tuple[str, ...] = ()
    trained_length: int | None = None
    max_positions: int | None = None
