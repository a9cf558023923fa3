"""What is said quietly of a sentence that the model was not made for. Pure; no Qt, no torch."""

from __future__ import annotations

from attention_viewer.viewer.resolve.byte_pieces import byte_of
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.options import COLOR_RANGE, ColorRange
from attention_viewer.viewer.state.quiet_specs import RemarkSpec
from attention_viewer.viewer.state.view_state import ViewState

MOSTLY = 0.5
"""Share of a sentence's pieces from which it is mostly of a kind."""
LONG_SENTENCE, LONG_MAP = 100, 60
"""Tokens from which a sentence is far longer than most that models are trained on, and its weights are hard to see."""
UNKNOWN = "<unk>"


def remark(loaded: Loaded, view: ViewState) -> RemarkSpec:
    """One line on the sentence shown, and whether colours by the square root would help; nothing for a usual one."""
    trace = loaded.trace
    tokens = [token for token in trace.source_tokens if not token.special or token.piece == UNKNOWN] if trace else []
    if not tokens:
        return RemarkSpec()
    count = len(tokens)
    spelled = sum(byte_of(token) is not None for token in tokens)
    unknown = sum(token.piece == UNKNOWN for token in tokens)
    said = []
    if spelled >= MOSTLY * count:
        said.append(f"{spelled} of {count} tokens are single bytes: the model has no pieces for this script.")
    elif unknown >= MOSTLY * count:
        said.append(f"{unknown} of {count} tokens are unknown to the model.")
    if count >= LONG_SENTENCE:
        said.append(f"{count} tokens are far more than most sentences have that such models are trained on.")
    if said:
        said.append("Expect little of the translation.")
    offers = count >= LONG_MAP and view[COLOR_RANGE] is ColorRange.UNIT
    if offers and not said:
        said.append(f"Among {count} tokens most weights are small.")
    return RemarkSpec(" ".join(said), offers)
