"""From the decoder's output to a word, and when the model knows it: both lenses. No Qt, no torch.

Shape letters: T decoder rows, V target vocabulary.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from attention_viewer.model.contract.api import Floats, Trace, join_text
from attention_viewer.model.contract.inside import DecoderLens, Lens
from attention_viewer.viewer.resolve.naming import told_apart
from attention_viewer.viewer.resolve.resolve_inside import BARS, Recorded, caption, compared, recorded, target_row
from attention_viewer.viewer.resolve.shown import FIRST_STEP, Missing
from attention_viewer.viewer.resolve.shown_maps import decoder_rows
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.options import ROW_LABELS
from attention_viewer.viewer.state.results import DECODER_LENS
from attention_viewer.viewer.state.sheets import Bar, Column, Line, Section, SheetSpec, Strip, Tile, Words, measured
from attention_viewer.viewer.state.specs import Pending
from attention_viewer.viewer.state.view_state import ViewState

LENS_NOTE = (
    "A tile holds the most probable token at that depth, its colour how probable it is; framed where it is the token "
    "that now stands after the row."
)
TIED = " At the input a row still holds the token that it reads: the output matrix is the embedding matrix."
FEEDING = Pending("Feeding the decoder with each encoder layer’s output …")


def distribution(logits: Floats, temperature: float) -> Floats:
    """The softmax of logits [V] divided by a temperature, which is above 0."""
    scaled = logits.astype(np.float64) / temperature
    exponentials = np.exp(scaled - scaled.max())
    probabilities: Floats = (exponentials / exponentials.sum()).astype(np.float32)
    return probabilities


def word(loaded: Loaded, view: ViewState) -> SheetSpec | Missing:
    """The decoder's output at a row, its logits, and the softmax at the temperature chosen."""
    known = recorded(loaded)
    if not isinstance(known, Recorded):
        return known
    inside, trace = known.inside, known.trace
    if inside.decoder is None:
        return FIRST_STEP
    row, temperature = target_row(trace, view), view.inside.temperature
    step, hidden = trace.steps[row], inside.decoder.output[row]
    logits = step.log_probabilities + inside.normaliser[row]
    plain, heated = distribution(logits, 1.0), distribution(logits, temperature)
    vector = Line(
        (
            Words("vector"),
            Strip(hidden, float(np.abs(hidden).max())),
            Words(f"{len(hidden)} numbers", "muted", right=True),
        )
    )
    ends = Section(
        "The decoder’s output at this row",
        (vector,),
        (Column(ems=5.0), Column(), Column(ems=7.0, right=True)),
        "logits = h E^{T} + b,   p_{i} = \\frac{e^{logit_{i} / τ}}{Σ_{j} e^{logit_{j} / τ}}",
        f"The linear layer makes {len(logits):,} logits of it, one for each token of the vocabulary"
        + (": the same matrix as the embeddings’." if known.architecture.tied_output else "."),
    )
    label = decoder_rows(trace, view[ROW_LABELS])[row]
    return SheetSpec(
        f"From the decoder’s output to a word{compared(loaded)}",
        f"row “{label}”: the token that stands after it is “{step.output.text}”, rank {step.rank}",
        (ends, _candidates(trace, row, logits, plain, heated, temperature)),
        caption(loaded),
    )


def _candidates(trace: Trace, row: int, logits: Floats, plain: Floats, heated: Floats, temperature: float) -> Section:
    step = trace.steps[row]
    names = told_apart([each.token for each in step.candidates])
    lines = tuple(
        Line(
            (
                Words(name, mono=True),
                measured(float(logits[each.token.id]), "muted", mono=True),
                Bar(float(heated[each.token.id]), f"{heated[each.token.id]:.3f}", hollow=float(plain[each.token.id])),
                Words(f"{(likely := float(plain[each.token.id])):.3f}", "muted", mono=True, right=True, value=likely),
            ),
            lit=each.token.id == step.output.id,
        )
        for each, name in zip(step.candidates, names, strict=True)
    )
    columns = (
        Column("token", 8.0),
        Column("logit", 5.0, right=True),
        Column(f"probability at τ = {temperature:.2f} (outline: at 1)", least=BARS),
        Column("at τ = 1", 4.5, right=True),
    )
    note = (
        f"Entropy {entropy(heated):.2f} nats (at 1: {entropy(plain):.2f}). A temperature below 1 sharpens, above 1 "
        "flattens; the order never changes, so the greedy choice stays. Sampling draws from these probabilities."
    )
    return Section("The most probable tokens", lines, columns, note=note)


def entropy(probabilities: Floats) -> float:
    """The entropy of a distribution, in nats."""
    known = probabilities[probabilities > 0.0].astype(np.float64)
    return max(0.0, float(-(known * np.log(known)).sum()))


