"""Guided alignment (Garg et al. 2019): the loss, what it does to its head, and whole runs with it."""

from __future__ import annotations

import argparse
import json
import math
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from attention_viewer.model.checkpoint import load
from attention_viewer.model.contract.config import read_config
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.nn.transformer import Transformer
from attention_viewer.model.training.arguments import TrainOptions, add_train_options, train_options
from attention_viewer.model.training.batches import IGNORED, Batch, Example, collate, guided
from attention_viewer.model.training.data import Pair
from attention_viewer.model.training.loop import Trainer, alignment_loss
from attention_viewer.model.training.run import train
from attention_viewer.model.training.settings import TrainingSettings
from attention_viewer.model.training.subwords import Subwords
from attention_viewer.model.training.word_links import spell_links, with_links
from support.made_up import TINY
from support.trainers import PAIRS as PLAIN
from support.trainers import assert_goes_on_exactly
from support.trainers import trainer as trainer_on

LINKS = [tuple((word, word) for word in range(len(pair.source.split()))) for pair in PLAIN]
PAIRS = with_links(PLAIN, LINKS, "made up")
GUIDED = replace(TINY, guide_weight=0.5, guide_layer=2, guide_head=3, layers=2)


def trainer(subwords: Subwords, settings: TrainingSettings, pairs: tuple[Pair, ...] = PAIRS) -> Trainer:
    return trainer_on(subwords, settings, pairs)


def examples_of(subwords: Subwords, pairs: tuple[Pair, ...]) -> list[Example]:
    sources, targets = (subwords.encode([getattr(pair, side) for pair in pairs]) for side in ("source", "target"))
    return [Example(*each) for each in zip(sources, targets, pairs, strict=True)]


def batch_of(subwords: Subwords, pairs: tuple[Pair, ...]) -> Batch:
    examples = examples_of(subwords, pairs)
    return guided(collate(examples, subwords.pad), examples, subwords)


def cross_weights(model: Transformer, batch: Batch, layer: int, head: int) -> torch.Tensor:
    memory, _ = model.encode(batch.source, batch.padding)
    return model.decode(batch.inputs, memory, batch.padding)[2][layer][:, head]


def test_the_loss_is_the_cross_entropy_of_the_rows_that_have_links() -> None:
    weights = torch.tensor([[[0.5, 0.25, 0.25], [0.1, 0.2, 0.7], [1.0, 0.0, 0.0]]])
    guide = torch.tensor([[[0.5, 0.5, 0.0], [0.0, 0.0, 0.0], [1.0, 0.0, 0.0]]])
    expected = -(0.5 * math.log(0.5) + 0.5 * math.log(0.25))
    assert float(alignment_loss(weights, guide)) == pytest.approx(expected, abs=1e-6)
    assert math.isfinite(float(alignment_loss(weights, guide.flip(2))))


def test_a_batch_pads_its_guide(subwords: Subwords) -> None:
    batch = batch_of(subwords, (PAIRS[0], replace(PAIRS[1], links=())))
    assert batch.guide is not None
    assert batch.guide.shape == (2, batch.outputs.shape[1], batch.source.shape[1])
    assert not batch.guide[batch.outputs == IGNORED].any()
    assert not batch.guide.transpose(1, 2)[batch.padding].any()
    rows, ends = batch.guide.sum(2), batch.outputs == subwords.eos
    assert torch.equal(rows[1], ends[1].float()) and bool((rows[0][batch.outputs[0] != IGNORED] == 1.0).any())
    assert torch.equal(batch.guide[ends].argmax(1), (batch.source == subwords.eos).long().argmax(1))


def test_an_update_follows_the_gradient_of_both_losses(subwords: Subwords) -> None:
    run, bare = trainer(subwords, GUIDED), trainer(subwords, GUIDED)
    batch = batch_of(subwords, PAIRS[:4])
    loss, guide_loss = run._losses(batch)
    weights = cross_weights(run._model, batch, 1, 2).detach()
    assert batch.guide is not None and guide_loss is not None
    by_hand = sum(
        -float(batch.guide[place]) * math.log(float(weights[place]))
        for place in map(tuple, batch.guide.nonzero().tolist())
    )
    translation, guide = float(loss.detach()), float(guide_loss.detach())
    assert guide == pytest.approx(by_hand, rel=1e-5)
    tokens = int((batch.outputs != IGNORED).sum())
    ((loss + 0.5 * guide_loss) / tokens).backward()
    wanted = {name: each.grad for name, each in run._model.named_parameters() if each.grad is not None}
    torch.nn.utils.clip_grad_norm_(run._model.parameters(), GUIDED.gradient_norm)
    update = bare._update(examples_of(subwords, PAIRS[:4]), 0.5)
    assert update.loss == pytest.approx(translation / tokens) and update.tokens == tokens
    assert update.guide_loss == pytest.approx(guide / tokens)
    for name, each in bare._model.named_parameters():
        if name in wanted:
            torch.testing.assert_close(each.grad, wanted[name], rtol=1e-4, atol=1e-6)


