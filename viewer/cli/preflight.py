"""What must be there before a command begins, asked first and told in words where it is missing.

A display and the system libraries of Qt, which itself would end the process with a misleading text: no display, a
display that refuses, a library that is missing and the Debian package that holds it; a font; packages of an extra.
Importing this module imports neither Qt nor torch.
"""

from __future__ import annotations

import ctypes
import importlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from attention_viewer.model.contract.errors import InputError, UserError

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

BASE_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
}
"""System libraries that importing Qt needs, and the Debian packages that hold them."""

WINDOW_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-shape.so.0": "libxcb-shape0",
}
"""System libraries that a window on an X display needs besides."""

QT_PACKAGES = ("PySide6", "shiboken6")

SCORES = "sacrebleu"
"""The package of the extra `train`."""

NO_DISPLAY = (
    "There is no display to open a window on: {reason}. Run it inside a desktop, or install xvfb and run "
    "'xvfb-run attention-viewer'; translate, trace, export and screenshot need no display."
)

Loads = Callable[[str], bool]


class DisplayError(UserError):
    """No window can open on this machine as it is."""


def check_display(
    environment: Mapping[str, str],
    platform: str = sys.platform,
    loads: Loads | None = None,
    answers: Callable[[str], bool] | None = None,
) -> None:
    """Raise DisplayError when Qt would find no display, or not the libraries to use it.

    `loads` says whether a shared library can be loaded, `answers` whether an X display accepts us.
    """
    if not platform.startswith("linux") or not _wants_a_window_system(environment):
        return
    display = environment.get("DISPLAY", "")
    if _wayland_socket_exists(environment):
        return
    if not display:
        socket = environment.get("WAYLAND_DISPLAY")
        reason = (
            f"DISPLAY is not set and the Wayland display {socket!r} does not run"
            if socket
            else "neither DISPLAY nor WAYLAND_DISPLAY is set"
        )
        raise DisplayError(NO_DISPLAY.format(reason=reason))
    _check_libraries(WINDOW_LIBRARIES, loads or _loads)
    if not (answers or _answers)(display):
        raise DisplayError(
            f"The display {display!r} (DISPLAY) cannot be opened. Set DISPLAY to one that runs and that "
            "you may use, or run 'xvfb-run attention-viewer'."
        )


@contextmanager
def qt_errors_in_words() -> Iterator[None]:
    """Around an import of Qt: turns the ImportError of a missing package or system library into a DisplayError."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in QT_PACKAGES:
            raise
        raise DisplayError(
            f"The package {error.name} is not installed, and nothing can be drawn without it: install "
            "PySide6-Essentials. The commands translate, trace, train and evaluate, and export to npz, csv, json and "
            "html, do without."
        ) from None
    except ImportError as error:
        if ".so" not in str(error):
            raise
        _check_libraries(BASE_LIBRARIES, _loads)
        raise DisplayError(
            f"Qt cannot be loaded: {error}. Install the system package that holds this library."
        ) from None


def offscreen_application() -> QApplication:
    """The Qt application that painting needs; keep it as long as anything is painted.

    Raises UserError where Qt cannot be loaded, or there is no font.
    """
    # The offscreen platform paints without a display, and the same everywhere.
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with qt_errors_in_words():
        from attention_viewer.viewer.window.app import create_application
    from attention_viewer.viewer.look.theme import font_problem

    application = create_application()
    if problem := font_problem():
        raise UserError(problem)
    return application


def check_extra(command: str) -> None:
    """Raise InputError where the package that scores translations is missing: hours later would be too late."""
    try:
        importlib.import_module(SCORES)
    except ModuleNotFoundError as error:
        raise InputError(
            f"The command {command} needs the package {error.name}: install attention-viewer[train]."
        ) from None


def _wants_a_window_system(environment: Mapping[str, str]) -> bool:
    """False where QT_QPA_PLATFORM names a platform that needs neither X nor Wayland, such as offscreen."""
    names = [name.split(":")[0] for name in environment.get("QT_QPA_PLATFORM", "").split(";")]
    return all(name == "xcb" or name.startswith("wayland") or not name for name in names)


def _wayland_socket_exists(environment: Mapping[str, str]) -> bool:
    name = environment.get("WAYLAND_DISPLAY", "")
    forced = environment.get("QT_QPA_PLATFORM", "")
    return bool(name) and forced != "xcb" and (Path(environment.get("XDG_RUNTIME_DIR", "")) / name).exists()


def _check_libraries(packages: Mapping[str, str], loads: Loads) -> None:
    missing = {name: package for name, package in packages.items() if not loads(name)}
    if missing:
        raise DisplayError(
            f"Qt needs system libraries that are missing here: {', '.join(missing)}. On Debian or Ubuntu "
            f"install them with: apt-get install {' '.join(missing.values())}"
        )


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _answers(display: str) -> bool:
    """Whether an X server accepts a connection on `display`."""
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode(errors="surrogateescape"), None)
    accepted = bool(xcb.xcb_connection_has_error(connection) == 0)
    xcb.xcb_disconnect(connection)
    return accepted
