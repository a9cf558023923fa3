"""The modules of the paper: shapes, masks, and that attention is what section 3.2 says."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from attention_viewer.model.checkpoint import load
from attention_viewer.model.contract.config import ModelConfig
from attention_viewer.model.contract.positional import sinusoidal_encoding
from attention_viewer.model.families.marian import architecture
from attention_viewer.model.nn.attention import MultiHeadAttention
from attention_viewer.model.nn.embedding import PositionedEmbedding
from attention_viewer.model.nn.layers import AddNorm, DecoderLayer, EncoderLayer, PositionwiseFFN
from attention_viewer.model.nn.transformer import Transformer, causal_mask
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

CONFIG = ModelConfig(
    d_model=16,
    encoder_layers=2,
    decoder_layers=3,
    encoder_attention_heads=4,
    decoder_attention_heads=2,
    encoder_ffn_dim=24,
    decoder_ffn_dim=20,
    activation_function="relu",
    vocab_size=30,
    decoder_vocab_size=30,
    pad_token_id=29,
    eos_token_id=0,
    decoder_start_token_id=29,
    scale_embedding=True,
    share_encoder_decoder_embeddings=True,
    tie_word_embeddings=True,
)

quick = settings(max_examples=15, deadline=None)


@pytest.fixture(scope="module")
def model(tiny: Path) -> Transformer:
    return load(tiny)


def ids(batch: int, length: int, seed: int = 0) -> Tensor:
    return torch.randint(3, 30, (batch, length), generator=torch.Generator().manual_seed(seed))


def test_ffn_may_change_the_width() -> None:
    assert PositionwiseFFN(4, 4, 8)(torch.rand(2, 3, 4)).shape == (2, 3, 8)
    assert PositionwiseFFN(4, 9)(torch.rand(2, 3, 4)).shape == (2, 3, 4)


def test_ffn_treats_every_position_alike() -> None:
    ffn = PositionwiseFFN(4, 7, 5)
    x = torch.rand(2, 3, 4)
    torch.testing.assert_close(ffn(x)[1, 2], ffn(x[1, 2]))
    expected = torch.relu(x @ ffn.inner.weight.T + ffn.inner.bias) @ ffn.outer.weight.T + ffn.outer.bias
    torch.testing.assert_close(ffn(x), expected)


def test_add_norm_normalises_the_sum() -> None:
    x, sublayer = torch.rand(2, 3, 8), torch.rand(2, 3, 8)
    normalised = AddNorm(8)(x, sublayer)
    total = x + sublayer
    expected = (total - total.mean(-1, keepdim=True)) / (total.var(-1, keepdim=True, unbiased=False) + 1e-5).sqrt()
    torch.testing.assert_close(normalised, expected)


def test_dropout_acts_in_training_only() -> None:
    layer = AddNorm(8, dropout=0.5)
    x, sublayer = torch.rand(2, 3, 8), torch.rand(2, 3, 8)
    layer.train()
    assert not torch.equal(layer(x, sublayer), layer(x, sublayer))
    layer.eval()
    torch.testing.assert_close(layer(x, sublayer), AddNorm(8)(x, sublayer))


def test_attention_is_the_softmax_of_scaled_dot_products() -> None:
    attention = MultiHeadAttention(8, 2)
    torch.nn.init.normal_(attention.bias)
    x, memory = torch.rand(1, 3, 8), torch.rand(1, 5, 8)
    query, key, value = (
        inputs @ weight.T + bias
        for inputs, weight, bias in zip(
            (x, memory, memory), attention.weight.chunk(3), attention.bias.chunk(3), strict=True
        )
    )
    heads = []
    output, weights = attention(x, memory)
    for head in range(2):
        part = slice(4 * head, 4 * head + 4)
        expected = (query[0, :, part] @ key[0, :, part].T / 2.0).softmax(-1)
        torch.testing.assert_close(weights[0, head], expected)
        heads.append(expected @ value[0, :, part])
    torch.testing.assert_close(output[0], attention.output(torch.cat(heads, -1)))


def test_heads_must_divide_the_width() -> None:
    with pytest.raises(ValueError, match="3 heads do not divide a model width of 8"):
        MultiHeadAttention(8, 3)


@quick
@given(batch=st.integers(1, 3), length=st.integers(1, 9), heads=st.sampled_from([1, 2, 4, 8]))
def test_an_encoder_layer_keeps_the_shape(batch: int, length: int, heads: int) -> None:
    output, weights = EncoderLayer(8, heads, 12)(torch.rand(batch, length, 8))
    assert output.shape == (batch, length, 8)
    assert weights.shape == (batch, heads, length, length)


def test_a_decoder_layer_takes_queries_from_itself_and_keys_from_the_encoder() -> None:
    layer = DecoderLayer(8, 2, 12)
    x = torch.rand(1, 3, 8)
    output, own, cross = layer(x, torch.rand(1, 5, 8), causal_mask(3))
    assert output.shape == (1, 3, 8)
    assert own.shape == (1, 2, 3, 3) and cross.shape == (1, 2, 3, 5)
    other = layer(x, torch.rand(1, 5, 8), causal_mask(3))
    torch.testing.assert_close(other[1], own)
    assert not torch.allclose(other[2], cross)


def test_embeddings_are_scaled_and_positioned_even_beyond_the_table() -> None:
    embedding = PositionedEmbedding(torch.nn.Embedding(5, 8), scaled=True)
    start = 1020
    embedded = embedding(torch.tensor([[3] * 9]), start)[0]
    positions = torch.tensor(sinusoidal_encoding(start + 9, 8)[start:])
    torch.testing.assert_close(embedded, embedding.tokens.weight[3] * 8**0.5 + positions)


def test_output_embeddings_are_tied_where_the_configuration_says_so() -> None:
    model = Transformer(architecture(CONFIG))
    assert model.generator.weight is model.source_embedding.tokens.weight
    assert model.target_embedding.tokens.weight is model.source_embedding.tokens.weight


@quick
@given(batch=st.integers(1, 3), source=st.integers(1, 9), target=st.integers(1, 8), seed=st.integers(0, 99))
def test_rows_are_distributions_and_nothing_looks_ahead(
    model: Transformer, batch: int, source: int, target: int, seed: int
) -> None:
    with torch.inference_mode():
        memory, encoder = model.encode(ids(batch, source, seed))
        _, decoder, cross = model.decode(ids(batch, target, seed + 1), memory)
    assert cross[0].shape == (batch, 2, target, source)
    for weights in (*encoder, *decoder, *cross):
        torch.testing.assert_close(weights.sum(-1), torch.ones(weights.shape[:-1]))
        assert bool((weights >= 0).all())
    for weights in decoder:
        assert torch.count_nonzero(weights.triu(1)) == 0


@quick
@given(target=st.integers(2, 8), seed=st.integers(0, 99), data=st.data())
def test_a_later_token_changes_no_earlier_row(model: Transformer, target: int, seed: int, data: st.DataObject) -> None:
    changed = data.draw(st.integers(1, target - 1))
    first = ids(1, target, seed)
    second = first.clone()
    second[0, changed] = 3 + (first[0, changed] - 3 + 1) % 20
    with torch.inference_mode():
        memory, _ = model.encode(ids(1, 6, seed))
        ours, others = model.decode(first, memory), model.decode(second, memory)
    for one, other in zip((*ours[1], *ours[2]), (*others[1], *others[2]), strict=True):
        torch.testing.assert_close(one[:, :, :changed], other[:, :, :changed], atol=1e-6, rtol=0)
    assert not torch.allclose(ours[0][:, changed], others[0][:, changed])


@quick
@given(lengths=st.lists(st.integers(1, 8), min_size=2, max_size=4), seed=st.integers(0, 99))
def test_padding_in_a_batch_changes_nothing(model: Transformer, lengths: list[int], seed: int) -> None:
    longest = max(lengths)
    padding = torch.arange(longest)[None] >= torch.tensor(lengths)[:, None]
    source = ids(len(lengths), longest, seed).masked_fill(padding, CONFIG.pad_token_id)
    target = ids(len(lengths), 5, seed + 1)
    with torch.inference_mode():
        together = model(source, target, padding)
        _, encoder = model.encode(source, padding)
        for row, length in enumerate(lengths):
            alone = model(source[row : row + 1, :length], target[row : row + 1])
            torch.testing.assert_close(together[row], alone[0], atol=1e-5, rtol=0)
            assert torch.count_nonzero(encoder[-1][row, :, :, length:]) == 0


def test_a_training_step_reaches_every_parameter() -> None:
    model = Transformer(architecture(CONFIG), dropout=0.1).train()
    torch.autograd.backward(model(ids(2, 6), ids(2, 4))[..., 0].sum())
    assert all(parameter.grad is not None for parameter in model.parameters())
