"""Two processes on one machine compute what one does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SETTINGS = [
    "--steps",
    "60",
    "--d-model",
    "32",
    "--layers",
    "1",
    "--heads",
    "4",
    "--ffn",
    "64",
    "--vocabulary",
    "290",
    "--precision",
    "float32",
    "--dropout",
    "0",
    "--batch-positions",
    "150",
    "--learning-rate",
    "0.003",
    "--evaluations",
    "0",
    "--threads",
    "1",
]


def losses(run: Path) -> list[float]:
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    names = ("loss", "guide_loss", "dev_loss_per_token")
    return [line[name] for line in lines for name in names if name in line]


def guide(train: Path, directory: Path) -> list[str]:
    """Options that guide a head by one link a pair."""
    links = directory / "links.txt"
    links.write_text("0-0\n" * len(train.read_text(encoding="utf-8").splitlines()), encoding="ascii")
    return ["--guide-weight", "0.5", "--guide-layer", "1", "--guide-head", "2", "--links", str(links)]


@pytest.mark.slow
def test_two_processes_have_the_losses_of_one(data: tuple[Path, Path], tmp_path: Path) -> None:
    train, dev = data
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    settings = [*SETTINGS, *guide(train, tmp_path)]
    found = []
    for name, start in (("one", []), ("two", torchrun)):
        command = [
            *start,
            "-m",
            "attention_viewer.model.training",
            str(train),
            "--dev",
            str(dev),
            "-o",
            str(tmp_path / name),
            *settings,
        ]
        result = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
        )
        assert result.returncode == 0, result.stderr
        found.append(losses(tmp_path / name))
    assert len(found[0]) >= 7
    assert found[1] == pytest.approx(found[0], abs=2e-5)
    assert (tmp_path / "two" / "model" / "model.safetensors").exists()
