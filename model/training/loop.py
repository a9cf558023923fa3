"""The training loop: one update after the other until the budget is spent, and all that is needed to go on later.

Shape letters: B examples, S source positions, T target positions, N target positions without padding, V vocabulary.
"""

from __future__ import annotations

import contextlib
import math
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from model.errors import UserError
from model.training import settings as settings_json
from model.training.average import WeightAverage
from model.training.batches import IGNORED, Batch, Example, collate, epoch_batches
from model.training.data import Pair
from model.training.processes import Processes
from model.training.schedule import Budget, learning_rate
from model.training.settings import TrainingSettings
from model.training.subwords import Subwords
from model.transformer import Transformer

STATE_FILE = "state.pt"


class TrainingError(UserError):
    """Training cannot go on: the loss is not a number, or a saved state does not fit."""


@dataclass(frozen=True)
class Update:
    """What one update reports: the loss per target token (label smoothing included, nats) and where it stood."""

    step: int
    epoch: int
    loss: float
    tokens: int
    rate: float
    progress: float
    seconds: float


class Trainer:
    """A model in training. `updates` runs to the end of the budget; `save` and `restore` make runs continue exactly."""

    def __init__(
        self,
        model: Transformer,
        pairs: Sequence[Pair],
        subwords: Subwords,
        settings: TrainingSettings,
        processes: Processes,
    ) -> None:
        self._model = model.to(processes.device)
        self._pairs, self._subwords, self._settings, self._processes = pairs, subwords, settings, processes
        self._optimizer = torch.optim.AdamW(
            model.parameters(), lr=0.0, betas=(0.9, 0.98), eps=1e-9, weight_decay=settings.weight_decay, fused=True
        )
        self._average = WeightAverage(settings.average_last, settings.average_share)
        self._epoch = self._next_batch = 0
        self._stopping = False
        self.budget = Budget(settings)
        torch.manual_seed(settings.seed + processes.rank)
        self._keep_padding_zero()

    @property
    def stopped(self) -> bool:
        """True when `stop` ended the run before its budget was spent."""
        return self._stopping and self.budget.progress < 1.0

    def stop(self) -> None:
        """End the run after the current update."""
        self._stopping = True

    def updates(self) -> Iterator[Update]:
        """Train; yields after each update. Raises TrainingError when the loss is not a number."""
        self._model.train()
        while True:
            batches = epoch_batches(self._pairs, self._subwords, self._settings, self._epoch)
            if not batches:
                raise TrainingError("There is nothing to train on: every pair is longer than `longest` tokens.")
            while self._next_batch < len(batches):
                progress = self._processes.agree(self.budget.progress)
                if progress >= 1.0 or self._processes.agree(float(self._stopping)):
                    return
                update = self._update(batches[self._next_batch], progress)
                self._next_batch += 1
                self._average.update(self._model, self._processes.agree(self.budget.progress))
                yield update
            self._epoch, self._next_batch = self._epoch + 1, 0

    def averaged(self) -> dict[str, Tensor]:
        """The weights to keep: the average where snapshots were taken, the current ones before."""
        return self._average.weights() or {name: each.cpu() for name, each in self._model.state_dict().items()}

    def save(self, directory: Path) -> None:
        """Write the whole state of the run atomically."""
        state = {
            "settings": settings_json.to_json(self._settings),
            "model": self._model.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "average": self._average.state_dict(),
            "step": self.budget.step,
            "epoch": self._epoch,
            "next_batch": self._next_batch,
            "seconds": self.budget.seconds,
            "random": torch.get_rng_state(),
        }
        temporary = directory / f"{STATE_FILE}.part"
        torch.save(state, temporary)
        os.replace(temporary, directory / STATE_FILE)

    def restore(self, directory: Path) -> None:
        """Go on from a saved state; nothing in the file is executed. Raises TrainingError where it does not fit."""
        path = directory / STATE_FILE
        try:
            state = torch.load(path, map_location=self._processes.device, weights_only=True)
        except Exception as error:
            raise TrainingError(f"{path} cannot be read: {error}. Start the run anew without --resume.") from None
        if settings_json.from_json(state["settings"]) != self._settings:
            raise TrainingError(f"{path} was made with other settings. Use the same ones, or start anew.")
        self._model.load_state_dict(state["model"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._average.load_state_dict(state["average"])
        self._epoch, self._next_batch = state["epoch"], state["next_batch"]
        self.budget.step = state["step"]
        self.budget.resume(state["seconds"])
        torch.set_rng_state(state["random"].cpu())

    def _update(self, examples: Sequence[Example], progress: float) -> Update:
        rate = learning_rate(self._settings, progress)
        tokens = sum(len(each.target) for each in examples)
        mine = examples[self._processes.rank :: self._processes.world]
        self._optimizer.zero_grad()
        total = torch.zeros((), device=self._processes.device)
        if mine:
            with _half_precision(self._processes.device):
                loss = self._loss(collate(mine, self._subwords.pad))
            (loss / tokens).backward()
            total = loss.detach().float()
        mean = float(self._processes.sum(total)) / tokens
        if not math.isfinite(mean):
            raise TrainingError(
                f"The loss is {mean} after {self.budget.step} updates. Train with a lower learning rate than "
                f"{self._settings.learning_rate}, or look for broken pairs in the data."
            )
        self._processes.sum_gradients(self._model.parameters())
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), self._settings.gradient_norm)
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        self._optimizer.step()
        self._keep_padding_zero()
        self.budget.step += 1
        return Update(self.budget.step, self._epoch, mean, tokens, rate, progress, self.budget.seconds)

    def _loss(self, batch: Batch) -> Tensor:
        """Summed label-smoothed cross-entropy of the batch in nats; padding is never projected to the vocabulary."""
        device = self._processes.device
        source, padding = batch.source.to(device), batch.padding.to(device)
        outputs = batch.outputs.to(device)
        memory, _ = self._model.encode(source, padding)  # [B, S, D]
        hidden, _, _ = self._model.decode(batch.inputs.to(device), memory, padding)  # [B, T, D]
        real = outputs != IGNORED
        logits = self._model.logits(hidden[real])  # [N, V]
        smoothing = self._settings.label_smoothing
        return functional.cross_entropy(logits, outputs[real], label_smoothing=smoothing, reduction="sum")

    def _keep_padding_zero(self) -> None:
        """The decoder starts from the `<pad>` embedding, which is zero by the layout's convention."""
        with torch.no_grad():
            for embedding in (self._model.source_embedding, self._model.target_embedding):
                embedding.tokens.weight[self._subwords.pad] = 0.0


def _half_precision(device: torch.device) -> contextlib.AbstractContextManager[Any]:
    if device.type == "cuda":
        return torch.autocast("cuda", dtype=torch.bfloat16)
    return contextlib.nullcontext()


@contextlib.contextmanager
def stop_on_interrupt(stop: Callable[[], None]) -> Iterator[None]:
    """Let Ctrl+C call `stop` once; a second one interrupts at once."""
    before = signal.getsignal(signal.SIGINT)

    def handle(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, before)
        stop()

    signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
