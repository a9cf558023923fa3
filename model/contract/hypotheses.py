"""What becomes of hypotheses: choosing tokens, leaving, going back, switching parts of the model off. Torch-free.

When a hypothesis is left, the tokens known for it are written into the tree, so that nothing done elsewhere can
change them. They are given as `outputs`: the tokens of the current hypothesis from its first row on, each with how
it was chosen; none where nothing is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from attention_viewer.model.contract import choosing
from attention_viewer.model.contract.api import How
from attention_viewer.model.contract.choosing import Decoding, Method
from attention_viewer.model.contract.document import (
    OPEN,
    Choice,
    Document,
    Hypothesis,
    check_hypothesis,
    free_how,
    go_to,
    grown,
    hypotheses,
    made_under,
    path,
    path_to,
    pruned,
    settled,
    unplaced,
    way,
)
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.interventions import NONE, Interventions, while_decoding
from attention_viewer.model.contract.limits import LONGEST_NAME, MOST_HYPOTHESES


def leave(document: Document, outputs: Sequence[tuple[int, How]] = ()) -> Document:
    """The document whose current hypothesis holds the `outputs` as choices, so that it stays what it is.

    It never gets shorter. Outputs that contradict a token that stands, and all after it, are another document's.
    """
    standing = path(document)
    known: list[Choice] = []
    for index, (token, how) in enumerate(outputs):
        if index >= len(standing) or standing[index].token is None:
            known.append(_chosen(document, token, how))
        elif standing[index].token == token:
            known.append(standing[index])
        else:
            break
    return _standing(document, [*known, *standing[len(known) :]])


def force(
    document: Document, outputs: Sequence[tuple[int, How]], token: int, ahead: Sequence[tuple[int, How]] = ()
) -> Document:
    """The document in which `token` follows `outputs`, the tokens before it as they stand.

    What stood there before is kept as a hypothesis of its own, with what is known of it (`ahead`: the token at
    that place, and all after it).
    """
    return branch(document, [*outputs, (token, How.FORCED)], [*outputs, *ahead])


def teacher_force(document: Document, token_ids: Sequence[int], outputs: Sequence[tuple[int, How]] = ()) -> Document:
    """The document with `token_ids` (its `</s>` included) as the forced target, run through to its end."""
    return branch(document, [(token, How.FORCED) for token in token_ids], outputs)


def branch(
    document: Document,
    tokens: Sequence[tuple[int, How]],
    outputs: Sequence[tuple[int, How]] = (),
    decoding: Decoding | None = None,
) -> Document:
    """A new hypothesis that begins with `tokens` and stands at the last of them; the current one is left.

    It goes on by `decoding`, or as the current one does. Where a kept hypothesis begins like that and goes on
    freely, that one is gone to.
    """
    left = leave(document, outputs)
    by = document.decoding if decoding is None else decoding
    standing, nodes = path(left), []
    for index, (token, how) in enumerate(tokens):
        stands = standing[index] if index < len(standing) else OPEN
        alike = stands.token == token and how in (stands.how, How.KEPT)
        nodes.append(stands if alike else _chosen(replace(document, decoding=by), token, how))
    return _begun(left, nodes, len(nodes), by)


def decode_by(document: Document, decoding: Decoding, outputs: Sequence[tuple[int, How]] = ()) -> Document:
    """The document whose free tokens are chosen in another way, in a hypothesis of its own.

    It begins with all up to the last token that a person or a beam chose. Where nothing after that is known to be
    chosen yet, no hypothesis is added.
    """
    if way(decoding) == way(document.decoding):
        return replace(document, decoding=decoding)
    left = leave(document, outputs)
    if len(path(left)) > _fixed(path(left)):
        return _drawn(left, decoding)
    hypothesis = left.hypotheses[left.current]
    if hypothesis.name == choosing.words(left.decoding):
        left = rename_hypothesis(left, left.current, choosing.words(decoding))
    return replace(left, decoding=decoding)


def redrawn(document: Document, decoding: Decoding, outputs: Sequence[tuple[int, How]] = ()) -> Document:
    """The document whose current hypothesis is drawn by other settings, in its place; tokens chosen otherwise stay."""
    left = leave(document, outputs)
    if left.hypotheses[left.current].name == choosing.words(left.decoding):
        left = rename_hypothesis(left, left.current, choosing.words(decoding))
    return replace(opened(left), decoding=decoding)


def sample_again(document: Document, outputs: Sequence[tuple[int, How]] = ()) -> Document:
    """Another sample, always in a hypothesis of its own: with the next seed that no kept hypothesis was drawn by."""
    left = leave(document, outputs)
    drawn = [each.decoding.seed for each in hypotheses(left) if each.decoding.method is Method.SAMPLING]
    seed = left.decoding.seed
    while seed in drawn:
        seed += 1
    return _drawn(left, replace(left.decoding, method=Method.SAMPLING, seed=seed))


def intervene(document: Document, change: Interventions) -> Document:
    """The document under other interventions: the current hypothesis's free tokens are decided anew, others stay."""
    changed = replace(document, interventions=change)
    alike = while_decoding(change) == while_decoding(document.interventions)
    return changed if alike else opened(changed)


