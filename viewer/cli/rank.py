"""The command rank: what each head does for a translation, by switching it off."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from attention_viewer.model.contract.errors import InputError
from attention_viewer.viewer.cli import conditions
from attention_viewer.viewer.cli.command import (
    DONE,
    Command,
    add_sentence,
    add_threads,
    add_writing,
    check_one_source,
    check_session,
)
from attention_viewer.viewer.cli.conditions import UNCHANGED, Conditions, add_conditions
from attention_viewer.viewer.cli.heads import architecture_of
from attention_viewer.viewer.cli.option_types import one_of, text, whole
from attention_viewer.viewer.cli.streams import STREAM

if TYPE_CHECKING:
    from attention_viewer.model.contract.experiments import HeadEffect
    from attention_viewer.model.contract.maps import MapInfo
    from attention_viewer.viewer.state.loaded import Loaded
    from attention_viewer.viewer.storage.session_file import SavedSession

TABLE = "table"
FORMATS = (TABLE, "csv", "json")


@dataclass(frozen=True)
class RankOptions:
    """A sentence, or a saved `session` (then `text` is ""), to `output` in one of FORMATS; the first `top` heads."""

    model: Path
    text: str
    output: Path = STREAM
    format: str = TABLE
    target: str | None = None
    session: Path | None = None
    conditions: Conditions = UNCHANGED
    top: int | None = None
    force: bool = False
    threads: int = 1
    prefix: str = ""


def add(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add_writing(parser)
    add_sentence(parser)
    parser.add_argument(
        "-o", "--output", metavar="OUT", type=Path, default=STREAM, help="a .csv or .json file; standard output without"
    )
    parser.add_argument(
        "--format",
        metavar="|".join(FORMATS),
        type=one_of("--format", FORMATS),
        help="table if neither this nor -o says it",
    )
    parser.add_argument("--target", metavar="TEXT", type=text("--target"), help="rank for this translation")
    parser.add_argument("--top", metavar="N", type=whole("--top", 1), help="only the first N heads")
    add_threads(parser)
    add_conditions(parser)


def options(values: argparse.Namespace) -> RankOptions:
    """The options that were given. Raises InputError where they do not go together."""
    check_one_source(values, "rank")
    check_session(values, "target", *conditions.NAMES)
    return RankOptions(
        values.model,
        values.text or "",
        values.output,
        _format(values.output, values.format),
        values.target,
        values.session,
        conditions.conditions(values),
        values.top,
        values.force,
        values.threads,
        values.prefix,
    )


def _format(output: Path, asked: str | None) -> str:
    named = next((each for each in FORMATS if output.name.lower().endswith(f".{each}")), None)
    if named is not None and asked not in (None, named):
        raise InputError(f"--format {asked} contradicts the name {output.name!r}: leave --format out.")
    return named or asked or TABLE


def run(options: RankOptions) -> int:
    """Switch off each head in turn, and write what that does."""
    from attention_viewer.model.checkpoint import check_checkpoint
    from attention_viewer.viewer.cli.streams import check_not_read, check_target, put
    from attention_viewer.viewer.cli.tracing import saved_session
    from attention_viewer.viewer.storage.files import made_folder

    check_checkpoint(options.model)
    check_not_read(options.output, options.session)
    check_target(options.output, options.force, "csv")
    options.conditions.interventions(architecture_of(options.model))
    content = _ranked(options, saved_session(options.session, options.model))
    with made_folder(options.output.parent):
        put(options.output, content, options.force)
    return DONE


def _ranked(options: RankOptions, saved: SavedSession | None) -> bytes:
    """The content of the file."""
    from attention_viewer.model.contract.document import go_to
    from attention_viewer.model.translator import finished
    from attention_viewer.viewer.cli.progress import Bar, Interruption
    from attention_viewer.viewer.cli.tracing import open_tracer

    model = architecture_of(options.model)
    changes = options.conditions.interventions(model)
    with Interruption() as interruption:
        tracer = open_tracer(options.model, options.threads, bool(options.prefix))
        document = saved.document if saved else tracer.document(options.text, options.target, interventions=changes)
        document = go_to(document, document.limit)
        loaded = tracer.loaded(document, interruption.check)
        heads = sum(len(each.head_ids) for each in model.maps) - len(document.interventions.heads_off)
        with Bar(heads, 0, "heads") as bar:

            def head_done() -> None:
                interruption.check()
                bar.taken()

            effects = finished(tracer.translator.rank_heads_steps(document), head_done)
    return _written(options, model.maps, loaded, effects[: options.top])


def _written(options: RankOptions, maps: Sequence[MapInfo], loaded: Loaded, effects: Sequence[HeadEffect]) -> bytes:
    from attention_viewer.viewer.export import head_ranking
    from attention_viewer.viewer.export.meta import meta

    assert loaded.document is not None and loaded.trace is not None and loaded.info is not None
    if options.format != TABLE:
        about = meta(loaded.info, loaded.document, loaded.trace, loaded.translation, options.target)
        return head_ranking.WRITERS[options.format](effects, about)
    guided = [(each.kind, *each.guided) for each in maps if each.guided is not None]
    title = " ".join(f"{loaded.document.source} -> {loaded.translation}".split())
    table = "\n".join((title, *head_ranking.text_lines(effects, guided), ""))
    return table.encode("utf-8", "replace")


RANK = Command(
    name="rank",
    summary="rank heads by what switching them off does",
    description="""\
Switch off each attention head in turn, and say how far the next-token distributions of the translation move:
KL(before || after) in nats, the mean over its rows, and the change of the translation's ln p. The largest comes
first. Without -o a table for a person, layers and heads counted from 1; .csv and .json count them from 0. With
--session, a saved session's translation under its interventions; with --heads-off or --positions, what each
further head does.""",
    example="""\
example: attention-viewer rank "I love you." --top 10
         attention-viewer rank "I love you." -o ranking.csv --target "Je t'aime." --heads-off cross:4:8""",
    add=add,
    options=options,
    run=run,
    translates=True,
)