def logit_lens(loaded: Loaded, view: ViewState) -> SheetSpec | Missing:
    """What each row would predict if the decoder ended after each of its layers."""
    recording = recorded(loaded)
    if not isinstance(recording, Recorded):
        return recording
    inside, trace = recording.inside, recording.trace
    if inside.lens is None:
        return FIRST_STEP
    depths = ("input", *(f"layer {layer}" for layer in range(1, inside.lens.depths)))
    row = target_row(trace, view)
    grid = _grid(inside.lens, trace, view, depths, "what the row would predict after each decoder layer")
    tied = recording.architecture.tied_output
    known = inside.lens.decided(row)
    said = (
        f"never first before the end: the token was chosen against the model (rank {trace.steps[row].rank})"
        if known is None
        else f"first from {depths[known]} on"
    )
    return SheetSpec(
        f"Logit lens: the output matrix after every decoder layer{compared(loaded)}",
        f"“{trace.steps[row].output.text}”, predicted by the selected row, ranks {said}",
        (
            replace(grid, note=f"{grid.note}{TIED}") if tied else grid,
            _best(inside.lens, row, depths),
        ),
        caption(loaded),
    )


def decoder_lens(loaded: Loaded, view: ViewState) -> SheetSpec | Missing:
    """What rows predict, and what would be written, with each encoder layer's output in place of the last one's."""
    trace, lens = loaded.trace, loaded.found(DECODER_LENS)
    if trace is None:
        return loaded.waiting
    if not isinstance(lens, DecoderLens):
        return FEEDING
    depths = ("embeddings", *(f"layer {layer}" for layer in range(1, lens.rows.depths)))
    written = tuple(
        Line((Words(depth), Words(join_text(tokens))), tip=join_text(tokens))
        for depth, tokens in zip(depths, lens.translations, strict=True)
    )
    sections = [
        Section(
            "What it would write by itself", written, (Column("decoder fed with", 8.0), Column("greedy translation"))
        )
    ]
    if trace.steps:
        title = "what the row predicts when the decoder is fed with each encoder layer"
        sections.append(_grid(lens.rows, trace, view, depths, title))
    return SheetSpec(
        f"DecoderLens: the decoder on every encoder layer{compared(loaded)}",
        "The decoder was trained on the last layer’s output only (Langedijk et al. 2024)",
        tuple(sections),
        caption(loaded),
    )


def _grid(lens: Lens, trace: Trace, view: ViewState, depths: tuple[str, ...], title: str) -> Section:
    """The most probable token of each row at each depth."""
    labels = decoder_rows(trace, view[ROW_LABELS])
    selected = target_row(trace, view)
    lines = tuple(
        Line(
            (
                Words(label, mono=True),
                *(
                    Tile(best[row][0].token.text, best[row][0].probability, bool(lens.rank[depth, row] == 1))
                    for depth, best in enumerate(lens.best)
                ),
            ),
            lit=row == selected,
            hit=("row", row),
            tip=", ".join(
                f"{depth}: {lens.probability[index, row]:.3f}, rank {int(lens.rank[index, row])}"
                for index, depth in enumerate(depths)
            ),
        )
        for row, label in enumerate(labels)
    )
    columns = (Column("row", 9.0), *(Column(depth, least=3.2) for depth in depths))
    return Section(title[:1].upper() + title[1:], lines, columns, key=(_key(len(depths)),), note=LENS_NOTE)


def _key(tiles: int) -> Line:
    """What the colours of so many tiles say, from 0 to 1; written short, as tiles may be narrow."""
    shares = [index / max(1, tiles - 1) for index in range(tiles)]
    return Line((Words("probability"), *(Tile(f"{share:.2g}".replace("0.", "."), share) for share in shares)))


def _best(lens: Lens, row: int, depths: tuple[str, ...]) -> Section:
    """The most probable tokens of one row at every depth."""
    lines = tuple(
        Line(
            (
                Words(depth),
                *(Tile(each.token.text, each.probability) for each in lens.best[index][row][:3]),
                Bar(float(lens.probability[index, row]), f"{lens.probability[index, row]:.3f}"),
            )
        )
        for index, depth in enumerate(depths)
    )
    width = min((len(lens.best[index][row][:3]) for index in range(len(depths))), default=0)
    lines = tuple(Line((line.pieces[0], *line.pieces[1 : 1 + width], line.pieces[-1])) for line in lines)
    columns = (
        Column("depth", 6.0),
        *(Column(name) for name in ("first", "second", "third")[:width]),
        Column("probability of the token that stands", least=BARS),
    )
    return Section("The selected row, depth by depth", lines, columns)
