"""What a run writes is there whole or not at all, through links, with the mode it had, and says why it is not."""

from __future__ import annotations

import errno
import os
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from attention_viewer.model.checkpoint import load
from attention_viewer.model.contract.errors import UserError
from attention_viewer.model.families.marian import architecture
from attention_viewer.model.nn.transformer import Transformer
from attention_viewer.model.training.arguments import TrainOptions
from attention_viewer.model.training.loop import Trainer
from attention_viewer.model.training.output import Languages, write_checkpoint
from attention_viewer.model.training.processes import Processes
from attention_viewer.model.training.run import FAILED, train
from attention_viewer.model.training.run_directory import Beginning, RunDirectory
from attention_viewer.model.training.sizes import model_config
from attention_viewer.model.training.subwords import Subwords
from attention_viewer.model.whole_files import WriteError, write_whole
from support.made_up import TINY
from support.trainers import PAIRS


@contextmanager
def full_disk(room: int = 20_000) -> Iterator[None]:
    """No file may grow beyond `room` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def model(subwords: Subwords) -> Transformer:
    torch.manual_seed(1)
    return Transformer(architecture(model_config(TINY, subwords)), 0.0)


def write_model(directory: Path, model: Transformer, subwords: Subwords, card: str = "A card.\n") -> None:
    write_checkpoint(directory, model, subwords.model, Languages(), 0.0, card)


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_full_disk_leaves_no_part_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "subwords.model"
    for _ in range(2):
        before = names(tmp_path)
        with full_disk(), pytest.raises(WriteError, match=r"subwords\.model cannot be written: it would be larger"):
            write_whole(path, bytes(30_000))
        assert names(tmp_path) == before
        path.write_bytes(b"mine")
    assert path.read_bytes() == b"mine"


def test_a_full_disk_leaves_no_part_of_a_state(model: Transformer, subwords: Subwords, tmp_path: Path) -> None:
    run = Trainer(model, PAIRS, subwords, TINY, Processes())
    with full_disk(), pytest.raises(WriteError, match=r"state\.pt cannot be written: it would be larger"):
        run.save(tmp_path)
    assert names(tmp_path) == []
    run.save(tmp_path)
    before = (tmp_path / "state.pt").read_bytes()
    with full_disk(), pytest.raises(WriteError):
        run.save(tmp_path)
    assert names(tmp_path) == ["state.pt"] and (tmp_path / "state.pt").read_bytes() == before
    run.restore(tmp_path)


@pytest.mark.parametrize("room", [0, 20_000, 300_000])
def test_a_full_disk_leaves_no_part_of_a_checkpoint(
    room: int, model: Transformer, subwords: Subwords, tmp_path: Path
) -> None:
    write_model(tmp_path / "model", model, subwords, "x" * 400_000)
    with full_disk(room), pytest.raises(WriteError, match=r"model cannot be written: .*it would be larger"):
        write_model(tmp_path / "model", model, subwords, "y" * 400_000)
    assert names(tmp_path) == ["model"] and (tmp_path / "model" / "README.md").read_text().startswith("x")
    load(tmp_path / "model")


def test_an_interrupted_writer_leaves_nothing_either(
    model: Transformer, subwords: Subwords, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("attention_viewer.model.training.output.write_vocabulary", interrupted)
    monkeypatch.setattr(torch, "save", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_model(tmp_path / "model", model, subwords)
    with pytest.raises(KeyboardInterrupt):
        Trainer(model, PAIRS, subwords, TINY, Processes()).save(tmp_path)
    assert names(tmp_path) == []


def test_links_are_followed_and_modes_are_kept(model: Transformer, subwords: Subwords, tmp_path: Path) -> None:
    elsewhere, run = tmp_path / "elsewhere", tmp_path / "run"
    elsewhere.mkdir()
    run.mkdir()
    (elsewhere / "state.pt").write_bytes(b"old")
    (elsewhere / "state.pt").chmod(0o640)
    for name in ("state.pt", "settings.json"):
        (run / name).symlink_to(Path("..") / "elsewhere" / name)
    trainer = Trainer(model, PAIRS, subwords, TINY, Processes())
    trainer.save(run)
    write_whole(run / "settings.json", b"{}")
    assert all((run / name).is_symlink() for name in names(run)) and names(elsewhere) == names(run)
    assert mode(elsewhere / "state.pt") == 0o640
    trainer.restore(run)


def test_a_linked_model_is_replaced_where_it_is(model: Transformer, subwords: Subwords, tmp_path: Path) -> None:
    run, stored = tmp_path / "run", tmp_path / "stored"
    run.mkdir()
    (run / "model").symlink_to(stored)
    write_model(run / "model", model, subwords)
    stored.chmod(0o700)
    (stored / "README.md").chmod(0o640)
    (stored / "mine.txt").touch()
    write_model(run / "model", model, subwords, "Another card.\n")
    assert (run / "model").is_symlink() and names(run) == ["model"] and names(tmp_path) == ["run", "stored"]
    assert (stored / "README.md").read_text() == "Another card.\n" and not (stored / "mine.txt").exists()
    assert (mode(stored), mode(stored / "README.md")) == (0o700, 0o640)


def test_a_new_file_is_as_open_as_any_other(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "new", b"")
    finally:
        os.umask(before)
    assert mode(tmp_path / "new") == 0o640


def test_what_is_no_file_is_written_into(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    (tmp_path / "link").symlink_to(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_whole(tmp_path / "link", b"away")
        assert os.read(reader, 10) == b"away"
    finally:
        os.close(reader)
    assert (tmp_path / "link").is_symlink() and pipe.is_fifo() and names(tmp_path) == ["link", "pipe"]
    with pytest.raises(WriteError, match=r"it is a directory\. Give the name of a file in it"):
        write_whole(tmp_path, b"")


def test_a_run_begun_anew_keeps_links_and_pipes(tmp_path: Path) -> None:
    run, stored, pipe = tmp_path / "run", tmp_path / "stored", tmp_path / "pipe"
    run.mkdir()
    stored.write_bytes(b"the state of an earlier run")
    os.mkfifo(pipe)
    (run / "state.pt").symlink_to(stored)
    (run / "metrics.jsonl").symlink_to(pipe)
    RunDirectory(run).begin(Beginning(TINY, "data"), b"subwords")
    assert (run / "state.pt").is_symlink() and not stored.exists()
    assert (run / "metrics.jsonl").is_symlink() and pipe.is_fifo()
    with full_disk(0), pytest.raises(UserError, match=r"subwords\.model cannot be written: it would be larger"):
        RunDirectory(run).begin(Beginning(TINY, "data"), b"subwords")


def test_a_line_cut_off_by_a_full_disk_is_dropped_on_resuming(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    for step in (20, 40, 60):
        run.append({"step": step, "loss": 1.0})
    size = run.metrics.stat().st_size
    with full_disk(size + 10), pytest.raises(WriteError, match=r"metrics\.jsonl cannot be written: it would be larger"):
        run.append({"step": 80, "loss": 1.0})
    assert run.metrics.stat().st_size == size + 10
    run.forget_after(40)
    assert run.metrics.read_text() == '{"step": 20, "loss": 1.0}\n{"step": 40, "loss": 1.0}\n'


def test_a_full_disk_ends_a_run_in_words(
    data: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(torch, "save", full)
    assert train(TrainOptions((data[0],), tmp_path / "run", TINY, data[1], threads=1, evaluations=0)) == FAILED
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("Training stopped: ") and "state.pt cannot be written: the disk is full. Make room" in said
    assert not [name for name in names(tmp_path / "run") if name.endswith(".part")]
