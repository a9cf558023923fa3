"""The hypotheses that are kept, on what is shown. Pure; no Qt."""

from __future__ import annotations

from attention_viewer.model.contract import hypotheses
from attention_viewer.viewer.intents.wishes import Wish, on_screen
from attention_viewer.viewer.state.state import State


def go_to(state: State, index: int) -> Wish | None:
    """Look at another continuation that was kept."""
    document = on_screen(state)
    if document is None:
        return None
    chosen = hypotheses.choose_hypothesis(document, index, state.outputs)
    return Wish(chosen, f"Go to hypothesis {index + 1}", of_shown=True)


def rename(state: State, index: int, name: str) -> Wish | None:
    """Call a continuation by a name."""
    document = on_screen(state)
    if document is None:
        return None
    renamed = hypotheses.rename_hypothesis(document, index, name)
    return Wish(renamed, f"Rename hypothesis {index + 1}", of_shown=True)


def delete(state: State, index: int) -> Wish | None:
    """Forget a continuation."""
    document = on_screen(state)
    if document is None:
        return None
    return Wish(hypotheses.delete_hypothesis(document, index), f"Delete hypothesis {index + 1}", of_shown=True)
