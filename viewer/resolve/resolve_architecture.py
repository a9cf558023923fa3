"""Both stacks as one picture, with live shapes and how often each part ran: a pure function, no Qt, no torch.

Shape letters: S source positions, T decoder rows, D model width, V target vocabulary.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from attention_viewer.model.contract.architecture import Architecture, PositionKind
from attention_viewer.model.contract.inside import Inside
from attention_viewer.viewer.resolve.resolve_inside import caption, source_position, target_row
from attention_viewer.viewer.resolve.shown import Missing
from attention_viewer.viewer.state.architecture_spec import ArchitectureSpec, Block, Shape
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.results import INSIDE
from attention_viewer.viewer.state.sheets import Hit
from attention_viewer.viewer.state.view_state import InsideView, ViewState

POSITIONS = {
    PositionKind.SINUSOIDAL: "+ positions (sines and cosines)",
    PositionKind.LEARNED: "+ positions (a learned table)",
    PositionKind.RELATIVE: "positions: a bias of the scores by distance",
}
SHORT_POSITIONS = "+ positions"
SHORT = {"self": "Self-att.", "cross": "Cross-att.", "ffn": "FFN"}
TITLES = {"self": "Self-attention", "cross": "Cross-attention", "ffn": "Feed-forward network"}
TO_OPEN = " · click a part to open it"
ONCE = "computed once for the sentence, and kept"


@dataclass(frozen=True)
class Side:
    """A stack while its blocks are made: how many positions, what was counted, what is selected."""

    name: str
    architecture: Architecture
    length: int
    runs: Mapping[str, int]
    view: InsideView
    fresh: bool

    @property
    def vectors(self) -> str:
        """The shape that no layer changes."""
        return f"[{self.length}, {self.architecture.d_model}]"

    def count(self, name: str) -> str:
        """How often a named value was computed."""
        runs = self.runs.get(f"{self.name}.{name}", self.runs.get(name))
        return "" if runs is None else f"×{runs}"

    @property
    def layers(self) -> int:
        """How many layers the stack has."""
        return (self.architecture.encoder if self.name == "encoder" else self.architecture.decoder).layers

    @property
    def opened(self) -> int:
        """The layer whose parts are shown: the one looked at, or else the last."""
        return min(self.view.layer, self.layers - 1) if self.view.side == self.name else self.layers - 1

    def is_open(self, layer: int, part: str) -> bool:
        """Whether a sub-layer is the one looked at."""
        return (self.view.side, self.opened, self.view.part) == (self.name, layer, part)


def architecture(loaded: Loaded, view: ViewState) -> ArchitectureSpec | Missing:
    """The model as it is, with the shapes of this sentence at this step."""
    if loaded.info is None or loaded.trace is None:
        return loaded.waiting
    trace, model = loaded.trace, loaded.info.architecture
    inside = loaded.found(INSIDE)
    rows, columns = len(trace.steps), len(trace.source_tokens)
    counts = _counts(inside)
    encoder = Side("encoder", model, columns, counts, view.inside, fresh=not rows)
    decoder = Side("decoder", model, rows, counts, view.inside, fresh=bool(rows))
    words = [token.text for token in trace.source_tokens]
    read = [token.text for token in trace.input_tokens]
    lit = view.inside.side
    at = source_position(trace, view) if lit == "encoder" else target_row(trace, view)
    token = (words if lit == "encoder" else read)[at] if (lit == "encoder" or rows) else ""
    said = f"lit: the way of “{token}” · " if token else ""
    return ArchitectureSpec(
        f"Architecture of {loaded.info.name}",
        f"{said}shaded: computed anew at this step · ×: how often each part ran{TO_OPEN}",
        (_tokens(words, encoder), *_entrance(encoder), *_layers(encoder), _output(encoder)),
        (_tokens(read, decoder), *_entrance(decoder), *_layers(decoder), *_exit(decoder, loaded, view)),
        f"{encoder.vectors}, {ONCE}: keys and values of every decoder layer",
        lit,
        caption(loaded),
    )


def _counts(inside: Inside | None) -> Mapping[str, int]:
    """What was counted while decoding step by step; without the causal mask there is only the one pass."""
    if inside is None:
        return {}
    return inside.runs or inside.parallel


def _tokens(words: list[str], side: Side) -> Block:
    what = "source" if side.name == "encoder" else "read so far"
    text = " ".join(words[-8:])
    return Block(
        f"{'… ' if len(words) > 8 else ''}{text}" if words else "nothing read yet: press Step",
        Shape.TOKENS,
        f"{side.length} token{'s' * (side.length != 1)}, {what}",
        tip=" ".join(words),
    )


def _entrance(side: Side) -> tuple[Block, ...]:
    """The embedding, and the positions added to it."""
    where: Hit = ("part", side.name, 0, "embedding")
    scaled = " × √d" if side.architecture.scaled_embedding else ""
    tip = f"A row of the embedding matrix for each token{scaled}; a click shows it"
    opened = (side.view.side, side.view.part) == (side.name, "embedding")
    embedding = Block(f"Embedding{scaled}", Shape.BOX, side.vectors, side.count("embedding"), where, tip,
                      fresh=side.fresh, opened=opened)  # fmt: skip
    if side.architecture.positions is PositionKind.RELATIVE:
        return (embedding,)
    why = f"Embedding and position are both {side.vectors}: only numbers that stand in the same place can be added"
    title = POSITIONS[side.architecture.positions]
    positions = Block(title, Shape.SUM, side.vectors, side.count("input"), (*where, "sum"), why, fresh=side.fresh,
                      short=SHORT_POSITIONS)  # fmt: skip
    return (embedding, positions)


def _layers(side: Side) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for layer in range(side.layers):
        if side.view.unfolded or layer == side.opened:
            blocks += _layer(side, layer)
        else:
            blocks.append(_folded(side, layer))
    return tuple(blocks)


def _folded(side: Side, layer: int) -> Block:
    return Block(
        f"Layer {layer + 1}",
        Shape.FOLDED,
        side.vectors,
        side.count(f"{layer}.ffn.normed"),
        ("part", side.name, layer, "self"),
        f"A click opens {side.name} layer {layer + 1}; it maps {side.vectors} to {side.vectors}",
        reads=side.name == "decoder",
        fresh=side.fresh,
    )


def _layer(side: Side, layer: int) -> tuple[Block, ...]:
    """A layer's sub-layers, each with its sum and norm: after it, or (pre-norm) the norm before it."""
    first = side.architecture.norms.first
    blocks: list[Block] = []
    for part in ("self", "ffn") if side.name == "encoder" else ("self", "cross", "ffn"):
        if first:
            blocks.append(
                Block("LayerNorm", Shape.BOX, side.vectors, side.count(f"{layer}.{part}.input"), fresh=side.fresh)
            )
        blocks += [_sublayer(side, layer, part), _sum(side, layer, part, 2 if first else 1)]
    return tuple(blocks)


