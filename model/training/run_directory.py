"""The directory of a run: what is needed to go on, what was measured, and the finished checkpoint. Torch-free.

settings.json   the settings, the data's fingerprint, and what the run started from
subwords.model  the SentencePiece model
links.txt       links of the training pairs' words, where a head is guided by them
names.txt       names that are exchanged, where any are
state.pt        weights, optimiser and place in the data (written by `loop.Trainer`)
metrics.jsonl   one JSON object a line, in the order of updates
model/          the checkpoint; model-NNN/ those written on the way
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from attention_viewer.model.contract.errors import InputError, UserError, shortened
from attention_viewer.model.contract.fields import LARGEST, Fields, parse
from attention_viewer.model.contract.refusals import of_reading, of_writing
from attention_viewer.model.training.settings import TrainingSettings, from_json, to_json
from attention_viewer.model.whole_files import WriteError, remove, write_whole

STATE = "state.pt"
_SETTINGS, _SUBWORDS, _METRICS, _MODEL = "settings.json", "subwords.model", "metrics.jsonl", "model"
_LINKS, _NAMES = "links.txt", "names.txt"
_ON_THE_WAY = re.compile(rf"{_MODEL}-\d{{3,}}")
_UNFINISHED = re.compile(rf"\..*\.[0-9a-f]{{12}}\.part|{_MODEL}(-\d{{3,}})?\.(part|old)")
"""What a run that was killed may leave half-written."""


@dataclass(frozen=True)
class Beginning:
    """What a run was begun with.

    Its settings, its data's fingerprint, the checkpoint it started from, and where its word links came from.
    """

    settings: TrainingSettings
    fingerprint: str
    started_from: str = ""
    links: str = ""


class RunDirectory:
    """Paths and files of one run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.model = path / _MODEL
        self.metrics = path / _METRICS
        self.links = path / _LINKS

    def model_after(self, minutes: float) -> Path:
        """Where a checkpoint written on the way goes."""
        return self.path / f"{_MODEL}-{minutes:03.0f}"

    def names_to_exchange(self, given: Path | None, resume: bool) -> Path | None:
        """The names a run exchanges: those it was given, when it is resumed those it was begun with; None for none.

        Raises InputError where a run that is resumed is given others.
        """
        kept = self.path / _NAMES
        if not resume or not kept.exists():
            return given
        if given is not None and read_bytes(given) != read_bytes(kept):
            raise InputError(f"{given} has other names than the run was begun with: leave --names out, it kept them.")
        return kept

    def begin(
        self, beginning: Beginning, subwords: bytes, links: bytes | None = None, names: Path | None = None
    ) -> None:
        """Make the directory and note what the run is begun with; an earlier run in it is removed."""
        exchanged = None if names is None else read_bytes(names)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self.sweep()
            for name in (STATE, _METRICS, _LINKS, _NAMES, _MODEL):
                remove(self.path / name)
            for path in self.path.iterdir():
                if _ON_THE_WAY.fullmatch(path.name):
                    remove(path)
            if exchanged is not None:
                write_whole(self.path / _NAMES, exchanged)
            write_whole(self.path / _SUBWORDS, subwords)
            if links is not None:
                write_whole(self.links, links)
            self.note(beginning)
        except OSError as error:
            raise UserError(f"{self.path} cannot be written: {of_writing(error, self.path)}") from None
        except WriteError as error:
            # Nothing was begun yet.
            raise UserError(str(error)) from None

    def sweep(self) -> None:
        """Remove what an earlier run left half-written when it was killed."""
        for path in self.path.iterdir():
            if _UNFINISHED.fullmatch(path.name):
                remove(path)

    def note(self, beginning: Beginning) -> None:
        """Write what the run was begun with; a longer budget changes it."""
        values = {
            "settings": to_json(beginning.settings),
            "data": beginning.fingerprint,
            "started_from": beginning.started_from,
            "links": beginning.links,
        }
        write_whole(self.path / _SETTINGS, (json.dumps(values, indent=1) + "\n").encode())

    def check_new(self, force: bool) -> None:
        """Raise InputError where a run would be overwritten unasked; without a saved state there is nothing to lose."""
        if self.path.exists() and not self.path.is_dir():
            raise InputError(f"{self.path} is a file: give the name of a directory.")
        if (self.path / STATE).exists() and not force:
            raise InputError(
                f"{self.path} holds a run already: add --resume to go on with it, --force to replace it, "
                "or choose another directory."
            )

    def beginning(self) -> Beginning:
        """What the run was begun with; InputError where there is no run to go on with."""
        path = self.path / _SETTINGS
        if not path.exists() or not (self.path / STATE).exists():
            raise InputError(f"{self.path} holds no run to go on with. Leave --resume out to begin one.")
        try:
            given = Fields.of("the file", parse(path.read_text(encoding="utf-8")))
            texts = (given.text("data"), given.text("started_from"), given.text("links", ""))
            return Beginning(from_json(given.values.get("settings"), "settings"), *texts)
        except (OSError, ValueError, InputError) as error:
            reason = shortened(str(error).rstrip("."))
            raise InputError(f"{path} is damaged ({reason}). Begin the run anew with --force.") from None

    def subwords(self) -> bytes:
        """The run's SentencePiece model."""
        return read_bytes(self.path / _SUBWORDS)

    def append(self, metrics: dict[str, Any]) -> None:
        """Add a line to the metrics. Raises WriteError where that fails."""
        try:
            with self.metrics.open("a", encoding="utf-8") as file:
                file.write(json.dumps(metrics) + "\n")
        except OSError as error:
            refusal = of_writing(error, self.metrics)
            raise WriteError(f"{self.metrics} cannot be written: {refusal}", refusal) from None

    def forget_after(self, step: int) -> None:
        """Drop the metrics of updates that a resumed run will make again, and a line that was never finished."""
        if self.metrics.is_file():
            lines = self.metrics.read_text(encoding="utf-8").splitlines()
            kept = [line for line in lines if _step(line) <= step]
            write_whole(self.metrics, "".join(f"{line}\n" for line in kept).encode())


def read_bytes(path: Path) -> bytes:
    """The content of a file. Raises InputError where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {of_reading(error)}") from None


def _step(line: str) -> float:
    """The update that a line of the metrics was written after; beyond all where the disk was full halfway."""
    try:
        return Fields.of("a line", parse(line)).real("step", 0, LARGEST)
    except (ValueError, InputError):
        return math.inf
