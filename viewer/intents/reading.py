"""Which head does what: intents that look at heads by what they do, and ask the model nothing. Pure; no Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attention_viewer.model.analysis.aligned import crossing, sentence_of
from attention_viewer.model.analysis.alignment import Convention, pharaoh
from attention_viewer.model.analysis.consensus import head_links
from attention_viewer.model.analysis.head_table import roles
from attention_viewer.model.analysis.roles import HeadRole
from attention_viewer.viewer.intents.turns import News, Turn, look
from attention_viewer.viewer.resolve.resolve_heads import aligner_of, shown_table
from attention_viewer.viewer.state.options import LINKS, ROW_LABELS, WORDS, Links, RowLabels, Words
from attention_viewer.viewer.state.state import State
from attention_viewer.viewer.state.view_state import Head, choose, choose_heads, show_head

LABELS = {Convention.READS: RowLabels.READS, Convention.PREDICTS: RowLabels.PREDICTS}


def draw_links(state: State) -> Turn | None:
    """Show the head that aligns words best, by whole words, with its links ringed, and bring its map to the front."""
    aligner, trace = aligner_of(state.shown), state.shown.trace
    kind = None if trace is None else crossing(trace)
    if aligner is None or kind is None:
        return None
    view = show_head(state.view, kind, Head(aligner.layer, aligner.head), state.shown.maps)
    view = choose(choose(view, WORDS, Words.ON), LINKS, Links.ON)
    return look(state, choose(view, ROW_LABELS, LABELS[aligner.convention])).tell(News.CARD, kind)


def links(state: State) -> str | None:
    """The links of the sentence, by the head that aligns words best, as i-j pairs; None where nobody knows."""
    trace, aligner = state.shown.trace, aligner_of(state.shown)
    sentence = None if trace is None else sentence_of(trace)
    return None if aligner is None or sentence is None else pharaoh(head_links(sentence, aligner))


def pool_role(state: State) -> Turn | None:
    """Show all heads of the active map with the selected head's role as one map."""
    now = state.view.heads[state.view.active]
    own = (each.role for each in held_roles(state) if (each.layer, each.head) == (now.layer, now.head))
    role = next(own, None)
    return None if role is None else pool(state, role)


def pool(state: State, role: str) -> Turn:
    """Show all heads of the active map with a role as one map."""
    heads = frozenset(Head(each.layer, each.head) for each in held_roles(state) if each.role == role)
    return look(state, choose_heads(state.view, state.view.active, heads))


def held_roles(state: State) -> Sequence[HeadRole]:
    """The roles of the active map's heads: those of the table, or of the sentence where nothing is measured."""
    trace, kind, table = state.shown.trace, state.view.active, shown_table(state.shown)
    if table is not None and kind in table:
        return table[kind].roles
    return () if trace is None or kind not in trace.attention else roles(trace, kind)


def by_role(found: Sequence[HeadRole]) -> Mapping[str, list[str]]:
    """The heads of each role, as layer.head from 1; the role of most heads first."""
    held: dict[str, list[str]] = {}
    for each in found:
        held.setdefault(each.role, []).append(f"{each.layer + 1}.{each.head + 1}")
    return dict(sorted(held.items(), key=lambda entry: -len(entry[1])))
