"""What is shown in the place of attention weights: other answers to what each row depends on. Torch-free.

An attribution has maps of its own: [layers, heads, rows, columns] by the names of the model's, one layer or one head
where it does not tell them apart. What it is, in which units, and whose idea, stands in `model.contract.methods`.

Shape letters: L layers, H heads, R rows (queries), C columns (keys).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from attention_viewer.model.contract.api import Floats, Token
from attention_viewer.model.contract.maps import Kind
from attention_viewer.model.contract.methods import Method


@dataclass(frozen=True, eq=False)
class Attribution:
    """The maps of a method, float32 [L, H, R, C], masked cells 0.

    `against` are the tokens that a contrast compares each row's with; empty for other methods.
    """

    method: Method
    maps: Mapping[Kind, Floats]
    against: tuple[Token, ...] = ()
