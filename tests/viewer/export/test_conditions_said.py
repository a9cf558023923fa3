"""What is exported under an intervention says so, in the picture and in the file, whatever subject and format."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from xml.etree import ElementTree

import numpy as np
import pytest
from attention_viewer.model.contract.api import Trace
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.interventions import NONE, HeadId, Interventions, Positions
from attention_viewer.model.contract.maps import CROSS, ENCODER
from attention_viewer.viewer.export.job import encoded, figure_of
from attention_viewer.viewer.export.pictures import Scene
from attention_viewer.viewer.state.comparing import Other
from attention_viewer.viewer.state.exportables import (
    ANIMATIONS,
    NUMBERS,
    PICTURES,
    by_name,
    exportable,
)
from attention_viewer.viewer.state.figure_options import FigureOptions
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.view_state import Head, Side, ViewState, choose_heads
from PIL import Image
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from support import traces
from support.exports import MEASURED
from support.searches import searched
from support.traces import KINDS

SVG = "{http://www.w3.org/2000/svg}"
ROWS = 3
CHANGED = Interventions(frozenset({HeadId(CROSS, 1, 2)}), encoder_positions=Positions.OFF)
SAID = "encoder positions off; cross layer 2 head 3 off"
SUBJECTS = [subject for subject in by_name() if subject not in MEASURED]
EVERYTHING = [
    (subject, suffix)
    for subject in SUBJECTS
    for suffix in exportable(subject).formats
    if suffix not in ("csv", "json") or subject == "data"
]
DRAWN = [subject for subject in SUBJECTS if "svg" in exportable(subject).formats]


def scene(changed: Interventions = CHANGED, sentence: str = "The mat is", **compared: object) -> Scene:
    document = Document(sentence, step=ROWS, interventions=changed)
    other = Other("pinned", traces.trace(2), "Other", "Autre", **compared) if compared else None  # type: ignore[arg-type]
    loaded = Loaded(
        traces.info(),
        traces.trace(ROWS),
        sentence,
        "Le tapis",
        document=document,
        results=replace(searched(document), other=other),
    )
    window = QImage(600, 400, QImage.Format.Format_RGB32)
    window.fill(QColor("#123456"))
    return Scene(loaded, ViewState(), traces.config().d_model, window)


def png(content: bytes) -> str:
    with Image.open(io.BytesIO(content)) as image:
        image.load()
        return "\n".join(f"{name}: {text}" for name, text in image.text.items())  # type: ignore[attr-defined]


def gif(content: bytes) -> str:
    with Image.open(io.BytesIO(content)) as image:
        comment = image.info["comment"]
        assert isinstance(comment, bytes)
        return comment.decode()


def xmp(packet: bytes) -> str:
    return "\n".join(ElementTree.fromstring(packet.decode().strip("\ufeff")).itertext())


def webp(content: bytes) -> str:
    with Image.open(io.BytesIO(content)) as image:
        return xmp(image.info["xmp"])


def svg(content: bytes) -> str:
    root = ElementTree.fromstring(content)
    return "\n".join(element.text or "" for name in ("title", "desc") for element in root.iter(f"{SVG}{name}"))


def pdf(content: bytes) -> str:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content))
    assert reader.metadata is not None
    packet = reader.trailer["/Root"]["/Metadata"].get_data()  # type: ignore[index]
    return f"{reader.metadata.title}\n{xmp(packet)}"


def npz(content: bytes) -> str:
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        return "; ".join(json.loads(str(file["meta"]))["interventions"])


def table(content: bytes) -> str:
    lines = list(csv.DictReader(io.StringIO(content.decode())))
    assert list(lines[0])[:10] == [
        "kind", "layer", "head", "query_index", "query", "predicts", "key_index", "key", "weight", "masked",
    ]  # fmt: skip
    (said,) = {line["interventions"] for line in lines}
    return said


def page(content: bytes) -> str:
    text = content.decode()
    described = re.search(r'<meta name="description" content="([^"]*)">', text)
    values = re.search(r'<script type="application/json" id="values">(.*?)</script>', text, re.S)
    assert described is not None and values is not None
    return f"{unescape(described[1])}\n{'; '.join(json.loads(values[1])['changes'])}"


READERS: dict[str, Callable[[bytes], str]] = {
    "png": png, "svg": svg, "pdf": pdf, "gif": gif, "apng": png, "webp": webp, "npz": npz, "csv": table,
    "csv.gz": lambda content: table(gzip.decompress(content)),
    "json": lambda content: "; ".join(json.loads(content)["meta"]["interventions"]), "html": page,
}  # fmt: skip


def drawn(content: bytes) -> str:
    return " ".join((element.text or "").strip() for element in ElementTree.fromstring(content).iter(f"{SVG}text"))


@pytest.mark.parametrize("caption", [True, False], ids=["caption", "no caption"])
@pytest.mark.parametrize(("what", "suffix"), EVERYTHING)
def test_the_file_says_it_with_and_without_a_caption(qapp: QApplication, what: str, suffix: str, caption: bool) -> None:
    read = READERS[suffix](encoded(scene(), FigureOptions(what, suffix, caption=caption, dpi=96))[0])
    assert SAID in read
    if suffix in (*PICTURES, *ANIMATIONS):
        for fact in ("Sentence: The mat is", "Model: toy", f"Model content hash: {'0' * 64}", f"Picture: {what}"):
            assert fact in read


@pytest.mark.parametrize(("what", "suffix"), EVERYTHING)
def test_without_interventions_nothing_is_said(qapp: QApplication, what: str, suffix: str) -> None:
    read = READERS[suffix](encoded(scene(NONE), FigureOptions(what, suffix, dpi=96))[0])
    assert "with:" not in read and "nterventions" not in read and " off" not in read
    assert read or suffix in NUMBERS


@pytest.mark.parametrize("what", DRAWN)
def test_the_caption_says_it(qapp: QApplication, what: str) -> None:
    assert f"with: {SAID}" in drawn(encoded(scene(), FigureOptions(what, "svg"))[0])
    assert "with: " not in drawn(encoded(scene(NONE), FigureOptions(what, "svg"))[0])
    assert "with: " not in drawn(encoded(scene(), FigureOptions(what, "svg", caption=False))[0])


@pytest.mark.parametrize("what", [each for each in by_name() if "gif" in exportable(each).formats])
def test_every_frame_says_it(qapp: QApplication, what: str) -> None:
    whole = scene()
    for row in range(1, ROWS + 1):
        assert f"with: {SAID}" in figure_of(whole.at(row), FigureOptions(what, "gif"), whole).caption


def mirrored(trace: Trace) -> Trace:
    """A trace with other weights, so that there is a difference to picture."""
    encoder, cross = trace.encoder_self_attention[..., ::-1], trace.cross_attention[..., ::-1]
    return traces.with_weights(trace, encoder=encoder, cross=cross, decoder=0.5 * trace.decoder_self_attention)


@pytest.mark.parametrize("what", ["map", "grid", "kinds"])
def test_compared_sides_say_their_own(qapp: QApplication, what: str) -> None:
    pair = scene(interventions=Interventions(causal_mask=False))
    expected = {
        Side.A: f"with: {SAID}",
        Side.B: "with: causal mask off",
        Side.DIFFERENCE: f"A with: {SAID} · B with: causal mask off",
    }
    for side, said in expected.items():
        view = replace(pair.view, side=side, active=ENCODER)
        other = pair.loaded.results.other
        assert other is not None
        changed = replace(other, trace=mirrored(other.trace))
        loaded = replace(pair.loaded, results=replace(pair.loaded.results, other=changed))
        content = encoded(replace(pair, loaded=loaded, view=view), FigureOptions(what, "svg"))[0]
        assert drawn(content).count(said) == 1 and said.removeprefix("with: ") in svg(content)
        assert ("Sentence: Other" in svg(content)) == (side is Side.B)


def test_many_heads_are_counted_in_the_caption_and_all_named_in_the_file(qapp: QApplication) -> None:
    off = frozenset(HeadId(kind, layer, head) for kind in KINDS for layer in range(2) for head in (0, 2))
    content = encoded(scene(Interventions(off)), FigureOptions("map", "svg"))[0]
    assert "8 more heads off, 12 in all" in drawn(content) and "cross layer 2" not in drawn(content)
    assert "cross layer 2 heads 1, 3 off" in svg(content)


@pytest.mark.parametrize("suffix", [*PICTURES, *ANIMATIONS])
def test_whatever_a_sentence_holds_the_file_can_be_read(qapp: QApplication, suffix: str) -> None:
    odd = 'a\x00b <i>&amp; \ud800 \ufffe 中文 ]]> --> "q"'
    read = READERS[suffix](encoded(scene(sentence=odd), FigureOptions("candidates", suffix, dpi=96))[0])
    assert 'Sentence: a b <i>&amp; ?   中文 ]]> --> "q"' in read


def test_the_head_and_the_kind_are_named_from_one(qapp: QApplication) -> None:
    read = png(encoded(scene(), FigureOptions("map", "png"))[0]).splitlines()
    assert {"Title: Cross-attention · layer 2, head 3 · off", "Kind: Cross-attention", "Layer: 2", "Head: 3"} <= set(
        read
    )
    kinds = png(encoded(scene(), FigureOptions("kinds", "png"))[0])
    assert "Masked decoder self-attention: layer 2, head 2" in kinds


def test_of_several_heads_as_one_no_single_head_is_named(qapp: QApplication) -> None:
    pooled = replace(scene(), view=choose_heads(scene().view, CROSS, frozenset({Head(0, 1), Head(1, 0)})))
    facts = png(encoded(pooled, FigureOptions("map", "png"))[0]).splitlines()
    assert "Heads: Chosen heads (Ctrl+click), mean" in facts
    assert not [each for each in facts if each.startswith(("Layer: ", "Head: "))]
    kinds = png(encoded(pooled, FigureOptions("kinds", "png"))[0]).splitlines()
    assert "Cross-attention: Chosen heads (Ctrl+click), mean" in kinds
    assert "Masked decoder self-attention: layer 2, head 2" in kinds, "of which no heads were chosen"


@pytest.mark.parametrize("subject", ["beam", "hypotheses", "ranking"])
def test_every_line_of_a_searched_table_says_it(subject: str) -> None:
    lines = list(csv.DictReader(io.StringIO(encoded(scene(), FigureOptions(subject, "csv"))[0].decode())))
    assert lines and all(line["interventions"] == SAID for line in lines)
