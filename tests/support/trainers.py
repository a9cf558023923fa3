"""Training on made-up pairs, and a run that is interrupted and goes on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from attention_viewer.model.families.marian import architecture
from attention_viewer.model.nn.transformer import Transformer
from attention_viewer.model.training.data import Pair
from attention_viewer.model.training.loop import Trainer
from attention_viewer.model.training.processes import Processes
from attention_viewer.model.training.settings import TrainingSettings
from attention_viewer.model.training.sizes import model_config
from attention_viewer.model.training.subwords import Subwords
from support.made_up import digit_pairs

PAIRS = digit_pairs(300)


def trainer(subwords: Subwords, settings: TrainingSettings, pairs: Sequence[Pair] = PAIRS) -> Trainer:
    """A run on pairs that has not begun; the same settings begin with the same weights."""
    torch.manual_seed(settings.seed)
    model = Transformer(architecture(model_config(settings, subwords)), settings.dropout)
    return Trainer(model, pairs, subwords, settings, Processes())


def assert_goes_on_exactly(
    subwords: Subwords, settings: TrainingSettings, stop_after: int, directory: Path, pairs: Sequence[Pair] = PAIRS
) -> Trainer:
    """A run that stops after an update and goes on from its file ends as one that did not; returns the latter."""
    whole, first = trainer(subwords, settings, pairs), trainer(subwords, settings, pairs)
    losses, before = [(update.loss, update.guide_loss) for update in whole.updates()], []
    for update in first.updates():
        before.append((update.loss, update.guide_loss))
        if update.step == stop_after:
            first.stop()
    assert first.stopped
    first.save(directory)
    second = trainer(subwords, settings, pairs)
    second.restore(directory)
    # Nothing may hang on what chance was before.
    torch.manual_seed(12345)
    assert before + [(update.loss, update.guide_loss) for update in second.updates()] == losses
    assert len(losses) == settings.steps and not second.stopped
    for name, tensor in whole.averaged().items():
        assert torch.equal(tensor, second.averaged()[name]), name
    return whole
