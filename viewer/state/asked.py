"""What is asked for beside the trace: by panels on show, on demand, as B, over a file. No Qt, no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from attention_viewer.model.contract.document import Document
from attention_viewer.viewer.state.comparing import Compared
from attention_viewer.viewer.state.results import Quantity
from attention_viewer.viewer.state.survey import Lines


@dataclass(frozen=True, eq=False)
class Asked:
    """What is to be known beside the trace, whether it is already or not.

    `watched` is what panels on show show, which is measured of every document. `demanded` are quantities that are
    awaited because they were asked for, each with the document that it is to be measured of. `compared` is B, and
    `lines` are those over which heads are measured. `failed` tells which question failed last on a channel.
    """

    watched: frozenset[Quantity[Any]] = frozenset()
    demanded: Mapping[Quantity[Any], Document] = field(default_factory=dict)
    compared: Compared | None = None
    lines: Lines | None = None
    failed: Mapping[str, object] = field(default_factory=dict)

    def without(self, quantity: Quantity[Any]) -> Asked:
        """With a quantity being asked for no more."""
        return replace(self, demanded={each: of for each, of in self.demanded.items() if each != quantity})
