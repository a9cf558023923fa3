"""From what was computed and what is looked at to what is painted: pure functions, no Qt, no torch.

Every label a reader sees on a map is decided here. Shape letters as in `model.contract.api`.
"""

from __future__ import annotations

import math
from dataclasses import replace
from html import escape

import numpy as np
from attention_viewer.model.contract.api import DecodeStep, Ended, Floats, Kind, ModelInfo, Token, Trace
from attention_viewer.model.contract.capabilities import Capability
from attention_viewer.model.contract.choosing import Method
from attention_viewer.viewer.resolve import resolve_laboratory as laboratory
from attention_viewer.viewer.resolve.byte_pieces import characters
from attention_viewer.viewer.resolve.provenance import step_words
from attention_viewer.viewer.resolve.resolve_inside import compared
from attention_viewer.viewer.resolve.sampling import drawn_from
from attention_viewer.viewer.resolve.shown import EQUAL, FIRST_STEP, NONE_CHOSEN, Missing, ShownMaps
from attention_viewer.viewer.resolve.shown_maps import shown_maps
from attention_viewer.viewer.state import conditions
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.options import COLOR_RANGE, COLORMAP, HEADS_SHOWN, NUMBERS, ColorRange, HeadsShown
from attention_viewer.viewer.state.plain_text import ARROW, isolated
from attention_viewer.viewer.state.reading import value_text, weight_text
from attention_viewer.viewer.state.specs import (
    BarsSpec,
    Chip,
    GridSpec,
    HeatmapSpec,
    Scale,
    probability_text,
    scale_for,
)
from attention_viewer.viewer.state.view_state import Head, Side, ViewState, choose

SIGNED_COLORMAP = "diverging"
NO_DIFFERENCE = "The two are equal: every difference is 0"
MOST_SINGLES = 8
"""Heads that lines tell apart by colour."""


def heatmap(loaded: Loaded, view: ViewState, kind: Kind) -> HeatmapSpec | Missing:
    """The selected head of a kind, or several as one, as a map with tokens on both axes."""
    shown = shown_maps(loaded, view, kind)
    if not isinstance(shown, ShownMaps):
        return shown
    scale, notice = _scale(shown, view, shown.large), _notice(shown)
    off = shown.head in _off(loaded, view, kind) and not shown.summed
    taught = "" if shown.summed else _taught(loaded, kind, shown.head)
    return HeatmapSpec(
        kind=kind,
        head=shown.head,
        title=f"{map_title(shown)}{shown.suffix}{' · off' if off else ''}",
        rows=shown.rows,
        columns=shown.columns,
        values=shown.large,
        mask=shown.mask,
        scale=scale,
        colormap=SIGNED_COLORMAP if shown.signed else view[COLORMAP],
        caption=_caption(shown, loaded, view, taught + (notice or scale.note)),
        leaked=shown.leaked,
        badge=" · ".join(word for word in (shown.side, "off" if off else "") if word),
        numbers=view[NUMBERS],
        place=shown.place,
        says=shown.says,
        is_other=bool(shown.summed) or (shown.says != shown.side and bool(shown.says)),
        row_groups=shown.arranged.rows if shown.arranged else None,
        column_groups=shown.arranged.columns if shown.arranged else None,
        singles=_singles(shown),
        links=shown.links,
        notice=notice,
        several=shown.several,
    )


def grid(loaded: Loaded, view: ViewState, kind: Kind) -> GridSpec | Missing:
    """All layers and heads of a kind as small maps."""
    shown = shown_maps(loaded, view, kind)
    if shown is NONE_CHOSEN:
        shown = shown_maps(loaded, choose(view, HEADS_SHOWN, HeadsShown.ONE), kind)
    if not isinstance(shown, ShownMaps):
        return shown
    own_range = shown.signed or not shown.shares
    scale = _scale(shown, view, shown.weights) if own_range else None
    note = scale.note if scale else _grid_note(view[COLOR_RANGE])
    says = f" · {shown.says}" if shown.says and shown.says != shown.side else ""
    return GridSpec(
        kind=kind,
        title=f"{shown.sides.title}{says} · all layers and heads{shown.suffix}",
        rows=shown.rows,
        columns=shown.columns,
        values=shown.weights,
        mask=shown.mask,
        color_range=view[COLOR_RANGE],
        colormap=SIGNED_COLORMAP if shown.signed else view[COLORMAP],
        selected=shown.head,
        caption=_caption(shown, loaded, view, note, masked="grey = masked"),
        off=_off(loaded, view, kind),
        scale=scale,
        taught=loaded.taught(kind),
        summed=shown.summed,
    )


