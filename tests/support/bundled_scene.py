"""What figures are made of: a sentence of ten words, as the bundled model translates it."""

from __future__ import annotations

from pathlib import Path

from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.maps import CROSS, DECODER, ENCODER
from attention_viewer.model.translator import Translator
from attention_viewer.viewer.export.pictures import Scene
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.view_state import Head, ViewState

TEN_WORDS = "The cat sat on the mat because it was tired."


def ten_words(bundled: Path) -> Scene:
    """The sentence at its end, looked at in the cross-attention of layer 4, head 8."""
    translator = Translator(bundled)
    document = Document(TEN_WORDS, step=200)
    trace = translator.trace(document)
    loaded = Loaded(translator.info, trace, TEN_WORDS, translator.text(trace), document=document)
    heads = {kind: Head(3, 7) for kind in (ENCODER, DECODER, CROSS)}
    return Scene(loaded, ViewState(active=CROSS, heads=heads), translator.info.architecture.d_model)
