"""Every number of a training run in one frozen, JSON-able place. Torch-free."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any

from model.errors import InputError


@dataclass(frozen=True)
class AugmentationRates:
    """How often (0 to 1) a pair is changed in the way people type, anew in each epoch.

    `joined`: two pairs become one; `no_stop`: the source loses its final full stop; `small_first`: its first
    letter is small; `all_small`: all of it is; `curly`: its apostrophes are curly.
    """

    joined: float = 0.1
    no_stop: float = 0.06
    small_first: float = 0.06
    all_small: float = 0.03
    curly: float = 0.02


@dataclass(frozen=True)
class TrainingSettings:
    """Sizes of the model, the data's treatment, and the schedule.

    The budget is `minutes` of training time or, where given, `steps` updates; the learning rate climbs for
    the first `warm_up` share of it and falls to zero at its end along a cosine. `batch_positions` counts
    padded target positions of one update over all processes. `sampling` is the share of sources whose
    segmentation is sampled (Kudo 2018) with `alpha`. `average_last` snapshots of the weights, taken evenly
    over the last `average_share` of the budget, are averaged into the result.
    """

    d_model: int = 256
    layers: int = 4
    heads: int = 8
    ffn: int = 1024
    vocabulary: int = 8000
    dropout: float = 0.1
    label_smoothing: float = 0.1
    learning_rate: float = 1.5e-3
    warm_up: float = 0.06
    weight_decay: float = 0.01
    gradient_norm: float = 1.0
    batch_positions: int = 2000
    minutes: float = 45.0
    steps: int | None = None
    sampling: float = 0.1
    alpha: float = 0.3
    average_last: int = 4
    average_share: float = 0.04
    dev_share: float = 0.01
    longest: int = 100
    seed: int = 1
    augmentation: AugmentationRates = field(default_factory=AugmentationRates)

    def __post_init__(self) -> None:
        """Refuse numbers that mean nothing."""
        _check_shares(self)
        _check_shares(self.augmentation)
        for name in ("d_model", "layers", "heads", "ffn", "vocabulary", "batch_positions", "longest"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}; it must be at least 1.")
        if self.d_model % self.heads or self.d_model % 2:
            raise InputError(f"d_model is {self.d_model}; it must be even and a multiple of heads, {self.heads}.")
        if self.steps is not None and self.steps < 1:
            raise InputError(f"steps is {self.steps}; it must be at least 1.")
        if self.minutes <= 0 or self.learning_rate <= 0:
            raise InputError("minutes and learning_rate must be above 0.")


_SHARES = (
    "dropout", "label_smoothing", "warm_up", "sampling", "average_share", "dev_share",
    "joined", "no_stop", "small_first", "all_small", "curly",
)  # fmt: skip


def _check_shares(settings: TrainingSettings | AugmentationRates) -> None:
    for name in (each.name for each in fields(settings)):
        if name in _SHARES and not 0.0 <= getattr(settings, name) <= 1.0:
            raise InputError(f"{name} is {getattr(settings, name)}; it must lie between 0 and 1.")


def to_json(settings: TrainingSettings) -> dict[str, Any]:
    """The settings as plain JSON values."""
    return asdict(settings)


def from_json(values: dict[str, Any]) -> TrainingSettings:
    """The settings that `to_json` wrote."""
    return TrainingSettings(**{**values, "augmentation": AugmentationRates(**values["augmentation"])})