def _singles(shown: ShownMaps) -> tuple[tuple[str, Floats], ...]:
    """The maps of the heads that the large map is made of, where each can have a colour of its own."""
    if not 1 < len(shown.summed) <= MOST_SINGLES:
        return ()
    heads = sorted(shown.summed, key=lambda each: (each.layer, each.head))
    return tuple((f"{each.layer + 1}.{each.head + 1}", shown.weights[each.layer, each.head]) for each in heads)


def map_title(shown: ShownMaps) -> str:
    """The map, what its numbers are where they are no weights, and which layers and heads."""
    says = shown.says if shown.says and shown.says != shown.side else ""
    return " · ".join(part for part in (shown.sides.title, says, shown.place) if part)


def _scale(shown: ShownMaps, view: ViewState, values: Floats) -> Scale:
    if shown.signed:
        return replace(_signed(values), title=shown.unit or shown.says)
    return replace(scale_for(view[COLOR_RANGE] if shown.shares else ColorRange.MAXIMUM, values), title=shown.unit)


def _notice(shown: ShownMaps) -> str:
    """What to say of a difference that is none, which would be one colour without a word."""
    is_difference = shown.signed and shown.says == shown.side
    return NO_DIFFERENCE if is_difference and np.abs(shown.large).max(initial=0.0) <= EQUAL else ""


def _signed(values: Floats) -> Scale:
    most = float(np.abs(values).max(initial=0.0))
    most = most if most > EQUAL else 1.0
    return Scale(-most, most, note=f"colour from {-most:.3g} to {most:.3g}")


def _off(loaded: Loaded, view: ViewState, kind: Kind) -> frozenset[Head]:
    """The heads of a kind that are off in what is shown; none in a difference, whose sides may differ in them."""
    other = loaded.results.other
    if loaded.document is None or (other is not None and view.side is Side.DIFFERENCE):
        return frozenset()
    shown = other if other is not None and view.side is Side.B else loaded.document
    heads = shown.interventions.heads_off
    return frozenset(Head(head.layer, head.head) for head in heads if head.kind == kind)


def readout(spec: HeatmapSpec | Missing, cell: tuple[int, int] | None) -> str:
    """What the weight under the mouse says, as rich text; "" for no map, a hint for no cell."""
    if not isinstance(spec, HeatmapSpec):
        return ""
    if cell is None or cell[0] >= len(spec.rows.labels) or cell[1] >= len(spec.columns.labels):
        return "hover a cell for its weight"
    row, column = cell
    where = f"layer {spec.head.layer + 1} head {spec.head.head + 1}"
    if spec.is_other:
        where = escape(spec.place)
    query, key = (f"<b>{escape(label)}</b>" for label in (spec.rows.labels[row], spec.columns.labels[column]))
    if spec.mask is not None and spec.mask[row, column]:
        return f"{where} · {query} may not look at {key}: masked"
    if spec.says:
        return f"{where} · {query} to {key}, {spec.says}: {value_text(spec, row, column)}"
    if spec.leaked is not None and spec.leaked[row, column]:
        return f"{where} · {query} looks ahead at {key}: {weight_text(float(spec.values[row, column]))}"
    return f"{where} · {query} attends to {key}: {weight_text(float(spec.values[row, column]))}"


def bars(loaded: Loaded, view: ViewState) -> BarsSpec | Missing:
    """The next-token distribution of the current step."""
    if loaded.trace is None:
        return loaded.waiting
    if not loaded.trace.steps:
        return FIRST_STEP
    read = [isolated(token.text) for token in loaded.trace.input_tokens[-3:]]
    before = "… " if len(loaded.trace.steps) > len(read) else ""
    subtitle = f"softmax after “{before}{' '.join(read)}”"
    spec = drawn_from(laboratory.bars(loaded.trace.steps[-1], subtitle, loaded, view), loaded, view)
    return replace(spec, title=f"{spec.title}{compared(loaded)}")


def source_chips(loaded: Loaded) -> tuple[Chip, ...]:
    """The source tokens; pieces of one word joined."""
    if loaded.trace is None:
        return ()
    tokens = loaded.trace.source_tokens
    return tuple(
        Chip(token.text, _source_tooltip(token, spelled), _source_state(loaded.trace, index), _joined(index, token))
        for index, (token, spelled) in enumerate(zip(tokens, characters(tokens), strict=True))
    )


def target_chips(loaded: Loaded) -> tuple[Chip, ...]:
    """The committed tokens, the prediction of the last row, and tokens ahead that were computed before."""
    if loaded.trace is None:
        return ()
    steps, outputs = loaded.trace.steps, loaded.trace.output_tokens
    chips, spelled = [], characters(outputs + loaded.ahead)
    for index, token in enumerate(outputs + loaded.ahead):
        state = "plain" if index < len(outputs) - 1 else "prediction" if index == len(outputs) - 1 else "ahead"
        tooltip, mark, badge = f"token {index + 1} · {_piece(token, spelled[index])}", "", ""
        if index < len(steps):
            mark = laboratory.mark(steps[index])
            tooltip += f" · {step_words(steps[index], loaded.document, index)}"
            badge = _badge(steps[index]) if state == "prediction" else ""
        chips.append(Chip(token.text, tooltip, state, _joined(index, token), badge, mark))
    return tuple(chips)


