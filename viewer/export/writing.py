"""An export's content to its file, written whole or not at all. No Qt, no torch."""

from __future__ import annotations

from pathlib import Path

from attention_viewer.model.contract.errors import UserError
from attention_viewer.model.contract.refusals import DIRECTORY, of_writing
from attention_viewer.model.whole_files import WriteError, is_special, write_whole


class ExportError(UserError):
    """A picture or a file of numbers that cannot be written."""


def write_bytes(path: Path, content: bytes, overwrite: bool = False) -> None:
    """Write a file whole or not at all. Raises ExportError with the reason."""
    refuse_existing(path, overwrite)
    try:
        write_whole(path, content)
    except WriteError as error:
        raise ExportError(str(error)) from None


def refuse_existing(path: Path, overwrite: bool) -> None:
    """Raise ExportError where `path` is a directory, or a file that may not be replaced.

    A device or a pipe is written into, so that nothing there is replaced.
    """
    try:
        is_folder, exists = path.is_dir(), path.exists() and not is_special(path)
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {of_writing(error, path)}") from None
    if is_folder:
        raise ExportError(f"{path} cannot be written: {DIRECTORY}")
    if exists and not overwrite:
        raise ExportError(f"{path} exists already. Choose another name, or allow it to be replaced.")
