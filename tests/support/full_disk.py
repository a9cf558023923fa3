"""A disk without room for some files."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

Full = Callable[[str], bool]


@contextmanager
def full_disk(monkeypatch: pytest.MonkeyPatch, full: Full = lambda name: name != "manifest.jsonl") -> Iterator[None]:
    """Files by whose name `full` is true do not get into their place."""
    replace = os.replace

    def replace_some(part: Path, path: Path) -> None:
        if full(Path(path).name):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        replace(part, path)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", replace_some)
        yield
