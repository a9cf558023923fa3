"""What the arithmetic computes beside Marian: pre-norm, gated networks, heads of a width of their own.

Each is held by the equations of its paper, written out here with plain tensors.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from attention_viewer.model.contract.architecture import Architecture, Norms, StackShape
from attention_viewer.model.nn.decoding import decode_step, encode
from attention_viewer.model.nn.prepared import freeze
from attention_viewer.model.nn.transformer import Transformer
from torch import Tensor
from torch.nn.functional import gelu, layer_norm

PLAIN = Architecture(
    family="made up",
    d_model=12,
    encoder=StackShape(layers=2, heads=4, head_width=3, ffn_width=20),
    decoder=StackShape(layers=2, heads=2, head_width=6, ffn_width=18),
    activation="relu",
    source_vocabulary=30,
    target_vocabulary=30,
    pad_token_id=29,
    eos_token_id=0,
    decoder_start_token_id=29,
)
WIDE = {"encoder": replace(PLAIN.encoder, head_width=5), "decoder": replace(PLAIN.decoder, head_width=4)}
VARIANTS = {
    "plain": PLAIN,
    "pre-norm": replace(PLAIN, norms=Norms(first=True)),
    "gated": replace(PLAIN, gated_ffn=True, activation="gelu"),
    "gated relu": replace(PLAIN, gated_ffn=True),
    "own head width": replace(PLAIN, **WIDE),  # type: ignore[arg-type]
    "all": replace(PLAIN, norms=Norms(first=True, epsilon=1e-6), gated_ffn=True, activation="gelu", **WIDE),  # type: ignore[arg-type]
}
SOURCE, TARGET = torch.tensor([[5, 9, 3, 17, 8, 0]]), torch.tensor([[29, 4, 13, 21]])


def random_model(architecture: Architecture) -> Transformer:
    torch.manual_seed(3)
    model = Transformer(architecture).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.normal_(std=0.3).add_(1.0 if name.endswith("norm.weight") else 0.0)
        model.logits_bias.normal_()
    return model


class Written:
    """The model's equations, one sentence, written out over its named parameters."""

    def __init__(self, model: Transformer) -> None:
        self.values = {**dict(model.named_parameters()), **dict(model.named_buffers())}
        self.model, self.architecture = model, model.architecture

    def linear(self, name: str, x: Tensor) -> Tensor:
        return x @ self.values[f"{name}.weight"].T + self.values[f"{name}.bias"]

    def norm(self, name: str, x: Tensor) -> Tensor:
        weight, bias = self.values[f"{name}.weight"], self.values[f"{name}.bias"]
        return layer_norm(x, x.shape[-1:], weight, bias, self.architecture.norms.epsilon)

    def attention(self, name: str, x: Tensor, memory: Tensor, shape: StackShape, causal: bool) -> Tensor:
        wq, wk, wv = self.values[f"{name}.weight"].chunk(3)
        bq, bk, bv = self.values[f"{name}.bias"].chunk(3)
        query, key, value = x @ wq.T + bq, memory @ wk.T + bk, memory @ wv.T + bv
        heads = []
        for head in range(shape.heads):
            part = slice(head * shape.head_width, (head + 1) * shape.head_width)
            scores = query[:, part] @ key[:, part].T / shape.head_width**0.5
            if causal:
                scores = scores.masked_fill(torch.ones_like(scores, dtype=torch.bool).triu(1), -torch.inf)
            heads.append(scores.softmax(-1) @ value[:, part])
        return self.linear(f"{name}.output", torch.cat(heads, -1))

    def ffn(self, name: str, x: Tensor) -> Tensor:
        activation = gelu if self.architecture.activation == "gelu" else torch.relu
        hidden = activation(self.linear(f"{name}.inner", x))
        if self.architecture.gated_ffn:
            hidden = hidden * self.linear(f"{name}.gate", x)
        return self.linear(f"{name}.outer", hidden)

    def around(self, norm: str, x: Tensor, sublayer: Callable[[Tensor], Tensor]) -> Tensor:
        if self.architecture.norms.first:
            return x + sublayer(self.norm(norm, x))
        return self.norm(norm, x + sublayer(x))

    def layer(self, at: str, x: Tensor, shape: StackShape, memory: Tensor | None) -> Tensor:
        causal = memory is not None
        x = self.around(
            f"{at}.self_attention_norm", x, lambda y: self.attention(f"{at}.self_attention", y, y, shape, causal)
        )
        if memory is not None:
            x = self.around(
                f"{at}.cross_attention_norm",
                x,
                lambda y: self.attention(f"{at}.cross_attention", y, memory, shape, False),
            )
        return self.around(f"{at}.ffn_norm", x, lambda y: self.ffn(f"{at}.ffn", y))

    def run(self) -> Tensor:
        memory = None
        x = torch.empty(0)
        for side, shape, x in (
            ("encoder", self.architecture.encoder, self.model.source_embedding(SOURCE)[0]),
            ("decoder", self.architecture.decoder, self.model.target_embedding(TARGET)[0]),
        ):
            for index in range(shape.layers):
                x = self.layer(f"{side}.layers.{index}", x, shape, memory)
            memory = x = self.norm(f"{side}.norm", x) if self.architecture.norms.first else x
        return x @ self.model.generator.weight.T + self.model.logits_bias


@pytest.mark.parametrize("name", VARIANTS)
def test_a_pass_is_its_equations(name: str) -> None:
    model = random_model(VARIANTS[name])
    with torch.inference_mode():
        ours = model(SOURCE, TARGET)[0]
        torch.testing.assert_close(ours, Written(model).run().log_softmax(-1), atol=1e-5, rtol=0)


@pytest.mark.parametrize("name", VARIANTS)
def test_steps_equal_one_pass(name: str) -> None:
    model = random_model(VARIANTS[name])
    with torch.inference_mode():
        expected = model(SOURCE, TARGET)[0]
    for _ in range(2):
        state = encode(model, SOURCE).state
        for token, logs in zip(TARGET[0], expected, strict=True):
            state, row = decode_step(state, token[None])
            torch.testing.assert_close(row.log_probabilities[0], logs, atol=1e-5, rtol=0)
        assert model.prepared is None or state.weights is model.prepared
        freeze(model)


def test_freezing_shares_one_block_and_changes_no_number() -> None:
    model = random_model(VARIANTS["all"])
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    freeze(model)
    after = model.state_dict()
    assert all(torch.equal(after[name], tensor) for name, tensor in before.items())
    assert len({each.untyped_storage().data_ptr() for each in model.parameters()}) == 1
    assert not any(parameter.requires_grad for parameter in model.parameters())
