"""The program among those of a Linux desktop: its menu entry, its icon, and the kind of its session files. No Qt.

Follows the XDG specifications: Desktop Entry 1.1, Shared MIME-info, Icon Theme. All goes below the user's own data
folder, and into no file that another program wrote.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from shutil import which

from attention_viewer.model.contract.errors import UserError
from attention_viewer.model.contract.refusals import of_writing
from attention_viewer.model.whole_files import WriteError, write_whole

NAME = "attention-viewer"
MIME = "application/x-attention-viewer-session"
PATIENCE = 20
"""Seconds that the desktop's own tools may take to take note."""

_ENTRY = """\
[Desktop Entry]
Type=Application
Version=1.1
Name=Attention Viewer
Comment=See every attention weight of a translating Transformer
Exec={command}
Icon={name}
Terminal=false
Categories=Education;ArtificialIntelligence;
Keywords=attention;transformer;translation;
StartupWMClass={name}
{more}"""
_MIME = f"""\
<?xml version="1.0" encoding="UTF-8"?>
<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">
  <mime-type type="{MIME}">
    <comment>Attention Viewer session</comment>
    <sub-class-of type="application/json"/>
    <icon name="{NAME}"/>
    <glob pattern="*.avsession"/>
  </mime-type>
</mime-info>
"""

_MIME_CACHES = tuple(
    f"mime/{name}"
    for name in ("XMLnamespaces", "aliases", "generic-icons", "globs", "globs2", "icons", "magic", "mime.cache",
                 "subclasses", "treemagic", "types", "version")
)  # fmt: skip
"""What update-mime-database writes."""
_OPENERS = "applications/mimeinfo.cache"
"""What update-desktop-database writes: which entry opens files of which kind."""
_OURS = f"[MIME Cache]\n{MIME}={NAME}-session.desktop;\n".encode()
"""The same where that program is not there, and no file is opened by anything yet."""
_FOLDERS = (
    "icons/hicolor/scalable/apps", "icons/hicolor/scalable", "icons/hicolor", "icons", "mime/application",
    "mime/packages", "mime", "applications",
)  # fmt: skip
"""The folders that are made, the inner ones first."""


def data_folder(environment: Mapping[str, str]) -> Path:
    """Where a user's programs keep their data."""
    given = environment.get("XDG_DATA_HOME", "")
    # The specification has relative paths ignored.
    return Path(given) if os.path.isabs(given) else Path.home() / ".local" / "share"


def entries(command: Sequence[str], icon: bytes) -> dict[str, bytes]:
    """What is installed, by its place below the data folder; `command` starts the program.

    A menu entry cannot say both "with a file" and "without one": the second one only opens files.
    """
    start = " ".join(map(_quoted, command))
    opens = f"NoDisplay=true\nMimeType={MIME};\n"
    return {
        f"applications/{NAME}.desktop": _ENTRY.format(command=start, name=NAME, more="").encode(),
        f"applications/{NAME}-session.desktop": _ENTRY.format(
            command=f"{start} --session %f", name=NAME, more=opens
        ).encode(),
        f"icons/hicolor/scalable/apps/{NAME}.svg": icon,
        f"mime/packages/{NAME}.xml": _MIME.encode(),
    }


def install(folder: Path, command: Sequence[str], icon: bytes) -> list[Path]:
    """Write the entries, in place of earlier ones; returns where they are. Raises UserError where that fails."""
    written = []
    for place, content in entries(command, icon).items():
        path = folder / place
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, content)
        except OSError as error:
            raise UserError(f"{path.parent} cannot be made: {of_writing(error, path.parent)}") from None
        except WriteError as error:
            raise UserError(str(error)) from None
        written.append(path)
    _tell(folder)
    if not (folder / _OPENERS).exists():
        with suppress(WriteError):
            write_whole(folder / _OPENERS, _OURS)
    return written


def remove(folder: Path) -> list[Path]:
    """Remove what `install` wrote, and what was made because of it; returns what was there.

    Raises UserError where that fails.
    """
    found = [folder / place for place in entries((), b"") if (folder / place).is_file()]
    for path in found:
        try:
            path.unlink()
        except OSError as error:
            raise UserError(f"{path} cannot be removed: {of_writing(error, path).why}. Remove it by hand.") from None
    if found:
        _tell(folder)
        _sweep(folder)
    return found


def _sweep(folder: Path) -> None:
    """Remove what the desktop's tools made of nothing but our entries, and the folders that are empty without them."""
    # What is there besides other programs' own files is computed from them: without any, it is ours.
    for source, kind, made in (("mime/packages", "*.xml", _MIME_CACHES), ("applications", "*.desktop", (_OPENERS,))):
        if not any((folder / source).glob(kind)):
            for name in made:
                (folder / name).unlink(missing_ok=True)
    openers = folder / _OPENERS
    if openers.is_file() and openers.read_bytes() == _OURS:
        openers.unlink()
    for place in _FOLDERS:
        with suppress(OSError):
            (folder / place).rmdir()


def _quoted(argument: str) -> str:
    """An argument as the key Exec takes it: in quotation marks, what means something there escaped twice."""
    escaped = "".join(f"\\{each}" if each in '"`$\\' else each for each in argument)
    return '"' + escaped.replace("\\", "\\\\").replace("%", "%%") + '"'


def _tell(folder: Path) -> None:
    """Let the desktop read its folders again, as far as its tools are there; else it does so by itself, later."""
    for tool, where in (("update-mime-database", "mime"), ("update-desktop-database", "applications")):
        program = which(tool)
        if program is not None:
            with suppress(OSError, subprocess.TimeoutExpired):
                subprocess.run([program, str(folder / where)], capture_output=True, timeout=PATIENCE, check=False)
