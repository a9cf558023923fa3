"""Pictures from Python: what the command `export` draws, shown in a notebook or written to a file.

Importing this module imports neither torch nor Qt; a figure that is drawn imports Qt, and needs no display.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from attention_viewer.model.contract.document import Document
    from attention_viewer.model.contract.maps import MapInfo
    from attention_viewer.model.translator import Translator
    from attention_viewer.viewer.cli.export import ExportOptions
    from attention_viewer.viewer.cli.exporting import Exporter
    from attention_viewer.viewer.cli.planning import Item
    from attention_viewer.viewer.state.loaded import Loaded

COUNTED = ("layer", "head", "token", "key")
"""Options that count from 1 on the command line and in pictures, from 0 in arrays."""
DRAWING, IMAGE = "svg", "png"


@dataclass(frozen=True, eq=False)
class Figure:
    """A picture of a sentence; made by `Model.figure`. A notebook shows it where it is the value of a cell."""

    _exporter: Exporter
    _item: Item
    _loaded: Loaded

    def __repr__(self) -> str:
        return f"<attention figure: {self._item.name.rpartition('.')[0]}>"

    def content(self, format: str = DRAWING) -> bytes:
        """The content of a file of a format, such as "svg", "pdf" or "png"; "csv" where it is a table, too.

        Raises UserError where this picture has no such format, or there is nothing to be drawn.
        """
        from attention_viewer.model.contract.errors import InputError
        from attention_viewer.viewer.cli.progress import unwatched

        figure = self._exporter.options.figure
        if format not in figure.what.formats:
            raise InputError(f"{format!r} is no format of this picture: choose {', '.join(figure.what.formats)}.")
        options = replace(self._exporter.options, figure=replace(figure, format=format))
        content, _ = replace(self._exporter, options=options).encoded(self._loaded, self._item, unwatched())
        return content

    def write(self, path: str | Path, overwrite: bool = False) -> None:
        """Write it in the format that the suffix names, whole or not at all.

        Raises UserError where it exists (unless `overwrite`), cannot be written, or has no such format.
        """
        from attention_viewer.viewer.export.writing import refuse_existing, write_bytes

        target = Path(path)
        refuse_existing(target, overwrite)
        write_bytes(target, self.content(target.suffix[1:].lower()), overwrite)

    def _repr_svg_(self) -> str | None:
        return self.content(DRAWING).decode("utf-8") if DRAWING in self._formats else None

    @property
    def _formats(self) -> tuple[str, ...]:
        return self._exporter.options.figure.what.formats


def figure(
    translator: Translator,
    source: str | Document,
    target: str | None,
    picture: str,
    options: Mapping[str, object],
) -> Figure:
    """The picture that `--picture` names, with the other options of the command `export` by their names.

    Raises UserError where they mean nothing, or mean more than one picture.
    """
    from attention_viewer.model.contract.errors import InputError
    from attention_viewer.viewer.cli.exporting import Exporter
    from attention_viewer.viewer.cli.planning import first_view, planned
    from attention_viewer.viewer.cli.preflight import offscreen_application
    from attention_viewer.viewer.cli.progress import unwatched
    from attention_viewer.viewer.cli.tracing import Tracer

    _check_heads(options, translator.info.architecture.maps)
    text = source if isinstance(source, str) else source.source
    asked = _asked(text, target, {"picture": picture, **options})
    architecture = translator.info.architecture
    items = planned(asked, architecture, first_view(asked, None))
    if len(items) > 1:
        raise InputError(f"These are {len(items)} pictures: choose one with kind, layer and head, which count from 0.")
    exporter = Exporter(
        asked,
        items,
        architecture.d_model,
        Tracer(translator),
        offscreen_application(),
        asked.conditions.interventions(architecture),
    )
    document = exporter.document(text, target) if isinstance(source, str) else source
    return Figure(exporter, items[0], exporter.traced(document, unwatched()))


def _check_heads(options: Mapping[str, object], maps: Sequence[MapInfo]) -> None:
    """Raise InputError, in numbers from 0, where no map that is asked for has a layer or a head."""
    from attention_viewer.model.contract.errors import InputError

    sides = [each for each in maps if each.kind == options.get("kind")] or maps
    counts = {"layer": max(each.layers for each in sides), "head": max(each.heads for each in sides)}
    for name, count in counts.items():
        given = options.get(name)
        for number in given if isinstance(given, list | tuple) else (given,):
            if isinstance(number, int) and not 0 <= number < count:
                has = f"{name}s are 0 to {count - 1}" if count > 1 else f"the only {name} is 0"
                raise InputError(f"{name.capitalize()} {number} does not exist: counted from 0, {has}.")


def _asked(text: str, target: str | None, options: Mapping[str, object]) -> ExportOptions:
    """The options as the command line reads them, so that words, checks and meanings are the same."""
    from attention_viewer.viewer.cli.commands import parse
    from attention_viewer.viewer.cli.export import ExportOptions

    given = {**_first_head(options), "target": target}
    asked = parse(["export", *_flags(given), "--format", DRAWING, "-o", "figures", "--", text]).options
    assert isinstance(asked, ExportOptions)
    return asked


def _first_head(options: Mapping[str, object]) -> dict[str, Any]:
    """The options; where one head's picture is wanted and none is said, with the one that is shown first."""
    from attention_viewer.model.contract.errors import InputError
    from attention_viewer.viewer.state.exportables import Shows, by_word
    from attention_viewer.viewer.state.view_state import ViewState

    words = by_word()
    if options["picture"] not in words:
        raise InputError(f"There is no picture {options['picture']!r}: choose {', '.join(words)}.")
    shows, found = words[str(options["picture"])].shows, dict(options)
    if shows in (Shows.HEAD, Shows.KIND):
        found.setdefault("kind", "cross")
    first = ViewState().heads.get(str(found.get("kind")))
    if shows is Shows.HEAD and first is not None and "role" not in found:
        found.setdefault("layer", first.layer)
        found.setdefault("head", first.head)
    return found


def _flags(options: Mapping[str, object]) -> Iterator[str]:
    """Options of Python as those of the command line: `words=True`, `title=False`, `layer=0`, `heads_off=[...]`."""
    for name, value in options.items():
        flag = name.replace("_", "-")
        if isinstance(value, bool):
            yield f"--{flag}" if value else f"--no-{flag}"
            continue
        for each in value if isinstance(value, list | tuple) else () if value is None else (value,):
            yield f"--{flag}"
            yield str(each + 1 if name in COUNTED and isinstance(each, int) else each)
