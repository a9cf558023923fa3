"""The directory of a run: what is needed to go on, what was measured, and the finished checkpoint. Torch-free.

settings.json   the settings, the data's fingerprint, and what the run started from
subwords.model  the SentencePiece model
links.txt       links of the training pairs' words, where a head is guided by them
state.pt        weights, optimiser and place in the data (written by `loop.Trainer`)
metrics.jsonl   one JSON object a line, in the order of updates
model/          the checkpoint
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from attention_viewer.model.contract.errors import InputError, UserError
from attention_viewer.model.training.settings import TrainingSettings, from_json, to_json
from attention_viewer.model.whole_files import WriteError, remove, write_whole

STATE = "state.pt"
_SETTINGS, _SUBWORDS, _METRICS, _MODEL = "settings.json", "subwords.model", "metrics.jsonl", "model"
_LINKS = "links.txt"


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

    def begin(self, beginning: Beginning, subwords: bytes, links: bytes | None = None) -> None:
        """Make the directory and note what the run is begun with; an earlier run in it is removed."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            for name in (STATE, _METRICS, _LINKS, _MODEL):
                remove(self.path / name)
            write_whole(self.path / _SUBWORDS, subwords)
            if links is not None:
                write_whole(self.links, links)
            self.note(beginning)
        except OSError as error:
            raise UserError(f"{self.path} cannot be written: {error.strerror}.") from None
        except WriteError as error:
            # Nothing was begun yet.
            raise UserError(str(error)) from None

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
            values = json.loads(path.read_text(encoding="utf-8"))
            texts = (str(values["data"]), str(values["started_from"]), str(values.get("links", "")))
            return Beginning(from_json(values["settings"]), *texts)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path} is damaged ({error}). Begin the run anew with --force.") from None

    def subwords(self) -> bytes:
        """The run's SentencePiece model."""
        try:
            return (self.path / _SUBWORDS).read_bytes()
        except OSError as error:
            raise InputError(f"{self.path / _SUBWORDS} cannot be read: {error.strerror}.") from None

    def append(self, metrics: dict[str, Any]) -> None:
        """Add a line to the metrics. Raises WriteError where that fails."""
        try:
            with self.metrics.open("a", encoding="utf-8") as file:
                file.write(json.dumps(metrics) + "\n")
        except OSError as error:
            raise WriteError(f"{self.metrics} cannot be written: {error.strerror}.") from None

    def forget_after(self, step: int) -> None:
        """Drop the metrics of updates that a resumed run will make again, and a line that was never finished."""
        if self.metrics.is_file():
            lines = self.metrics.read_text(encoding="utf-8").splitlines()
            kept = [line for line in lines if _step(line) <= step]
            write_whole(self.metrics, "".join(f"{line}\n" for line in kept).encode())


def _step(line: str) -> float:
    """The update that a line of the metrics was written after; beyond all where the disk was full halfway."""
    try:
        return float(json.loads(line)["step"])
    except (ValueError, KeyError, TypeError):
        return math.inf