def opened(document: Document) -> Document:
    """The document whose current hypothesis has its free tokens decided anew; those chosen otherwise stay."""
    standing = path(document)
    return _standing(document, [OPEN if each.how.is_free else each for each in standing[: _fixed(standing)]])


def untouched(document: Document) -> Document:
    """What the model writes without interventions, given the tokens that it did not choose freely."""
    return replace(opened(document), interventions=NONE)


def choose_hypothesis(document: Document, index: int, outputs: Sequence[tuple[int, How]] = ()) -> Document:
    """The document looking at another of its hypotheses. Raises InputError where there is none."""
    check_hypothesis(document, index)
    left = document if index == document.current else leave(document, outputs)
    return _looking_at(settled(left), index)


def rename_hypothesis(document: Document, index: int, name: str) -> Document:
    """The document with another name ("" for none) for a hypothesis. Raises InputError where there is none."""
    check_hypothesis(document, index)
    kept = list(document.hypotheses)
    kept[index] = replace(kept[index], name=" ".join(name.split())[:LONGEST_NAME])
    return replace(document, hypotheses=tuple(kept))


def delete_hypothesis(document: Document, index: int) -> Document:
    """The document without a hypothesis and without the choices only it used; the one before it takes its place.

    Raises InputError where there is none, or no other.
    """
    check_hypothesis(document, index)
    if len(document.hypotheses) == 1:
        raise InputError("The only hypothesis cannot be deleted.")
    whole = settled(document)
    kept = whole.hypotheses[:index] + whole.hypotheses[index + 1 :]
    current = whole.current - (whole.current > index or whole.current == len(kept))
    return pruned(_looking_at(replace(whole, hypotheses=kept), current))


def _looking_at(document: Document, index: int) -> Document:
    chosen = document.hypotheses[index]
    return replace(document, current=index, leaf=chosen.leaf, step=chosen.step, decoding=chosen.decoding)


def _drawn(document: Document, decoding: Decoding) -> Document:
    """Another hypothesis from the tokens that nobody's draw changes, whose free tokens are chosen by `decoding`."""
    standing = path(document)
    return _begun(document, standing[: _fixed(standing)], document.step, decoding, choosing.words(decoding))


def _begun(document: Document, nodes: Sequence[Choice], step: int, decoding: Decoding, name: str = "") -> Document:
    """Another hypothesis that begins with `nodes`, or the one that does so already and goes on in the same way."""
    whole = settled(replace(document, limit=max(document.limit, len(nodes))))
    begins, free = [unplaced(node) for node in nodes], free_how(decoding)
    made = made_under(free, decoding, document.interventions)
    for index, each in enumerate(whole.hypotheses):
        kept = [unplaced(node) for node in path_to(whole, each.leaf)]
        goes_on = all((node.how, node.made) == (free, made) for node in kept[len(begins) :])
        if kept[: len(begins)] == begins and goes_on and way(each.decoding) == way(decoding):
            return go_to(_looking_at(whole, index), step)
    if len(whole.hypotheses) >= MOST_HYPOTHESES:
        raise InputError(f"There are {MOST_HYPOTHESES} hypotheses, the most there can be: delete one first.")
    choices, leaf = grown(whole.choices, nodes)
    added = (*whole.hypotheses, Hypothesis(leaf, step, name, decoding))
    return _looking_at(replace(whole, choices=choices, hypotheses=added), len(added) - 1)


def _standing(document: Document, nodes: Sequence[Choice]) -> Document:
    """The document with other choices on the current hypothesis's path."""
    if [unplaced(node) for node in nodes] == [unplaced(node) for node in path(document)]:
        return document
    choices, leaf = grown(document.choices, nodes)
    return pruned(settled(replace(document, choices=choices, leaf=leaf)))


def _chosen(document: Document, token: int, how: How) -> Choice:
    """A choice made under the document's conditions. What is kept without standing on a path was chosen freely."""
    by = free_how(document.decoding) if how is How.KEPT else how
    return Choice(token, by, None, made_under(by, document.decoding, document.interventions))


def _fixed(nodes: Sequence[Choice]) -> int:
    """How many choices there are up to the last one that the model did not make freely."""
    return max((index for index, node in enumerate(nodes, start=1) if not node.how.is_free), default=0)
