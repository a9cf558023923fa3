"""Recording what a document makes the model compute: inner values, how often each is computed, and both lenses.

Shape letters: S source positions, T decoder rows, D model width, V target vocabulary.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import torch
from attention_viewer.model.contract.api import Candidate, Floats, Progress, Token
from attention_viewer.model.contract.candidates import best_token
from attention_viewer.model.contract.document import Against
from attention_viewer.model.contract.inside import (
    AttentionInside,
    DecoderLens,
    Inside,
    Lens,
    Permutation,
    StackInside,
    SublayerInside,
)
from attention_viewer.model.nn.decoding import DecoderState, decode_step, encode, first_state
from attention_viewer.model.nn.embedding import embed
from attention_viewer.model.nn.equations import feed_forward, normalise
from attention_viewer.model.nn.recorder import Counter, Record, Recorder
from attention_viewer.model.nn.stacks import encoder_stack
from attention_viewer.model.nn.switches import Switches
from attention_viewer.model.nn.transformer import Transformer
from attention_viewer.model.nn.weights import Norm
from torch import Tensor

BEST = 5
"""How many of the most probable tokens a lens keeps of a row at a depth."""

Values = Mapping[str, Tensor]


@dataclass(frozen=True, eq=False)
class Case:
    """What is recorded: a model, its vocabulary and the ids it never chooses, a source, and what the rows read and say.

    `source` [1, S], `padding` [1, S] True at hidden tokens; `inputs` and `outputs` are T ids each; where not `causal`,
    the rows were computed in one pass without the mask. `against` is what a contrast is to compare one row with.
    """

    model: Transformer
    vocabulary: Sequence[Token]
    barred: Collection[int]
    source: Tensor
    padding: Tensor | None
    switches: Switches | None
    inputs: Sequence[int]
    outputs: Sequence[int]
    causal: bool = True
    against: Against | None = None


@torch.inference_mode()
def record_inside(case: Case) -> Generator[Progress, None, Inside]:
    """All inner values of the rows, in one pass over them, and the counts of that pass and of decoding row by row."""
    stepwise = yield from _stepped(case) if case.causal else _nothing()
    recorder, counter = Recorder(), Counter()
    memory, _ = case.model.encode(case.source, case.padding, case.switches, _both(recorder, counter))
    if not case.inputs:
        encoder = _stack(recorder.values, "encoder")
        return Inside(encoder, None, _array(torch.zeros(0)), None, stepwise, MappingProxyType(counter.runs))
    hidden, _, _ = case.model.decode(
        torch.tensor([list(case.inputs)]),
        memory,
        case.padding,
        case.switches,
        case.causal,
        _both(recorder, counter),
    )
    logits = case.model.logits(hidden[0])  # [T, V]
    counter("logits", logits)
    decoder = _stack(recorder.values, "decoder")
    lens = _logit_lens(case, recorder.values)
    parallel = MappingProxyType(counter.runs)
    normaliser = _array(logits.logsumexp(-1))
    return Inside(_stack(recorder.values, "encoder"), decoder, normaliser, lens, stepwise, parallel)


@torch.inference_mode()
def decoder_lens(case: Case, limit: int) -> Generator[Progress, None, DecoderLens]:
    """What comes of feeding the decoder each encoder layer's output: the rows' predictions, and whole translations.

    A translation has at most `limit` tokens. Yields after each of its rows.
    """
    recorder = Recorder(lambda name: name == "encoder.input" or name.endswith("ffn.normed"))
    case.model.encode(case.source, case.padding, case.switches, recorder)
    memories = _depths(recorder.values, "encoder", case.model.encoder.final_norm())  # each [1, S, D]
    rows, translations = [], []
    for depth, memory in enumerate(memories):
        state = first_state(case.model, memory, case.padding, case.switches)
        written = yield from _greedy(case, state, limit, depth * limit, len(memories) * limit)
        translations.append(tuple(case.vocabulary[index] for index in written))
        if case.inputs:
            inputs = torch.tensor([list(case.inputs)])
            hidden, _, _ = case.model.decode(inputs, memory, case.padding, case.switches, case.causal)
            rows.append(case.model.logits(hidden[0]).log_softmax(-1))
        else:
            rows.append(torch.zeros(0, case.model.architecture.target_vocabulary))
    return DecoderLens(_lens(case, rows), tuple(translations))


@torch.inference_mode()
def permute(case: Case, seed: int = 1) -> Permutation:
    """The encoder on the source's tokens in another order, with and without positions; and its FFNs alone."""
    length = case.source.shape[1]
    order = _other_order(length, seed)
    weights, layers = case.model.source_embedding.weights(), case.model.encoder_weights()

    def output(ids: Tensor, positions: bool) -> Tensor:
        start = embed(weights, ids) if positions else torch.embedding(weights.tokens, ids) * weights.scale
        return encoder_stack(layers, case.model.encoder.final_norm(), start)[0][0]  # [S, D]

    def moved(positions: bool) -> Floats:
        plain, permuted = output(case.source, positions), output(case.source[:, order], positions)
        return _array((permuted - plain[order]).abs().amax(-1))

    recorder = Recorder(lambda name: name.endswith("ffn.input"))
    case.model.encode(case.source, record=recorder)
    read = [recorder.values[f"encoder.{index}.ffn.input"][0] for index in range(len(layers))]
    apart = [
        feed_forward(each.ffn, x[order]) - feed_forward(each.ffn, x)[order]
        for each, x in zip(layers, read, strict=True)
    ]
    return Permutation(tuple(order), moved(False), moved(True), _array(torch.stack(apart).abs().amax((0, 2))))


