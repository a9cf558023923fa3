"""What each command was asked to do: one frozen options object a command. No Qt, no torch, no NumPy."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from attention_viewer.viewer.state.choices import Choices

KINDS = ("encoder", "decoder", "cross")


@dataclass(frozen=True)
class TranslateOptions:
    """Lines of `source` (None: standard input) to lines of `output` (None: standard output).

    `beam` is the width of the beam, None decodes greedily.
    """

    model: Path
    source: Path | None = None
    output: Path | None = None
    force: bool = False
    beam: int | None = None


@dataclass(frozen=True)
class TraceOptions:
    """One sentence, or a saved `session` (then `text` is ""), to one NPZ file."""

    model: Path
    text: str
    output: Path
    target: str | None = None
    max_steps: int | None = None
    force: bool = False
    session: Path | None = None


@dataclass(frozen=True)
class BatchOptions:
    """The lines of `source` to the numbered NPZ files of the directory `output`."""

    model: Path
    source: Path
    output: Path
    max_steps: int | None = None
    force: bool = False


@dataclass(frozen=True)
class ExportOptions:
    """Files of one sentence, of a saved `session`, or of every line of `source`, into the directory `output`.

    `text` is "" where there is no sentence. `kinds` are those of which heads, or all heads, are pictured; `layer` and
    `head` count from 1, None is all of them (or, in a picture of the three kinds, those of the view). `colormap`,
    `color_range` and `row_labels` are words of the command line, None leaves them to the view. `resume` keeps the
    files that an earlier batch has written. `looks` names the fields of `choices` that were given: the others are those
    of the session, where there is one.
    """

    model: Path
    text: str
    output: Path
    choices: Choices = field(default_factory=Choices)
    kinds: tuple[str, ...] = KINDS
    layer: int | None = None
    head: int | None = None
    colormap: str | None = None
    color_range: str | None = None
    row_labels: str | None = None
    steps: int | None = None
    target: str | None = None
    force: bool = False
    session: Path | None = None
    source: Path | None = None
    resume: bool = False
    looks: frozenset[str] = frozenset()
