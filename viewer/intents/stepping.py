"""Stepping, on what is wanted; a token that is clicked is one of those shown. Pure; no Qt."""

from __future__ import annotations

from attention_viewer.model.contract import document as documents
from attention_viewer.viewer.intents.wishes import OfWanted, Owed, on_screen
from attention_viewer.viewer.state.history import Run
from attention_viewer.viewer.state.state import STEP_BACK, STEPS, State


def forward(state: State, name: str, run: Run) -> OfWanted | Owed | None:
    """One decoder row more, if there is one; a player goes on."""
    if not state.can_step or state.wanted is None:
        return None
    if state.owed:
        return Owed(state.owed - 1)
    return OfWanted(documents.step_forward(state.wanted), name, run=run, plays=True)


def back(state: State) -> OfWanted | Owed | None:
    """One decoder row less; of rows still awaited it is known only then which is the last."""
    if not state.can_back or state.wanted is None:
        return None
    end = state.end
    if end is None and state.wanted.step > state.rows:
        return Owed(state.owed + 1)
    last = state.wanted.step if end is None else min(state.wanted.step, end)
    return OfWanted(documents.go_to(state.wanted, last - 1), STEP_BACK, run=STEPS)


def go_to(state: State, step: int, name: str) -> OfWanted | None:
    """To a step of the translation."""
    if state.wanted is None or state.shown.trace is None or not state.has_steps:
        return None
    return OfWanted(documents.go_to(state.wanted, step), name)


def last(state: State) -> OfWanted | None:
    """On to the end of the translation."""
    if state.wanted is None or not state.can_step:
        return None
    return go_to(state, state.wanted.limit, "To the end")


def go_to_token(state: State, index: int) -> OfWanted | None:
    """To the step that predicts output token `index` (from 0) of those on screen."""
    if on_screen(state) is None:
        return None
    return go_to(state, index + 1, f"Go to step {index + 1}")