def right(run: Trainer, subwords: Subwords) -> float:
    """The share of the guided head's weight that lies on linked pieces, in rows that have links."""
    batch = batch_of(subwords, PAIRS[:60])
    assert batch.guide is not None
    with torch.no_grad():
        weights = cross_weights(run._model, batch, 1, 2)
    linked = batch.guide > 0
    return float(weights[linked].sum() / linked.any(2).sum())


@pytest.mark.slow
def test_a_guided_head_learns_the_links_and_an_unguided_one_does_not(subwords: Subwords) -> None:
    found = {}
    for weight in (0.0, 2.0):
        run = trainer(subwords, replace(GUIDED, guide_weight=weight, steps=80, batch_positions=600))
        before = right(run, subwords)
        updates = list(run.updates())
        found[weight] = right(run, subwords) - before
        if weight:
            first, last = updates[0].guide_loss, updates[-1].guide_loss
            assert first is not None and last is not None and last < 0.6 * first
        else:
            assert all(update.guide_loss is None for update in updates)
    assert found[2.0] > 0.3 > 0.1 > found[0.0]


def test_without_weight_links_change_no_bit(subwords: Subwords) -> None:
    settings = replace(TINY, augmentation=TrainingSettings().augmentation, sampling=0.3, dropout=0.1)
    runs = [trainer(subwords, settings, pairs) for pairs in (PAIRS, tuple(PLAIN))]
    assert [update.loss for update in runs[0].updates()] == [update.loss for update in runs[1].updates()]
    for name, tensor in runs[0].averaged().items():
        assert torch.equal(tensor, runs[1].averaged()[name]), name


@pytest.mark.parametrize("interrupted_at", [1, 7])
def test_a_resumed_guided_run_ends_with_the_same_bits(subwords: Subwords, tmp_path: Path, interrupted_at: int) -> None:
    changing = replace(GUIDED, dropout=0.2, sampling=0.3, augmentation=TrainingSettings().augmentation)
    settings = replace(changing, batch_positions=600)
    assert_goes_on_exactly(subwords, settings, interrupted_at, tmp_path, PAIRS)


def test_settings_refuse_a_head_that_is_not_there() -> None:
    assert TINY.guided_head is None and GUIDED.guided_head == (1, 2)
    for values in ({"guide_layer": 0}, {"guide_layer": 3}, {"guide_head": 5}, {"guide_weight": -1.0},
                   {"guide_weight": math.nan}, {"guide_weight": math.inf}):  # fmt: skip
        with pytest.raises(InputError, match=f"{next(iter(values))} is"):
            replace(GUIDED, **values)
    replace(TINY, guide_layer=9)


def asked(*words: str) -> TrainOptions:
    parser = argparse.ArgumentParser()
    add_train_options(parser)
    return train_options(parser.parse_args(["pairs.tsv", "-o", "run", *words]))


def test_options() -> None:
    options = asked("--links", "links.txt", "--guide-weight", "0.1", "--guide-layer", "2", "--guide-head", "8")
    assert options.links == Path("links.txt")
    assert options.settings is not None and options.settings.guided_head == (1, 7)
    with pytest.raises(InputError, match="--guide-weight"):
        asked("--links", "links.txt")
    with pytest.raises(InputError, match="--resume"):
        asked("--links", "links.txt", "--resume")


@pytest.fixture
def links(data: tuple[Path, Path], tmp_path: Path) -> Path:
    """The links of the training pairs in a file."""
    sources = [line.split("\t")[0] for line in data[0].read_text(encoding="utf-8").splitlines()]
    path = tmp_path / "by-hand.txt"
    path.write_bytes(spell_links([(word, word) for word in range(len(source.split()))] for source in sources))
    return path


