"""How well each attribution agrees with leaving source tokens out: Spearman's ρ over the rows of translations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from attention_viewer.model.analysis.correlation import spearman
from attention_viewer.model.contract import methods
from attention_viewer.model.contract.api import Floats, Trace
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.maps import CROSS
from attention_viewer.model.contract.methods import Method, MethodInfo
from attention_viewer.model.translator import Translator, finished


def attribution_lines(translator: Translator, sources: Iterable[str], limit: int) -> Iterator[str]:
    """A table of what each source attribution's ranks have in common with leave-one-out's, over all rows.

    The mean of ρ over the rows of greedy translations. What tells layers and heads apart is averaged over them, and the
    raw weights of the last layer and of the best head stand beside.
    """
    found: dict[str, list[Floats]] = {}
    sentences = 0
    for source in sources:
        document = Document(source, step=limit, limit=limit)
        trace = translator.trace(document)
        left_out = _cross(translator, document, methods.LEAVE_ONE_OUT)[0, 0]
        for name, scores in _scores(translator, document, trace):
            found.setdefault(name, []).append(spearman(scores, left_out))
        sentences += 1
    means = {name: float(np.nanmean(np.concatenate(rows))) for name, rows in found.items()}
    best = max((name for name in means if name.startswith("layer")), key=lambda name: means[name], default="")
    yield ""
    yield f"Agreement of source attributions with leave-one-out: mean Spearman's rho over all rows of {sentences}"
    for name, mean in means.items():
        if not name.startswith("layer") or name == best:
            yield f"{f'attention, {name} (the best head)' if name == best else name:<48} {mean:6.3f}"


def _scores(translator: Translator, document: Document, trace: Trace) -> Iterator[tuple[str, Floats]]:
    """Every attribution of the source, by its name, [T, S]."""
    weights = trace.weights(CROSS)
    yield "attention, mean of all heads", weights.mean(axis=(0, 1))
    yield "attention, mean of the last layer", weights[-1].mean(axis=0)
    for layer, head in np.ndindex(*weights.shape[:2]):
        yield f"layer {layer + 1} head {head + 1}", weights[layer, head]
    for each in methods.METHODS:
        if each.method != methods.LEAVE_ONE_OUT:
            scores = _cross(translator, document, each.method).mean(axis=(0, 1))
            yield _named(each), scores
            if each.signed:
                yield f"{_named(each)}, without its sign", np.abs(scores)


def _named(method: MethodInfo) -> str:
    averaged = {methods.NORMS: ", mean of all heads", methods.VALUE_ZEROING: ", mean of all layers"}
    return f"{method.title}{averaged.get(method.method, '')}"


def _cross(translator: Translator, document: Document, method: Method) -> Floats:
    return finished(translator.attribution_steps(document, method)).maps[CROSS]
