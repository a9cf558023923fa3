"""A batch into a folder: numbered files for each line, `--resume` by the manifest. No Qt, no torch, no NumPy."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from attention_viewer.model.checkpoint import content_hash
from attention_viewer.model.contract.errors import InputError
from attention_viewer.viewer.cli.batch import Entry, Line, Outcome, Words, WriteFailed, entries, report, run_batch
from attention_viewer.viewer.cli.command import DONE, PARTLY_DONE, PROGRAM
from attention_viewer.viewer.cli.languages import spoken
from attention_viewer.viewer.cli.manifest import Made, Manifest, change, read_manifest
from attention_viewer.viewer.cli.progress import Bar, Interruption, Watch
from attention_viewer.viewer.cli.streams import named, put, raw_lines
from attention_viewer.viewer.export.writing import ExportError
from attention_viewer.viewer.storage.files import check_folder, made_folder, source_and_target


@dataclass(frozen=True)
class FolderBatch:
    """What is written of every line of `source` into `folder`, and with which model.

    `endings` are what follows the number in a file's name, each with a hash of the options that decide its content.
    `done` is the word for what is done with a line, such as "exported"; `prefix` goes before each source.
    """

    source: Path
    folder: Path
    model: Path
    endings: Mapping[str, str]
    done: str
    force: bool = False
    resume: bool = False
    prefix: str = ""


@dataclass(frozen=True)
class Output:
    """Where a file goes, and whether one that is there may be replaced."""

    path: Path
    replace: bool


LineWriter = Callable[[Line, Mapping[str, Output], Watch], Iterator[str]]
"""Writes the files of a line, by their endings; gives each ending once its file is there.

Raises WriteFailed where nothing can be written, another UserError where the line will not do.
"""


@dataclass
class Plan:
    """What is to be made of each line with which model, what is `known` of files that stay, what to say beforehand."""

    model: str
    todo: dict[Line, dict[str, Output]] = field(default_factory=dict)
    known: dict[str, Made] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)


def run_in_folder(batch: FolderBatch, begin: Callable[[], LineWriter]) -> int:
    """Write the files of every line; returns the exit code.

    `begin` opens the model, and is called only where anything is to be made. Raises UserError where nothing was begun,
    KeyboardInterrupt where it was stopped.
    """
    found = list(entries(raw_lines(batch.source), spoken(batch.prefix, source_and_target)))
    if not found:
        print(f"{PROGRAM}: {named(batch.source)} holds no sentence: give one on each line.", file=sys.stderr)
        return PARTLY_DONE
    plan = planned(batch, [entry for entry in found if isinstance(entry, Line)])
    for said in plan.said:
        print(said, file=sys.stderr)
    left = [entry for entry in found if not isinstance(entry, Line) or plan.todo[entry]]
    earlier = len(found) - len(left)
    if any(plan.todo.values()):
        outcome = _made(batch, plan, left, earlier, begin)
    else:
        outcome = run_batch(left, lambda line: None, earlier=earlier)
    goes_on = "with --resume in place of --force writes what is missing" if batch.force else "with --resume goes on"
    for said in report(outcome, named(batch.source), Words(batch.done, stopped=f"the same command {goes_on}")):
        print(said, file=sys.stderr)
    if outcome.interrupted:
        raise KeyboardInterrupt
    return DONE if outcome.done == outcome.total else PARTLY_DONE


def numbered(line: Line, ending: str) -> str:
    """The name of a line's file: `00001_page.html` or `00001.npz` for the first line."""
    return f"{line.number:05d}{ending}"


def planned(batch: FolderBatch, lines: Sequence[Line]) -> Plan:
    """What is to be made. Raises InputError where a file can neither be kept nor replaced."""
    names = [numbered(line, ending) for line in lines for ending in batch.endings]
    check_folder(batch.folder, names, force=True)
    known = read_manifest(batch.folder)
    present = [name for name in names if (batch.folder / name).exists()]
    for first in () if batch.force or batch.resume else present:
        raise InputError(
            f"{batch.folder / first} exists already: add --resume to keep what is right, or --force to replace it."
        )
    if batch.resume and present and known is None:
        raise InputError(
            f"{batch.folder} has files but no manifest of what they were made of, so that none can be kept: add "
            "--force in place of --resume to replace them, or choose another directory."
        )
    return _plan(batch, lines, known or {}, frozenset(present))


def _plan(batch: FolderBatch, lines: Sequence[Line], known: Mapping[str, Made], present: frozenset[str]) -> Plan:
    plan = Plan(content_hash(batch.model))
    anew: dict[str, list[str]] = {}
    for line in lines:
        todo = plan.todo[line] = {}
        for ending, options in batch.endings.items():
            name = numbered(line, ending)
            reason = change(known.get(name), Made(line.source, line.target, options, plan.model))
            if batch.resume and name in present:
                if reason is None:
                    continue
                anew.setdefault(reason, []).append(name)
            todo[ending] = Output(batch.folder / name, batch.force or name in present)
    made = {output.path.name for todo in plan.todo.values() for output in todo.values()}
    plan.known = {name: each for name, each in known.items() if name not in made}
    plan.said = [f"{PROGRAM}: {_listed(names)} made anew: {reason}." for reason, names in anew.items()]
    if batch.resume:
        plan.said += _left_over(batch, lines, known)
    return plan


def _left_over(batch: FolderBatch, lines: Sequence[Line], known: Mapping[str, Made]) -> list[str]:
    """What to say of files that the same command made of lines that are no longer there."""
    wanted, own = {numbered(line, ending) for line in lines for ending in batch.endings}, set(batch.endings.values())
    left = [name for name, made in known.items() if made.options in own and name not in wanted]
    left = [name for name in left if (batch.folder / name).exists()]
    return (
        [f"{PROGRAM}: {_listed(left)} left over from lines that {named(batch.source)} no longer has."] if left else []
    )


def _listed(names: Sequence[str]) -> str:
    """`a.png is`, `a.png and b.png are`, or `a.png, b.png and 7 more are`."""
    if len(names) < 3:
        return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'}"
    return f"{names[0]}, {names[1]} and {len(names) - 2} more are"


def _made(
    batch: FolderBatch, plan: Plan, left: Sequence[Entry], earlier: int, begin: Callable[[], LineWriter]
) -> Outcome:
    """Take each line through the model and to its files; `earlier` lines have theirs."""
    total = earlier + len(left)
    with Interruption() as interruption:
        write = begin()
        with (
            made_folder(batch.folder),
            Manifest(batch.folder, plan.known) as manifest,
            Bar(total, earlier, "lines") as bar,
        ):
            watch = Watch(interruption.check, bar)

            def take(line: Line) -> None:
                for ending in write(line, plan.todo[line], watch):
                    made = Made(line.source, line.target, batch.endings[ending], plan.model)
                    manifest.add(numbered(line, ending), made)

            return run_batch(left, take, total=total, earlier=earlier, check=interruption.check, taken=bar.taken)


def write_file(output: Output, content: bytes) -> None:
    """Write one file whole, or to the stream `-`. Raises WriteFailed."""
    try:
        put(output.path, content, output.replace)
    except ExportError as error:
        raise WriteFailed(str(error)) from None
