"""The page in a notebook: of traces, and of what `transformers` gives."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import attention_viewer
import numpy as np
import pytest
import torch
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.maps import CROSS, DECODER, ENCODER
from attention_viewer.model.translator import Translator
from support import traces
from support.reference import reference_model


def values(shown: Any) -> dict[str, Any]:
    """What the page inside the frame draws."""
    frame = re.fullmatch(r'<iframe srcdoc="([^"]*)" sandbox="allow-scripts" title="[^"]*" style="[^"]*"></iframe>',
                         shown._repr_html_())  # fmt: skip
    assert frame is not None
    block = re.search(r'<script type="application/json" id="values">(.*?)</script>', unescape(frame[1]), re.DOTALL)
    assert block is not None
    result: dict[str, Any] = json.loads(block[1])
    return result


def test_a_trace_is_shown_in_a_frame_of_its_own(tmp_path: Path) -> None:
    shown = attention_viewer.show(traces.trace(4))
    assert values(shown)["translation"] and list(values(shown)["maps"]) == [ENCODER, DECODER, CROSS]
    shown.write(tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == shown.html
    assert repr(shown) == "<attention page: encoder, decoder, cross; 5 source tokens, 4 rows>"
    with pytest.raises(InputError, match="not both"):
        attention_viewer.show(traces.trace(4), source_tokens=["a"])


def test_outputs_of_transformers_are_shown_as_they_are(tiny: Path, tiny_translator: Translator) -> None:
    trace = tiny_translator.trace(Document("the cat sees a bird", step=4))
    model = reference_model(tiny)
    source, target = ([[token.id for token in tokens]] for tokens in (trace.source_tokens, trace.input_tokens))
    with torch.inference_mode():
        outputs = model(input_ids=torch.tensor(source), decoder_input_ids=torch.tensor(target), output_attentions=True)
    shown = attention_viewer.show(
        encoder=outputs.encoder_attentions,
        decoder=outputs.decoder_attentions,
        cross=outputs.cross_attentions,
        source_tokens=[token.piece for token in trace.source_tokens],
        target_tokens=[token.piece for token in (*trace.input_tokens, trace.output_tokens[-1])],
    )
    for kind in (ENCODER, DECODER, CROSS):
        np.testing.assert_allclose(shown.trace.weights(kind), trace.weights(kind), atol=1e-5)
    page, own = values(shown), values(attention_viewer.show(trace))
    for name in ("columns", "masked", "shape"):
        assert page["maps"][CROSS][name] == own["maps"][CROSS][name]
    assert page["maps"][DECODER]["masked"] == own["maps"][DECODER]["masked"] and page["causal"]
    assert [token["piece"] for token in page["source"]] == [token["piece"] for token in own["source"]]
    assert all(token["probability"] is None and token["how"] is None for token in page["target"])


def test_what_generate_gives_is_shown_and_a_beam_is_refused_in_words(tiny: Path, tiny_translator: Translator) -> None:
    trace = tiny_translator.trace(Document("the cat sees a bird", step=4))
    model, source = reference_model(tiny), [token.id for token in trace.source_tokens]
    given: dict[str, Any] = {"output_attentions": True, "return_dict_in_generate": True, "max_new_tokens": 4}
    with torch.inference_mode():
        greedy = model.generate(torch.tensor([source]), num_beams=1, do_sample=False, **given)
        beam = model.generate(torch.tensor([source]), num_beams=2, do_sample=False, **given)
    tokens: dict[str, Any] = {
        "source_tokens": [token.piece for token in trace.source_tokens],
        "target_tokens": [token.piece for token in (*trace.input_tokens, trace.output_tokens[-1])],
    }
    shown = attention_viewer.show(
        encoder=greedy.encoder_attentions, decoder=greedy.decoder_attentions, cross=greedy.cross_attentions, **tokens
    )
    for kind in (ENCODER, DECODER, CROSS):
        np.testing.assert_allclose(shown.trace.weights(kind), trace.weights(kind), atol=1e-5)
    for kind in (DECODER, CROSS):
        with pytest.raises(InputError, match=f"The {kind} weights hold 2 sentences, or hypotheses of a beam"):
            attention_viewer.show(**{kind: getattr(beam, f"{kind}_attentions")}, **tokens)


def test_a_hostile_token_stays_text() -> None:
    hostile = '"></iframe><script>alert(1)</script>'
    shown = attention_viewer.show(encoder=np.full((1, 1, 2, 2), 0.5), source_tokens=[hostile, "b"])
    assert values(shown)["source"][0]["text"] == hostile
    assert "</iframe><script>" not in shown._repr_html_()


def test_a_decoder_alone_has_all_of_its_text_as_title() -> None:
    shown = attention_viewer.show(decoder=np.eye(3)[None, None], target_tokens=["The", "Ġold", "Ġcat"])
    assert (values(shown)["sentence"], values(shown)["translation"]) == ("", "The old cat")