def _other_order(length: int, seed: int) -> list[int]:
    """A permutation that moves something, where there is something to move."""
    chance = np.random.default_rng(seed)
    order = list(range(length))
    while length > 1 and order == sorted(order):
        order = [int(each) for each in chance.permutation(length)]
    return order


def _nothing() -> Generator[Progress, None, Mapping[str, int]]:
    """No counts: nothing is decoded row by row."""
    yield Progress(0, 1)
    return MappingProxyType({})


def _stepped(case: Case) -> Generator[Progress, None, Mapping[str, int]]:
    """How often each value is computed while the rows are decoded one by one."""
    counter = Counter()
    state = encode(case.model, case.source, case.padding, case.switches, counter).state
    for done, token in enumerate(case.inputs, start=1):
        with torch.inference_mode():
            state, _ = decode_step(state, torch.tensor([token]), counter)
        yield Progress(done, len(case.inputs) + 1)
    return MappingProxyType(counter.runs)


def _greedy(case: Case, state: DecoderState, limit: int, done: int, total: int) -> Generator[Progress, None, list[int]]:
    """The greedy translation from a state, at most `limit` tokens."""
    token, written = case.model.architecture.decoder_start_token_id, list[int]()
    while len(written) < limit and not (written and token == case.model.architecture.eos_token_id):
        state, row = decode_step(state, torch.tensor([token]))
        barred = case.model.architecture.barred_at(len(written))
        token = best_token(row.log_probabilities[0].numpy(), barred)
        written.append(token)
        yield Progress(done + len(written), total)
    return written


def _logit_lens(case: Case, values: Values) -> Lens:
    """The output matrix applied after every decoder layer, the first depth before them all."""
    depths = _depths(values, "decoder", case.model.decoder.final_norm())
    return _lens(case, [case.model.logits(each[0]).log_softmax(-1) for each in depths])


def _depths(values: Values, side: str, final_norm: Norm | None) -> list[Tensor]:
    """What enters the first layer of a stack and what leaves each, as the stack's output is read: each [1, T, D]."""
    count = sum(1 for name in values if name.startswith(f"{side}.") and name.endswith("ffn.normed"))
    found = [values[f"{side}.input"], *(values[f"{side}.{layer}.ffn.normed"] for layer in range(count))]
    return found if final_norm is None else [normalise(final_norm, each) for each in found]


def _lens(case: Case, logs: Sequence[Tensor]) -> Lens:
    """A lens of natural log-probabilities [T, V], one a depth."""
    outputs = list(case.outputs)
    rows = range(len(outputs))
    chosen = torch.stack([each[rows, outputs] for each in logs])  # [depths, T]
    rank = torch.stack([1 + (each > own[:, None]).sum(-1) for each, own in zip(logs, chosen, strict=True)])
    best = tuple(tuple(_candidates(case, row) for row in each) for each in logs)
    return Lens(best, _array(chosen.exp()), _array(rank.float()))


def _candidates(case: Case, logs: Tensor) -> tuple[Candidate, ...]:
    top = logs.topk(min(BEST + len(case.barred), len(logs)))
    found = zip(top.indices.tolist(), top.values.exp().tolist(), strict=True)
    allowed = [Candidate(case.vocabulary[token], p) for token, p in found if token not in case.barred]
    return tuple(allowed[:BEST])


def _stack(values: Values, side: str) -> StackInside:
    layers = sum(1 for name in values if name.startswith(f"{side}.") and name.endswith("ffn.normed"))
    parts = ("self", "ffn") if side == "encoder" else ("self", "cross", "ffn")
    embedding, entering, leaving = (_array(values[f"{side}.{name}"][0]) for name in ("embedding", "input", "output"))
    found = tuple(tuple(_sublayer(values, f"{side}.{layer}.{part}", part) for part in parts) for layer in range(layers))
    return StackInside(embedding, entering, leaving, found)


def _sublayer(values: Values, where: str, name: str) -> SublayerInside:
    def of(part: str) -> Floats:
        return _array(values[f"{where}.{part}"][0])

    flow = (of("input"), of("output"), of("residual"), of("normed"))
    if name == "ffn":
        return SublayerInside(name, *flow, hidden=of("hidden"))
    attention = AttentionInside(*(of(each) for each in ("query", "key", "value", "scores", "weights", "heads")))
    return SublayerInside(name, *flow, attention=attention)


def _both(recorder: Recorder, counter: Counter) -> Record:
    def record(name: str, value: Tensor) -> None:
        recorder(name, value)
        counter(name, value)

    return record


def _array(tensor: Tensor) -> Floats:
    array: Floats = tensor.numpy()
    array.flags.writeable = False
    return array
