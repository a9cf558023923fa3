"""The command export: pictures, animations, numbers and pages of one sentence, or of every line of a file.

Whatever can be refused is refused before torch is imported, and before anything is written.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from attention_viewer.model.contract.api import Kind
from attention_viewer.model.contract.config import ModelConfig, read_config
from attention_viewer.model.contract.document import Document, go_to
from attention_viewer.model.contract.errors import InputError, UserError
from attention_viewer.viewer.cli.argument_types import one_of
from attention_viewer.viewer.cli.batch import (
    PROGRAM,
    BadLine,
    Bar,
    Interruption,
    Line,
    Outcome,
    WriteFailed,
    check_batch,
    numbered_name,
    read_batch,
    report,
    run_batch,
)
from attention_viewer.viewer.cli.command_options import ExportOptions
from attention_viewer.viewer.cli.export_arguments import needs_a_row
from attention_viewer.viewer.cli.headless import (
    PARTLY_WRITTEN,
    Tracer,
    offscreen_application,
    open_tracer,
    saved_session,
    stopped,
)
from attention_viewer.viewer.export.names import NAMES, file_name
from attention_viewer.viewer.look.colormaps import SEQUENTIAL
from attention_viewer.viewer.state.choices import GRID, KINDS, MAP, Choices
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.view_state import ColorRange, Head, RowLabels, ViewState
from attention_viewer.viewer.storage.files import check_folder, made_folder
from attention_viewer.viewer.storage.session_file import SavedSession

COLOR_RANGES: Mapping[str, ColorRange] = MappingProxyType(
    {"unit": ColorRange.UNIT, "maximum": ColorRange.MAXIMUM, "root": ColorRange.SQUARE_ROOT}
)
"""Word of --range -> what it means."""


@dataclass(frozen=True)
class Item:
    """A file that is written for every sentence: its name, and what is looked at in it."""

    name: str
    view: ViewState


@dataclass(frozen=True, eq=False)
class Exporter:
    """Writes all that was asked for of one sentence after the other."""

    options: ExportOptions
    items: tuple[Item, ...]
    d_model: int
    tracer: Tracer
    interruption: Interruption
    bar: Bar

    def traced(self, document: Document) -> Loaded:
        """What there is of a document, as far as the options go along it."""
        steps = self.options.steps
        wanted = document if steps is None else go_to(document, min(steps, document.step))
        return self.tracer.loaded(wanted, self.interruption.check)

    def line(self, line: Line) -> None:
        """Write the files of a line; with --resume those that are missing.

        Raises WriteFailed where one cannot be written, another UserError where the line will not do.
        """
        loaded = self.traced(self.tracer.document(line.source, line.target))
        for item in self.items:
            path = self.options.output / numbered_name(line, item.name)
            if not (self.options.resume and path.exists()):
                self.write(loaded, item, path)

    def write(self, loaded: Loaded, item: Item, path: Path) -> None:
        """Write one file, and say what had to be reduced in it. Raises as `line` does."""
        from attention_viewer.viewer.export.job import encoded
        from attention_viewer.viewer.export.pictures import Subject
        from attention_viewer.viewer.export.writing import ExportError, write_bytes

        content, notes = encoded(Subject(loaded, item.view, self.d_model), self.options.choices, self._advance)
        try:
            write_bytes(path, content, self.options.force)
        except ExportError as error:
            raise WriteFailed(str(error)) from None
        if notes:
            self.bar.say(f"{PROGRAM}: {path.name}: {'; '.join(notes)}.")

    def _advance(self, done: int, total: int) -> None:
        self.interruption.check()
        self.bar.part(done, total)


def export(options: ExportOptions) -> int:
    """Write what was asked for; returns the exit code. Raises UserError where nothing was written."""
    if options.colormap is not None:
        one_of("--colours", SEQUENTIAL)(options.colormap)
    saved = saved_session(options)
    options = replace(options, choices=looking_as(options, saved))
    config = read_config(options.model)
    items = planned(options, config, first_view(options, saved))
    if options.source is not None:
        return _export_lines(options, config, items, options.source)
    check_folder(options.output, [item.name for item in items], options.force)
    if saved and not saved.document.step and needs_a_row(options.choices, options.kinds):
        raise InputError(f"{options.session} stands at step 0, without a decoder row: ask only for --kind encoder.")
    return _export_one(options, config, items, saved)


def looking_as(options: ExportOptions, saved: SavedSession | None) -> Choices:
    """What was asked for, looking as in the session where the options do not say otherwise."""
    if saved is None or saved.export is None:
        return options.choices
    given = {name: getattr(options.choices, name) for name in ("subject", "format", *options.looks)}
    return replace(saved.export, **given)


def first_view(options: ExportOptions, saved: SavedSession | None) -> ViewState:
    """How a session was looked at, or the view that everything begins with, as far as the options leave it so."""
    given: dict[str, Any] = {}
    if options.colormap is not None:
        given["colormap"] = options.colormap
    if options.color_range is not None:
        given["color_range"] = COLOR_RANGES[options.color_range]
    if options.row_labels is not None:
        given["row_labels"] = RowLabels(options.row_labels)
    return replace(saved.view if saved else ViewState(), **given)


def planned(options: ExportOptions, config: ModelConfig, view: ViewState) -> tuple[Item, ...]:
    """The files of one sentence, in order. Raises InputError where the model has no such layer or head."""
    subject, suffix = options.choices.subject, options.choices.format
    kinds = [Kind(kind) for kind in options.kinds]
    if subject == MAP:
        each = [(kind, head) for kind in kinds for head in _heads(options, config, kind)]
        return tuple(
            Item(f"{file_name(kind, head)}.{suffix}", _looking_at(view, {kind: head}, kind)) for kind, head in each
        )
    if subject == GRID:
        return tuple(Item(f"{file_name(kind, None)}.{suffix}", _looking_at(view, {}, kind)) for kind in kinds)
    heads = {kind: _chosen_head(options, config, kind, view) for kind in Kind} if subject == KINDS else {}
    return (Item(f"{NAMES[subject]}.{suffix}", _looking_at(view, heads, view.active)),)


def _looking_at(view: ViewState, heads: Mapping[Kind, Head], active: Kind) -> ViewState:
    return replace(view, heads={**view.heads, **heads}, active=active)


def _heads(options: ExportOptions, config: ModelConfig, kind: Kind) -> list[Head]:
    """The heads of a kind that the options choose, in order."""
    side, layers, heads = (
        ("encoder", config.encoder_layers, config.encoder_attention_heads)
        if kind is Kind.ENCODER
        else ("decoder", config.decoder_layers, config.decoder_attention_heads)
    )
    chosen_layers = _chosen("Layer", options.layer, layers, side)
    chosen_heads = _chosen("Head", options.head, heads, side)
    return [Head(layer, head) for layer in chosen_layers for head in chosen_heads]


def _chosen(what: str, number: int | None, count: int, side: str) -> range:
    if number is None:
        return range(count)
    if number > count:
        has = f"{what.lower()}s 1 to {count}" if count > 1 else f"only {what.lower()} 1"
        raise InputError(f"{what} {number} does not exist: the {side} has {has}.")
    return range(number - 1, number)


def _chosen_head(options: ExportOptions, config: ModelConfig, kind: Kind, view: ViewState) -> Head:
    """The view's head of a kind, with the layer and the head that the options name."""
    first = _heads(options, config, kind)[0]
    seen = view.heads[kind]
    return Head(seen.layer if options.layer is None else first.layer, seen.head if options.head is None else first.head)


