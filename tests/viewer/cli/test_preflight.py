"""What is said, before Qt starts, where no window can open."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest
from attention_viewer.model.contract.errors import InputError
from attention_viewer.viewer.cli.preflight import (
    WINDOW_LIBRARIES,
    DisplayError,
    check_display,
    check_extra,
    qt_errors_in_words,
)


def complaint(environment: dict[str, str], *missing: str, answers: bool = True) -> str:
    with pytest.raises(DisplayError) as caught:
        check_display(environment, "linux", lambda name: name not in missing, lambda display: answers)
    return str(caught.value)


def test_no_display_at_all() -> None:
    message = complaint({})
    assert "neither DISPLAY nor WAYLAND_DISPLAY" in message and "xvfb" in message


@pytest.mark.parametrize("platform", ["offscreen", "minimal", "vnc:size=800x600", "linuxfb"])
def test_platforms_that_need_no_display_pass(platform: str) -> None:
    check_display({"QT_QPA_PLATFORM": platform}, "linux")
    assert "DISPLAY" in complaint({"QT_QPA_PLATFORM": "xcb"})


def test_other_systems_are_not_asked_for_a_display() -> None:
    check_display({}, "darwin")
    check_display({}, "win32")


def test_a_display_that_refuses_is_named() -> None:
    assert "':7'" in complaint({"DISPLAY": ":7"}, answers=False)
    check_display({"DISPLAY": ":7"}, "linux", lambda name: True, lambda display: True)


def test_a_display_where_no_server_runs_is_found_out() -> None:
    with pytest.raises(DisplayError, match=":98765"):
        check_display({"DISPLAY": ":98765"}, "linux", loads=lambda name: True)


def test_missing_libraries_are_named_with_their_packages() -> None:
    message = complaint({"DISPLAY": ":0"}, "libxcb-cursor.so.0", "libxcb-icccm.so.4")
    assert "libxcb-cursor.so.0, libxcb-icccm.so.4" in message
    assert message.endswith("apt-get install libxcb-cursor0 libxcb-icccm4")
    assert len(WINDOW_LIBRARIES) == 5


def test_a_wayland_display_counts_when_its_socket_is_there(tmp_path: Path) -> None:
    environment = {"WAYLAND_DISPLAY": "wayland-9", "XDG_RUNTIME_DIR": str(tmp_path)}
    assert "'wayland-9' does not run" in complaint(environment)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.fspath(tmp_path / "wayland-9"))
        check_display(environment, "linux")
        assert "DISPLAY is not set" in complaint({**environment, "QT_QPA_PLATFORM": "xcb"})


def test_a_missing_system_library_of_qt_becomes_a_sentence() -> None:
    with pytest.raises(DisplayError, match=r"libodd\.so\.9.*Install"), qt_errors_in_words():
        raise ImportError("libodd.so.9: cannot open shared object file: No such file or directory")


def test_a_missing_module_stays_an_import_error() -> None:
    with pytest.raises(ImportError, match="No module"), qt_errors_in_words():
        raise ImportError("No module named 'PySide6'")


@pytest.mark.parametrize("name", ["PySide6", "PySide6.QtSvg", "shiboken6"])
def test_a_missing_package_of_qt_becomes_a_sentence(name: str) -> None:
    with pytest.raises(DisplayError, match=rf"{name} is not installed.*PySide6-Essentials"), qt_errors_in_words():
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def test_a_missing_module_of_ours_stays_an_import_error() -> None:
    with pytest.raises(ImportError, match="No module"), qt_errors_in_words():
        raise ModuleNotFoundError("No module named 'pyqtgraph'", name="pyqtgraph")


def test_a_missing_package_that_scores_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sacrebleu", None)
    with pytest.raises(InputError, match=r"command train needs the package sacrebleu: install .*\[train\]"):
        check_extra("train")
