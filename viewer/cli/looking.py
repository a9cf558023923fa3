"""The options that choose what a picture looks at between the maps: a token, a key, a temperature and so on.

Importing this module imports neither Qt, torch nor NumPy.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.maps import Kind, MapInfo, named
from attention_viewer.model.contract.roles import ROLES, roles_of
from attention_viewer.viewer.cli.heads import Numbers, head_ids, kinds_of
from attention_viewer.viewer.cli.option_types import listed, numbers, one_of, whole
from attention_viewer.viewer.state.exportables import (
    ARCHITECTURE,
    CELL,
    MEASURED_HEADS,
    TEXT,
    Exportable,
    Shows,
    by_word,
)
from attention_viewer.viewer.state.known_maps import known_maps

if TYPE_CHECKING:
    from attention_viewer.model.contract.api import Trace
    from attention_viewer.viewer.state.view_state import ViewState

ENCODINGS = ("sinusoidal", "index", "relative", "binary", "table", "drawn", "shared")
"""Words of the encodings that the positional laboratory compares, in its order."""
LARGEST_SHIFT = 1000
NAMES = ("token", "key", "encoding", "shift", "unfold", "timed")
"""Names of the values, apart from the temperature, which samples have too."""


@dataclass(frozen=True)
class Looked:
    """What is looked at, each None (or False) where it was not said; tokens and keys count from 1.

    `kind` says the map of a cell, or the stack; `tokens` are several, where a picture takes them; `role` says which
    heads are shown as one map.
    """

    kind: Kind | None = None
    token: int | None = None
    tokens: tuple[int, ...] = ()
    key: int | None = None
    temperature: float | None = None
    encoding: int | None = None
    shift: int | None = None
    unfold: bool = False
    timed: bool = False
    role: str | None = None

    def applied(
        self, view: ViewState, what: Exportable, maps: Sequence[MapInfo], layers: Numbers, heads: Numbers
    ) -> ViewState:
        """The view that looks there. Raises InputError where the model has no such layer or head."""
        from attention_viewer.viewer.state.view_state import Head, clamp

        if what.name == TEXT:
            return view
        if "kind" not in what.takes:
            row = view.inside.target if self.token is None else self.token - 1
            return replace(view, inside=replace(view.inside, target=row, **self._changes(view)))
        kind = self.kind or (view.active if what.name == CELL else None)
        # Without a kind it is a stack that is looked at: each of its maps has its layers.
        of_stack = [each for each in maps if each.stack == view.inside.side] or maps
        sides = of_stack[-1] if kind is None else named(maps, kind)
        first = head_ids(sides, layers, heads)[0]
        seen = view.heads[sides.kind]
        head = Head(seen.layer if layers is None else first.layer, seen.head if heads is None else first.head)
        side = view.inside.side if kind is None else sides.stack
        decodes = sides.decodes if what.name == CELL else side == "decoder"
        at: dict[str, Any] = {} if self.token is None else {"target" if decodes else "source": self.token - 1}
        inside = replace(view.inside, side=side, **self._changes(view), **at)
        if what.name != ARCHITECTURE and layers is not None:
            inside = replace(inside, layer=first.layer)
        chosen = {**view.heads, sides.kind: clamp(head, sides.shape)}
        return replace(
            view, heads=chosen, active=sides.kind if what.name in (CELL, MEASURED_HEADS) else view.active, inside=inside
        )

    def _changes(self, view: ViewState) -> dict[str, Any]:
        said = {"temperature": self.temperature, "encoding": self.encoding, "shift": self.shift}
        changes: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
        if self.key is not None:
            changes["key"] = self.key - 1
        return {**changes, "unfolded": self.unfold or view.inside.unfolded}


NOWHERE = Looked()


def add_looking(group: argparse._ArgumentGroup) -> None:
    """The options."""
    group.add_argument(
        "--token", metavar="N", type=numbers("--token"), help="position of a token, or row of the decoder, from 1"
    )
    group.add_argument("--key", metavar="N", type=whole("--key", 1), help="of a cell; what weighs most if left out")
    group.add_argument("--encoding", metavar="|".join(ENCODINGS), type=one_of("--encoding", ENCODINGS),
                       help="whose numbers --picture encodings gives")  # fmt: skip
    group.add_argument("--role", metavar="|".join(ROLES), type=one_of("--role", tuple(ROLES)),
                       help="all heads of a map that look there, as one: their mean, or what --heads says")  # fmt: skip
    group.add_argument("--shift", metavar="N", type=whole("--shift", 0, LARGEST_SHIFT), help="of --picture rotation")
    group.add_argument("--unfold", action="store_true", default=None, help="all layers of the architecture")
    group.add_argument(
        "--timed", action="store_true", default=None, help="with --picture cost: layers are timed on this machine, too"
    )


def by_role(view: ViewState, kind: Kind, looked: Looked, trace: Trace) -> ViewState:
    """The view with the heads of a kind that have the role asked for as one map; as it is where none was.

    Raises InputError where no head has it in this trace.
    """
    from attention_viewer.model.analysis.head_table import roles
    from attention_viewer.viewer.state.view_state import Head, choose_heads

    if looked.role is None:
        return view
    found, wanted = roles(trace, kind), roles_of(looked.role)
    heads = frozenset(Head(each.layer, each.head) for each in found if each.role in wanted)
    if not heads:
        there = ", ".join(sorted({word for word, held in ROLES.items() if held & {each.role for each in found}}))
        raise InputError(
            f"No head of {kind} attention has the role {looked.role} here: choose {there or 'a longer text'}."
        )
    return choose_heads(view, kind, heads)


def looked(values: argparse.Namespace, what: Exportable, temperature: float | None) -> Looked:
    """The options that were given. Raises InputError where they mean nothing for `what`."""
    for name in (*NAMES, "temperature"):
        given = temperature if name == "temperature" else getattr(values, name)
        if given is not None and name not in what.takes:
            fits = ", ".join(each.word for each in by_word().values() if name in each.takes)
            raise InputError(f"--{name} is for --picture {fits}: leave it out.")
    if values.role is not None and what.shows is not Shows.HEAD:
        raise InputError("--role chooses heads that are shown as one map: leave it out, or leave --picture out.")
    if values.role is not None and (values.layer or values.head):
        raise InputError("--role chooses the heads itself: leave --layer and --head out.")
    if not what.takes:
        return Looked(role=values.role)
    kind = _one_kind(values, what)
    for name in ("layer", "head", "token"):
        if name in what.takes and what.name != TEXT and len(getattr(values, name) or ()) > 1:
            raise InputError(f"--picture {what.word} shows one: give one number to --{name}.")
    return Looked(
        kind,
        values.token[0] if values.token and what.name != TEXT else None,
        values.token or (),
        values.key,
        temperature,
        None if values.encoding is None else ENCODINGS.index(values.encoding),
        values.shift,
        bool(values.unfold),
        bool(values.timed),
        values.role,
    )


def check_there(view: ViewState, what: Exportable, looked: Looked, trace: Trace) -> None:
    """Raise InputError where a token or a key that was asked for is not there."""
    rows, columns = len(trace.steps), len(trace.source_tokens)
    decodes = trace.map(view.active).decodes if what.name == CELL else view.inside.side == "decoder"
    if "kind" not in what.takes:
        decodes = what.name != TEXT or trace.map(view.active).decodes
    has = f"the decoder has {rows} rows" if decodes else f"the sentence has {columns} tokens"
    for token in looked.tokens:
        if token > (rows if decodes else columns):
            raise InputError(f"--token {token} does not exist: {has}.")
    if what.name == CELL and looked.key is not None:
        keys = len(trace.tokens(trace.map(view.active).columns))
        if looked.key > keys:
            raise InputError(f"--key {looked.key} does not exist: the map has {keys} columns.")


def _one_kind(values: argparse.Namespace, what: Exportable) -> Kind | None:
    if "kind" in what.takes and values.kind == "all":
        raise InputError(f"--picture {what.word} shows one: give --kind {listed(kinds_of(known_maps(values.model)))}.")
    kind: Kind | None = values.kind if "kind" in what.takes else None
    return kind
