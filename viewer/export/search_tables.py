"""What was searched and ranked, as CSV: the beam's tree, the hypotheses, the ranking of heads. No Qt, no torch."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from attention_viewer.viewer.export import head_ranking
from attention_viewer.viewer.export.meta import meta
from attention_viewer.viewer.export.writing import ExportError
from attention_viewer.viewer.resolve import resolve_laboratory as laboratory
from attention_viewer.viewer.state import conditions
from attention_viewer.viewer.state.exportables import BEAM_TREE, HYPOTHESES, RANKED_HEADS
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.results import BEAM, RANKING
from attention_viewer.viewer.state.specs import HypothesesSpec

NO_RANKING = "There is no ranking of heads yet: run it first (Laboratory > Rank heads)."


def beam_csv(loaded: Loaded) -> bytes:
    """A line for each continuation that was considered; `parent` is the index of another, empty for the start."""
    tree = loaded.found(BEAM)
    if tree is None:
        raise ExportError(laboratory.no_beam(loaded).reason)
    finished = {node: (rank, score) for rank, (node, score) in enumerate(tree.finished, 1)}
    lines = (
        (index, "" if node.parent is None else node.parent, node.step, node.token.piece, f"{node.log_probability:.6f}",
         node.fate.value, *finished.get(index, ("", "")))
        for index, node in enumerate(tree.nodes)
    )  # fmt: skip
    heading = ("index", "parent", "step", "piece", "log_probability", "fate", "rank", "score")
    return _csv(heading, lines, loaded)


def hypotheses_csv(loaded: Loaded) -> bytes:
    """A line for each continuation that was kept."""
    spec = laboratory.hypotheses_spec(loaded)
    if not isinstance(spec, HypothesesSpec):
        raise ExportError(spec.reason)
    lines = (
        (index, row.name, row.text, "" if row.log_probability is None else f"{row.log_probability:.6f}", row.tokens,
         row.how, int(row.current), int(row.ended))
        for index, row in enumerate(spec.rows, 1)
    )  # fmt: skip
    return _csv(("number", "name", "text", "log_probability", "tokens", "how", "current", "ended"), lines, loaded)


def ranking_csv(loaded: Loaded) -> bytes:
    """A line for each head, as the command rank writes it."""
    effects = loaded.found(RANKING)
    if effects is None or loaded.info is None or loaded.document is None or loaded.trace is None:
        raise ExportError(NO_RANKING)
    return head_ranking.csv_bytes(effects, meta(loaded.info, loaded.document, loaded.trace, loaded.translation))


TABLES: Mapping[str, Callable[[Loaded], bytes]] = MappingProxyType(
    {BEAM_TREE: beam_csv, HYPOTHESES: hypotheses_csv, RANKED_HEADS: ranking_csv}
)
"""Name of an exportable -> the function that makes its table."""


def _csv(heading: tuple[str, ...], lines: Iterable[tuple[Any, ...]], loaded: Loaded) -> bytes:
    """The table as UTF-8; what was changed in the model stands last, the same on every line."""
    changed = conditions.of_loaded(loaded, whole=True).removeprefix("with: ")
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow((*heading, "interventions"))
    writer.writerows((*line, changed) for line in lines)
    return buffer.getvalue().encode("utf-8", "replace")
