"""The positional encoding as the model gets it: pure functions, no Qt, no torch.

Positions and dimensions count from 0 (Vaswani et al. 2017, section 3.5). Shape letters: P positions, D model width.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from attention_viewer.model.contract.api import Floats
from attention_viewer.model.contract.interventions import Placement, Positions
from attention_viewer.model.contract.positional import dot_products, sinusoidal_encoding, wavelength
from attention_viewer.viewer.resolve.resolve import SIGNED_COLORMAP
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.specs import CurvesSpec, MatrixSpec, Scale
from attention_viewer.viewer.state.view_state import PositionView

ENCODING, DOTS = "Positional encoding", "PE(p) · PE(q)"


@dataclass(frozen=True)
class Given:
    """What a side of the model gets for its positions.

    `side` is "encoder" or "decoder", "" where both are as trained; `marked` positions are the tokens' own, `framed`
    says whose. The encoder shuffles these among themselves; the decoder shuffles further ones too. `besides` says
    what the other side gets, "" where nothing is changed.
    """

    marked: int = 0
    side: str = ""
    placement: Placement = Placement()  # noqa: RUF009 - frozen
    framed: str = "this sentence’s"
    besides: str = ""

    @property
    def state(self) -> str:
        """In words what this side gets, "" where it gets its positions as trained."""
        if not self.side or self.placement.positions is Positions.ON:
            return ""
        seed = f", seed {self.placement.seed}" if self.placement.positions is Positions.SHUFFLED else ""
        return f"{self.side}, {self.placement.positions.value}{seed}"

    def rows(self, length: int) -> list[int] | None:
        """The table's row that each position gets; None for none at all."""
        rows = self.placement.rows(0, length)
        if rows is None or self.side != "encoder":
            return rows
        # There are no encoder positions beyond the sentence's own.
        return [*rows[: self.marked], *range(min(self.marked, length), length)]


def given(loaded: Loaded) -> Given:
    """What the encoder gets, or the decoder where only its positions are changed."""
    trace, document = loaded.trace, loaded.document
    if trace is None:
        return Given()
    source, target = len(trace.source_tokens), len(trace.input_tokens)
    changes = document.interventions if document else None
    if changes is None or {changes.encoder_positions, changes.decoder_positions} == {Positions.ON}:
        return Given(source)
    encoder, decoder = changes.encoder_placement(source), changes.decoder_placement()
    if encoder.positions is Positions.ON:
        besides = "the encoder’s are as trained"
        return Given(target, "decoder", decoder, "the translation’s", besides)
    return Given(source, "encoder", encoder, besides=f"the decoder’s are {_besides(decoder)}")


def explained(what: Given) -> str:
    """A line on what is shown under an intervention; "" where there is none."""
    if not what.state:
        return ""
    placement = what.placement
    seed = f"(seed {placement.seed})"
    if placement.positions is Positions.OFF:
        said = "all 0, because its positions are off"
    elif what.side == "encoder":
        said = f"the positions of the sentence’s {what.marked} tokens shuffled {seed}"
    else:
        said = f"positions shuffled in blocks of {placement.block} {seed}"
    return f"shown is what the {what.side} gets: {said}; {what.besides}"


def encoding(positions: PositionView, d_model: int, what: Given) -> MatrixSpec:
    """The sinusoidal encoding, position x dimension, as the model gets it."""
    half = d_model // 2
    trained = f"first {half} dimensions sine, last {half} cosine"
    return MatrixSpec(
        title=_titled(ENCODING, what),
        subtitle=_marked_note(_briefly(what) or trained, what),
        row_title="position",
        column_title="dimension",
        values=placed(positions.length, d_model, what),
        scale=Scale(-1.0, 1.0, note="colour from -1 to 1"),
        colormap=SIGNED_COLORMAP,
        marked=what.marked,
        square=False,
    )


def curves(positions: PositionView, d_model: int, what: Given) -> CurvesSpec:
    """The sines of the chosen pairs over the positions, as the model gets them."""
    pairs = [pair for pair in positions.pairs if 0 <= pair < d_model // 2]
    return CurvesSpec(
        title=_titled("Chosen frequencies", what),
        subtitle=_briefly(what) or "wavelength 2π / ωᵢ positions",
        names=tuple(f"i = {pair}, wavelength {_round(wavelength(pair, d_model))}" for pair in pairs),
        curves=np.ascontiguousarray(placed(positions.length, d_model, what)[:, pairs].T),
        marked=what.marked,
    )


def dots(positions: PositionView, d_model: int, what: Given, colormap: str) -> MatrixSpec:
    """Dot products between the encodings of any two positions; as trained they depend on the distance only."""
    trained = dot_products(positions.length, d_model)
    values = trained
    if what.state:
        rows = placed(positions.length, d_model, what).astype(np.float64)
        values = (rows @ rows.T).astype(np.float32)
    # The colours stay those of the trained encoding, so that both can be compared.
    low, high = float(trained.min()), float(trained.max())
    if what.placement.positions is Positions.OFF:
        low = min(low, 0.0)
    return MatrixSpec(
        title=_titled(DOTS, what),
        subtitle=_marked_note(_dots_note(what), what),
        row_title="position p",
        column_title="position q",
        values=values,
        scale=Scale(low, high, note=f"colour from {low:.3g} to {high:.3g}"),
        colormap=colormap,
        marked=what.marked,
        square=True,
    )


def placed(length: int, d_model: int, what: Given) -> Floats:
    """The encoding of each position as the model gets it, float32 [P, D]; zeros where there is none."""
    rows = what.rows(length)
    if rows is None:
        return np.zeros((length, d_model), dtype=np.float32)
    values: Floats = sinusoidal_encoding(max([length - 1, *rows]) + 1, d_model)[rows]
    return values


def _besides(placement: Placement) -> str:
    if placement.positions is Positions.SHUFFLED:
        return f"shuffled too (seed {placement.seed})"
    return "off" if placement.positions is Positions.OFF else "as trained"


def _titled(title: str, what: Given) -> str:
    return f"{title} · {what.state}" if what.state else title


def _briefly(what: Given) -> str:
    if not what.state:
        return ""
    if what.placement.positions is Positions.OFF:
        return f"nothing is added to the {what.side}’s embeddings · {what.besides}"
    return f"each row is what the {what.side} gets at that position · {what.besides}"


def _dots_note(what: Given) -> str:
    if not what.state:
        return "depends on p − q only"
    if what.placement.positions is Positions.OFF:
        return "all 0: no position can be told from another"
    return "no longer depends on p − q only"


def _marked_note(text: str, what: Given) -> str:
    return f"{text} · {what.framed} {what.marked} are framed" if what.marked else text


def _round(value: float) -> str:
    return f"{value:.1f}" if value < 100 else f"{value:,.0f}"
