"""Reading attention from Python: several heads as one, whole words, measures, roles, word links. No Qt, no torch.

Everything here takes traces, as `Model.trace` gives them. Kinds of attention are "encoder", "decoder" and "cross";
layers and heads count from 0. Shape letters: L layers, H heads, R rows (queries), C columns (keys).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from attention_viewer.model.analysis.aligned import Alignment
    from attention_viewer.model.analysis.roles import HeadRole
    from attention_viewer.model.contract.api import Booleans, Floats, Trace

Rows = Literal["reads", "predicts"]
Specials = Literal["shown", "hidden", "renormalised"]


@dataclass(frozen=True, eq=False)
class Words:
    """Weights between words: `weights` [L, H, R, C] with a label for each row and column, `mask` [R, C] or None.

    `said` is how they came about, for a caption.
    """

    weights: Floats
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    mask: Booleans | None
    said: str


def words(trace: Trace, kind: str = "cross", rows: Rows = "predicts", specials: Specials = "shown") -> Words:
    """A kind of attention between whole words: rows of a word's pieces averaged, columns summed.

    `rows` says whether the pieces of a decoder row are those that it reads or predicts. The start and `</s>` are
    shown, hidden, or hidden and what is left of each row made to sum to 1. A cell is masked only where all its parts
    are. Raises InputError where there is no such kind, or another word.
    """
    from attention_viewer.viewer.resolve.arranging import arrangement
    from attention_viewer.viewer.state.options import ROW_LABELS, SPECIALS, WORDS, RowLabels
    from attention_viewer.viewer.state.options import Specials as Hiding
    from attention_viewer.viewer.state.options import Words as Whole
    from attention_viewer.viewer.state.view_state import ViewState, choose

    _check(trace, kind)
    _one_of("rows", rows, ("reads", "predicts"))
    _one_of("specials", specials, tuple(Hiding))
    view = choose(choose(ViewState(), WORDS, Whole.ON), ROW_LABELS, RowLabels(rows))
    arranged = arrangement(trace, kind, choose(view, SPECIALS, Hiding(specials)))
    assert arranged is not None, "words are always an arrangement"
    weights, mask = arranged.weights(trace.weights(kind)), arranged.mask(trace.mask(kind))
    return Words(weights, arranged.row_axis.labels, arranged.column_axis.labels, mask, arranged.words)


def summary(
    trace: Trace,
    kind: str = "cross",
    how: Literal["mean", "maximum"] = "mean",
    heads: Sequence[tuple[int, int]] | None = None,
    layer: int | None = None,
    role: str | None = None,
) -> Floats:
    """Several heads as one map [R, C]: the mean or the maximum of their weights.

    All heads; or those of one `layer`; or `heads`, as [(3, 7), (4, 0)]; or those whose role in this trace is `role`, as
    "the token before" or, shorter, "before" (`attention_viewer.model.contract.roles`). Raises InputError where that is
    no head.
    """
    from attention_viewer.model.analysis.heads import Pooling, pooled
    from attention_viewer.model.contract.errors import InputError
    from attention_viewer.model.contract.roles import roles_of

    _check(trace, kind)
    _one_of("how", how, tuple(Pooling))
    layers, count = trace.weights(kind).shape[:2]
    chosen = [(at, head) for at in range(layers) for head in range(count)] if heads is None else list(heads)
    wrong = [each for each in chosen if not (0 <= each[0] < layers and 0 <= each[1] < count)]
    if layer is not None:
        chosen = [each for each in chosen if each[0] == layer]
    if role is not None:
        held = {(each.layer, each.head) for each in roles([trace], kind) if each.role in roles_of(role)}
        chosen = [each for each in chosen if each in held]
    if wrong or not chosen:
        what = f"head {wrong[0]}" if wrong else f"head of role {role!r}" if role is not None else "such head"
        raise InputError(f"There is no {what} in {kind} attention, which has {layers} layers of {count} heads, from 0.")
    return pooled(trace.weights(kind), chosen, Pooling(how))


def measures(trace: Trace, kind: str = "cross") -> Mapping[str, Floats]:
    """Entropy (nats), confidence, distance (keys) and diagonality of every head, [L, H] each.

    What each means and whose it is stands in `attention_viewer.model.analysis.measures`. Raises InputError where there
    is no such kind.
    """
    from attention_viewer.model.analysis.head_table import measured

    _check(trace, kind)
    return measured(trace, trace.map(kind))


def unlike(trace: Trace, layer: int, head: int, kind: str = "cross") -> Floats:
    """How unlike one head every head is, [L, H]: the mean Jensen-Shannon divergence of rows, 0 to 1 in bits.

    Raises InputError where there is no such head.
    """
    from attention_viewer.model.analysis.heads import divergences
    from attention_viewer.model.contract.errors import InputError

    _check(trace, kind)
    layers, heads = trace.weights(kind).shape[:2]
    if not (0 <= layer < layers and 0 <= head < heads):
        raise InputError(f"There is no head ({layer}, {head}): there are {layers} layers of {heads} heads, from 0.")
    return divergences(trace.weights(kind), (layer, head))


def roles(traces: Trace | Iterable[Trace], kind: str = "cross") -> tuple[HeadRole, ...]:
    """What every head looks at, layer by layer, averaged over all rows of one trace or many.

    The rules stand in `attention_viewer.model.analysis.roles`. Raises InputError where no row has a choice.
    """
    from attention_viewer.model.analysis.roles import head_roles
    from attention_viewer.model.contract.api import Trace

    given = [traces] if isinstance(traces, Trace) else list(traces)
    for trace in given:
        _check(trace, kind)
    return head_roles(given, kind)


def alignment(traces: Trace | Iterable[Trace]) -> Alignment:
    """The cross-attention head that aligns words best, by the consensus of all heads on one trace or many.

    Its `links` are those of the last trace, source and target words from 0; `.pharaoh` has them as `0-0 1-2`. Pieces
    belong to words by their `▁`. Raises InputError where there is nothing to link.
    """
    from attention_viewer.model.analysis.aligned import align, sentence_of
    from attention_viewer.model.contract.api import Trace
    from attention_viewer.model.contract.errors import InputError

    given = [traces] if isinstance(traces, Trace) else traces
    found = align([each for each in map(sentence_of, given) if each is not None])
    if found is None:
        raise InputError("There is nothing to align: give a trace with decoder rows and cross-attention.")
    return found


def _check(trace: Trace, kind: str) -> None:
    from attention_viewer.model.contract.errors import InputError

    if kind not in trace.attention:
        raise InputError(f"There is no {kind} attention: choose {', '.join(trace.attention)}.")


def _one_of(name: str, given: str, words: Sequence[str]) -> None:
    from attention_viewer.model.contract.errors import InputError

    if given not in words:
        raise InputError(f"{name} cannot be {given!r}: choose {', '.join(words)}.")
