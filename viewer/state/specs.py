"""What a painter is asked to paint: frozen, complete, free of Qt and of torch.

Shape letters: L layers, H heads, R rows (queries), C columns (keys). Whoever paints a spec needs nothing
else but a rectangle and a style, so the screen and every export show the same picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from attention_viewer.model.analysis.words import Group
from attention_viewer.model.contract.api import Booleans, Floats, Kind
from attention_viewer.model.contract.capabilities import EVERYTHING, Capabilities
from attention_viewer.model.contract.interventions import Patch
from attention_viewer.viewer.state.options import ColorRange, Numbers
from attention_viewer.viewer.state.view_state import Head

SMALLEST_SPAN = 1e-30
"""Keeps a scale from dividing by zero when all its values are equal."""
CONVENTION = "rows are queries · columns are keys · hatched = masked"


@dataclass(frozen=True)
class Scale:
    """How a weight becomes a position on the colour bar: 0 at `low`, 1 at `high`, by the square root or not.

    `title` is what the colours stand for where that is no weight.
    """

    low: float
    high: float
    square_root: bool = False
    note: str = "colour from 0 to 1"
    title: str = ""

    def normalise(self, values: Floats) -> Floats:
        """`values` as positions on the colour bar, float32 in 0..1, same shape."""
        span = max(self.high - self.low, SMALLEST_SPAN)
        unit: Floats = np.clip((values - self.low) / span, 0.0, 1.0)
        return np.sqrt(unit) if self.square_root else unit


def scale_for(color_range: ColorRange, values: Floats) -> Scale:
    """The scale that a colour range means for one map of attention weights."""
    if color_range is ColorRange.MAXIMUM:
        high = float(values.max(initial=0.0)) or 1.0
        return Scale(0.0, high, note=f"colour from 0 to the map's maximum, {high:.3g}")
    if color_range is ColorRange.SQUARE_ROOT:
        return Scale(0.0, 1.0, square_root=True, note="colour from 0 to 1, square root")
    return Scale(0.0, 1.0)


@dataclass(frozen=True)
class Axis:
    """The tokens along one side of a map: a title saying what they are, and a label for each."""

    title: str
    labels: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class HeatmapSpec:
    """One head's weights [R, C] with the tokens on both axes; `mask` [R, C] is True where nothing may look.

    `title` names the kind, layer and head; `caption` holds the lines printed under an exported picture:
    the sentence, then convention and colour range. `leaked` [R, C] is True where a row looks at later tokens because
    the causal mask is off; `badge` is "" or a word about the head, such as "off". `beside` are the column labels of
    maps beside this one, which leaves as much room above its cells as they need. `place` says which layers and heads
    it is of, `says` what its numbers are where they are no attention weights; `row_groups` and `column_groups` are the
    tokens that each row and column is, None where each is one; `is_other`: not the weights of that one head.
    `singles` are the maps of the heads that it is made of, by their names, where they are few enough to be told apart;
    `links` [R, C] is True where a row's largest weight is marked; `notice` lies over cells that alone say nothing.
    `several` stands in the place of the layer and of the head ("": that one does) where it is of several heads.
    """

    kind: Kind
    head: Head
    title: str
    rows: Axis
    columns: Axis
    values: Floats
    mask: Booleans | None
    scale: Scale
    colormap: str
    caption: tuple[str, ...] = ()
    leaked: Booleans | None = None
    badge: str = ""
    beside: tuple[str, ...] = ()
    numbers: Numbers = Numbers.OFF
    place: str = ""
    says: str = ""
    row_groups: tuple[Group, ...] | None = None
    column_groups: tuple[Group, ...] | None = None
    is_other: bool = False
    singles: tuple[tuple[str, Floats], ...] = ()
    links: Booleans | None = None
    notice: str = ""
    several: tuple[str, str] = ("", "")


@dataclass(frozen=True, eq=False)
class GridSpec:
    """All heads of a kind, weights [L, H, R, C]; each map has a scale of its own made from `color_range`.

    Where there is a `scale`, all maps have that one: differences of weights, which may be negative. `off` are the
    heads that are switched off; `taught` is the head that was trained to align words; `summed` are those that the large
    map is made of, where it is of several.
    """

    kind: Kind
    title: str
    rows: Axis
    columns: Axis
    values: Floats
    mask: Booleans | None
    color_range: ColorRange
    colormap: str
    selected: Head | None = None
    caption: tuple[str, ...] = ()
    off: frozenset[Head] = frozenset()
    scale: Scale | None = None
    taught: Head | None = None
    summed: frozenset[Head] = frozenset()


@dataclass(frozen=True)
class Bar:
    """A next-token candidate: what it reads, its probability, and whether it is the one chosen.

    `token` is its id in the target vocabulary; `before` its probability without interventions, None where there are
    none; `rank` counts from 1 in the whole distribution.
    """

    label: str
    probability: float
    chosen: bool
    tooltip: str = ""
    token: int = -1
    before: float | None = None
    rank: int = 0


def probability_text(probability: float, digits: int = 2) -> str:
    """Two decimals, or as many as asked, or that there is less than they can tell."""
    least = 10.0**-digits
    return f"{probability:.{digits}f}" if probability >= least / 2 else f"<{least:.{digits}f}"


@dataclass(frozen=True)
class BarsSpec:
    """The next-token distribution: its most probable tokens, best first, or those that a filter lets through.

    `note` is a line under the bars, such as the divergence from the distribution without interventions; `drawn` says
    what stands where tokens are drawn, `legend` what hollow bars are, `digits` are the decimals of a probability.
    """

    title: str
    subtitle: str
    bars: tuple[Bar, ...]
    note: str = ""
    digits: int = 2
    drawn: tuple[str, ...] = ()
    legend: str = "hollow: before, solid: after"


@dataclass(frozen=True)
class Chip:
    """A token as shown in a strip; `joined` chips belong to the word of the chip before them.

    `state` is "plain", "special", "prediction" (computed, not yet committed), "ahead" (computed earlier,
    beyond the current step) or "hidden" (a source token that nothing may look at). `mark` is "" or says how the
    token came here: "forced", "sampled", "beam", "kept" (chosen under other conditions), or "surprising" (forced, and
    improbable for the model).
    """

    text: str
    tooltip: str
    state: str = "plain"
    joined: bool = False
    badge: str = ""
    mark: str = ""


@dataclass(frozen=True, eq=False)
class CurvesSpec:
    """Named curves over positions 0..N-1; `curves` float32 [curve, N]; `marked` positions are the sentence's."""

    title: str
    subtitle: str
    names: tuple[str, ...]
    curves: Floats
    marked: int


