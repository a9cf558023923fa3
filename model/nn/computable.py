"""Which architectures the arithmetic computes; the others are refused before anything is read. Torch-free."""

from __future__ import annotations

from attention_viewer.model.contract.architecture import Architecture, Normalisation, PositionKind
from attention_viewer.model.contract.config import ACTIVATIONS


def what_is_missing(architecture: Architecture) -> str:
    """What of the architecture is not computed here, as words; "" where all of it is."""
    missing = [
        words
        for words, is_missing in (
            (f"{architecture.positions} positions", architecture.positions is not PositionKind.SINUSOIDAL),
            (f"{architecture.norms.kind} normalisation", architecture.norms.kind is not Normalisation.LAYER),
            ("normalised embeddings", architecture.norms.embedding),
            ("layers without biases", not architecture.biases),
            ("scores that are not scaled", not architecture.scaled_scores),
            (f"the activation {architecture.activation}", architecture.activation not in ACTIVATIONS),
        )
        if is_missing
    ]
    return ", ".join(missing)
