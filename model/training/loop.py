"""The training loop: one update after the other until the budget is spent, and all that is needed to go on later.

Shape letters: B examples, S source positions, T target positions, N target positions without padding, V vocabulary.
"""

from __future__ import annotations

import contextlib
import math
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType

import torch
from attention_viewer.model.contract.errors import UserError
from attention_viewer.model.nn.transformer import Transformer
from attention_viewer.model.training import settings as settings_json
from attention_viewer.model.training.average import WeightAverage
from attention_viewer.model.training.batches import IGNORED, Batch, Example, collate, epoch_batches, guided
from attention_viewer.model.training.data import Pair
from attention_viewer.model.training.mix import Mix
from attention_viewer.model.training.precision import chosen_precision, in_precision
from attention_viewer.model.training.processes import Processes
from attention_viewer.model.training.projection import projected_loss
from attention_viewer.model.training.run_directory import STATE
from attention_viewer.model.training.schedule import Budget, learning_rate
from attention_viewer.model.training.settings import TrainingSettings
from attention_viewer.model.training.subwords import Subwords
from attention_viewer.model.whole_files import whole_file
from torch import Tensor

_SMALLEST = 1e-9
"""Added to weights before their logarithm is taken."""


class TrainingError(UserError):
    """Training cannot go on: the loss is not a number, or a saved state does not fit."""


@dataclass(frozen=True)
class Update:
    """What one update reports and where it stood.

    Losses are nats per target token: `loss` that of the translation (label smoothing included), `guide_loss` that
    of the guided head, not yet weighted, None where none is guided.
    """

    step: int
    epoch: int
    loss: float
    guide_loss: float | None
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
        mix: Mix | None = None,
    ) -> None:
        self._mix = mix or Mix()
        self.precision = chosen_precision(settings.precision, processes.device)
        self._model = model.to(processes.device)
        self._pairs, self._subwords, self._settings, self._processes = pairs, subwords, settings, processes
        self._optimizer = torch.optim.AdamW(
            model.parameters(), lr=0.0, betas=(0.9, 0.98), eps=1e-9, weight_decay=settings.weight_decay, fused=True
        )
        self._average = WeightAverage(settings.average_last, settings.average_share)
        self._epoch = self._next_batch = 0
        self._stopping = False
        self.budget = Budget(settings)
        self._keep_padding_zero()

    @property
    def epoch(self) -> int:
        """The epoch the run is in, from 0."""
        return self._epoch

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
            batches = epoch_batches(self._pairs, self._subwords, self._settings, self._epoch, self._mix)
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
        """Write the whole state of the run, or leave what was saved before. Raises WriteError where that fails."""
        state = {
            "settings": settings_json.to_json(self._settings),
            "model": self._model.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "average": self._average.state_dict(),
            "step": self.budget.step,
            "epoch": self._epoch,
            "next_batch": self._next_batch,
            "seconds": self.budget.seconds,
        }
        # Opened here, because of a path torch does not tell why it cannot be written.
        with whole_file(directory / STATE) as path, path.open("wb") as file:
            torch.save(state, file)

    def restore(self, directory: Path) -> None:
        """Go on from a saved state; nothing in the file is executed. Raises TrainingError where it does not fit."""
        path = directory / STATE
        try:
            state = torch.load(path, map_location=self._processes.device, weights_only=True)
        except Exception as error:
            raise TrainingError(f"{path} cannot be read: {error}. Start the run anew without --resume.") from None
        saved = settings_json.from_json(state["settings"])
        if replace(saved, minutes=self._settings.minutes, steps=self._settings.steps) != self._settings:
            raise TrainingError(f"{path} was made with other settings. Use the same ones, or start anew.")
        self._model.load_state_dict(state["model"])
        self._optimizer.load_state_dict(state["optimizer"])
        if saved == self._settings:  # under a longer budget, snapshots are taken anew at its end
            self._average.load_state_dict(state["average"])
        self._epoch, self._next_batch = state["epoch"], state["next_batch"]
        self.budget.step = state["step"]
        self.budget.resume(state["seconds"])
        if saved != self._settings and self.budget.progress >= 1.0:
            raise TrainingError(
                f"The run has {self.budget.step:,} updates in {self.budget.seconds / 60:.0f} minutes behind it: give "
                "--minutes or --steps above that to make it longer."
            )

    def _update(self, examples: Sequence[Example], progress: float) -> Update:
        rate = learning_rate(self._settings, progress)
        self._seed()
        tokens = sum(len(each.target) for each in examples)
        mine = examples[self._processes.rank :: self._processes.world]
        self._optimizer.zero_grad()
        total = torch.zeros(2, device=self._processes.device)
        if mine:
            with in_precision(self.precision, self._processes.device):
                loss, guide_loss = self._losses(self._batch(mine))
            weighted = loss if guide_loss is None else loss + self._settings.guide_weight * guide_loss
            torch.autograd.backward(weighted / tokens)
            total = torch.stack((loss, loss.new_zeros(()) if guide_loss is None else guide_loss)).detach().float()
        mean, guide_mean = (float(each) / tokens for each in self._processes.sum(total))
        if not math.isfinite(mean + guide_mean):
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
        reported = guide_mean if self._settings.guided_head else None
        return Update(self.budget.step, self._epoch, mean, reported, tokens, rate, progress, self.budget.seconds)

    def _seed(self) -> None:
        """Make the update's dropout depend on nothing but the settings, its number and the process."""
        torch.manual_seed((self._settings.seed * 1_000_003 + self.budget.step) * 1_009 + self._processes.rank)

    def _batch(self, examples: Sequence[Example]) -> Batch:
        batch = collate(examples, self._subwords.pad)
        return guided(batch, examples, self._subwords) if self._settings.guided_head else batch

    def _losses(self, batch: Batch) -> tuple[Tensor, Tensor | None]:
        """Summed label-smoothed cross-entropy of the batch in nats, and the guided head's where the batch guides one.

        Padding is never projected to the vocabulary.
        """
        device = self._processes.device
        source, padding = batch.source.to(device), batch.padding.to(device)
        outputs = batch.outputs.to(device)
        memory, _ = self._model.encode(source, padding)  # [B, S, D]
        hidden, _, cross = self._model.decode(batch.inputs.to(device), memory, padding)  # [B, T, D]
        real = outputs != IGNORED
        weight, bias = self._model.generator.weight, self._model.logits_bias
        products = torch.bfloat16 if self.precision == "bfloat16" else torch.float32
        loss = projected_loss(hidden[real], weight, bias, outputs[real], self._settings.label_smoothing, products)
        if batch.guide is None or self._settings.guided_head is None:
            return loss, None
        layer, head = self._settings.guided_head
        return loss, alignment_loss(cross[layer][:, head], batch.guide.to(device))

    def _keep_padding_zero(self) -> None:
        """The decoder starts from the `<pad>` embedding, which is zero by the layout's convention."""
        with torch.no_grad():
            for embedding in (self._model.source_embedding, self._model.target_embedding):
                embedding.tokens.weight[self._subwords.pad] = 0.0


def alignment_loss(weights: Tensor, guide: Tensor) -> Tensor:
    """Summed cross-entropy in nats of one head's weights [B, T, S] against the guide [B, T, S] (Garg et al. 2019)."""
    return -(guide * (weights.float() + _SMALLEST).log()).sum()


@contextlib.contextmanager
def stop_on_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Let Ctrl+C, or a request to terminate, call `stop` once; a second one ends the process at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def handle(number: int, frame: FrameType | None) -> None:
        restore()
        stop()

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    for number in before:
        signal.signal(number, handle)
    try:
        yield
    finally:
        restore()
