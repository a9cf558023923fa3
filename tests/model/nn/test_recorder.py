"""Recorded inner values: those of `transformers`, the same for a row as for the whole pass, and no side effect."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from attention_viewer.model.checkpoint import load
from attention_viewer.model.contract.interventions import HeadId, Interventions, switch_heads
from attention_viewer.model.contract.maps import CROSS
from attention_viewer.model.nn.decoding import decode_step, encode
from attention_viewer.model.nn.recorder import Recorder
from attention_viewer.model.nn.switches import switches
from attention_viewer.model.nn.transformer import Transformer
from support.checkpoints import MakeCheckpoint
from support.reference import reference_model
from torch import Tensor

SOURCE = torch.tensor([[7, 12, 5, 30, 9, 8, 0]])
TARGET = torch.tensor([[2, 14, 6, 21, 11]])
VALUES, WEIGHTS = 1e-4, 1e-5

ATTENTION = ("query", "key", "value", "scores", "weights", "heads")
SUBLAYER = ("input", "output", "residual", "normed")


def recorded(model: Transformer, wanted: Any = None) -> dict[str, Tensor]:
    """Everything recorded in one whole pass, encoder and decoder."""
    recorder = Recorder(wanted)
    with torch.inference_mode():
        memory, _ = model.encode(SOURCE, record=recorder)
        model.decode(TARGET, memory, record=recorder)
    return recorder.values


def hooked(directory: Path) -> dict[str, Tensor]:
    """The outputs of the modules of `transformers`, by module name, and the attention weights."""
    model = reference_model(directory)
    outputs: dict[str, Tensor] = {}

    def keep(name: str) -> Any:
        def hook(module: Any, inputs: Any, output: Any) -> None:
            outputs[name] = output[0] if isinstance(output, tuple) else output

        return hook

    for name, module in model.model.named_modules():
        module.register_forward_hook(keep(name))
    with torch.inference_mode():
        found = model(input_ids=SOURCE, decoder_input_ids=TARGET, output_attentions=True)
    for kind in ("encoder", "decoder", "cross"):
        for layer, weights in enumerate(getattr(found, f"{kind}_attentions")):
            outputs[f"{kind}.{layer}.weights"] = weights
    return outputs


@pytest.mark.parametrize("activation", ["relu", "swish"])
def test_recorded_values_are_those_of_transformers(activation: str, make_checkpoint: MakeCheckpoint) -> None:
    directory = make_checkpoint(f"recorded-{activation}", seed=5, activation_function=activation)
    ours, theirs = recorded(load(directory)), hooked(directory)

    def same(name: str, expected: Tensor, bound: float = VALUES) -> None:
        torch.testing.assert_close(ours[name].reshape(expected.shape), expected, atol=bound, rtol=0, msg=name)

    def heads(tensor: Tensor, count: int) -> Tensor:
        return tensor.view(1, tensor.shape[1], count, -1).transpose(1, 2)

    for side, layers, count in (("encoder", 2, 4), ("decoder", 3, 2)):
        for layer in range(layers):
            parts = [("self", "self_attn", "self_attn_layer_norm")]
            if side == "decoder":
                parts.append(("cross", "encoder_attn", "encoder_attn_layer_norm"))
            for part, module, norm in parts:
                where, there = f"{side}.{layer}.{part}", f"{side}.layers.{layer}"
                for name, letter in (("query", "q"), ("key", "k"), ("value", "v")):
                    same(f"{where}.{name}", heads(theirs[f"{there}.{module}.{letter}_proj"], count))
                same(f"{where}.output", theirs[f"{there}.{module}.out_proj"])
                same(f"{where}.normed", theirs[f"{there}.{norm}"])
                same(f"{where}.weights", theirs[f"{'cross' if part == 'cross' else side}.{layer}.weights"], WEIGHTS)
                query, key = ours[f"{where}.query"], ours[f"{where}.key"]
                torch.testing.assert_close(ours[f"{where}.scores"], query @ key.mT / query.shape[-1] ** 0.5)
                torch.testing.assert_close(ours[f"{where}.heads"], ours[f"{where}.weights"] @ ours[f"{where}.value"])
                torch.testing.assert_close(
                    ours[f"{where}.residual"], ours[f"{where}.input"] + theirs[f"{there}.{module}.out_proj"]
                )
            hidden = theirs[f"{there}.fc1"]
            same(
                f"{side}.{layer}.ffn.hidden",
                torch.relu(hidden) if activation == "relu" else torch.sigmoid(hidden) * hidden,
            )
            same(f"{side}.{layer}.ffn.output", theirs[f"{there}.fc2"])
            same(f"{side}.{layer}.ffn.normed", theirs[f"{there}.final_layer_norm"])
        same(f"{side}.output", theirs[f"{side}.layers.{layers - 1}.final_layer_norm"])
        same(f"{side}.embedding", theirs[f"{side}.embed_tokens"] * 4.0)
    assert ours["decoder.1.cross.scores"].shape == (1, 2, 5, 7)


def test_the_names_are_those_documented(tiny: Path) -> None:
    expected = {f"{side}.{name}" for side in ("encoder", "decoder") for name in ("embedding", "input", "output")}
    for side, layers, parts in (("encoder", 2, ("self",)), ("decoder", 3, ("self", "cross"))):
        for layer in range(layers):
            for part in parts:
                expected |= {f"{side}.{layer}.{part}.{name}" for name in (*ATTENTION, *SUBLAYER)}
            expected |= {f"{side}.{layer}.ffn.{name}" for name in ("hidden", *SUBLAYER)}
    expected |= {f"decoder.{layer}.cross.projected" for layer in range(3)}
    model = load(tiny)
    assert set(recorded(model)) == expected
    assert set(recorded(model, lambda name: name.endswith("cross.query"))) == {
        f"decoder.{n}.cross.query" for n in range(3)
    }


def test_a_row_records_what_the_whole_pass_records_there(tiny: Path) -> None:
    """Also of prepared parameters, where W^Q holds the factor of the scores and silent units are not read."""
    model = load(tiny)
    whole = recorded(model)
    state = encode(model, SOURCE).state
    count = TARGET.shape[1]
    for token in TARGET[0]:
        recorder = Recorder()
        state, row = decode_step(state, token[None], recorder)
    of_rows = {name for name in whole if name.startswith("decoder") and not name.endswith(".projected")}
    assert set(recorder.values) == of_rows | {"logits"}
    torch.testing.assert_close(recorder.values["logits"][:, 0].log_softmax(-1), row.log_probabilities)
    for name, value in whole.items():
        if name not in of_rows:
            continue
        expected = value if name.endswith((".key", ".value")) else value[..., count - 1 : count, :]
        torch.testing.assert_close(recorder.values[name], expected, atol=1e-5, rtol=1e-5, msg=name)


def test_recording_changes_nothing_and_keeps_copies(tiny: Path) -> None:
    model = load(tiny)
    recorder = Recorder()
    with torch.inference_mode():
        memory, weights = model.encode(SOURCE)
        same, other = model.encode(SOURCE, record=recorder)
        assert torch.equal(memory, same) and all(map(torch.equal, weights, other))
        same.zero_()
    assert torch.equal(recorder.values["encoder.output"], memory)


def test_a_head_that_is_off_is_recorded_as_off(tiny: Path) -> None:
    model = load(tiny)
    change = switch_heads(Interventions(), [HeadId(CROSS, 1, 0)], True)
    recorder = Recorder()
    with torch.inference_mode():
        memory, _ = model.encode(SOURCE)
        model.decode(TARGET, memory, None, switches(change, model.architecture, SOURCE.shape[1]), record=recorder)
    heads = recorder.values["decoder.1.cross.heads"]
    assert not heads[:, 0].any() and heads[:, 1].all()
    assert recorder.values["decoder.1.cross.weights"][:, 0].all()
