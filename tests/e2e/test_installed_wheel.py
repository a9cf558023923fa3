"""The wheel carries everything: installed elsewhere, it traces without the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]


def test_an_installed_wheel_traces(tmp_path: Path) -> None:
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(tmp_path),
        str(ROOT),
    ]
    subprocess.run(build, check=True, timeout=200)
    wheel = next(tmp_path.glob("*.whl"))
    names = zipfile.ZipFile(wheel).namelist()
    assert "assets/models/en-fr/model.safetensors" in names and not any(name.startswith("tests/") for name in names)
    target = tmp_path / "installed"
    install = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(target), str(wheel)]
    subprocess.run(install, check=True, timeout=200)
    out = tmp_path / "trace.npz"
    code = "import sys, viewer; print(viewer.__file__); from viewer.__main__ import main; sys.exit(main())"
    environment = {**os.environ, "PYTHONPATH": str(target)}
    result = subprocess.run(
        [sys.executable, "-c", code, "trace", "I am hungry.", "-o", str(out)],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    assert str(target) in result.stdout
    script = [str(target / "bin" / "attention-viewer"), "--version"]
    version = subprocess.run(script, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True).stdout
    assert version.split()[0] == "attention-viewer" and f"-{version.split()[1]}-" in wheel.name
    with np.load(out, allow_pickle=False) as file:
        assert file["cross_attention"].shape[:2] == (4, 8)
