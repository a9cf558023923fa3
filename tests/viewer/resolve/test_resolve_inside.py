"""What the views between the maps say, against forward hooks on an independent Marian of `transformers`, S != T."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from attention_viewer.model.contract.api import Kind, Trace
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.inside import Inside
from attention_viewer.model.contract.interventions import HeadId, Interventions
from attention_viewer.model.contract.maps import CROSS, DECODER, ENCODER
from attention_viewer.model.translator import Translator, finished
from attention_viewer.viewer.resolve import resolve_ffn, resolve_inside, resolve_word
from attention_viewer.viewer.resolve.resolve_architecture import architecture
from attention_viewer.viewer.state.architecture_spec import ArchitectureSpec, Shape
from attention_viewer.viewer.state.loaded import NOTHING, Loaded
from attention_viewer.viewer.state.results import DECODER_LENS, INSIDE, NO_RESULTS, PERMUTATION, Quantity
from attention_viewer.viewer.state.sheets import Bar, Line, Parts, SheetSpec, Strip, Tile, Words, number
from attention_viewer.viewer.state.specs import Pending, Unavailable
from attention_viewer.viewer.state.view_state import Head, InsideView, ViewState
from support.checkpoints import MakeCheckpoint
from support.reference import hooked

VALUES, WEIGHTS = 1e-4, 1e-5
SOURCE, ROWS = "the old cat sees a small red bird", 4
VIEWS = {
    "cell": resolve_inside.cell,
    "residual": resolve_inside.residual,
    "ffn": resolve_ffn.ffn,
    "embedding": resolve_ffn.embedding,
    "word": resolve_word.word,
    "logit lens": resolve_word.logit_lens,
    "decoder lens": resolve_word.decoder_lens,
}


@pytest.fixture(scope="module")
def translator(make_checkpoint: MakeCheckpoint) -> Translator:
    return Translator(make_checkpoint("views", seed=5))


@pytest.fixture(scope="module")
def loaded(translator: Translator) -> Loaded:
    return load(translator, Document(SOURCE, step=ROWS, limit=ROWS))


@pytest.fixture(scope="module")
def theirs(translator: Translator, loaded: Loaded) -> dict[str, Any]:
    from pathlib import Path

    assert loaded.trace is not None
    return hooked(Path(translator.info.directory), loaded.trace)


def load(translator: Translator, document: Document) -> Loaded:
    """All that can be known of a document."""
    trace = translator.trace(document)
    works: dict[Quantity[Any], Any] = {
        INSIDE: translator.inside_steps,
        DECODER_LENS: translator.decoder_lens_steps,
        PERMUTATION: translator.permutation_steps,
    }
    results = NO_RESULTS
    for quantity, work in works.items():
        results = results.answered([quantity], document, finished(work(document)))
    return Loaded(translator.info, trace, document.source, document=document, results=results, d_model=16)


def sheet(spec: object) -> SheetSpec:
    assert isinstance(spec, SheetSpec)
    return spec


def trace_of(loaded: Loaded) -> Trace:
    assert loaded.trace is not None
    return loaded.trace


def at(kind: Kind, head: Head, **inside: Any) -> ViewState:
    """A view on a head."""
    view = ViewState()
    return replace(view, active=kind, heads={**view.heads, kind: head}, inside=InsideView(**inside))


def column(lines: tuple[Line, ...], index: int) -> list[Any]:
    return [line.pieces[index] for line in lines]


@pytest.mark.parametrize(
    ("kind", "side", "module", "letters"),
    [
        (ENCODER, "encoder", "self_attn", "encoder"),
        (DECODER, "decoder", "self_attn", "decoder"),
        (CROSS, "decoder", "encoder_attn", "cross"),
    ],
)
def test_a_cell_is_that_of_the_reference(
    kind: Kind, side: str, module: str, letters: str, loaded: Loaded, theirs: dict[str, Any]
) -> None:
    layer, head, row, key = 1, 1, 2, 1
    spec = sheet(resolve_inside.cell(loaded, at(kind, Head(layer, head), source=row, target=row, key=key)))
    vectors, whole, weighted = spec.sections
    heads, there = (4, 2)[side == "decoder"], f"{side}.layers.{layer}.{module}"
    found = {}
    for line, letter, place in zip(vectors.lines, "qk-v", (row, key, 0, key), strict=True):
        strip = line.pieces[1]
        assert isinstance(strip, Strip) and strip.values.shape == (16 // heads,)
        if letter != "-":
            expected = theirs[f"{there}.{letter}_proj"][0][0].numpy().reshape(-1, heads, 16 // heads)[place, head]
            np.testing.assert_allclose(strip.values, expected, atol=VALUES)
            found[letter] = expected
    score = float(found["q"] @ found["k"]) / (16 // heads) ** 0.5
    assert vectors.formula.endswith(f"= {number(score)}")
    weights = theirs[f"{letters}.{layer}"][0][0, head, row].numpy()
    bars = column(whole.lines, 3)
    np.testing.assert_allclose([bar.share for bar in bars], weights, atol=WEIGHTS)
    masked = [kind == DECODER and index > row for index in range(len(weights))]
    assert [bar.masked for bar in bars] == masked
    assert [piece.text == "−∞" for piece in column(whole.lines, 2)] == masked
    assert all(bars[index].share == 0.0 for index, hidden in enumerate(masked) if hidden), "exactly zero"
    assert [line.lit for line in whole.lines] == [index == key for index in range(len(weights))]
    assert whole.lines[key].pieces[1].text == number(score)  # type: ignore[union-attr]
    total, each = weighted.lines[1].pieces[1], weighted.lines[0].pieces[1]
    assert isinstance(total, Strip) and isinstance(each, Strip) and each.values.shape == (len(weights), 16 // heads)
    np.testing.assert_allclose(each.values.sum(0), total.values, atol=VALUES)


def test_the_most_weighty_key_and_the_newest_row_unless_told(loaded: Loaded) -> None:
    spec = sheet(resolve_inside.cell(loaded, at(CROSS, Head(2, 0))))
    weights = trace_of(loaded).weights(CROSS)[2, 0, ROWS - 1]
    lit = [line.hit for line in spec.sections[1].lines if line.lit]
    assert lit == [("key", int(weights.argmax()))] and f"{weights.max():.3f}" in spec.subtitle


def test_the_residual_stream_is_that_of_the_reference(loaded: Loaded, theirs: dict[str, Any]) -> None:
    view = at(CROSS, Head(), side="decoder", layer=1, part="cross", target=1)
    spec = sheet(resolve_inside.residual(loaded, view))
    lines = spec.sections[0].lines[1:]
    names = (("self", "self_attn", "self_attn"), ("cross", "encoder_attn", "encoder_attn"), ("ffn", "fc2", "final"))
    places = [(layer, *each) for layer in range(3) for each in names]
    assert [line.hit for line in lines] == [("sublayer", "decoder", layer, part) for layer, part, _, _ in places]
    for line, (layer, _, module, norm) in zip(lines, places, strict=True):
        there = f"decoder.layers.{layer}"
        normed, (total, *_) = theirs[f"{there}.{norm}_layer_norm"]
        added = theirs[f"{there}.{module if module == 'fc2' else module + '.out_proj'}"][0][0][1].numpy()
        total, normed = total[0][1].numpy(), normed[0][1].numpy()
        shares, cosine = line.pieces[3], line.pieces[4]
        assert isinstance(shares, Parts) and isinstance(cosine, Bar)
        before = total - added
        expected = (before @ total / (total @ total), added @ total / (total @ total))
        np.testing.assert_allclose(shares.shares, expected, atol=VALUES)
        assert sum(shares.shares) == pytest.approx(1.0, abs=1e-5)
        norms = [float(np.linalg.norm(each)) for each in (total, added, normed)]
        assert [line.pieces[index].text for index in (1, 2, 5)] == [number(each) for each in norms]  # type: ignore[union-attr]
        assert cosine.share == pytest.approx(before @ normed / np.linalg.norm(before) / norms[2], abs=VALUES)
    assert [line.hit for line in lines if line.lit] == [("sublayer", "decoder", 1, "cross")]


def test_units_are_those_of_the_reference(loaded: Loaded, theirs: dict[str, Any]) -> None:
    spec = sheet(resolve_ffn.ffn(loaded, at(CROSS, Head(), side="encoder", layer=1, part="ffn", source=3)))
    hidden = torch.relu(theirs["encoder.layers.1.fc1"][0][0]).numpy()
    flow = column(spec.sections[0].lines, 1)
    np.testing.assert_allclose(flow[1].values, hidden[3], atol=VALUES)
    np.testing.assert_allclose(flow[2].values, theirs["encoder.layers.1.fc2"][0][0][3].numpy(), atol=VALUES)
    best = int(hidden[3].argmax())
    assert spec.sections[1].lines[0].pieces[0] == Words(f"unit {best + 1}", mono=True)
    np.testing.assert_allclose(spec.sections[1].lines[0].pieces[2].values, hidden[:, best], atol=VALUES)  # type: ignore[union-attr]
    rows = column(spec.sections[2].lines, 1)
    np.testing.assert_allclose(np.stack([each.values for each in rows]), hidden, atol=VALUES)
    assert "same vectors in that order" in spec.sections[3].note


def test_embedding_and_position_are_those_of_the_reference(loaded: Loaded, theirs: dict[str, Any]) -> None:
    spec = sheet(resolve_ffn.embedding(loaded, at(CROSS, Head(), side="encoder", part="embedding", source=5)))
    token = theirs["encoder.embed_tokens"][0][0][5].numpy() * 4.0
    place = theirs["encoder.embed_positions"][0].numpy().reshape(-1, 16)[5]
    for strip, expected in zip(column(spec.sections[0].lines, 1), (token, place, token + place), strict=True):
        np.testing.assert_allclose(strip.values, expected, atol=VALUES)
    assert all(float(piece.share) < 1e-4 for piece in column(spec.sections[2].lines, 2))
    assert max(float(piece.share) for piece in column(spec.sections[2].lines, 3)) == pytest.approx(1.0)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_a_word_comes_of_the_softmax_at_the_temperature(
    temperature: float, loaded: Loaded, theirs: dict[str, Any]
) -> None:
    spec = sheet(resolve_word.word(loaded, at(CROSS, Head(), target=2, temperature=temperature)))
    logits = theirs["logits"][0][0][2]
    expected = (logits / temperature).softmax(-1)
    step = trace_of(loaded).steps[2]
    for line, candidate in zip(spec.sections[1].lines, step.candidates, strict=True):
        bar = line.pieces[2]
        assert isinstance(bar, Bar) and bar.hollow is not None
        assert bar.share == pytest.approx(float(expected[candidate.token.id]), abs=WEIGHTS)
        assert bar.hollow == pytest.approx(candidate.probability, abs=WEIGHTS)
        assert line.pieces[1].text == number(float(logits[candidate.token.id]))  # type: ignore[union-attr]
    assert [line.lit for line in spec.sections[1].lines].index(True) == step.rank - 1


def test_both_lenses_end_with_what_the_model_says(loaded: Loaded) -> None:
    steps = trace_of(loaded).steps
    for lens, section in ((resolve_word.logit_lens, 0), (resolve_word.decoder_lens, 1)):
        tiles = sheet(lens(loaded, ViewState())).sections[section]
        lines, (key,) = tiles.lines, tiles.key
        assert key.pieces[1] == Tile("0", 0.0) and key.pieces[-1] == Tile("1", 1.0)
        last = [line.pieces[-1] for line in lines]
        for tile, step in zip(last, steps, strict=True):
            best = step.candidates[0]
            assert isinstance(tile, Tile) and tile.text == best.token.text
            assert tile.share == pytest.approx(best.probability, abs=WEIGHTS)
            assert tile.framed == (step.output == best.token)
    assert len(sheet(resolve_word.decoder_lens(loaded, ViewState())).sections[0].lines) == 3


def test_the_architecture_has_the_shapes_and_counts_of_the_reference(loaded: Loaded, theirs: dict[str, Any]) -> None:
    view = replace(ViewState(), inside=InsideView(unfolded=True))
    spec = architecture(loaded, view)
    assert isinstance(spec, ArchitectureSpec)

    def shape(name: str) -> str:
        return f"[{', '.join(f'{each:,}' for each in theirs[name][0].shape[1:])}]"

    for side, blocks, parts, layers in (
        ("encoder", spec.encoder, ("self_attn.out_proj", "self_attn_layer_norm", "fc2", "final_layer_norm"), 2),
        ("decoder", spec.decoder, ("self_attn.out_proj", "self_attn_layer_norm", "encoder_attn.out_proj",
                                   "encoder_attn_layer_norm", "fc2", "final_layer_norm"), 3),
    ):  # fmt: skip
        inner = blocks[3 : 3 + layers * len(parts)]
        expected = [shape(f"{side}.layers.{layer}.{part}") for layer in range(layers) for part in parts]
        assert [block.leaving for block in inner] == expected
        assert {block.runs for block in inner} == {"×1" if side == "encoder" else f"×{ROWS}"}
        assert {block.fresh for block in inner} == {side == "decoder"}
        assert [block.shape is Shape.SUM for block in inner] == [False, True] * (len(inner) // 2)
    assert [block.leaving for block in spec.decoder[-3:-1]] == [shape("logits")] * 2
    assert sum(block.reads for block in spec.decoder) == 3 and not any(block.reads for block in spec.encoder)
    folded = architecture(loaded, replace(ViewState(), inside=InsideView(layer=0)))
    assert isinstance(folded, ArchitectureSpec)
    assert [block.title for block in folded.decoder if block.shape is Shape.FOLDED] == ["Layer 2", "Layer 3"]


def test_tokens_that_look_alike_are_told_apart_on_the_page_of_a_word(loaded: Loaded) -> None:
    trace = trace_of(loaded)
    first, second, *others = trace.steps[-1].candidates
    alike = [replace(each, token=replace(each.token, piece="!", text="!")) for each in (first, second)]
    last = replace(trace.steps[-1], candidates=(*alike, *others))
    page = sheet(resolve_word.word(replace(loaded, trace=replace(trace, steps=(*trace.steps[:-1], last))), ViewState()))
    told = [line.pieces[0] for line in page.sections[1].lines[:2]]
    assert [each.text for each in told if isinstance(each, Words)] == [f"! (id {each.token.id})" for each in alike]


def test_the_architecture_begins_with_the_cell_that_is_open_and_has_the_word_of_its_row(loaded: Loaded) -> None:
    spec, cell = architecture(loaded, ViewState()), sheet(resolve_inside.cell(loaded, ViewState()))
    assert isinstance(spec, ArchitectureSpec) and "layer 3, head" in cell.title
    assert [block.title for block in spec.decoder if block.opened] == ["3 · Cross-attention"]
    words = [step.output.text for step in trace_of(loaded).steps]
    assert spec.decoder[-1].title == f"next: {words[-1]}"
    earlier = architecture(loaded, replace(ViewState(), inside=InsideView(target=0)))
    assert isinstance(earlier, ArchitectureSpec) and earlier.decoder[-1].title == f"after row 1: {words[0]}"
    lit = architecture(loaded, replace(ViewState(), inside=InsideView(target=0, side="encoder")))
    assert isinstance(lit, ArchitectureSpec) and lit.decoder[-1].title == f"next: {words[-1]}"


def test_before_the_first_row_the_encoder_is_what_is_fresh(translator: Translator) -> None:
    loaded = load(translator, Document(SOURCE))
    spec = architecture(loaded, ViewState())
    assert isinstance(spec, ArchitectureSpec)
    assert spec.encoder[1].fresh and not spec.decoder[1].fresh
    for name in ("residual", "ffn", "embedding", "word", "logit lens", "cell"):
        assert isinstance(VIEWS[name](loaded, ViewState()), Unavailable)
    assert isinstance(resolve_inside.cell(loaded, at(ENCODER, Head())), SheetSpec)


@pytest.mark.parametrize("name", VIEWS)
def test_what_is_not_known_is_waited_for_and_said(name: str, loaded: Loaded) -> None:
    unknown = replace(loaded, results=NO_RESULTS)
    waited = VIEWS[name](unknown, ViewState())
    assert isinstance(waited, Pending) and waited.reason.endswith("…")
    assert VIEWS[name](NOTHING, ViewState()) is NOTHING.waiting


@pytest.mark.parametrize("name", VIEWS)
def test_figures_say_sentence_and_interventions(name: str, translator: Translator) -> None:
    changes = Interventions(frozenset([HeadId(CROSS, 2, 1)]))
    loaded = load(translator, Document(SOURCE, step=ROWS, limit=ROWS, interventions=changes))
    spec = sheet(VIEWS[name](loaded, at(CROSS, Head(2, 1))))
    assert spec.caption[0] == SOURCE and "cross layer 3 head 2 off" in spec.caption[1]
    if name == "cell":
        total = spec.sections[2].lines[1].pieces[1]
        assert isinstance(total, Strip) and not total.values.any() and "switched off" in spec.sections[2].note


def test_a_view_that_points_beyond_the_sentence_shows_its_nearest(loaded: Loaded) -> None:
    far = at(CROSS, Head(9, 9), layer=9, source=99, target=99, key=99)
    for view in (far, replace(far, inside=replace(far.inside, side="encoder"))):
        for resolve in VIEWS.values():
            assert isinstance(resolve(loaded, view), SheetSpec)


def test_the_residual_stream_ends_with_the_vectors_of_the_reference(loaded: Loaded, theirs: dict[str, Any]) -> None:
    view = at(CROSS, Head(), side="encoder", source=6)
    enters, leaves = column(sheet(resolve_inside.residual(loaded, view)).sections[1].lines, 1)
    token, place = (
        theirs["encoder.embed_tokens"][0][0][6] * 4.0,
        theirs["encoder.embed_positions"][0].reshape(-1, 16)[6],
    )
    np.testing.assert_allclose(enters.values, (token + place).numpy(), atol=VALUES)
    np.testing.assert_allclose(leaves.values, theirs["encoder.layers.1.final_layer_norm"][0][0][6].numpy(), atol=VALUES)


def test_a_token_that_stands_twice_is_compared_at_both_ends_of_the_stack(translator: Translator) -> None:
    loaded = load(translator, Document("the cat sees the cat"))
    words = [token.text for token in trace_of(loaded).source_tokens]
    other = next(index for index, text in enumerate(words) if text == words[0] and index)
    elsewhere = sheet(resolve_inside.residual(loaded, at(CROSS, Head(), side="encoder", source=0))).sections[-1]
    found = loaded.found(INSIDE)
    assert isinstance(found, Inside) and [line.hit for line in elsewhere.lines] == [("position", other)]
    stack = found.encoder
    for bar, vectors in zip(elsewhere.lines[0].pieces[1:], (stack.embedding, stack.input, stack.output), strict=True):
        one, two = vectors[0].astype(np.float64), vectors[other].astype(np.float64)
        assert isinstance(bar, Bar)
        assert bar.share == pytest.approx(one @ two / np.linalg.norm(one) / np.linalg.norm(two), abs=1e-5)
    alone = sheet(resolve_inside.residual(loaded, at(CROSS, Head(), side="encoder", source=len(words) - 1)))
    assert alone.sections[-1].heading == "The vector itself"
