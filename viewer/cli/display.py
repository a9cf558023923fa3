"""Whether a window can open here, asked before Qt is: Qt itself would end the process with a misleading text.

Everything it can find out without Qt it says in words: no display, a display that refuses, a system library
that is missing, and the Debian package that holds it. No Qt, no torch.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from attention_viewer.model.contract.errors import UserError

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
    """Around an import of Qt: turns the ImportError of a missing system library into a DisplayError."""
    try:
        yield
    except ImportError as error:
        if ".so" not in str(error):
            raise
        _check_libraries(BASE_LIBRARIES, _loads)
        raise DisplayError(
            f"Qt cannot be loaded: {error}. Install the system package that holds this library."
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
