from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from attention_viewer.model.training import settings as settings_json
from attention_viewer.model.training.average import WeightAverage
from attention_viewer.model.training.loop import Trainer, TrainingError
from attention_viewer.model.training.schedule import Budget, learning_rate
from attention_viewer.model.training.settings import TrainingSettings
from attention_viewer.model.training.subwords import Subwords
from support.made_up import TINY
from support.trainers import assert_goes_on_exactly, trainer
from torch import nn


def state(run: Trainer) -> dict[str, torch.Tensor]:
    return run.averaged()


@pytest.mark.parametrize("interrupted_at", [1, 5, 11])
def test_a_resumed_run_ends_with_the_same_bits(subwords: Subwords, tmp_path: Path, interrupted_at: int) -> None:
    settings = replace(
        TINY, dropout=0.2, sampling=0.3, batch_positions=600, augmentation=TrainingSettings().augmentation
    )
    assert assert_goes_on_exactly(subwords, settings, interrupted_at, tmp_path).epoch > 0


def test_dropout_and_seed_matter(subwords: Subwords) -> None:
    losses = [
        [update.loss for update in trainer(subwords, replace(TINY, steps=3, **changes)).updates()]
        for changes in ({}, {}, {"dropout": 0.2}, {"seed": 2})
    ]
    assert losses[0] == losses[1]
    assert losses[0] != losses[2] and losses[0] != losses[3]


def test_a_state_of_other_settings_or_of_garbage_is_refused(subwords: Subwords, tmp_path: Path) -> None:
    run = trainer(subwords, TINY)
    with pytest.raises(TrainingError, match=r"state\.pt"):
        run.restore(tmp_path)
    run.save(tmp_path)
    with pytest.raises(TrainingError, match="other settings"):
        trainer(subwords, replace(TINY, learning_rate=1.0)).restore(tmp_path)
    (tmp_path / "state.pt").write_bytes(b"garbage")
    with pytest.raises(TrainingError, match=r"state\.pt"):
        run.restore(tmp_path)
    assert not list(tmp_path.glob("*.part"))


def test_a_loss_that_is_no_number_stops_the_run(subwords: Subwords) -> None:
    run = trainer(subwords, TINY)
    next(run.updates())
    next(iter(run._model.parameters())).data.fill_(math.nan)
    with pytest.raises(TrainingError, match="nan"):
        next(run.updates())


def test_the_padding_row_stays_zero(subwords: Subwords) -> None:
    run = trainer(subwords, replace(TINY, steps=3, label_smoothing=0.1))
    for _ in run.updates():
        embedding = run._model.target_embedding.tokens.weight
        assert not embedding[subwords.pad].any() and bool(embedding[: subwords.pad].any(1).all())


def test_pairs_that_are_all_too_long_are_refused(subwords: Subwords) -> None:
    with pytest.raises(TrainingError, match="longest"):
        next(trainer(subwords, replace(TINY, longest=1)).updates())


def test_the_learning_rate_climbs_and_falls_to_zero() -> None:
    settings = replace(TINY, warm_up=0.1, learning_rate=2.0)
    rates = [learning_rate(settings, index / 100) for index in range(101)]
    assert 0 < rates[0] < 0.01 and max(rates) == rates[10] == 2.0
    assert rates[:11] == sorted(rates[:11]) and rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[55] == pytest.approx(1.0) and rates[100] == pytest.approx(0.0, abs=1e-9)


def test_a_budget_counts_minutes_or_updates() -> None:
    now = 100.0
    minutes = Budget(replace(TINY, steps=None, minutes=2.0), clock=lambda: now)
    updates = Budget(replace(TINY, steps=8), clock=lambda: now)
    now = 130.0
    updates.step = minutes.step = 6
    assert (minutes.progress, updates.progress) == (0.25, 0.75)
    minutes.resume(90.0)
    now = 145.0
    assert minutes.progress == pytest.approx(105 / 120)


def test_the_average_is_the_mean_of_late_snapshots() -> None:
    model = nn.Linear(1, 1, bias=False)
    average = WeightAverage(3, 0.2)
    taken: list[float] = []
    for index in range(101):
        model.weight.data.fill_(float(index))
        before = average._taken
        average.update(model, index / 100)
        taken += [float(index)] * (average._taken - before)
    assert taken == [80.0, 90.0, 100.0]
    weights = average.weights()
    assert weights is not None and float(weights["weight"]) == 90.0
    assert WeightAverage(3, 0.2).weights() is None


def test_settings_survive_json_and_refuse_nonsense() -> None:
    assert settings_json.from_json(settings_json.to_json(TINY)) == TINY
    from attention_viewer.model.contract.errors import InputError

    def bad() -> Iterator[dict[str, float]]:
        yield {"dropout": 1.5}
        yield {"layers": 0}
        yield {"d_model": 30}
        yield {"steps": 0}
        yield {"minutes": 0.0}
        yield {"learning_rate": float("nan")}

    for values in bad():
        with pytest.raises(InputError, match=next(iter(values))):
            replace(TINY, **values)  # type: ignore[arg-type]
