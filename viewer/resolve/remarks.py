"""What is said quietly of a sentence that the model was not made for. Pure; no Qt, no torch."""

from __future__ import annotations

from attention_viewer.model.analysis.words import byte_of
from attention_viewer.model.contract.description import Description
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.options import COLOR_RANGE, ColorRange
from attention_viewer.viewer.state.plain_text import ARROW, shown_text
from attention_viewer.viewer.state.quiet_specs import RemarkSpec
from attention_viewer.viewer.state.view_state import ViewState

MOSTLY = 0.5
"""Share of a sentence's pieces from which it is mostly of a kind."""
USUAL_LENGTH = 100
"""Tokens of the longest sentences that training usually takes, for models that do not say what theirs took."""
STEPS, TOLD_APART = 256, 4
"""Colours from 0 to 1, and how many of them lie between two that the eye tells apart in a small cell."""
LONG_MAP = STEPS // TOLD_APART
"""Tokens from which the mean weight of a row, one part of so many, is not told from 0 any more."""
UNKNOWN = "<unk>"
LONGEST_TEXT = 200
"""Characters of a text of B's that are said."""


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
    if loaded.info is not None and not loaded.uncomputed:
        said.extend(_too_long(count, loaded.info.description))
    if said:
        said.append("Expect little of the translation.")
    offers = count >= LONG_MAP and view[COLOR_RANGE] is ColorRange.UNIT
    if offers and not said:
        said.append(f"Among {count} tokens most weights are small.")
    return RemarkSpec(" ".join(said), offers)


def beside_maps(loaded: Loaded) -> tuple[str, str]:
    """While two are compared: what marks as A's all that stands beside the maps, and what B is; "" where nothing is.

    Maps may show B or the difference, and say so in their titles.
    """
    other = loaded.results.other
    if other is None:
        return "", ""
    text, translation = (shown_text(each, LONGEST_TEXT) for each in (other.sentence, other.translation))
    return "A", f"This is A's, whatever the maps show. B is {other.name}: {text}{ARROW}{translation}"


def _too_long(count: int, model: Description) -> list[str]:
    """What there is to say of a sentence longer than those a model was trained on, as far as that is known."""
    trained, positions = model.trained_length, model.max_positions
    if trained is not None and count > trained:
        return [f"{count} tokens: this model was trained on sentences of up to {trained}."]
    if positions is not None and count > positions:
        return [f"{count} tokens: this model is said to have {positions} positions."]
    if trained is None and count > USUAL_LENGTH:
        return [f"{count} tokens are more than most sentences have that such models are trained on."]
    return []
