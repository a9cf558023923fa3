"""Whatever happens inside a command ends in one line and exit code 2."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from attention_viewer.model.contract.errors import InputError
from attention_viewer.viewer.cli import main as module
from attention_viewer.viewer.cli.main import main
from support.commands import run, without_display


@pytest.fixture(autouse=True)
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "attention-viewer" / "faults.log"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("two\nlines \x1b[31m"), "ValueError: two lines [31m"),
        (MemoryError(), "there is not enough memory"),
        (RecursionError(), "something is nested too deeply"),
        (UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates"), "UnicodeEncodeError"),
    ],
)
def test_a_fault_is_one_line_and_is_noted(
    error: Exception, said: str, log: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def parse(arguments: list[str]) -> None:
        raise error

    monkeypatch.setattr(module, "parse", parse)
    assert main(["translate"]) == 2
    shown = capsys.readouterr()
    assert shown.out == "" and shown.err.count("\n") == 1 and said in shown.err
    assert str(log) in shown.err and "--debug shows where" in shown.err
    assert "Traceback" in log.read_text("utf-8")
    assert main(["translate", "--debug"]) == 2
    assert "Traceback" in capsys.readouterr().err


def test_debug_goes_with_every_command(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["--model", str(tmp_path / "none"), "translate", "--debug"]) == 2
    shown = capsys.readouterr().err
    assert "CheckpointError" in shown and shown.splitlines()[-1].startswith("attention-viewer: The checkpoint")


def test_warnings_of_libraries_are_for_those_who_debug(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []

    def parse(arguments: list[str]) -> None:
        warnings.warn("this will change in version 3", UserWarning, stacklevel=1)
        raise InputError("There is nothing to do.")

    monkeypatch.setattr(module, "parse", parse)
    monkeypatch.setattr(sys, "warnoptions", [])
    for arguments, count in (([], 0), (["--debug"], 1)):
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            monkeypatch.setattr(warnings, "showwarning", lambda *given, **more: seen.append(given))
            assert main(arguments) == 2
        assert len(seen) == count


def test_what_cannot_be_printed_is_printed_all_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["translate", "\ud800\n\x1b[2J\u202e"]) == 2
    shown = capsys.readouterr().err
    assert shown.count("\n") == 1 and shown[:-1].isprintable()


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1, 2)])
def test_it_starts_without_standard_streams(closed: tuple[int, ...], tmp_path: Path) -> None:
    code = (
        "import os, sys\n"
        f"for each in {closed!r}: os.close(each)\n"
        "command = ['-m', 'attention_viewer', 'trace', 'x', '-o', 'x.csv', '--model', '/none']\n"
        "os.execv(sys.executable, [sys.executable, *command])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, env=without_display(), check=False
    )
    assert result.returncode == 2 and os.listdir(tmp_path) == []
    assert result.stdout == "" and result.stderr.count("\n") == (0 if 2 in closed else 1)


@pytest.mark.parametrize("given", ["abc", "0", "-1", "1.5", "2,x", "99999999999"])
def test_a_number_of_threads_that_is_none_is_said_in_one_line(
    given: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", given)
    assert main(["completion", "bash"]) == 0
    said = f"attention-viewer: OMP_NUM_THREADS is {given!r}, which is no number of threads: it is left aside.\n"
    assert capsys.readouterr().err == said and "OMP_NUM_THREADS" not in os.environ


@pytest.mark.parametrize("given", ["1", " 4 ", "2,1"])
def test_a_number_of_threads_stays(
    given: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", given)
    assert main(["completion", "bash"]) == 0
    assert capsys.readouterr().err == "" and os.environ["OMP_NUM_THREADS"] == given


def test_no_library_speaks_of_the_number_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "many")
    result = run("translate", text="Yes.\n")
    assert result.returncode == 0 and result.stderr.count("\n") == 1 and "'many'" in result.stderr
