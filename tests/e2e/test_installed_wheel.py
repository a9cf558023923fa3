"""The wheel carries everything: installed elsewhere, it works without the checkout, and beside anybody's files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = "raise SystemExit('the wrong module was imported')\n"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of a copy of this checkout: building leaves files beside the sources."""
    copy, out = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("wheel")
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.split(b"\0")
    kept = [name.decode() for name in names if name and not name.startswith((b"tests/", b"."))]
    for name in kept:
        if (ROOT / name).exists():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(out), str(copy)]
    subprocess.run(build, check=True, timeout=200)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the wheel was installed into."""
    target = tmp_path_factory.mktemp("installed")
    install = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(target), str(wheel)]
    subprocess.run(install, check=True, timeout=200)
    return target


def test_the_wheel_is_one_package(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"attention_viewer"}
    for name in ("assets/models/en-fr/model.safetensors", "py.typed", "viewer/export/web/page.html", "__main__.py"):
        assert f"attention_viewer/{name}" in names


def test_an_installed_wheel_traces_beside_hostile_files(installed: Path, tmp_path: Path) -> None:
    for name in ("model.py", "viewer/__init__.py", "assets/__init__.py", "tests/__init__.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(HOSTILE)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(tmp_path), str(installed)))}
    out = tmp_path / "trace.npz"

    def run(*command: str) -> str:
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=True
        ).stdout

    where = run(sys.executable, "-c", "import attention_viewer; print(attention_viewer.__file__)")
    assert str(installed) in where
    run(sys.executable, "-m", "attention_viewer", "trace", "I am hungry.", "-o", str(out))
    with np.load(out, allow_pickle=False) as file:
        assert file["cross_attention"].shape[:2] == (4, 8)
    assert "RUN" in run(sys.executable, "-m", "attention_viewer.model.training", "--help")


def test_the_installed_script_says_its_version(installed: Path, wheel: Path, tmp_path: Path) -> None:
    script = [str(installed / "bin" / "attention-viewer"), "--version"]
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    version = subprocess.run(script, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True).stdout
    assert version.split()[0] == "attention-viewer" and f"-{version.split()[1]}-" in wheel.name
