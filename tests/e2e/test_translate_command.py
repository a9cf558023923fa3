"""The command translate from outside: lines in, lines out, and what becomes of those that will not do."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from attention_viewer.model.contract.choosing import Decoding
from attention_viewer.model.contract.document import Document
from attention_viewer.model.translator import Translator, finished
from attention_viewer.viewer.cli.main import main
from support.bundled import BEAM_DIFFERS
from support.commands import names, run, without_display

SUMMARY = "translated, {count} could not be: left empty, so that the others keep their places."


def test_translate_keeps_lines(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    result = run("translate", text="I am hungry.\n\nGood night.\n")
    assert result.returncode == 0
    lines = result.stdout.split("\n")
    assert len(lines) == 4 and lines[0] and lines[1] == "" and lines[2]
    source, out = tmp_path / "in.txt", tmp_path / "out.txt"
    source.write_text("I am hungry.\n\nGood night.\n", encoding="utf-8")
    command = ["translate", str(source), "-o", str(out)]
    assert main(command) == 0 and out.read_text(encoding="utf-8") == result.stdout
    capfd.readouterr()
    assert main(command) == 2
    said = capfd.readouterr()
    assert said.out == "" and "exists already" in said.err and said.err.count("\n") == 1


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


def translated(line: str, out: Path, *options: str) -> str:
    """What the command makes of a line, in this process."""
    source = out.with_suffix(".in")
    source.write_text(line, encoding="utf-8")
    assert main(["translate", str(source), "-o", str(out), *options]) == 0
    return out.read_text(encoding="utf-8")


@pytest.mark.slow
def test_translate_with_a_beam_writes_the_best_hypothesis(translator: Translator, tmp_path: Path) -> None:
    lines = [BEAM_DIFFERS, "", "I am hungry."]
    result = run("translate", "--beam", "4", text="\n".join(lines) + "\n")
    assert result.returncode == 0
    expected = []
    for line in lines:
        tree = finished(translator.beam_steps(Document(line, decoding=Decoding(beam_width=4)))) if line else None
        expected.append(translator.text(tree.path(tree.finished[0][0])) if tree else "")
    assert result.stdout.splitlines() == expected
    narrow = translated(lines[0], tmp_path / "narrow.txt", "--beam", "1")
    assert narrow == translated(lines[0], tmp_path / "greedy.txt") != f"{expected[0]}\n"


@pytest.mark.slow
def test_lines_that_will_not_do_become_empty_lines_and_are_listed(tmp_path: Path) -> None:
    source, out = tmp_path / "in.txt", tmp_path / "out.txt"
    source.write_bytes(b"Good night.\n" + b"word " * 600 + b"\n\n\xff\xfe\nI am hungry.\n")
    result = run("translate", str(source), "-o", str(out))
    assert result.returncode == 1 and result.stdout == ""
    long, wrong, summary = result.stderr.splitlines()
    assert long.startswith("Line 2: ") and "512" in long and wrong.startswith("Line 4: ") and "UTF-8" in wrong
    assert summary == f"attention-viewer: {source}: 3 of 5 lines {SUMMARY.format(count=2)}"
    lines = out.read_text(encoding="utf-8").split("\n")
    assert len(lines) == 6 and [bool(line) for line in lines] == [True, False, False, False, True, False]
    streamed = run("translate", text="word " * 600 + "\nGood night.\n")
    assert (streamed.returncode, streamed.stdout) == (1, f"\n{lines[0]}\n")
    assert (
        streamed.stderr.splitlines()[1] == f"attention-viewer: standard input: 1 of 2 lines {SUMMARY.format(count=1)}"
    )


def test_an_empty_file_has_an_empty_translation(tmp_path: Path, tiny: Path) -> None:
    (tmp_path / "in.txt").touch()
    asked = [str(tmp_path / "in.txt"), "-o", str(tmp_path / "out.txt"), "--model", str(tiny)]
    assert main(["translate", *asked]) == 0 and (tmp_path / "out.txt").read_bytes() == b""


@pytest.mark.slow
@pytest.mark.timeout(60)
def test_ctrl_c_leaves_no_file_and_says_how_far_it_came(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("".join(f"I have {number} cats.\n" for number in range(2000)))
    command = [sys.executable, "-m", "attention_viewer", "translate", "in.txt", "-o", "out.txt"]
    main_end, other = pty.openpty()
    termios.tcsetwinsize(other, (24, 80))
    with subprocess.Popen(command, cwd=tmp_path, env=without_display(), stderr=other) as process:
        os.close(other)
        shown = b""
        while not re.search(rb"\b[1-9]\d* of 2000 lines", shown):
            shown += os.read(main_end, 1000)
        process.send_signal(signal.SIGINT)
        while b"was not written" not in shown:
            shown += os.read(main_end, 1000)
        assert process.wait(30) == 130
    os.close(main_end)
    said = shown.decode().splitlines()[-1]
    assert said.startswith("attention-viewer: Stopped: ") and said.endswith(
        "lines translated; out.txt was not written."
    )
    assert names(tmp_path) == ["in.txt"]