def _badge(step: DecodeStep) -> str:
    """How probable the prediction was, where that is known."""
    return "" if math.isnan(step.log_probability) else probability_text(math.exp(step.log_probability))


def step_text(loaded: Loaded) -> str:
    """Where decoding stands, in words."""
    if loaded.trace is None:
        return ""
    if loaded.trace.ended is Ended.GIVEN and not (loaded.trace.causal and loaded.trace.steps):
        return f"{len(loaded.trace.steps)} rows at once" if loaded.trace.steps else "no decoder rows"
    if not loaded.trace.causal:
        return f"{len(loaded.trace.steps)} rows at once · causal mask off{_sampling(loaded)}"
    ended = {Ended.EOS: " · ended", Ended.LIMIT: " · limit reached", Ended.GIVEN: " · all rows", None: ""}
    return f"step {len(loaded.trace.steps)}{ended[loaded.trace.ended]}{_sampling(loaded)}"


def _sampling(loaded: Loaded) -> str:
    """That tokens are sampled or repetition is held back, which a new sentence keeps; "" where neither is."""
    decoding = loaded.document.decoding if loaded.document else None
    if decoding is None:
        return ""
    if decoding.method is Method.SAMPLING:
        return f" · sampling, T {decoding.temperature:g}"
    return " · repetition held back" if decoding.looks_back else ""


def _joined(index: int, token: Token) -> bool:
    return index > 0 and not token.starts_word


def _source_state(trace: Trace, index: int) -> str:
    if index in trace.hidden:
        return "hidden"
    return "special" if trace.source_tokens[index].special else "plain"


def _source_tooltip(token: Token, spelled: str) -> str:
    where = "" if token.span is None else f" · characters {token.span[0] + 1}-{token.span[1]}"
    return f"{_piece(token, spelled)}{where}"


def _piece(token: Token, spelled: str) -> str:
    """A token's piece and id; of a byte, which character it belongs to."""
    return f"{token.piece} · id {token.id}{f' · {spelled}' if spelled else ''}"


def _caption(
    shown: ShownMaps, loaded: Loaded, view: ViewState, note: str, masked: str = "hatched = masked"
) -> tuple[str, ...]:
    """The sentence; how to read the map; and, where anything is changed in the model, what."""
    translated = shown.translation and shown.sides.decodes
    translation = f"{ARROW}{isolated(shown.translation)}" if translated else ""
    model = f" · model {loaded.info.name}" if loaded.info else ""
    mask = f" · {masked}" if shown.mask is not None and shown.mask.any() else ""
    if shown.sides.causal and shown.leaked is None and not shown.signed:
        mask = f" · {masked}"
    leaked = " · causal mask off, marked cells look ahead" if shown.leaked is not None else ""
    changed = conditions.of_maps(loaded, view)
    return (
        f"{isolated(shown.sentence)}{translation}",
        f"rows are {shown.rows.title} · columns are {shown.columns.title}{mask}{leaked} · {note}{model}",
        *([shown.note] if shown.note else []),
        *([changed] if changed else []),
    )


def _taught(loaded: Loaded, kind: Kind, head: Head) -> str:
    return "this head was taught to align words · " if loaded.taught(kind) == head else ""


def _grid_note(color_range: ColorRange) -> str:
    return {
        ColorRange.UNIT: "colour from 0 to 1",
        ColorRange.MAXIMUM: "colour from 0 to each map's maximum",
        ColorRange.SQUARE_ROOT: "colour from 0 to 1, square root",
    }[color_range]


def model_line(info: ModelInfo) -> str:
    """The model in one line: the name of its checkpoint, languages, parameters, layers and heads."""
    if not info.capabilities.offers(Capability.COMPUTING):
        counts = ", ".join(f"{each.short} {each.layers} layers × {each.heads} heads" for each in info.maps)
        return f"{info.name} · weights of another program · {counts}"
    encoder, decoder, (source, target) = (
        info.architecture.encoder,
        info.architecture.decoder,
        info.description.languages,
    )
    languages = f"{info.name} · {source} → {target}" if source else info.name
    heads = f"{encoder.heads}" if encoder.heads == decoder.heads else f"{encoder.heads} and {decoder.heads}"
    size = f"{info.parameters / 1e6:.1f} M parameters"
    return f"{languages} · {size} · {encoder.layers} + {decoder.layers} layers × {heads} heads"
