"""The methods that say what each row depends on, besides attention weights: names, words, units, papers.

How each is computed is in `model.experiments.attributions`. Nothing here imports torch or NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Method(StrEnum):
    """The name of an attribution."""

    ROLLOUT = "rollout"
    NORMS = "norms"
    VALUE_ZEROING = "value zeroing"
    GRADIENT = "gradient"
    CONTRAST = "contrast"
    LEAVE_ONE_OUT = "leave-one-out"


@dataclass(frozen=True)
class MethodInfo:
    """What people read of a method: a title, what its numbers say, their units, the paper. `signed` ones go below 0."""

    method: Method
    title: str
    words: str
    units: str
    paper: str
    signed: bool = False


METHODS: tuple[MethodInfo, ...] = (
    MethodInfo(
        Method.ROLLOUT,
        "Attention rollout",
        "how much of each input is left after all layers, heads averaged and the residual counted half",
        "share of a row",
        "Abnar & Zuidema 2020",
    ),
    MethodInfo(
        Method.NORMS,
        "Norm-based weights",
        "how long a vector each key adds: weight times the length of its projected value",
        "length",
        "Kobayashi et al. 2020",
    ),
    MethodInfo(
        Method.VALUE_ZEROING,
        "Value zeroing",
        "how far a layer's output turns when a key's value is zeroed in all its heads",
        "share of a row's cosine distances",
        "Mohebbi et al. 2023",
    ),
    MethodInfo(
        Method.GRADIENT,
        "Gradient × input",
        "how ln p of the row's token would grow along each input's embedding",
        "nats",
        "Denil et al. 2014",
        signed=True,
    ),
    MethodInfo(
        Method.CONTRAST,
        "Contrastive gradient × input",
        "the same of ln p of the row's token minus that of the best other one",
        "nats",
        "Yin & Neubig 2022",
        signed=True,
    ),
    MethodInfo(
        Method.LEAVE_ONE_OUT,
        "Leave one out",
        "how much ln p of the row's token falls when nothing may look at a source token",
        "nats",
        "Li et al. 2016",
        signed=True,
    ),
)


def method_info(method: Method) -> MethodInfo:
    """What people read of a method."""
    return next(each for each in METHODS if each.method is method)
