"""What was searched and ranked, as tables: the beam's tree, the hypotheses, the ranking of heads. No Qt, no torch."""

from __future__ import annotations

from attention_viewer.viewer.export import head_ranking
from attention_viewer.viewer.export.listed import Table
from attention_viewer.viewer.export.writing import ExportError
from attention_viewer.viewer.resolve import resolve_laboratory as laboratory
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.results import BEAM, RANKING
from attention_viewer.viewer.state.specs import HypothesesSpec
from attention_viewer.viewer.state.view_state import ViewState


def beam_table(loaded: Loaded, view: ViewState) -> Table:
    """A line for each continuation that was considered; `parent` is the index of another, empty for the start."""
    tree = loaded.found(BEAM)
    if tree is None:
        raise ExportError(laboratory.no_beam(loaded).reason)
    finished = {node: (rank, score) for rank, (node, score) in enumerate(tree.finished, 1)}
    lines = (
        (index, node.parent, node.step, node.token.piece, node.log_probability, node.fate.value,
         *finished.get(index, (None, None)))
        for index, node in enumerate(tree.nodes)
    )  # fmt: skip
    heading = ("index", "parent", "step", "piece", "log_probability", "fate", "rank", "score")
    return Table(heading, tuple(lines))


def hypotheses_table(loaded: Loaded, view: ViewState) -> Table:
    """A line for each continuation that was kept."""
    spec = laboratory.hypotheses_spec(loaded)
    if not isinstance(spec, HypothesesSpec):
        raise ExportError(spec.reason)
    lines = (
        (index, row.name, row.text, row.log_probability, row.tokens, row.how, int(row.current), int(row.ended))
        for index, row in enumerate(spec.rows, 1)
    )  # fmt: skip
    heading = ("number", "name", "text", "log_probability", "tokens", "how", "current", "ended")
    return Table(heading, tuple(lines))


def ranking_table(loaded: Loaded, view: ViewState) -> Table:
    """A line for each head, with the columns of the command rank."""
    ranking = loaded.found(RANKING)
    if ranking is None:
        raise ExportError(laboratory.no_ranking(loaded).reason)
    return Table(head_ranking.COLUMNS[:-1], tuple(head_ranking.rows(ranking.effects)))
