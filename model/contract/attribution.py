"""What is shown in the place of attention weights: other answers to what each row depends on. Torch-free.

An attribution has maps of its own: [layers, heads, rows, columns] by the names of the model's, one layer or one head
where it does not tell them apart. What it is, in which units, and whose idea, stands in a table; how it is computed, in
`model.experiments.attributions`.

Shape letters: L layers, H heads, R rows (queries), C columns (keys).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from attention_viewer.model.contract.api import Floats, Token
from attention_viewer.model.contract.maps import Kind


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


@dataclass(frozen=True, eq=False)
class Attribution:
    """The maps of a method, float32 [L, H, R, C], masked cells 0.

    `against` are the tokens that a contrast compares each row's with; empty for other methods.
    """

    method: Method
    maps: Mapping[Kind, Floats]
    against: tuple[Token, ...] = ()


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
