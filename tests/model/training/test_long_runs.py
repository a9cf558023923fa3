"""What a run of hours needs: everything looked for before it begins, checkpoints on the way, more time, plain logs."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.training import run as run_module
from attention_viewer.model.training.arguments import TrainOptions
from attention_viewer.model.training.loop import Trainer
from attention_viewer.model.training.mix import Mix
from attention_viewer.model.training.run import FAILED, train
from attention_viewer.model.training.substitution import Names
from support.made_up import FILES, TINY, write_pairs


def options(data: tuple[Path, Path], output: Path, **changes: object) -> TrainOptions:
    begun = TrainOptions((data[0],), output, TINY, data[1], threads=1, evaluations=0)
    return replace(begun, **changes)  # type: ignore[arg-type]


def resumed(begun: TrainOptions, **changes: object) -> TrainOptions:
    return replace(begun, settings=None, resume=True, **changes)  # type: ignore[arg-type]


def last(run: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((run / "metrics.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    return found


@pytest.mark.parametrize("missing", ["sacrebleu", "eflomal"])
def test_a_missing_package_is_named_before_anything_is_begun(
    data: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        "attention_viewer.model.training.preflight.find_spec", lambda name: None if name == missing else find(name)
    )
    guided = replace(TINY, guide_weight=0.1, guide_layer=1, guide_head=1)
    with pytest.raises(InputError, match=f"pip install {missing}"):
        train(options(data, tmp_path / "run", settings=guided))
    assert not (tmp_path / "run").exists()


def test_a_run_that_died_early_can_be_gone_on_with_and_one_without_a_state_begun_anew(
    data: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = options(data, tmp_path / "run")

    class Died(Exception):
        pass

    def die(*_: object) -> None:
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "_update", die)
        with pytest.raises(Died):
            train(begun)
    with pytest.raises(InputError, match="--resume"):
        train(begun)
    assert train(resumed(begun)) == 0 and last(tmp_path / "run")["step"] == 12
    (tmp_path / "run" / "state.pt").unlink()
    with pytest.raises(InputError, match="Leave --resume out"):
        train(resumed(begun))
    assert train(begun) == 0


def test_a_full_disk_ends_in_words(
    data: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    saves = [torch.save]

    def full(*values: Any) -> None:
        if not saves:
            raise OSError(28, "No space left on device")
        saves.pop()(*values)

    monkeypatch.setattr("attention_viewer.model.training.loop.torch.save", full)
    assert train(options(data, tmp_path / "run")) == FAILED
    assert "the disk is full" in (said := capsys.readouterr().err) and "--resume" in said
    assert train(options(data, tmp_path / "other")) == FAILED
    assert "the disk is full" in (said := capsys.readouterr().err) and "--resume" not in said


def test_a_finished_run_is_made_longer(
    data: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    begun = options(data, tmp_path / "run")
    assert train(begun) == 0
    assert train(resumed(begun, steps=12)) == 0  # the same budget: nothing left to do
    assert train(resumed(begun, steps=8)) == FAILED
    assert "12 updates" in (said := capsys.readouterr().err) and "above that" in said
    assert train(resumed(begun, steps=30)) == 0
    assert last(tmp_path / "run")["step"] == 30
    assert "30 updates" in (tmp_path / "run" / "model" / "README.md").read_text(encoding="utf-8")
    assert train(resumed(begun)) == 0 and last(tmp_path / "run")["step"] == 30


def test_checkpoints_on_the_way_are_whole(
    data: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(0, 100_000, 61))
    monkeypatch.setattr(run_module, "perf_counter", lambda: float(next(clock)))
    assert train(options(data, tmp_path / "run", checkpoint_minutes=2.0, bleu_lines=5)) == 0
    on_the_way = tmp_path / "run" / "model-000"
    assert {path.name for path in on_the_way.iterdir()} == FILES
    assert "of the first 5" in (on_the_way / "README.md").read_text(encoding="utf-8")
    again = options(data, tmp_path / "again", settings=replace(TINY, steps=1), start_from=on_the_way)
    monkeypatch.undo()
    assert train(again) == 0


def test_a_log_holds_plain_lines(
    data: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("attention_viewer.model.training.reporting._SECONDS_BETWEEN_LINES", 1e-9)
    assert train(options(data, tmp_path / "run")) == 0
    said = capsys.readouterr().err
    assert "\r" not in said and "\x1b" not in said
    assert said.count("tokens/s") == 11 and "100 %" not in said.splitlines()[0]


def test_the_card_has_a_line_for_every_corpus(data: tuple[Path, Path], tmp_path: Path) -> None:
    more = write_pairs(tmp_path / "more.tsv", [])
    more.write_text("1 2 3 4 5 6\tun deux trois quatre cinq six\n", encoding="utf-8")
    credits = tmp_path / "credits.tsv"
    credits.write_text("train.tsv\tCC BY 2.0 FR\tSomebody\n", encoding="utf-8")
    begun = options(data, tmp_path / "run", train=(data[0], more), weights=(1.0, 0.5), credits=credits)
    with pytest.raises(InputError, match=r"nothing of more\.tsv"):
        train(begun)
    credits.write_text("train.tsv\tCC BY 2.0 FR\tSomebody\nmore.tsv\tCC0\t\n", encoding="utf-8")
    assert train(begun) == 0
    card = (tmp_path / "run" / "model" / "README.md").read_text(encoding="utf-8")
    assert "| train.tsv | 300 | 1 | CC BY 2.0 FR | Somebody |" in card
    assert "| more.tsv | 1 | 0.5 | CC0 |  |" in card and "products in float32" in card


@pytest.mark.slow
def test_a_resumed_run_exchanges_the_names_it_was_begun_with(
    data: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names, others = tmp_path / "names.txt", tmp_path / "others.txt"
    names.write_text("[surnames]\nSmith\n", encoding="utf-8")
    others.write_text("[surnames]\nJones\n", encoding="utf-8")
    begun = options(data, tmp_path / "run", names=names)
    assert train(begun) == 0
    used: list[Names] = []

    def mixed(weights: tuple[float, ...], names: Names) -> Mix:
        used.append(names)
        return Mix(weights, names)

    monkeypatch.setattr(run_module, "Mix", mixed)
    assert train(resumed(begun, names=None)) == 0 and train(resumed(begun)) == 0
    assert [[*each.kinds] for each in used] == [[("Smith",)], [("Smith",)]]
    with pytest.raises(InputError, match="leave --names out"):
        train(resumed(begun, names=others))
    assert train(replace(begun, force=True, names=None)) == 0 and not [*used[-1].kinds]
    assert not (tmp_path / "run" / "names.txt").exists()


def test_a_run_that_replaces_another_leaves_nothing_of_it(data: tuple[Path, Path], tmp_path: Path) -> None:
    run = tmp_path / "run"
    begun = options(data, run, names=None)
    assert train(begun) == 0
    left = ["model-010", "model-1234", "model-010.part", "model.old"]
    for name in left:
        (run / name).mkdir()
    (run / ".state.pt.0123456789ab.part").touch()
    (run / "notes").mkdir()
    assert train(resumed(begun)) == 0
    assert {each.name for each in run.iterdir()} >= {"model-010", "model-1234", "notes", "model"}
    assert not (run / ".state.pt.0123456789ab.part").exists() and not (run / "model.old").exists()
    assert train(replace(begun, force=True)) == 0
    assert (run / "notes").exists() and not [name for name in left if (run / name).exists()]


def test_what_is_left_out_is_said_with_its_reason(
    data: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    never = tmp_path / "never.tsv"
    never.write_text(data[0].read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    assert train(options(data, tmp_path / "run", leave_out=(never,))) == 0
    assert "(left out: 1 that read like one of --leave-out)" in capsys.readouterr().err
