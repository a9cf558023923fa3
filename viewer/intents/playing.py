"""Stepping by itself. Pure; no Qt.

`playing` says whether the player plays, `runs` how often it was started: steps of one run are undone at once.
"""

from __future__ import annotations

from attention_viewer.model.contract import document as documents
from attention_viewer.viewer.intents import stepping
from attention_viewer.viewer.intents.turns import Play, Turn
from attention_viewer.viewer.intents.wanting import Granted, change, granted
from attention_viewer.viewer.state.history import Run
from attention_viewer.viewer.state.state import STEPS, State

PLAY, STEP = "Play", "Step"


def step(state: State, playing: bool, runs: int) -> Granted:
    """One decoder row more, if there is one."""
    return stepping.forward(state, PLAY, Run(PLAY, runs)) if playing else stepping.forward(state, STEP, STEPS)


def back(state: State) -> Turn:
    """One decoder row less; of rows still awaited it is known only then which is the last."""
    return Turn(state).do(Play(on=False)).then(granted, stepping.back(state))


def first(state: State) -> Turn:
    """Back to the encoded sentence, before the first decoder row."""
    return Turn(state).do(Play(on=False)).then(granted, stepping.go_to(state, 0, "To the start"))


def toggle(state: State, playing: bool, runs: int) -> Turn:
    """Play from here (from the start, when at the end), or stop."""
    if playing:
        return Turn(state).do(Play(on=False))
    if state.shown.trace is None or state.wanted is None or not state.has_steps:
        return Turn(state)
    turn = Turn(state).do(Play(on=True))
    return turn if state.can_step else turn.then(change, documents.go_to(state.wanted, 0), PLAY, Run(PLAY, runs + 1))


def play_on(state: State, runs: int) -> Turn:
    """The next step of playing; waits for a step still being computed, stops at the end."""
    if state.awaited:
        return Turn(state)
    if not state.can_step:
        return Turn(state).do(Play(on=False))
    return granted(state, stepping.forward(state, PLAY, Run(PLAY, runs)))
