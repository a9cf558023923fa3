"""What stands beside the sentence and the bars: a quiet remark, and the controls of sampling. No Qt, no torch."""

from __future__ import annotations

from dataclasses import dataclass

from attention_viewer.model.contract.choosing import Decoding, Method


@dataclass(frozen=True)
class RemarkSpec:
    """One quiet line on the sentence, "" for none, and whether colours by the square root are offered."""

    text: str = ""
    offers_root: bool = False


@dataclass(frozen=True)
class SamplingSpec:
    """By which settings tokens are drawn, if they are, and why that cannot be chosen ("": it can)."""

    decoding: Decoding
    reason: str = ""

    @property
    def on(self) -> bool:
        """Whether tokens are drawn."""
        return self.decoding.method is Method.SAMPLING
