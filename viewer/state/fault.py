"""A fault of the program itself: what to say of it, and the report that helps to mend it. Pure; no Qt."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import dataclass

from attention_viewer.viewer.state.plain_text import shown_text

LONGEST_REPORT = 20_000
"""Characters of a report at most: a fault deep in a recursion repeats itself."""


@dataclass(frozen=True)
class Fault:
    """What was raised, in a few words, and where, as Python tells it; `place` is that of the same fault every time."""

    words: str
    place: str
    trace: str

    @property
    def sentence(self) -> str:
        """For whoever uses the program."""
        return f"Something went wrong that should not have: {self.words}."


def fault_of(error: BaseException) -> Fault:
    """The fault that an exception is."""
    trace = "".join(traceback.format_exception(error))
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1] if frames else None
    place = f"{type(error).__name__} at {last.filename}:{last.lineno}" if last else type(error).__name__
    return Fault(words_of(error), place, _shortened(trace))


def words_of(error: BaseException) -> str:
    """An exception in a few words."""
    if isinstance(error, MemoryError):
        return "there is not enough memory"
    if isinstance(error, RecursionError):
        return "something is nested too deeply"
    said = shown_text(str(error)).rstrip(".")
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def report(fault: Fault, versions: Mapping[str, str]) -> str:
    """The text that can be copied: versions and the trace."""
    return f"{', '.join(f'{name} {version}' for name, version in versions.items())}\n\n{fault.trace}"


def _shortened(trace: str) -> str:
    half = LONGEST_REPORT // 2
    return trace if len(trace) <= LONGEST_REPORT else f"{trace[:half]}\n[...]\n{trace[-half:]}"
