"""The methods that say what each row depends on, besides attention weights: names, words, units, papers.

How each is computed is an entry of `model.experiments.attributions`; all else follows from `METHODS`. Torch-free.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Method: TypeAlias = str
"""The name of an attribution."""
ROLLOUT, NORMS, VALUE_ZEROING, GRADIENT, CONTRAST, LEAVE_ONE_OUT = (
    "rollout", "norms", "value zeroing", "gradient", "contrast", "leave-one-out",
)  # fmt: skip


@dataclass(frozen=True)
class MethodInfo:
    """What people read of a method: a title, what its numbers say, their units, the paper.

    `signed` ones go below 0; one that `contrasts` depends on which token the document compares a row's with.
    """

    method: Method
    title: str
    words: str
    units: str
    paper: str
    signed: bool = False
    contrasts: bool = False


METHODS: tuple[MethodInfo, ...] = (
    MethodInfo(
        ROLLOUT,
        "Attention rollout",
        "how much of each input is left after all layers, heads averaged and the residual counted half",
        "share of a row",
        "Abnar & Zuidema 2020",
    ),
    MethodInfo(
        NORMS,
        "Norm-based weights",
        "how long a vector each key adds: weight times the length of its projected value",
        "length",
        "Kobayashi et al. 2020",
    ),
    MethodInfo(
        VALUE_ZEROING,
        "Value zeroing",
        "how far a layer's output turns when a key's value is zeroed in all its heads",
        "share of a row's cosine distances",
        "Mohebbi et al. 2023",
    ),
    MethodInfo(
        GRADIENT,
        "Gradient × input",
        "how ln p of the row's token would grow along each input's embedding",
        "nats",
        "Denil et al. 2014",
        signed=True,
    ),
    MethodInfo(
        CONTRAST,
        "Contrastive gradient × input",
        "the same of ln p of the row's token minus that of the best other one",
        "nats",
        "Yin & Neubig 2022",
        signed=True,
        contrasts=True,
    ),
    MethodInfo(
        LEAVE_ONE_OUT,
        "Leave one out",
        "how much ln p of the row's token falls when nothing may look at a source token",
        "nats",
        "Li et al. 2016",
        signed=True,
    ),
)


def method_info(method: Method) -> MethodInfo:
    """What people read of a method. Raises KeyError where there is no such method."""
    return {each.method: each for each in METHODS}[method]
