"""The command line from outside: files, exit codes, one clear line when something is wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from attention_viewer.model.contract.api import How, Kind
from attention_viewer.model.contract.choosing import Decoding
from attention_viewer.model.contract.document import Document, go_to
from attention_viewer.model.contract.document_json import from_json
from attention_viewer.model.contract.errors import UserError
from attention_viewer.model.contract.hypotheses import force, intervene
from attention_viewer.model.contract.interventions import HeadId, Interventions
from attention_viewer.model.session import Session, finished
from attention_viewer.viewer.cli.main import main
from attention_viewer.viewer.state.opening import ScreenshotOptions
from attention_viewer.viewer.state.view_state import ColorRange, RowLabels, ViewState
from attention_viewer.viewer.storage.session_file import SavedSession, write

TEXT = "The cat is sleeping."


def without_display() -> dict[str, str]:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return {key: value for key, value in os.environ.items() if key not in hidden}


def run(*arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "attention_viewer", *arguments],
        input=text, capture_output=True, text=True, timeout=120, env=without_display(), check=False,
    )  # fmt: skip


def refused(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode == 2, result.stderr
    assert result.stdout == "" and result.stderr.count("\n") == 1 and "Traceback" not in result.stderr
    return result.stderr


def test_version_and_help_answer_without_qt_or_torch() -> None:
    code = (
        "import sys\nfrom attention_viewer.viewer.cli.main import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "print([name for name in ('torch', 'PySide6', 'numpy') if name in sys.modules])"
    )
    for options in (["--version"], ["--help"], ["export", "--help"]):
        result = subprocess.run([sys.executable, "-c", code, *options], capture_output=True, text=True, check=True)
        assert result.stdout.splitlines()[-1] == "[]"
    started = time.perf_counter()
    assert run("--version").stdout.startswith("attention-viewer ")
    assert time.perf_counter() - started < 2.0


def test_translate_keeps_lines(tmp_path: Path) -> None:
    result = run("translate", text="I am hungry.\n\nGood night.\n")
    assert result.returncode == 0
    lines = result.stdout.split("\n")
    assert len(lines) == 4 and lines[0] and lines[1] == "" and lines[2]
    source, out = tmp_path / "in.txt", tmp_path / "out.txt"
    source.write_text("I am hungry.\n\nGood night.\n", encoding="utf-8")
    assert run("translate", str(source), "-o", str(out)).returncode == 0
    assert out.read_text(encoding="utf-8") == result.stdout
    assert "exists already" in refused(run("translate", str(source), "-o", str(out)))


@pytest.mark.timeout(60)
def test_translate_streams_and_ends_quietly_when_the_reader_leaves() -> None:
    command = [sys.executable, "-m", "attention_viewer", "translate"]
    pipe = subprocess.PIPE
    # An unbuffered interpreter would stream even if nothing were flushed.
    environment = {key: value for key, value in without_display().items() if key != "PYTHONUNBUFFERED"}
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment) as process:
        assert process.stdin is not None and process.stdout is not None and process.stderr is not None
        process.stdin.write(b"I am hungry.\n")
        process.stdin.flush()
        first = process.stdout.readline()
        assert first.strip() and process.poll() is None
        process.stdout.close()
        process.stdin.write(b"Good night.\n")
        process.stdin.close()
        assert process.wait(60) == 141
        assert process.stderr.read() == b""


@pytest.mark.parametrize(("stream", "said"), [("<&-", "input is closed"), (">&-", "output is closed")])
def test_translate_without_its_streams_says_so(stream: str, said: str) -> None:
    command = f'"{sys.executable}" -m attention_viewer translate {stream}'
    result = subprocess.run(["sh", "-c", command], stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    assert result.returncode == 2 and said in result.stderr and result.stderr.count("\n") == 1


def test_translate_names_the_line_that_is_too_long(tmp_path: Path) -> None:
    source, out = tmp_path / "in.txt", tmp_path / "out.txt"
    source.write_text("Good night.\n" + "word " * 2000 + "\n", encoding="utf-8")
    message = refused(run("translate", str(source), "-o", str(out)))
    assert "Line 2" in message and "512" in message
    assert not out.exists()


def test_a_file_that_is_not_utf8_is_refused_with_its_line(tmp_path: Path) -> None:
    source = tmp_path / "in.txt"
    source.write_bytes(b"Good night.\n\xff\xfe\n")
    assert "Line 2" in refused(run("translate", str(source)))
    assert "Line 2" in refused(run("trace", "--input", str(source), "-o", str(tmp_path / "out")))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (f"{TEXT}\n\n{TEXT}\n", "Line 2"),
        (f"{TEXT}\n{TEXT}\t \n", "empty target"),
        (f"{TEXT}\ta\tb\n", "3 columns"),
        (f"{TEXT}\n" + "word " * 2000 + "\n", "Line 2"),
        ("", "empty"),
    ],
)
def test_a_batch_with_a_bad_line_writes_nothing(lines: str, said: str, tmp_path: Path) -> None:
    source = tmp_path / "lines.tsv"
    source.write_text(lines, encoding="utf-8")
    assert said in refused(run("trace", "--input", str(source), "-o", str(tmp_path / "out")))
    assert not (tmp_path / "out").exists()


def test_a_batch_asks_before_it_replaces_any_file(tmp_path: Path) -> None:
    source, out = tmp_path / "lines.tsv", tmp_path / "out"
    source.write_text(f"{TEXT}\n{TEXT}\n", encoding="utf-8")
    out.mkdir()
    (out / "00001.npz").write_bytes(b"kept")
    assert "00001.npz exists already" in refused(run("trace", "--input", str(source), "-o", str(out)))
    assert [path.name for path in out.iterdir()] == ["00001.npz"]
    assert run("trace", "--input", str(source), "-o", str(out), "--force").returncode == 0
    assert (out / "00001.npz").read_bytes() != b"kept"


def test_a_batch_that_fails_on_the_way_says_how_far_it_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def write_one(path: Path, *_: object, overwrite: bool) -> None:
        if path.name != "00000.npz":
            raise UserError("The disk is full.")
        path.touch()

    source = tmp_path / "lines.tsv"
    source.write_text(f"{TEXT}\n{TEXT}\n{TEXT}\n", encoding="utf-8")
    monkeypatch.setattr("attention_viewer.viewer.export.data.write_trace", write_one)
    assert main(["trace", "--input", str(source), "-o", str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err == "attention-viewer: The disk is full. 1 of 3 files had been written.\n"


def test_trace_writes_the_arrays(tmp_path: Path) -> None:
    out = tmp_path / "trace.npz"
    assert run("trace", TEXT, "-o", str(out)).returncode == 0
    with np.load(out, allow_pickle=False) as file:
        sources, rows = len(file["source_tokens"]), len(file["input_tokens"])
        assert sources != rows
        assert file["cross_attention"].shape == (4, 8, rows, sources)
        assert file["decoder_self_attention"].shape == (4, 8, rows, rows)
        assert file["encoder_self_attention"].shape == (4, 8, sources, sources)
        assert file["input_tokens"][0] == "<pad>" and file["output_tokens"][-1] == "</s>"
        assert file["input_tokens"][1:].tolist() == file["output_tokens"][:-1].tolist()
        meta = json.loads(str(file["meta"]))
    assert meta["sentence"] == TEXT and meta["model"] == "en-fr" and len(meta["content_hash"]) == 64
    assert "exists already" in refused(run("trace", TEXT, "-o", str(out)))


def test_trace_with_a_forced_target_and_in_a_batch(tmp_path: Path) -> None:
    lines = tmp_path / "lines.tsv"
    lines.write_text(f"{TEXT}\tUn chien mange.\n{TEXT}\n", encoding="utf-8")
    assert run("trace", "--input", str(lines), "-o", str(tmp_path / "out")).returncode == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["00000.npz", "00001.npz"]
    with np.load(tmp_path / "out" / "00000.npz", allow_pickle=False) as file:
        pieces = file["output_tokens"].tolist()
        assert "".join(pieces[:-1]).replace("▁", " ").strip() == "Un chien mange." and pieces[-1] == "</s>"
        assert len(file["log_probabilities"]) == len(pieces)


def test_max_steps_and_a_target_longer_than_it(tmp_path: Path) -> None:
    out = tmp_path / "short.npz"
    assert run("trace", TEXT, "-o", str(out), "--max-steps", "2").returncode == 0
    with np.load(out, allow_pickle=False) as file:
        assert file["cross_attention"].shape[2] == 2


def test_screenshot_needs_no_display(tmp_path: Path) -> None:
    out = tmp_path / "window.png"
    assert run("screenshot", str(out), "--sentence", TEXT, "--steps", "2", "--size", "1280x720").returncode == 0
    from PySide6.QtGui import QImage

    image = QImage(str(out))
    assert (image.width(), image.height()) == (1280, 720)


@pytest.fixture
def saved(session: Session, tmp_path: Path) -> Path:
    """A session of five rows, one of its tokens forced and one of its heads off, in a view of its own."""
    vocabulary = {token.piece: token.id for token in session.vocabulary()}
    document = Document(TEXT, checkpoint=session.info.content_hash)
    first = session.trace(go_to(document, 1)).output_tokens[0].id
    forced = go_to(force(document, [(first, How.GREEDY)], vocabulary["▁chien"]), 5)
    document = intervene(forced, Interventions(heads_off=frozenset({HeadId(Kind.CROSS, 2, 3)})))
    view = ViewState(color_range=ColorRange.MAXIMUM, colormap="magma", row_labels=RowLabels.READS)
    path = tmp_path / "dog.avsession"
    write(path, SavedSession(document, view))
    return path


def change(path: Path, **values: object) -> None:
    content = json.loads(path.read_text("utf-8"))
    content["document"].update(values)
    path.write_text(json.dumps(content), encoding="utf-8")


def test_a_session_is_traced_as_it_stands(saved: Path, session: Session, tmp_path: Path) -> None:
    out = tmp_path / "dog.npz"
    assert run("trace", "--session", str(saved), "-o", str(out)).returncode == 0
    document = from_json(json.loads(saved.read_text("utf-8"))["document"])
    expected = session.trace(document)
    with np.load(out, allow_pickle=False) as file:
        assert file["output_tokens"].tolist() == [token.piece for token in expected.output_tokens]
        assert file["output_tokens"].tolist()[1] == "▁chien" and len(file["output_tokens"]) == 5
        np.testing.assert_allclose(file["cross_attention"], expected.cross_attention, atol=1e-6)
        whole = session.trace(intervene(document, Interventions())).cross_attention
        assert np.abs(file["cross_attention"] - whole).max() > 1e-3
        meta = json.loads(str(file["meta"]))
    assert meta["sentence"] == TEXT and from_json(meta["document"]) == document
    assert meta["target"] is None and meta["forced"] is False


def test_a_session_at_step_zero_can_be_traced(saved: Path, tmp_path: Path) -> None:
    change(saved, step=0)
    assert run("trace", "--session", str(saved), "-o", str(tmp_path / "zero.npz")).returncode == 0


@pytest.mark.parametrize("command", [["trace", "-o", "x.npz"], ["screenshot", "x.png"]])
def test_sessions_that_will_not_do_are_refused(
    command: list[str], saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for values, said in (
        ({"checkpoint": "0" * 64}, "made with another model (content hash 000000000000…"),
        ({"step": "many"}, "is damaged"),
    ):
        change(saved, **values)
        assert main([*command, "--session", saved.name]) == 2
        message = capsys.readouterr().err
        assert message.startswith("attention-viewer: dog.avsession ") and said in message and message.count("\n") == 1
    assert main([*command, "--session", "absent.avsession"]) == 2
    assert "absent.avsession cannot be read" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [saved]


def test_a_screenshot_passes_its_session_on(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    passed: list[ScreenshotOptions] = []

    def take(options: ScreenshotOptions) -> int:
        passed.append(options)
        return 0

    monkeypatch.setattr("attention_viewer.viewer.window.screenshot.take_screenshot", take)
    assert main(["screenshot", str(tmp_path / "x.png"), "--session", str(saved)]) == 0
    assert [options.session for options in passed] == [saved]


def test_translate_with_a_beam_writes_the_best_hypothesis(session: Session) -> None:
    lines = ["You have to clean your room.", "", "I am hungry."]
    result = run("translate", "--beam", "4", text="\n".join(lines) + "\n")
    assert result.returncode == 0
    expected = []
    for line in lines:
        tree = finished(session.beam_steps(Document(line, decoding=Decoding(beam_width=4)))) if line else None
        expected.append(session.text(tree.path(tree.finished[0][0])) if tree else "")
    assert result.stdout.splitlines() == expected
    narrow, greedy = (run("translate", *options, text=lines[0]) for options in (["--beam", "1"], []))
    assert narrow.stdout == greedy.stdout != f"{expected[0]}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["trace", "  ", "-o", "x.npz"], "empty"),
        (["trace", TEXT, "-o", "x.npz", "--max-steps", "-1"], "-1"),
        (["trace", TEXT, "-o", "x.npz", "--target", "a", "--max-steps", "2"], "exclude"),
        (["trace", TEXT, "-o", "missing/x.npz"], "missing"),
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