@pytest.mark.filterwarnings("ignore:Recommended. pip install sacremoses")
def test_a_guided_run_says_so_and_goes_on(data: tuple[Path, Path], links: Path, tmp_path: Path) -> None:
    from transformers import MarianMTModel

    output = tmp_path / "run"
    settings = replace(GUIDED, steps=20)
    options = TrainOptions((data[0],), output, settings, data[1], threads=1, evaluations=0, links=links)
    assert train(options) == 0
    assert (output / "links.txt").read_bytes() == links.read_bytes()
    first = json.loads((output / "metrics.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert 0.0 < first["guide_loss"] < 5.0
    config = json.loads((output / "model" / "config.json").read_text(encoding="utf-8"))
    assert config["guided_head"] == {"layer": 2, "head": 3}
    assert read_config(output / "model").guided_head == load(output / "model").architecture.guided_head == (1, 2)
    card = (output / "model" / "README.md").read_text(encoding="utf-8")
    assert "Head 3 of layer 2 of the decoder's cross-attention was guided" in card
    assert "Garg et al. 2019, weight 0.5" in card and "links of by-hand.txt" in card
    MarianMTModel.from_pretrained(output / "model")

    links.unlink()
    resumed = replace(options, settings=None, resume=True, links=None)
    assert train(resumed) == 0
    assert "links of by-hand.txt" in (output / "model" / "README.md").read_text(encoding="utf-8")
    (output / "links.txt").write_text("0-0\n", encoding="ascii")
    with pytest.raises(InputError, match=r"run/links\.txt has 1 lines and there are 300 pairs"):
        train(resumed)
    (output / "links.txt").unlink()
    with pytest.raises(InputError, match=r"links\.txt cannot be read"):
        train(resumed)


def test_only_a_guided_run_keeps_the_guided_head(data: tuple[Path, Path], links: Path, tmp_path: Path) -> None:
    first = TrainOptions((data[0],), tmp_path / "1", replace(GUIDED, steps=1), data[1], threads=1, links=links)
    unguided = replace(GUIDED, steps=1, guide_weight=0.0)
    second = replace(first, output=tmp_path / "2", settings=unguided, start_from=tmp_path / "1" / "model", links=None)
    third = replace(first, output=tmp_path / "3", start_from=tmp_path / "2" / "model")
    found = []
    for options in (first, second, third):
        assert train(options) == 0
        card = (options.output / "model" / "README.md").read_text(encoding="utf-8")
        found.append((read_config(options.output / "model").guided_head, "guided" in card))
    assert found == [((1, 2), True), (None, False), ((1, 2), True)]
    assert "guided_head" not in (tmp_path / "2" / "model" / "config.json").read_text(encoding="utf-8")
    assert not (tmp_path / "2" / "links.txt").exists()


def test_eflomal_makes_the_links_once(
    data: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: Path
) -> None:
    calls: list[int] = []

    def align(pairs: tuple[Pair, ...]) -> list[tuple[tuple[int, int], ...]]:
        calls.append(len(pairs))
        return [((0, 0),) for _ in pairs]

    monkeypatch.setattr("attention_viewer.model.training.run.align", align)
    # The links are this test's own: eflomal itself need not be installed.
    monkeypatch.setattr("attention_viewer.model.training.preflight.find_spec", lambda name: True)
    options = TrainOptions((data[0],), tmp_path / "run", replace(GUIDED, steps=1), data[1], threads=1)
    assert train(options) == 0
    assert train(replace(options, settings=None, resume=True)) == 0
    assert calls == [300] and (tmp_path / "run" / "links.txt").read_text(encoding="ascii") == "0-0\n" * 300
    assert "links that eflomal found" in (tmp_path / "run" / "model" / "README.md").read_text(encoding="utf-8")
    assert train(replace(options, settings=replace(TINY, steps=1), force=True)) == 0
    assert not (tmp_path / "run" / "links.txt").exists() and calls == [300]


def test_without_eflomal_nothing_is_begun(
    data: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "eflomal", None)
    options = TrainOptions((data[0],), tmp_path / "run", replace(GUIDED, steps=1), data[1], threads=1)
    with pytest.raises(InputError, match="pip install eflomal"):
        train(options)
    assert not (tmp_path / "run").exists()
    with pytest.raises(InputError, match=r"none\.txt cannot be read"):
        train(replace(options, links=tmp_path / "none.txt"))
