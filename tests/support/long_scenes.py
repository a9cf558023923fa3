"""A made-up scene of as many tokens as wanted, no two weights beside each other alike."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from attention_viewer.model.contract.api import Floats, Token
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.maps import CROSS, DECODER, ENCODER
from attention_viewer.viewer.export.pictures import Scene
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.view_state import ViewState
from support import traces


def long_scene(tokens: int, active: str = CROSS) -> Scene:
    """`tokens` source tokens and decoder rows of the made-up model, looked at in the map `active`."""
    chance = np.random.default_rng(7)

    def weights() -> Floats:
        raw = chance.random((traces.LAYERS, traces.HEADS, tokens, tokens), dtype=np.float32)
        return raw

    named = tuple(Token(index % traces.VOCABULARY, f"▁w{index}", f"w{index}") for index in range(tokens))
    first = traces.trace(1).steps[0]
    steps = tuple(replace(first, reads=named[index - 1] if index else first.reads, output=named[index])
                  for index in range(tokens))  # fmt: skip
    decoder = weights()
    decoder[..., np.triu(np.ones((tokens, tokens), bool), 1)] = 0.0
    attention = {ENCODER: weights(), DECODER: decoder, CROSS: weights()}
    trace = replace(traces.trace(1), source_tokens=named, steps=steps, attention=attention, ended=None)
    text = " ".join(token.text for token in named)
    loaded = Loaded(traces.info(), trace, text, text, document=Document(text, step=tokens))
    return Scene(loaded, ViewState(active=active), 12)
