"""Why the system does not let a file be written or read, in words, and what to do about it. Torch-free."""

from __future__ import annotations

import errno
import os
import re
from dataclasses import dataclass
from pathlib import Path

ELSEWHERE = "or choose another place."


@dataclass(frozen=True)
class Refusal:
    """`why` goes after "cannot be written: ", without a full stop; `remedy` is a sentence."""

    why: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.why}. {self.remedy}"


FULL = Refusal("the disk is full", f"Make room on it, {ELSEWHERE}")
FORBIDDEN = Refusal("there is no permission", f"Allow writing there, {ELSEWHERE}")
READ_ONLY = Refusal("the disk is read-only", "Choose a place on another one.")
DIRECTORY = Refusal("it is a directory", "Give the name of a file in it.")
LONG = Refusal("its name is too long", "Choose a shorter one.")
LARGE = Refusal("it would be larger than files may be here", f"Allow larger ones, {ELSEWHERE}")

_WRITING = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EACCES: FORBIDDEN,
    errno.EPERM: FORBIDDEN,
    errno.EROFS: READ_ONLY,
    errno.EISDIR: DIRECTORY,
    errno.ENAMETOOLONG: LONG,
    errno.EFBIG: LARGE,
    errno.EEXIST: Refusal("a file of that name is in the way", "Choose another place."),
}
_READING = {
    errno.ENOENT: Refusal("there is no such file", "Check its name."),
    errno.ENOTDIR: Refusal("there is no such file", "Check its name."),
    errno.EACCES: Refusal("there is no permission", "Allow reading it, or choose another file."),
    errno.EPERM: Refusal("there is no permission", "Allow reading it, or choose another file."),
    errno.EISDIR: Refusal("it is a directory", "Give the name of a file."),
    errno.ENAMETOOLONG: LONG,
}


def of_writing(error: BaseException, path: Path) -> Refusal:
    """Why `path`, a file or a directory, cannot be written."""
    number = _number(error)
    if number in (errno.ENOENT, errno.ENOTDIR) and (refusal := _of_place(path)):
        return refusal
    return _WRITING.get(number) or Refusal(_said(error), f"Allow writing there, {ELSEWHERE}")


def of_reading(error: BaseException) -> Refusal:
    """Why a file cannot be read."""
    if isinstance(error, UnicodeDecodeError):
        return Refusal("it is not UTF-8", "Convert it to UTF-8.")
    return _READING.get(_number(error)) or Refusal(_said(error), "Check what it is.")


def of_directory(directory: Path) -> Refusal | None:
    """Why nothing can be written into a directory that exists; None where it can be."""
    if os.access(directory, os.W_OK):
        return None
    # Windows has no such call.
    flags = os.statvfs(directory).f_flag if hasattr(os, "statvfs") else 0
    return READ_ONLY if flags & getattr(os, "ST_RDONLY", 0) else FORBIDDEN


def _of_place(path: Path) -> Refusal | None:
    """What of the directories on the way to `path` is missing, or is none."""
    missing = [each for each in path.parents if not os.path.isdir(each)]
    if not missing:
        return None
    standing = next((each for each in missing if os.path.lexists(each)), None)
    if standing is not None:
        return Refusal(f"{standing} is no directory", "Choose another place.")
    return Refusal(f"there is no directory {missing[0]}", f"Make it, {ELSEWHERE}")


def _number(error: BaseException) -> int:
    """The number of what the system answered, which safetensors hides in words; 0 where there is none."""
    hidden = re.search(r"\(os error (\d+)\)", str(error))
    return (error.errno if isinstance(error, OSError) else None) or int(hidden[1] if hidden else 0)


def _said(error: BaseException) -> str:
    """The system's own words, as the end of a sentence."""
    words = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return words[:1].lower() + words[1:].removesuffix(".")