def _sublayer(side: Side, layer: int, part: str) -> Block:
    masked = "Masked self-attention" if (side.name, part) == ("decoder", "self") else TITLES[part]
    inner, width = "hidden" if part == "ffn" else "query", side.architecture.d_model
    shape = side.architecture.encoder if side.name == "encoder" else side.architecture.decoder
    tips = {
        "self": f"{shape.heads} heads of {shape.head_width} numbers: queries, keys and values all come from below",
        "cross": f"{shape.heads} heads of {shape.head_width} numbers: queries from below, keys and values from the "
        f"encoder’s output, projected {side.count(f'{layer}.cross.projected') or 'once'} for this sentence",
        "ffn": f"{width} → {shape.ffn_width} → {width}, at every position alike",
    }
    return Block(
        f"{layer + 1} · {masked}",
        Shape.BOX,
        side.vectors,
        side.count(f"{layer}.{part}.{inner}"),
        ("part", side.name, layer, part),
        tips[part],
        reads=part == "cross",
        fresh=side.fresh,
        opened=side.is_open(layer, part),
        short=f"{layer + 1} · {'Masked' if masked.startswith('Masked') else SHORT[part]}",
    )


def _sum(side: Side, layer: int, part: str, skip: int) -> Block:
    why = (
        f"What the skip path carries and what the sub-layer adds are both {side.vectors}: only equal shapes can be "
        f"added, so every sub-layer gives back the width it takes, {side.architecture.d_model}. A click opens the "
        "residual stream"
    )
    return Block(
        "Add" if side.architecture.norms.first else "Add & Norm",
        Shape.SUM,
        side.vectors,
        side.count(f"{layer}.{part}.normed"),
        ("residual", side.name, layer, part),
        why,
        skip=skip,
        fresh=side.fresh,
        short="" if side.architecture.norms.first else "Norm",
    )


def _output(side: Side) -> Block:
    tip = "One vector for each source token, made of all of them: the token in its context, with its position"
    return Block("Encoder’s output", Shape.BOX, side.vectors, side.count("output"), ("memory",), tip, fresh=side.fresh,
                 short="Output")  # fmt: skip


def _exit(side: Side, loaded: Loaded, view: ViewState) -> tuple[Block, ...]:
    """Linear layer, softmax, and the token that stands after the row that is lit, or after the newest."""
    assert loaded.trace is not None
    words, where = side.architecture.target_vocabulary, ("part", side.name, 0, "output")
    logits = f"[{side.length}, {words:,}]"
    opened = side.view.part == "output"
    steps = loaded.trace.steps
    tied = ": the embedding matrix again" if side.architecture.tied_output else ""
    count, fresh = side.count("logits"), side.fresh
    linear = Block("Linear", Shape.BOX, logits, count, where, f"{words:,} logits a row{tied}", 0, False, fresh, opened)
    sums = "Probabilities: each row sums to 1"
    softmax = Block("Softmax", Shape.BOX, logits, count, (*where, "softmax"), sums, fresh=fresh)
    row = target_row(loaded.trace, view) if side.view.side == side.name else len(steps) - 1
    after = "next" if row == len(steps) - 1 else f"after row {row + 1}"
    word = Block(f"{after}: {steps[row].output.text}" if steps else "no word yet", Shape.TOKENS, hit=(*where, "word"))
    return linear, softmax, word
