"""`--session -`: what a session file gives, sent in by another program."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from attention_viewer.model.translator import Translator
from attention_viewer.viewer.cli.main import main
from attention_viewer.viewer.state.opening import ScreenshotOptions
from attention_viewer.viewer.storage.session_file import SavedSession, read
from support.commands import change_document

COMMANDS = ("trace -o {}.csv", "export -o {}.svg --kind cross --layer 3 --head 4", "rank --top 3 -o {}.csv")


class Typed(io.StringIO):
    """Standard input at a terminal."""

    def isatty(self) -> bool:
        return True


def send(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


@pytest.mark.parametrize("command", COMMANDS)
def test_it_gives_what_the_file_gives(
    command: str,
    saved: Path,
    read_once: Callable[..., Translator],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("attention_viewer.model.translator.Translator", read_once)
    send(monkeypatch, saved.read_bytes())
    assert main([*command.format("sent").split(), "--session", "-"]) == 0
    assert main([*command.format("read").split(), "--session", saved.name]) == 0
    (sent,), (from_file,) = tmp_path.glob("sent.*"), tmp_path.glob("read.*")
    assert len(sent.read_bytes()) > 100 and sent.read_bytes() == from_file.read_bytes()


def test_a_screenshot_shows_it(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    passed: list[SavedSession | None] = []

    def take(options: ScreenshotOptions, session: SavedSession | None, decoded: Callable[[int], None]) -> int:
        passed.append(session)
        return 0

    monkeypatch.setattr("attention_viewer.viewer.window.screenshot.take_screenshot", take)
    send(monkeypatch, saved.read_bytes())
    assert main(["screenshot", str(tmp_path / "x.png"), "--session", "-"]) == 0
    assert passed == [read(saved)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a sentence\n", "standard input is not a session of Attention Viewer"),
        (bytes(10_000_001), "standard input is larger than 10 MB"),
    ],
)
def test_what_is_none_is_refused_by_name(
    content: bytes, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    send(monkeypatch, content)
    assert main(["export", "-o", "out", "--session", "-"]) == 2
    assert said in capsys.readouterr().err and not list(tmp_path.iterdir())


def test_one_before_the_first_step_has_no_decoder_to_export(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    change_document(saved, step=0)
    send(monkeypatch, saved.read_bytes())
    assert main(["export", "-o", str(tmp_path / "out"), "--grid", "--session", "-"]) == 2
    assert capsys.readouterr().err.startswith("attention-viewer: standard input stands at step 0")


def test_nobody_is_asked_to_type_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Typed())
    assert main(["trace", "-o", str(tmp_path / "x.npz"), "--session", "-"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("attention-viewer: - reads a saved session from standard input") and said.count("\n") == 1
