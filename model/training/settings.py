"""Every number of a training run in one frozen, JSON-able place. Torch-free.

Each field carries its meaning; the command line makes its options and their help from here.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from attention_viewer.model.contract.errors import InputError

PRECISIONS = ("auto", "float32", "bfloat16")


def _setting(default: Any, meaning: str, share: bool = False) -> Any:
    """A field with what `--help` says of it; a `share` lies between 0 and 1."""
    return field(default=default, metadata={"meaning": meaning, "share": share})


@dataclass(frozen=True)
class AugmentationRates:
    """How often a pair is changed in the way people type, anew in each epoch."""

    joined: float = _setting(0.1, "share of pairs joined with another one", share=True)
    no_stop: float = _setting(0.06, "share of sources without their full stop", share=True)
    small_first: float = _setting(0.06, "share of sources with a small first letter", share=True)
    all_small: float = _setting(0.03, "share of sources without capitals", share=True)
    curly: float = _setting(0.02, "share of sources with curly apostrophes", share=True)
    exchange_names: float = _setting(0.6, "share of pairs whose names, given with --names, become others", share=True)
    made_up_names: float = _setting(0.3, "share of those names that are put together from two", share=True)
    exchange_numbers: float = _setting(0.5, "share of pairs whose numbers become others", share=True)
    capitals: float = _setting(0.025, "share of pairs in capitals on both sides", share=True)
    quoted: float = _setting(0.015, "share of pairs put in quotation marks on both sides", share=True)

    def __post_init__(self) -> None:
        """Refuse numbers that mean nothing."""
        _check_shares(self)

    @classmethod
    def none(cls) -> AugmentationRates:
        """Pairs as they are."""
        return cls(*(0.0 for _ in fields(cls)))


@dataclass(frozen=True)
class TrainingSettings:
    """Sizes of the model, the data's treatment, and the schedule.

    The budget is `minutes` of training or, where given, `steps` updates. Subword sampling is Kudo 2018, guided
    alignment Garg et al. 2019; its layer and head are one of the decoder's cross-attention heads.
    """

    d_model: int = _setting(256, "width of the model")
    layers: int = _setting(4, "layers of the encoder, and of the decoder")
    heads: int = _setting(8, "heads of each attention")
    ffn: int = _setting(1024, "width of the feed-forward networks")
    vocabulary: int = _setting(8000, "pieces of the joint vocabulary")
    dropout: float = _setting(0.1, "dropout of sub-layers and embeddings", share=True)
    label_smoothing: float = _setting(0.1, "probability spread over all tokens", share=True)
    learning_rate: float = _setting(1e-3, "highest learning rate")
    final_rate: float = _setting(0.0, "where the learning rate ends, as a share of the highest", share=True)
    warm_up: float = _setting(0.06, "share of the budget in which the learning rate climbs", share=True)
    weight_decay: float = _setting(0.01, "weight decay of AdamW")
    gradient_norm: float = _setting(1.0, "gradients are cut to this norm")
    batch_positions: int = _setting(1000, "padded target positions of an update, over all processes")
    minutes: float = _setting(45.0, "budget in minutes of training")
    steps: int | None = _setting(None, "budget in updates, in place of minutes")
    sampling: float = _setting(0.1, "share of sources whose segmentation is sampled", share=True)
    alpha: float = _setting(0.3, "smoothness of the sampling")
    average_last: int = _setting(4, "how many late snapshots of the weights are averaged")
    average_share: float = _setting(0.04, "share of the budget over which they are taken", share=True)
    dev_share: float = _setting(0.01, "share of the pairs held out where no --dev is given", share=True)
    guide_weight: float = _setting(0.0, "weight of the loss that guides one head to align words; 0 guides none")
    guide_layer: int = _setting(3, "decoder layer of the guided cross-attention head, from 1")
    guide_head: int = _setting(1, "the guided head in its layer, from 1")
    longest: int = _setting(100, "longer pairs, in tokens of either side, are left out")
    seed: int = _setting(1, "start of all random numbers")
    precision: str = _setting("auto", "of the products: auto, float32 or bfloat16")
    augmentation: AugmentationRates = field(default_factory=AugmentationRates)

    def __post_init__(self) -> None:
        """Refuse numbers that mean nothing."""
        _check_shares(self)
        for name in ("d_model", "layers", "heads", "ffn", "vocabulary", "batch_positions", "longest", "average_last"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}; it must be at least 1.")
        if self.precision not in PRECISIONS:
            raise InputError(f"precision is {self.precision!r}; it must be one of {', '.join(PRECISIONS)}.")
        if self.d_model % self.heads or self.d_model % 2:
            raise InputError(f"d_model is {self.d_model}; it must be even and a multiple of heads, {self.heads}.")
        if self.steps is not None and self.steps < 1:
            raise InputError(f"steps is {self.steps}; it must be at least 1.")
        if not (0 < self.minutes < float("inf") and 0 < self.learning_rate < float("inf")):
            raise InputError("minutes and learning_rate must be above 0.")
        if not 0.0 <= self.guide_weight < float("inf"):
            raise InputError(f"guide_weight is {self.guide_weight}; it must be 0 or more.")
        for name, most in (("guide_layer", self.layers), ("guide_head", self.heads)):
            if self.guide_weight and not 1 <= getattr(self, name) <= most:
                raise InputError(f"{name} is {getattr(self, name)}; it must lie between 1 and {name[6:]}s, {most}.")

    @property
    def guided_head(self) -> tuple[int, int] | None:
        """Layer and head, from 0, of the cross-attention head that is guided; None where none is."""
        return (self.guide_layer - 1, self.guide_head - 1) if self.guide_weight else None


def with_budget(settings: TrainingSettings, minutes: float | None, steps: int | None) -> TrainingSettings:
    """The settings with another budget, in minutes or updates; the same where neither is given."""
    if steps is not None:
        return replace(settings, steps=steps)
    return settings if minutes is None else replace(settings, minutes=minutes, steps=None)


def _check_shares(settings: TrainingSettings | AugmentationRates) -> None:
    for each in fields(settings):
        value = getattr(settings, each.name)
        if each.metadata.get("share") and not 0.0 <= value <= 1.0:
            raise InputError(f"{each.name} is {value}; it must lie between 0 and 1.")


def to_json(settings: TrainingSettings) -> dict[str, Any]:
    """The settings as plain JSON values."""
    return asdict(settings)


def from_json(values: dict[str, Any]) -> TrainingSettings:
    """The settings that `to_json` wrote."""
    return TrainingSettings(**{**values, "augmentation": AugmentationRates(**values["augmentation"])})
