"""The command desktop: what it writes below the user's data folder, and that it takes all of it away."""

from __future__ import annotations

import configparser
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from attention_viewer.viewer import __version__
from attention_viewer.viewer.cli.main import main
from attention_viewer.viewer.storage.desktop import MIME, data_folder, entries


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder; the desktop's own tools stay out of it."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr("attention_viewer.viewer.storage.desktop.which", lambda tool: None)
    return tmp_path


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def entry(text: str) -> dict[str, str]:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[method-assign, assignment]
    parser.read_string(text)
    return dict(parser["Desktop Entry"])


def arguments(exec_key: str) -> list[str]:
    """What a desktop makes of the key Exec: escapes of the file, then quoting (as a shell's), then field codes."""
    command = f"printf '%s\\n' {exec_key.replace(chr(92) * 2, chr(92))}"
    said = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout
    return [each.replace("%%", "%") for each in said.splitlines()]


def test_it_installs_and_removes_everything(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = home / "applications" / "other.desktop"
    other.parent.mkdir()
    other.touch()
    for _ in range(2):
        assert main(["desktop", "install"]) == 0
    written = files(home) - {"applications/other.desktop"}
    openers = "applications/mimeinfo.cache"
    assert written == {*entries((), b""), openers} and len(written) == 5
    assert f"{MIME}=attention-viewer-session.desktop;" in (home / openers).read_text().splitlines()
    start = entry((home / "applications/attention-viewer.desktop").read_text())
    opener = entry((home / "applications/attention-viewer-session.desktop").read_text())
    assert (start["Type"], start["Icon"], start["Terminal"]) == ("Application", "attention-viewer", "false")
    assert "MimeType" not in start and (opener["MimeType"], opener["NoDisplay"]) == (f"{MIME};", "true")
    command = arguments(start["Exec"])
    assert command == [sys.executable, "-m", "attention_viewer"]
    assert arguments(opener["Exec"]) == [*command, "--session", "%f"]
    said = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True).stdout
    assert said == f"attention-viewer {__version__}\n"
    kind = ElementTree.parse(home / "mime/packages/attention-viewer.xml").getroot()[0]
    assert kind.get("type") == MIME
    assert [each.get("pattern") for each in kind if each.tag.endswith("glob")] == ["*.avsession"]
    assert main(["desktop", "remove"]) == 0 and files(home) == {"applications/other.desktop"}
    assert capsys.readouterr().out.count("Removed: ") == 4
    assert main(["desktop", "remove"]) == 0 and "Nothing was installed" in capsys.readouterr().out


def test_nothing_is_left_of_it_whatever_the_desktops_tools_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the tools that are here (update-mime-database, update-desktop-database), and what they write where not."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert main(["desktop", "install"]) == 0
    for cache in ("mime/globs2", "mime/mime.cache", "applications/mimeinfo.cache"):
        (tmp_path / cache).touch()
    assert main(["desktop", "remove"]) == 0 and list(tmp_path.iterdir()) == []


def test_what_belongs_to_other_programs_stays(home: Path) -> None:
    assert main(["desktop", "install"]) == 0
    others = {"mime/packages/other.xml", "mime/globs2", "applications/other.desktop", "applications/mimeinfo.cache",
              "icons/hicolor/index.theme"}  # fmt: skip
    for name in others:
        (home / name).write_text("theirs")
    assert main(["desktop", "remove"]) == 0 and files(home) == others


VALIDATOR = shutil.which("desktop-file-validate")


@pytest.mark.skipif(VALIDATOR is None, reason="desktop-file-validate is not here")
def test_the_entries_are_valid(home: Path) -> None:
    assert VALIDATOR is not None and main(["desktop", "install"]) == 0
    entries_there = sorted(map(str, (home / "applications").glob("*.desktop")))
    said = subprocess.run([VALIDATOR, *entries_there], capture_output=True, text=True, check=False)
    assert said.returncode == 0 and said.stdout + said.stderr == "", said.stdout


@pytest.mark.parametrize("name", ["a b", 'q"uote', "back\\slash", "$HOME`x`", "50%f"])
def test_any_path_of_the_program_is_quoted_so_that_it_starts(name: str) -> None:
    text = entries([f"/opt/{name}/python", "-m"], b"")["applications/attention-viewer.desktop"].decode()
    assert arguments(entry(text)["Exec"]) == [f"/opt/{name}/python", "-m"]


def test_what_cannot_be_done_is_said(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["desktop", "instal"]) == 2 and "choose install or remove" in capsys.readouterr().err
    (home / "applications").touch()
    assert (
        main(["desktop", "install"]) == 2
        and "applications cannot be made: a file of that name is in the way" in capsys.readouterr().err
    )
    monkeypatch.setattr(sys, "platform", "darwin")
    assert main(["desktop", "install"]) == 2 and "Linux desktops only" in capsys.readouterr().err


def test_a_relative_data_folder_is_ignored_as_the_specification_says() -> None:
    assert data_folder({"XDG_DATA_HOME": "here"}) == data_folder({}) == Path.home() / ".local" / "share"
