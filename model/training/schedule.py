"""The learning rate over a run, and how far a run has come."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from attention_viewer.model.training.settings import TrainingSettings


@dataclass
class Budget:
    """Progress through the budget, counted in updates or in minutes of training (pauses left out)."""

    settings: TrainingSettings
    step: int = 0
    seconds_before: float = 0.0
    clock: Callable[[], float] = time.perf_counter

    def __post_init__(self) -> None:
        """Start the clock."""
        self._started = self.clock()

    @property
    def seconds(self) -> float:
        """Seconds of training so far, over all starts of the run."""
        return self.seconds_before + self.clock() - self._started

    def resume(self, seconds: float) -> None:
        """Go on counting from `seconds`."""
        self.seconds_before, self._started = seconds, self.clock()

    @property
    def progress(self) -> float:
        """From 0 at the start to 1 at the end of the budget."""
        if self.settings.steps is not None:
            return min(1.0, self.step / self.settings.steps)
        return min(1.0, self.seconds / (60.0 * self.settings.minutes))


def learning_rate(settings: TrainingSettings, progress: float) -> float:
    """Linear warm-up to the highest rate, then a cosine to `final_rate` of it at `progress` 1."""
    if progress < settings.warm_up:
        return settings.learning_rate * max(progress / settings.warm_up, 1e-3)
    rest = (progress - settings.warm_up) / max(1.0 - settings.warm_up, 1e-9)
    falling = 0.5 * (1.0 + math.cos(math.pi * min(1.0, rest)))
    return settings.learning_rate * (settings.final_rate + (1.0 - settings.final_rate) * falling)
