"""A dozen broken checkpoints through the real command: code 2, one line, nothing written, little time and memory."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.broken import BROKEN, RAN, Broken
from support.commands import without_display

CHOSEN = (
    "config.json encoder_layers=20000", "config.json d_model=1000000", "generation_config.json is a pipe",
    "tokenizer_config.json is a device", "vocab.json long piece", "source.spm of another language",
    "raw of zip that claims 4 GB", "raw of old format that claims 8 GB", "zip pickle with code", "zip pickle expanded",
    "zip of far places", "header deep", "nan in model.encoder.layers.0.fc1.bias",
)  # fmt: skip
SECONDS, MEGABYTES = 3.0, 300
"""Time of the processor, and memory above that of the bundled model, that a refusal takes at most."""


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it took."""

    code: int
    said: str
    seconds: float
    megabytes: float


def ended(*arguments: str, folder: Path) -> Ended:
    """Run the program; time and memory are those of its process."""
    command = [sys.executable, "-m", "attention_viewer", *arguments]
    errors = folder.with_suffix(".err")
    with errors.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file, cwd=folder, env=without_display())
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    said = errors.read_text("utf-8", "replace")
    return Ended(process.returncode, said, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


@pytest.mark.slow
def test_it_is_refused_in_a_line(tiny: Path, bundled: Path, tmp_path: Path, record_property: object) -> None:
    out = tmp_path / "out"
    out.mkdir()
    lines = tmp_path / "lines.txt"
    lines.write_text("The cat.\n", encoding="utf-8")
    opened = ended("translate", str(lines), "--model", str(bundled), folder=out)
    assert opened.code == 0
    most_seconds = most_megabytes = 0.0
    for number, broken in enumerate(chosen()):
        directory = tmp_path / f"model{number}"
        shutil.copytree(tiny, directory)
        broken.change(directory)
        result = ended("trace", "x", "-o", "x.npz", "--model", str(directory), folder=out)
        assert result.code == 2 and result.said.count("\n") == 1 and re.search(broken.said, result.said), result
        assert "Traceback" not in result.said
        assert result.seconds < SECONDS and result.megabytes < opened.megabytes + MEGABYTES, (broken.name, result)
        assert list(out.iterdir()) == [] and not (directory / RAN).exists()
        most_seconds, most_megabytes = max(most_seconds, result.seconds), max(most_megabytes, result.megabytes)
    print(f"bundled {opened.seconds:.1f} s, {opened.megabytes:.0f} MB; refusals up to {most_seconds:.1f} s, "
          f"{most_megabytes:.0f} MB")  # fmt: skip


def chosen() -> list[Broken]:
    """The dozen, by name; each must be there."""
    return [next(each for each in BROKEN if name in each.name) for name in CHOSEN]
