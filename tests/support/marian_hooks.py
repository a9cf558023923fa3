"""`transformers`' Marian with plain hooks: an implementation of the papers' equations that shares no code with ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

Hook = Callable[[Any, Any, Any], Any]


@contextmanager
def hooked(hooks: Sequence[tuple[Any, Hook]]) -> Iterator[None]:
    """Around a pass: a forward hook on each of some modules."""
    handles = [module.register_forward_hook(hook) for module, hook in hooks]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def outputs_of(model: Any, modules: Sequence[Any], hooks: Sequence[tuple[Any, Hook]], **inputs: Any) -> list[Tensor]:
    """What some modules give in a pass with hooks, without its batch."""
    kept: dict[int, Tensor] = {}

    def keep(index: int) -> Hook:
        def hook(module: Any, arguments: Any, output: Any) -> None:
            kept[index] = (output[0] if isinstance(output, tuple) else output)[0].detach().clone()

        return hook

    with hooked([*hooks, *((module, keep(index)) for index, module in enumerate(modules))]), torch.no_grad():
        model(**inputs)
    return [kept[index] for index in range(len(modules))]


def zeroing(position: int) -> Hook:
    """Zeroes what a module gives at a position of [1, K, D]."""

    def hook(module: Any, arguments: Any, output: Any) -> Any:
        changed = output.clone()
        changed[:, position] = 0.0
        return changed

    return hook


def taking(other: Tensor, positions: slice) -> Hook:
    """Puts part of another pass's [T, D] in the place of what a module gives."""

    def hook(module: Any, arguments: Any, output: Any) -> Any:
        changed = (output[0] if isinstance(output, tuple) else output).clone()
        changed[0, positions] = other[positions]
        return (changed, *output[1:]) if isinstance(output, tuple) else changed

    return hook


def reading(other: Tensor, positions: slice, columns: slice) -> Callable[[Any, Any], Any]:
    """A forward pre-hook: puts part of another pass's [T, D] in the place of what a module reads."""

    def hook(module: Any, arguments: Any) -> Any:
        changed = arguments[0].clone()
        changed[0, positions, columns] = other[positions, columns]
        return (changed, *arguments[1:])

    return hook
