"""The command line from outside: exit codes, one clear line when something is wrong, sessions, the window's picture."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from attention_viewer.viewer.cli.main import main
from attention_viewer.viewer.state.opening import ScreenshotOptions
from attention_viewer.viewer.storage.session_file import SavedSession, read
from support.commands import TEXT, change_document, refused, run


def test_the_version_is_said_at_once() -> None:
    started = time.perf_counter()
    assert run("--version").stdout.startswith("attention-viewer ")
    assert time.perf_counter() - started < 2.0


def test_screenshot_needs_no_display(tmp_path: Path) -> None:
    out = tmp_path / "window.png"
    assert run("screenshot", str(out), "--sentence", TEXT, "--steps", "2", "--size", "1280x720").returncode == 0
    from PySide6.QtGui import QImage

    image = QImage(str(out))
    assert (image.width(), image.height()) == (1280, 720)


@pytest.mark.parametrize("command", [["trace", "-o", "x.npz"], ["screenshot", "x.png"]])
def test_sessions_that_will_not_do_are_refused(
    command: list[str], saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for values, said in (
        ({"checkpoint": "0" * 64}, "made with another model (content hash 000000000000…"),
        ({"step": "many"}, "is damaged"),
    ):
        change_document(saved, **values)
        assert main([*command, "--session", saved.name]) == 2
        message = capsys.readouterr().err
        assert message.startswith("attention-viewer: dog.avsession ") and said in message and message.count("\n") == 1
    assert main([*command, "--session", "absent.avsession"]) == 2
    assert "absent.avsession cannot be read" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [saved]


def test_a_screenshot_passes_its_session_on(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    passed: list[SavedSession | None] = []

    def take(options: ScreenshotOptions, session: SavedSession | None, decoded: Callable[[int], None]) -> int:
        passed.append(session)
        return 0

    monkeypatch.setattr("attention_viewer.viewer.window.screenshot.take_screenshot", take)
    assert main(["screenshot", str(tmp_path / "x.png"), "--session", str(saved)]) == 0
    assert passed == [read(saved)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["trace", "  ", "-o", "x.npz"], "empty"),
        (["trace", TEXT, "-o", "x.npz", "--max-steps", "-1"], "-1"),
        (["trace", TEXT, "-o", "x.npz", "--target", "a", "--max-steps", "2"], "exclude"),
        (["trace", "word " * 2000, "-o", "x.npz"], "512"),
        (["translate", "no-such-file.txt"], "no-such-file.txt"),
        (["screenshot", "x.png", "--sentence", TEXT, "--size", "10x"], "10x"),
        (["--steps", "3"], "--sentence"),
        (["trace", "--session", "s", "-o", "x.npz", "--max-steps", "2"], "leave --max-steps out"),
        (["translate", "--beam", "99"], "99"),
        (["trace", TEXT, "-o", "x.npz", "--model", "no-such-model"], "no-such-model"),
        (["dance"], "dance"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[2]))
    monkeypatch.chdir(tmp_path)
    assert said in refused(run(*arguments))
    assert list(tmp_path.iterdir()) == []


def test_without_a_display_the_window_says_what_to_do() -> None:
    message = refused(run())
    assert "display" in message and "xvfb" in message


@pytest.mark.parametrize(
    ("command", "kept"),
    [
        ("translate in.tsv -o in.tsv --force", "in.tsv"),
        ("translate in.tsv -o link.tsv --force", "in.tsv"),
        ("align in.tsv -o ./in.tsv --force", "in.tsv"),
        ("rank --session dog.avsession -o dog.avsession --format csv --force", "dog.avsession"),
        ("trace --session dog.json -o dog.json --force", "dog.json"),
    ],
)
def test_what_is_read_is_never_replaced(
    command: str, kept: str, saved: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(saved.parent)
    Path("in.tsv").write_text("Yes.\tOui.\n")
    Path("link.tsv").symlink_to("in.tsv")
    Path("dog.json").write_bytes(saved.read_bytes())
    before = Path(kept).read_bytes()
    assert main(command.split()) == 2
    said = capsys.readouterr().err
    assert "is what is read: name another file with -o" in said and said.count("\n") == 1
    assert Path(kept).read_bytes() == before
