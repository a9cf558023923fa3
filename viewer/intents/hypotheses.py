"""The hypotheses that are kept, on what is shown. Pure; no Qt."""

from __future__ import annotations

from attention_viewer.model.contract import hypotheses
from attention_viewer.viewer.intents.wishes import OfShown, on_screen
from attention_viewer.viewer.state.state import State


def go_to(state: State, index: int) -> OfShown | None:
    """Look at another continuation that was kept."""
    document = on_screen(state)
    if document is None:
        return None
    chosen = hypotheses.choose_hypothesis(document, index, state.outputs)
    return OfShown(chosen, f"Go to hypothesis {index + 1}")


def beside(state: State, distance: int) -> OfShown | None:
    """Look at the continuation so many places further on; after the last one comes the first."""
    document = on_screen(state)
    if document is None:
        return None
    return go_to(state, (document.current + distance) % len(document.hypotheses))


def rename(state: State, index: int, name: str) -> OfShown | None:
    """Call a continuation by a name."""
    document = on_screen(state)
    if document is None:
        return None
    renamed = hypotheses.rename_hypothesis(document, index, name)
    return OfShown(renamed, f"Rename hypothesis {index + 1}")


def delete(state: State, index: int) -> OfShown | None:
    """Forget a continuation."""
    document = on_screen(state)
    if document is None:
        return None
    return OfShown(hypotheses.delete_hypothesis(document, index), f"Delete hypothesis {index + 1}")


def delete_current(state: State) -> OfShown | None:
    """Forget the continuation that is looked at."""
    document = on_screen(state)
    return None if document is None else delete(state, document.current)