@dataclass(frozen=True, eq=False)
class MatrixSpec:
    """A numeric matrix without tokens (positional encodings, dot products): `values` float32 [R, C].

    The first `marked` rows (and columns, when `square`) belong to the current sentence.
    """

    title: str
    subtitle: str
    row_title: str
    column_title: str
    values: Floats
    scale: Scale
    colormap: str
    marked: int
    square: bool


@dataclass(frozen=True)
class HypothesisRow:
    """A kept continuation: its text so far, its natural log-probability (None: not known yet), and where it stands.

    `name` is what the user calls it ("" for nothing); `tokens` counts its tokens, `how` says in a few words how it
    came about ("greedy", "forced at 3"), `kept` how those of its tokens were chosen that stand from other conditions
    than the present ones ("" for none). While something is compared, `side` says which of A and B it is, if any.
    """

    name: str
    text: str
    log_probability: float | None
    tokens: int
    how: str
    current: bool
    ended: bool
    side: str = ""
    kept: str = ""


@dataclass(frozen=True)
class HypothesesSpec:
    """The kept continuations in the order they came about; `note` says where the two compared ones part."""

    rows: tuple[HypothesisRow, ...]
    note: str = ""


@dataclass(frozen=True)
class BeamDot:
    """A continuation that beam search considered, as a node of a drawn tree.

    `step` counts from 1, `parent` is the index of another dot (None: the start); `fate` is "survived", "finished" or
    "discarded"; `rank` is 1 for the best complete hypothesis, 0 for any other node.
    """

    label: str
    parent: int | None
    step: int
    log_probability: float
    fate: str
    rank: int
    tooltip: str


@dataclass(frozen=True)
class BeamSpec:
    """The tree of a beam search, parents before children; `selected` is the node whose attention is shown."""

    title: str
    subtitle: str
    dots: tuple[BeamDot, ...]
    selected: int | None = None


@dataclass(frozen=True)
class HeadEffectRow:
    """A line of the ranking: kind, layer and head (from 0), and what switching it off does.

    `divergence` is the mean KL divergence in nats, `log_probability` the change of the translation's. `taught`: the
    head was trained to align words. `order` is the place of the kind among the model's maps.
    """

    kind: Kind
    head: Head
    divergence: float
    log_probability: float
    off: bool
    taught: bool = False
    order: int = 0


@dataclass(frozen=True)
class RankingSpec:
    """All heads by effect, the largest first; `progress` is (done, total) while it runs, None when it does not.

    `reason` says why no head can be ranked or switched, "" where it can. `ranked` says which heads were off at the
    ranking, "" where none was and none is.
    """

    rows: tuple[HeadEffectRow, ...] = ()
    progress: tuple[int, int] | None = None
    reason: str = ""
    ranked: str = ""


@dataclass(frozen=True)
class LaboratorySpec:
    """The state of every switch, and what they change.

    `encoder_positions` and `decoder_positions` are "on", "off" or "shuffled"; `heads_off` and `hidden` name what is
    off in words, one entry each ("cross layer 4 head 7", "sat"). `effect` is a line with the KL divergence at this
    step; `before` and `after` are the translations without and with the switches, "" where they are not known.
    `reason` says why nothing can be switched, "" where it can; `capabilities` what of it the model lacks.
    """

    encoder_positions: str = "on"
    decoder_positions: str = "on"
    shuffle_seed: int = 1
    causal_mask: bool = True
    heads_off: tuple[tuple[Kind, Head], ...] = ()
    hidden: tuple[tuple[int, str], ...] = ()
    patches: tuple[tuple[Patch, str], ...] = ()
    effect: str = ""
    before: str = ""
    after: str = ""
    reason: str = ""
    capabilities: Capabilities = EVERYTHING


@dataclass(frozen=True)
class Pending:
    """Nothing to show yet, because something is still being done; `reason` says what."""

    reason: str


@dataclass(frozen=True)
class Unavailable:
    """Nothing to show until the user does something; `reason` says what to do."""

    reason: str


@dataclass(frozen=True)
class Overlay:
    """What hovering lights on a map: rows and columns by index. Never a recomputation."""

    rows: frozenset[int] = frozenset()
    columns: frozenset[int] = frozenset()
