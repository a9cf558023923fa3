"""One export from choices to a file: pictures, animations, numbers and pages, written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from attention_viewer.model.contract.errors import UserError
from attention_viewer.viewer.export.about import PROGRAM, About, about
from attention_viewer.viewer.export.animation import animation_bytes
from attention_viewer.viewer.export.block import Device
from attention_viewer.viewer.export.data import WRITERS
from attention_viewer.viewer.export.figure import Figure, Look
from attention_viewer.viewer.export.meta import meta
from attention_viewer.viewer.export.picture import EXPORTERS
from attention_viewer.viewer.export.pictures import Subject, make_figure
from attention_viewer.viewer.export.writing import ExportError, refuse_existing, write_bytes
from attention_viewer.viewer.look.theme import PALETTES, style_for, system_font
from attention_viewer.viewer.state.choices import ANIMATIONS, FORMATS, NUMBERS, PAGES, PICTURES, Choices

Advance = Callable[[int, int], None]
"""Told how far an export has come (done, total); it may raise ExportCancelled."""


class ExportCancelled(UserError):
    """The user changed their mind while something was being made."""


def still(done: int, total: int) -> None:
    """Let an export go on without telling anybody."""


def export_file(
    subject: Subject, choices: Choices, path: Path, overwrite: bool = False, advance: Advance = still
) -> tuple[str, ...]:
    """Write one file; returns notes on what had to be reduced.

    Raises ExportError where there is nothing to export, or it cannot be written; ExportCancelled from `advance`. The
    file is then as it was before.
    """
    refuse_existing(path, overwrite)
    content, notes = encoded(subject, choices, advance)
    advance(1, 1)
    write_bytes(path, content, overwrite)
    return notes


def encoded(subject: Subject, choices: Choices, advance: Advance = still) -> tuple[bytes, tuple[str, ...]]:
    """The content of the file, and notes on what had to be reduced."""
    advance(0, 1)
    if choices.format in PICTURES:
        figure = figure_of(subject, choices)
        content = EXPORTERS[choices.format](
            figure.paint, figure.size, choices.scale, about_of(figure, subject, choices)
        )
        return bytes(content.data()), figure.notes
    if choices.format in ANIMATIONS:
        return _animation(subject, choices, advance)
    assert choices.format in NUMBERS or choices.format in PAGES, FORMATS
    return _numbers(subject, choices.format), ()


def figure_of(subject: Subject, choices: Choices, grown: Subject | None = None, suffix: str = "") -> Figure:
    """The figure that a picture or a frame shows. Raises ExportError with the reason where there is none."""
    look = Look(
        style=style_for(PALETTES[choices.theme], system_font()),
        width=choices.room,
        title=choices.title,
        caption=choices.caption,
        device=Device(choices.scale, choices.vector),
        suffix=suffix,
    )
    return make_figure(choices.subject, subject, look, grown)


def about_of(figure: Figure, subject: Subject, choices: Choices) -> About:
    """What the file of a figure says of itself."""
    return about(subject.loaded, subject.view, choices.subject, figure.title or PROGRAM, figure.caption)


def _animation(subject: Subject, choices: Choices, advance: Advance) -> tuple[bytes, tuple[str, ...]]:
    trace = subject.loaded.trace
    if trace is not None and not trace.causal:
        raise ExportError("Without the causal mask there are no steps to animate. Switch it on, or export a picture.")
    rows = subject.rows
    figures = []
    for row in range(1, rows + 1):
        advance(row - 1, 2 * rows)
        figures.append(figure_of(subject.at(row), choices, subject, f" · step {row} of {rows}"))

    def painted(done: int) -> None:
        advance(rows + done, 2 * rows)

    ground = PALETTES[choices.theme].surface
    said = about_of(figures[-1], subject, choices) if figures else About()
    content = animation_bytes(figures, choices.format, choices.frame, choices.scale, ground, said, painted)
    return content, figures[-1].notes


def _numbers(subject: Subject, suffix: str) -> bytes:
    loaded = subject.loaded
    if loaded.trace is None or loaded.document is None or loaded.info is None:
        raise ExportError(loaded.waiting.reason)
    about = meta(loaded.info, loaded.document, loaded.trace, loaded.translation)
    return WRITERS[suffix](loaded.trace, about)
