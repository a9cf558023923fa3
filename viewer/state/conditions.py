"""What was changed inside the model, in words: for captions, files and the banner. No Qt, no torch.

Layers, heads and source tokens count from 1. Where nothing is changed, nothing is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from attention_viewer.model.contract.api import Kind, ModelInfo, Token
from attention_viewer.model.contract.interventions import Interventions, Patch, Positions
from attention_viewer.model.contract.maps import EXPECTED, HeadId, MapInfo
from attention_viewer.viewer.state.comparing import Other
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.view_state import Side, ViewState

MOST_LAYERS, MOST_TOKENS, MOST_PATCHES = 3, 4, 3
"""Layers whose heads a caption lists one by one, hidden tokens, patches; of more it says how many there are."""
LONGEST_SOURCE = 30
"""Characters of a sentence that a patch is taken from."""
MASK_OFF = "causal mask off"
Ranges = tuple[tuple[int, int], ...]


def words(interventions: Interventions, tokens: Sequence[Token] = (), info: ModelInfo | None = None) -> tuple[str, ...]:
    """Everything that is changed, one part an intervention, the heads of a layer in one.

    `tokens` are those of the source, for their texts; `info` tells when all heads of a layer are off.
    """
    patches = tuple(patch_words(each, _maps(info)) for each in interventions.patches)
    parts = (_switches(interventions), _hidden(interventions, tokens), _heads_off(interventions, info), patches)
    return tuple(part for each in parts for part in each)


def line(
    interventions: Interventions, tokens: Sequence[Token] = (), info: ModelInfo | None = None, whole: bool = False
) -> str:
    """One line for a caption, "with: encoder positions off; cross layer 4 head 8 off"; "" for no interventions.

    Where many heads are off or many tokens hidden it says how many, unless `whole`.
    """
    said = _joined(interventions, tokens, info, whole)
    return f"with: {said}" if said else ""


def short(interventions: Interventions, maps: Sequence[MapInfo] = EXPECTED) -> str:
    """A few words, "Encoder positions off · 2 heads off"; "" for no interventions. `maps` are the model's."""
    parts = list(_switches(interventions))
    if interventions.hidden:
        parts.append(f"{_count(len(interventions.hidden), 'source token')} hidden")
    if interventions.heads_off:
        parts.append(f"{_count(len(interventions.heads_off), 'head')} off")
    if len(interventions.patches) == 1:
        parts.append(f"{_patched(interventions.patches[0], maps)} patched")
    elif interventions.patches:
        parts.append(f"{len(interventions.patches)} patches")
    said = " · ".join(parts)
    return said[:1].upper() + said[1:]


def heads_off_words(heads: frozenset[HeadId], info: ModelInfo | None = None) -> str:
    """The heads that are off, "cross layer 4 head 8 off"; of many layers, how many there are."""
    return _joined(Interventions(heads_off=heads), (), info, whole=False)


def patch_words(patch: Patch, maps: Sequence[MapInfo] = EXPECTED) -> str:
    """What is taken from where, "cross layer 4 head 8 from “The dog sleeps.” (6 rows)"; `maps` are the model's."""
    donor, place = patch.donor, _patched(patch, maps)
    place = place if patch.head is not None else f"output of {place}"
    text = donor.source if len(donor.source) <= LONGEST_SOURCE else f"{donor.source[: LONGEST_SOURCE - 1]}…"
    changed = short(donor.interventions, maps)
    rows = _count(len(donor.outputs), "row")
    return f"{place} from “{text}” ({rows}{', ' if changed else ''}{changed[:1].lower()}{changed[1:]})"


def _maps(info: ModelInfo | None) -> Sequence[MapInfo]:
    return EXPECTED if info is None else info.maps


def _patched(patch: Patch, maps: Sequence[MapInfo]) -> str:
    """Where a patch is put."""
    if patch.head is not None:
        return f"{patch.kind} layer {patch.layer + 1} head {patch.head + 1}"
    stack = next((each.stack for each in maps if each.kind == patch.kind), patch.kind)
    return f"{stack} layer {patch.layer + 1}" + ("" if patch.position is None else f" position {patch.position + 1}")


def of_loaded(loaded: Loaded, whole: bool = False) -> str:
    """The line for whatever the current trace is pictured in, which is A where two are compared."""
    said = _mine(loaded, whole)
    return f"with: {said}" if said else ""


def of_maps(loaded: Loaded, view: ViewState, whole: bool = False) -> str:
    """The line for the maps on screen: A's, B's, or both where their difference is shown."""
    other = loaded.results.other
    if other is None or view.side is Side.A:
        return of_loaded(loaded, whole)
    if view.side is Side.DIFFERENCE:
        return of_window(loaded, whole)
    theirs = _theirs(other, loaded, whole)
    return f"with: {theirs}" if theirs else ""


