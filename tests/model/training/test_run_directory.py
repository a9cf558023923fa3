"""What a run was begun with comes back as it was, and whatever else the file holds is refused in a sentence."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.training.run_directory import STATE, Beginning, RunDirectory
from attention_viewer.model.training.settings import AugmentationRates, TrainingSettings, from_json, to_json

OTHER = TrainingSettings(
    d_model=64, steps=9, gradient_norm=math.inf, seed=-1, precision="float32", augmentation=AugmentationRates.none()
)


def test_settings_survive_json() -> None:
    for settings in (TrainingSettings(), OTHER):
        assert from_json(json.loads(json.dumps(to_json(settings)))) == settings


def test_a_setting_that_an_older_run_did_not_know_has_its_default() -> None:
    values = to_json(OTHER)
    del values["guide_weight"], values["augmentation"]["quoted"]
    found = from_json(values)
    assert found.guide_weight == 0.0 and found.augmentation.quoted == AugmentationRates().quoted
    assert found.d_model == 64


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"d_model": "64"}, ": d_model is '64'; it must be a whole number from"),
        ({"d_model": True}, ": d_model is True"),
        ({"steps": 1.5}, ": steps is 1.5"),
        ({"dropout": "0.1"}, ": dropout is '0.1'; it must be a number from"),
        ({"minutes": math.nan}, ": minutes is nan"),
        ({"precision": 32}, ": precision is 32; it must be text"),
        ({"sparkle": 1}, ": sparkle is 1; this program has no such setting"),
        ({"augmentation": None}, ": augmentation is None; it must be a JSON object"),
        ({"augmentation": {"joined": []}}, r", augmentation: joined is \[\]; it must be a number"),
    ],
)
def test_settings_that_mean_nothing_are_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=f"The settings{said}"):
        from_json({**to_json(OTHER), **change})


def test_what_a_run_was_begun_with_is_read_back(tmp_path: Path) -> None:
    run, beginning = RunDirectory(tmp_path), Beginning(OTHER, "data", "a checkpoint", "links.txt")
    run.begin(beginning, b"subwords")
    (tmp_path / STATE).touch()
    assert run.beginning() == beginning


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "Expecting property name"),
        ("[" * 100_000, "it is nested too deeply"),
        ("[]", r"the file is \[\]; it must be a JSON object"),
        ("{}", "the file: data is missing; it must be text"),
        ('{"data": "", "started_from": ""}', "settings is None; it must be a JSON object"),
    ],
)
def test_a_damaged_beginning_is_refused(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / STATE).touch()
    (tmp_path / "settings.json").write_text(text)
    with pytest.raises(
        InputError, match=rf"settings\.json is damaged \({said}.*\)\. Begin the run anew with --force\."
    ):
        RunDirectory(tmp_path).beginning()


def test_lines_of_the_metrics_that_mean_nothing_are_dropped(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    good = ['{"step": 1}', '{"step": 2.0}']
    run.metrics.write_text("\n".join([*good, '{"step": 3}', "[" * 100_000, "[]", '{"step": "1"}', '{"st']))
    run.forget_after(2)
    assert run.metrics.read_text().splitlines() == good
