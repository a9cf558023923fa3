"""The lines of a run's metrics: one for every few updates, one for every measurement on the dev pairs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from attention_viewer.model.training.evaluation import Loss, Scores
from attention_viewer.model.training.loop import Update
from attention_viewer.model.training.run_directory import RunDirectory

UPDATES_PER_LINE = 20
"""Updates that share a line of the metrics."""


@dataclass(frozen=True)
class Measured:
    """The dev pairs' loss, and the scores of the first of them."""

    loss: Loss
    scores: Scores


class MetricLines:
    """Writes the mean of every few updates as one line."""

    def __init__(self, directory: RunDirectory) -> None:
        self._directory = directory
        self._updates: list[Update] = []

    def add(self, update: Update) -> None:
        """Note an update."""
        self._updates.append(update)
        if len(self._updates) < UPDATES_PER_LINE:
            return
        tokens = sum(each.tokens for each in self._updates)
        mean = sum(each.loss * each.tokens for each in self._updates) / tokens
        guide = [each.guide_loss * each.tokens for each in self._updates if each.guide_loss is not None]
        self._directory.append(
            {
                "step": update.step,
                "epoch": update.epoch,
                "minutes": round(update.seconds / 60, 4),
                "loss": round(mean, 5),
                **({"guide_loss": round(sum(guide) / tokens, 5)} if guide else {}),
                "tokens": tokens,
                "learning_rate": update.rate,
            }
        )
        self._updates.clear()


def dev_line(step: int, seconds: float, found: Measured) -> dict[str, Any]:
    """What a measurement found, at which update and after how many seconds of training."""
    return {
        "step": step,
        "minutes": round(seconds / 60, 4),
        "dev_loss_per_token": round(found.loss.per_token, 5),
        "dev_loss_per_character": round(found.loss.per_character, 5),
        **{
            name: round(value, 3) if isinstance(value, float) else value for name, value in asdict(found.scores).items()
        },
    }