def of_window(loaded: Loaded, whole: bool = False) -> str:
    """The line for all there is: of A and of B where two are compared."""
    other = loaded.results.other
    if other is None:
        return of_loaded(loaded, whole)
    mine, theirs = _mine(loaded, whole), _theirs(other, loaded, whole)
    if mine == theirs:
        return f"A and B with: {mine}" if mine else ""
    sides = (("A", mine), ("B", theirs))
    return " · ".join(f"{name} with: {said}" if said else f"{name} without interventions" for name, said in sides)


def _mine(loaded: Loaded, whole: bool) -> str:
    if loaded.document is None or loaded.trace is None:
        return ""
    return _joined(loaded.document.interventions, loaded.trace.source_tokens, loaded.info, whole)


def _theirs(other: Other, loaded: Loaded, whole: bool) -> str:
    return _joined(other.interventions, other.trace.source_tokens, loaded.info, whole)


def _joined(interventions: Interventions, tokens: Sequence[Token], info: ModelInfo | None, whole: bool) -> str:
    if whole:
        return "; ".join(words(interventions, tokens, info))
    hidden, heads = _hidden(interventions, tokens), _heads_off(interventions, info)
    if len(interventions.hidden) > MOST_TOKENS and hidden:
        hidden = (f"{len(interventions.hidden)} source tokens hidden",)
    if len(heads) > MOST_LAYERS:
        listed = sum(len(members) for _, members in _by_layer(interventions, info)[: MOST_LAYERS - 1])
        total = len(interventions.heads_off)
        heads = (*heads[: MOST_LAYERS - 1], f"{total - listed} more heads off, {total} in all")
    patches = [patch_words(each, _maps(info)) for each in interventions.patches]
    if len(patches) > MOST_PATCHES:
        patches = [*patches[: MOST_PATCHES - 1], f"{len(patches) - MOST_PATCHES + 1} more patches"]
    return "; ".join((*_switches(interventions), *hidden, *heads, *patches))


def _switches(interventions: Interventions) -> tuple[str, ...]:
    sides = {"encoder": interventions.encoder_positions, "decoder": interventions.decoder_positions}
    parts = [
        f"{side} positions {positions.value}" + _seed(positions, interventions.shuffle_seed)
        for side, positions in sides.items()
        if positions is not Positions.ON
    ]
    return tuple(parts) if interventions.causal_mask else (*parts, MASK_OFF)


def _seed(positions: Positions, seed: int) -> str:
    return f" (seed {seed})" if positions is Positions.SHUFFLED else ""


def _hidden(interventions: Interventions, tokens: Sequence[Token]) -> tuple[str, ...]:
    hidden = sorted(interventions.hidden)
    if tokens:
        return tuple(
            f"source token {index + 1} “{tokens[index].text}” hidden" for index in hidden if index < len(tokens)
        )
    return (f"source {_numbered('token', hidden)} hidden",) if hidden else ()


def _heads_off(interventions: Interventions, info: ModelInfo | None) -> tuple[str, ...]:
    parts = []
    for (kind, layer), heads in _by_layer(interventions, info):
        where = f"{kind} layer {layer + 1}"
        is_all = info is not None and len(heads) == info.heads(kind)[1] > 1
        parts.append(f"all heads of {where} off" if is_all else f"{where} {_numbered('head', heads)} off")
    return tuple(parts)


def _by_layer(
    interventions: Interventions, info: ModelInfo | None
) -> tuple[tuple[tuple[Kind, int], tuple[int, ...]], ...]:
    """The heads that are off, by kind and layer, in the order of the model's maps."""
    order = {each.kind: index for index, each in enumerate(info.maps if info else EXPECTED)}
    heads = sorted(interventions.heads_off, key=lambda head: (order.get(head.kind, len(order)), head))
    grouped = groupby(heads, key=lambda head: (head.kind, head.layer))
    return tuple((where, tuple(head.head for head in members)) for where, members in grouped)


def _numbered(noun: str, indices: Sequence[int]) -> str:
    """A noun with numbers from 1: "head 8", "heads 1 to 4, 7"."""
    texts: list[str] = []
    for first, last in _ranges(indices):
        texts += [f"{first + 1} to {last + 1}"] if last > first + 1 else [str(n + 1) for n in range(first, last + 1)]
    return f"{noun}{'s' if len(indices) > 1 else ''} {', '.join(texts)}"


def _ranges(indices: Sequence[int]) -> Ranges:
    """Runs of consecutive indices as (first, last)."""
    runs = groupby(enumerate(indices), key=lambda pair: pair[1] - pair[0])
    found = [[index for _, index in run] for _, run in runs]
    return tuple((run[0], run[-1]) for run in found)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number != 1 else ''}"
