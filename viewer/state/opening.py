"""What the window opens with. No Qt, no torch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class WindowOptions:
    """What the window opens with: a sentence, the file of a saved session, or one of arrays in a model's place.

    Unless the model was `named`, the one opened last takes its place.
    `tour` is the file of a tour that somebody wrote.
    """

    model: Path
    sentence: str | None = None
    steps: int | None = None
    session: Path | None = None
    trace: Path | None = None
    named: bool = True
    tour: Path | None = None


@dataclass(frozen=True)
class ScreenshotOptions:
    """A picture of the window; `size` is (width, height) in pixels, `steps` None runs to the end.

    With a `session`, or the file of a `trace` in a model's place, there is no sentence: it is "".
    """

    model: Path
    out: Path
    sentence: str
    steps: int | None = None
    target: str | None = None
    size: tuple[int, int] = (1600, 1000)
    theme: str = "light"
    force: bool = False
    session: Path | None = None
    trace: Path | None = None
