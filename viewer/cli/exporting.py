"""Carries out the command export: pictures, animations, numbers and pages of a sentence, or of every line of a file.

Whatever can be refused is refused before torch is imported, and before anything is written. Qt is imported only where
something is drawn.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attention_viewer.model.checkpoint import check_checkpoint
from attention_viewer.model.contract.architecture import Architecture
from attention_viewer.model.contract.capabilities import capabilities
from attention_viewer.model.contract.document import Document, go_to
from attention_viewer.model.contract.errors import InputError, UserError
from attention_viewer.model.contract.interventions import NONE, Interventions
from attention_viewer.model.families.family import described
from attention_viewer.viewer.cli.batch import Line
from attention_viewer.viewer.cli.command import DONE, PARTLY_DONE, PROGRAM
from attention_viewer.viewer.cli.export import ExportOptions, needs_a_row, without_rows
from attention_viewer.viewer.cli.folder_batch import FolderBatch, Output, run_in_folder, write_file
from attention_viewer.viewer.cli.looking import by_role, check_there
from attention_viewer.viewer.cli.manifest import digest
from attention_viewer.viewer.cli.planning import Item, ending, first_view, looking_as, planned
from attention_viewer.viewer.cli.preflight import offscreen_application
from attention_viewer.viewer.cli.progress import Bar, Interruption, Watch
from attention_viewer.viewer.cli.searching import found, together
from attention_viewer.viewer.cli.streams import STREAM, check_target
from attention_viewer.viewer.cli.streams import named as called
from attention_viewer.viewer.cli.tracing import Tracer, open_tracer, saved_session
from attention_viewer.viewer.export.needed import needed
from attention_viewer.viewer.export.tables import table_bytes
from attention_viewer.viewer.export.taken import taken
from attention_viewer.viewer.state.exportables import COST, HYPOTHESES, MOVING, TABLES
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.results import TIMES
from attention_viewer.viewer.storage.files import check_folder, made_folder
from attention_viewer.viewer.storage.session_file import SavedSession, to_text

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication


@dataclass(frozen=True, eq=False)
class Exporter:
    """Writes all that was asked for of one sentence after the other, under `interventions`.

    `application` is Qt's, kept as long as anything is painted; None where nothing is.
    """

    options: ExportOptions
    items: tuple[Item, ...]
    d_model: int
    tracer: Tracer
    application: QApplication | None
    interventions: Interventions = NONE

    def line(self, line: Line, files: Mapping[str, Output], watch: Watch) -> Iterator[str]:
        """Write the files of a line, by their endings."""
        loaded = self.traced(self.document(line.source, line.target), watch)
        for item in self.items:
            if ending(item) in files:
                self.write(loaded, item, files[ending(item)], watch, line.target)
                yield ending(item)

    def document(self, source: str, target: str | None) -> Document:
        """What is exported of a sentence."""
        search = self.options.search
        # Several samples stand beside the greedy translation.
        decoding = replace(search, sampled=search.sampled and search.count == 1).decoding
        document = self.tracer.document(source, target, interventions=self.interventions, decoding=decoding)
        if search.beam is None and search.count == 1:
            return document
        results = found(self.tracer.translator, document, search)
        return together(document, results) if self.options.figure.subject == HYPOTHESES else results[0].document

    def traced(self, document: Document, watch: Watch) -> Loaded:
        """What there is of a document, as far as the options go along it."""
        steps = self.options.steps
        wanted = document if steps is None else go_to(document, min(steps, document.step))
        loaded = self.tracer.loaded(wanted, watch.check)
        what = self.options.figure.what
        for item in self.items:
            assert loaded.trace is not None
            check_there(item.view, what, self.options.looked, loaded.trace)
            for quantity in needed(what, item.view):
                loaded = self.tracer.measured(loaded, quantity, watch.check)
        if what.name == COST and self.options.looked.timed:
            loaded = self.tracer.measured(loaded, TIMES, watch.check)
        return self.tracer.spelled(loaded, watch.check) if what.name == HYPOTHESES else loaded

    def write(self, loaded: Loaded, item: Item, output: Output, watch: Watch, target: str | None) -> None:
        """Write one file, and say what had to be reduced in it. Raises WriteFailed where it cannot be written."""
        content, notes = self.encoded(loaded, item, watch, target)
        write_file(output, content)
        if notes:
            name = item.name if output.path == STREAM else output.path.name
            watch.bar.say(f"{PROGRAM}: {name}: {'; '.join(notes)}.")

    def encoded(
        self, loaded: Loaded, item: Item, watch: Watch, target: str | None = None
    ) -> tuple[bytes, tuple[str, ...]]:
        """The content of one file, and what had to be reduced in it. Raises UserError where nothing can be made."""
        if loaded.trace is not None:
            item = replace(item, view=by_role(item.view, item.view.active, self.options.looked, loaded.trace))
        chosen = self.options.figure
        if chosen.what.listed and chosen.format in TABLES:
            return table_bytes(chosen.subject, chosen.format, loaded, item.view), ()
        if self.application is None:
            return self.tracer.numbers(loaded, chosen.format, target), ()
        from attention_viewer.viewer.export.job import encoded
        from attention_viewer.viewer.export.pictures import Scene

        rows = tuple(token - 1 for token in self.options.looked.tokens)
        return encoded(Scene(loaded, item.view, self.d_model, chosen=rows), chosen, watch.advance)


def export(options: ExportOptions) -> int:
    """Write what was asked for; returns the exit code. Raises UserError where nothing was written."""
    check_checkpoint(options.model)
    saved = saved_session(options.session, options.model)
    options = replace(options, figure=looking_as(options, saved))
    architecture = described(options.model).architecture
    maps = architecture.maps
    _check_taken(options, architecture)
    items = planned(options, architecture, first_view(options, saved))
    if options.source is not None:
        return _export_lines(options, architecture, items, options.source)
    options.conditions.interventions(architecture)
    if options.alone:
        _check_one(options, items)
    else:
        check_folder(options.output, [item.name for item in items], options.force)
    if saved and not saved.document.step and needs_a_row(options.figure, options.kinds, maps):
        name = called(options.session)
        raise InputError(f"{name} stands at step 0, without a decoder row: ask {without_rows(maps)}.")
    return _export_one(options, architecture, items, saved)


def _check_taken(options: ExportOptions, architecture: Architecture) -> None:
    """Raise InputError where the model lacks what the picture takes."""
    capability = taken(options.figure.what)
    if capability is not None and (missing := capabilities(architecture).reason(capability)):
        raise InputError(missing)


def _check_one(options: ExportOptions, items: tuple[Item, ...]) -> None:
    """Raise InputError where more than one file was asked for, or it could not be written."""
    if len(items) > 1:
        raise InputError(
            f"{len(items)} files were asked for, and -o {options.output} is one: give a directory, or choose with "
            "--kind, --layer and --head."
        )
    check_target(options.output, options.force, options.figure.format)


def _begun(options: ExportOptions, architecture: Architecture, items: tuple[Item, ...]) -> Exporter:
    """An exporter with its model open, and with Qt only where anything is drawn."""
    drawn = options.figure.format in MOVING
    application = offscreen_application() if drawn else None
    interventions = options.conditions.interventions(architecture)
    return Exporter(
        options,
        items,
        architecture.d_model,
        open_tracer(options.model, told=bool(options.prefix)),
        application,
        interventions,
    )


def _export_one(
    options: ExportOptions, architecture: Architecture, items: tuple[Item, ...], saved: SavedSession | None
) -> int:
    with Interruption() as interruption:
        exporter = _begun(options, architecture, items)
        document = saved.document if saved else exporter.document(options.text, options.target)
        with (
            made_folder(options.output.parent if options.alone else options.output),
            Bar(len(items), 0, "files") as bar,
        ):
            watch = Watch(interruption.check, bar)
            loaded = exporter.traced(document, watch)
            for written, item in enumerate(items):
                try:
                    output = Output(options.output if options.alone else options.output / item.name, options.force)
                    exporter.write(loaded, item, output, watch, options.target)
                except UserError as error:
                    return _stopped(error, written, len(items))
                bar.taken()
    return DONE


def _stopped(error: UserError, written: int, total: int) -> int:
    """The exit code after a failure with `written` files done; raises the error again where none is."""
    if not written:
        raise error
    print(f"{PROGRAM}: {error} {written} of {total} files had been written.", file=sys.stderr)
    return PARTLY_DONE


def _export_lines(options: ExportOptions, architecture: Architecture, items: tuple[Item, ...], source: Path) -> int:
    interventions = options.conditions.interventions(architecture)
    batch = FolderBatch(
        source,
        options.output,
        options.model,
        {ending(item): _digest(options, item, interventions) for item in items},
        "exported",
        options.force,
        options.resume,
        options.prefix,
    )
    return run_in_folder(batch, lambda: _begun(options, architecture, items).line)


def _digest(options: ExportOptions, item: Item, interventions: Interventions) -> str:
    """A hash of all options that decide what is in a file."""
    document = Document("", interventions=interventions, decoding=options.search.decoding)
    looks = to_text(SavedSession(document, item.view, options.figure))
    asked: dict[str, Any] = {"looks": looks, "steps": options.steps}
    if options.search.beam is not None or options.search.count > 1:
        asked["search"] = asdict(options.search)
    if options.looked.timed:
        asked["timed"] = True
    return digest(asked)