def _export_one(
    options: ExportOptions, config: ModelConfig, items: tuple[Item, ...], saved: SavedSession | None
) -> int:
    with Interruption() as interruption:
        application = offscreen_application()
        tracer = open_tracer(options.model)
        document = saved.document if saved else tracer.document(options.text, options.target)
        with made_folder(options.output), Bar(len(items), 0, "files") as bar:
            exporter = Exporter(options, items, config.d_model, tracer, interruption, bar)
            loaded = exporter.traced(document)
            for index, item in enumerate(items):
                try:
                    exporter.write(loaded, item, options.output / item.name)
                except UserError as error:
                    return stopped(error, index, len(items))
                bar.taken()
    del application
    return 0


def _export_lines(options: ExportOptions, config: ModelConfig, items: tuple[Item, ...], source: Path) -> int:
    lines, bad = read_batch(source)
    files = {line: [options.output / numbered_name(line, item.name) for item in items] for line in lines}
    check_batch(options.output, [file.name for each in files.values() for file in each], options.force, options.resume)
    there = {line for line in lines if options.resume and all(file.exists() for file in files[line])}
    left = [line for line in lines if line not in there]
    outcome = _taken(options, config, items, left, bad, len(there)) if left else run_batch((), bad, earlier=len(there))
    for said in report(outcome, str(source), options.force):
        print(said, file=sys.stderr)
    if outcome.interrupted:
        raise KeyboardInterrupt
    return 0 if outcome.done == outcome.total > 0 else PARTLY_WRITTEN


def _taken(
    options: ExportOptions,
    config: ModelConfig,
    items: tuple[Item, ...],
    lines: Sequence[Line],
    bad: Sequence[BadLine],
    earlier: int,
) -> Outcome:
    """Take each line through the model and to its files; `earlier` lines have theirs."""
    with Interruption() as interruption:
        application = offscreen_application()
        tracer = open_tracer(options.model)
        with made_folder(options.output), Bar(earlier + len(lines), earlier, "lines") as bar:
            exporter = Exporter(options, items, config.d_model, tracer, interruption, bar)
            outcome = run_batch(lines, bad, exporter.line, earlier, interruption.check, bar.taken)
    del application
    return outcome
