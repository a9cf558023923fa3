"""The HTML page read back: its numbers, its masks, what it may load, and that no sentence breaks out of it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html import unescape
from typing import Any

import numpy as np
import pytest
from attention_viewer.model.contract.api import How, Trace
from attention_viewer.model.contract.document import Document
from attention_viewer.model.translator import Translator
from attention_viewer.viewer.export.meta import meta
from attention_viewer.viewer.export.page import page_bytes
from attention_viewer.viewer.look.colormaps import COLORMAPS
from attention_viewer.viewer.state.options import RowLabels
from numpy.typing import NDArray
from support import traces
from support.traces import KINDS

SENTENCE = "The old teacher who lives next door gave my sister a very interesting book yesterday."
HOSTILE = "</script><script>alert(1)</script> <!-- ]]> {{script}} & \u2028 \ud800 中 '\""
HALF_A_STEP = 0.5 / 65535
BLOCK = re.compile(r'<script type="application/json" id="values">(.*?)</script>', re.DOTALL)


def block(page: bytes) -> str:
    found = BLOCK.search(page.decode("utf-8"))
    assert found is not None
    return found[1]


def values(trace: Trace, about: dict[str, Any] | None = None) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(block(page_bytes(trace, about or {})))
    return result


def weights(stored: dict[str, Any]) -> NDArray[np.float64]:
    steps = np.frombuffer(base64.b64decode(stored["weights"]), dtype="<u2")
    return steps.reshape(stored["shape"]) / 65535


def mask(stored: dict[str, Any], name: str) -> NDArray[np.bool_]:
    shape = stored["shape"][2:]
    bits = np.frombuffer(base64.b64decode(stored[name]), dtype=np.uint8)
    return np.unpackbits(bits, count=shape[0] * shape[1]).reshape(shape).astype(bool)


@pytest.mark.parametrize("rows", [0, 1, 4])
def test_every_weight_comes_back(rows: int) -> None:
    trace = traces.trace(rows)
    maps = values(trace)["maps"]
    for kind in KINDS:
        assert weights(maps[kind]).shape == trace.weights(kind).shape
        np.testing.assert_allclose(weights(maps[kind]), trace.weights(kind), rtol=0, atol=HALF_A_STEP + 1e-7)
    assert mask(maps["decoder"], "masked").tolist() == trace.decoder_mask.tolist()
    assert maps["encoder"]["masked"] is None and maps["decoder"]["leaked"] is None


def test_hidden_tokens_and_a_missing_causal_mask_are_marked() -> None:
    trace = replace(traces.trace(3), hidden=frozenset({1}), causal=False)
    page = values(trace)
    assert mask(page["maps"]["cross"], "masked").tolist() == [[False, True, False, False, False]] * 3
    assert mask(page["maps"]["encoder"], "masked")[:, 1].all()
    assert mask(page["maps"]["decoder"], "leaked").tolist() == np.triu(np.ones((3, 3), dtype=bool), 1).tolist()
    assert not mask(page["maps"]["decoder"], "masked").any()
    assert page["causal"] is False and [token["hidden"] for token in page["source"]].index(True) == 1
    assert page["changes"] == ["causal mask off: marked cells look ahead", "source token 2 “ma” hidden"]


def test_tokens_carry_what_is_known_of_them() -> None:
    trace = traces.trace(4)
    trace = replace(trace, steps=(*trace.steps[:3], replace(trace.steps[3], how=How.FORCED)))
    page = values(trace, {"sentence": "The mat is", "translation": "Le tapis"})
    assert [token["piece"] for token in page["source"]] == ["▁The", "▁ma", "t", "▁is", "</s>"]
    assert [token["starts"] for token in page["source"]] == [True, True, False, True, True]
    assert page["target"][1] == {
        "text": "tap", "piece": "▁tap", "id": 22, "starts": True, "probability": 0.7, "rank": 1, "how": "greedy",
    }  # fmt: skip
    assert page["target"][3]["how"] == "forced"
    decoder = page["maps"]["decoder"]
    assert decoder["rows"][RowLabels.BOTH]["labels"][1] == "Le → tap"
    assert decoder["rows"][RowLabels.PREDICTS] == {
        "title": "queries: token predicted", "labels": ["Le", "tap", "is", "</s>"],
    }  # fmt: skip
    assert decoder["columns"]["labels"] == ["<start>", "Le", "tap", "is"]


def test_colormaps_are_the_windows_own() -> None:
    colormaps = values(traces.trace(1))["colormaps"]
    assert list(colormaps) == ["viridis", "cividis", "magma", "ink"]
    for name, table in colormaps.items():
        assert bytes.fromhex(table) == COLORMAPS[name].tobytes()


def test_no_sentence_breaks_out_of_the_page() -> None:
    trace = traces.trace(2)
    hostile = replace(trace.steps[0].output, text="</script>", piece="<!--<script>")
    trace = replace(trace, steps=(replace(trace.steps[0], output=hostile), trace.steps[1]))
    page = page_bytes(trace, {"sentence": HOSTILE, "translation": HOSTILE})
    assert page.count(b"</script>") == 2 and b"<!--" not in page and b"alert(1)</" not in page
    text = block(page)
    assert text.isascii() and not set("<>&") & set(text)
    read = json.loads(text)
    assert read["sentence"] == HOSTILE and read["target"][0]["text"] == "</script>"
    title = re.search("<title>(.*?)</title>", page.decode("utf-8"))
    assert title is not None and title[1].isascii() and "<" not in title[1]
    assert unescape(title[1]) == f"{HOSTILE} → {HOSTILE}".replace("\ud800", "\ufffd")


def test_nothing_but_the_pages_own_style_and_script_may_be_used() -> None:
    page = page_bytes(traces.trace(1), {}).decode("utf-8")
    policy = re.search('Content-Security-Policy" content="(.*?)"', page)
    assert policy is not None and policy[1].startswith("default-src 'none'; ")
    for element, directive in (("style", "style-src"), ("script", "script-src")):
        content = re.search(f"<{element}>(.*?)</{element}>", page, re.DOTALL)
        assert content is not None
        digest = base64.b64encode(hashlib.sha256(content[1].encode("utf-8")).digest()).decode("ascii")
        assert f"{directive} 'sha256-{digest}'" in policy[1]
    assert not re.search(r"\b(src|href)=|url\(|@import|https?:|import\(|fetch\(", page)


def test_equal_traces_make_equal_pages(translator: Translator) -> None:
    document = Document(SENTENCE, step=200)
    trace = translator.trace(document)
    about = meta(translator.info, document, trace, translator.text(trace))
    page = page_bytes(trace, about)
    assert page == page_bytes(translator.trace(document), dict(about))
    footer = json.loads(block(page))["about"]
    assert footer[1] == f"content {translator.info.content_hash[:12]}" and footer[2].startswith("Attention Viewer ")


def test_a_page_of_all_heads_is_small(translator: Translator) -> None:
    """17 tokens, 4 + 4 layers of 8 heads; two bytes a weight, and not two characters a digit."""
    trace = translator.trace(Document(SENTENCE, step=200))
    assert len(trace.source_tokens) == 17 and len(trace.steps) >= 15
    assert len(page_bytes(trace, {})) < 200_000


def test_heads_that_are_off_are_named() -> None:
    changed = {"heads_off": [["cross", 1, 2]], "hidden": [], "encoder_positions": "off",
               "decoder_positions": "shuffled", "shuffle_seed": 7, "causal_mask": True}  # fmt: skip
    page = values(traces.trace(2), {"document": {"interventions": changed}})
    assert page["maps"]["cross"]["off"] == [[1, 2]] and page["maps"]["decoder"]["off"] == []
    assert page["changes"] == [
        "encoder positions off",
        "decoder positions shuffled (seed 7)",
        "cross layer 2 head 3 off",
    ]
