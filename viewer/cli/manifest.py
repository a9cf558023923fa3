"""The manifest of a folder: what each file of a batch was made of, so that only what is still right is kept.

One JSON object a line, added after each file, so that a batch may end at any moment. No Qt, no torch, no NumPy.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.fields import Fields, parse
from attention_viewer.model.contract.refusals import FULL, of_writing
from attention_viewer.viewer.cli.batch import WriteFailed
from attention_viewer.viewer.storage.files import read_raw_lines, write_lines

NAME = "manifest.jsonl"
HEADER = {"format": "attention-viewer manifest", "version": 1}
DIGITS = 16
"""Hexadecimal digits of the hash of options."""


@dataclass(frozen=True)
class Made:
    """What a file was made of: sentence, forced translation, a hash of the options, the model's content hash."""

    sentence: str
    target: str | None
    options: str
    model: str


CHANGES: Mapping[str, str] = {
    "model": "the model has changed",
    "options": "the options have changed",
    "sentence": "the sentence has changed",
    "target": "the translation to force has changed",
}
"""Field -> what is said of a file in which it differs."""
UNKNOWN = "what they were made of is not known"


def digest(values: Any) -> str:
    """A hash of JSON values: equal options have equal hashes."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:DIGITS]


def change(before: Made | None, now: Made) -> str | None:
    """Why a file that was made of `before` is not what `now` would give; None where it is."""
    if before is None:
        return UNKNOWN
    return next((said for name, said in CHANGES.items() if getattr(before, name) != getattr(now, name)), None)


def read_manifest(folder: Path) -> dict[str, Made] | None:
    """What each file of a folder was made of, by its name; None where the folder has no manifest.

    A line that was not finished is left out. Raises InputError where the file is something else.
    """
    path = folder / NAME
    if not path.exists():
        return None
    header, *lines = [_values(line) for line in read_raw_lines(path)] or [None]
    if header != HEADER:
        raise InputError(f"{path} is no manifest of this program: move it away, or choose another directory.")
    return dict(made for made in map(_file, lines) if made is not None)


def _file(values: Any) -> tuple[str, Made] | None:
    """A file's name and what it was made of; None for a line that does not say so."""
    try:
        given = Fields.of("The line", values)
        made = Made(given.text("sentence"), given.text_or_none("target"), given.text("options"), given.text("model"))
        return given.text("file"), made
    except InputError:
        return None


def _values(line: bytes) -> Any:
    try:
        return parse(line)
    except ValueError:
        return None


class Manifest:
    """The manifest of `folder` while files are written into it; it begins with what is `known` of others."""

    def __init__(self, folder: Path, known: Mapping[str, Made]) -> None:
        self._path = folder / NAME
        self._known = dict(known)
        self._empty = not known

    def __enter__(self) -> Self:
        lines = [json.dumps(HEADER), *(_line(name, made) for name, made in self._known.items())]
        write_lines(self._path, lines, force=True)
        # Unbuffered: what a full disk did not take must not be tried again when the file is closed.
        self._file = self._path.open("ab", buffering=0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        if self._empty:
            self._path.unlink(missing_ok=True)

    def add(self, name: str, made: Made) -> None:
        """Note what a file was made of, once it is there. Raises WriteFailed."""
        line = f"{_line(name, made)}\n".encode("ascii")
        try:
            complete = self._file.write(line) == len(line)
            refusal = FULL
        except OSError as error:
            complete, refusal = False, of_writing(error, self._path)
        if not complete:
            raise WriteFailed(f"{self._path} cannot be written: {refusal}")
        self._empty = False


def _line(name: str, made: Made) -> str:
    return json.dumps({"file": name, **asdict(made)})
