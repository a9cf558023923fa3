"""The configurations and tokenizers of public OPUS-MT checkpoints, under small random weights."""

from __future__ import annotations

import json
import shutil
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from attention_viewer.model.checkpoint import examine
from attention_viewer.model.contract.document import Document
from attention_viewer.model.nn.shapes import parameter_shapes
from attention_viewer.model.stored.entry import Entry
from attention_viewer.model.translator import Translator
from safetensors.torch import save_file
from support.shared_files import shared

NAMES = [path.name for path in sorted(shared("tokenizers").glob("opus-*"))]
SMALL = {
    "d_model": 16, "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 2,
    "decoder_attention_heads": 2, "encoder_ffn_dim": 16, "decoder_ffn_dim": 16,
}  # fmt: skip
TEXTS = [
    "The cat sat on the mat.",
    "“Hello”, she said — it's 5 ㎏ … at 10 % a\u00a0day",
    "  two   spaces\tand\na newline  ",
    "Café naïve cafe\u0301 ﬁnd ① Ǆ ‼",
    "中文 مرحبا Ελλάδα 😀 e\u0301te",
    "a ™ b",
    "½ cup, take ½ cup",
]

pytestmark = pytest.mark.skipif(not NAMES, reason="the public tokenizers are not at hand")


def small_weights(directory: Path, config: dict[str, Any]) -> None:
    """Random weights of the sizes that a configuration asks for."""
    from attention_viewer.model.contract.config import read_config
    from attention_viewer.model.families.marian import architecture, stored_names

    found, chance = architecture(read_config(directory)), torch.Generator().manual_seed(1)
    tensors = {}
    for name, shape in parameter_shapes(found).items():
        names = stored_names(name, found)[0]
        part = (shape[0] // len(names), *shape[1:])
        for stored in names:
            ones = 1.0 if "layer_norm.weight" in stored else 0.0
            tensors[stored] = torch.randn(part, generator=chance) * 0.3 + ones
    save_file(tensors, directory / "model.safetensors", metadata={"format": "pt"})


@pytest.fixture(scope="module", params=NAMES)
def opened(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Translator:
    directory = tmp_path_factory.mktemp("public") / request.param
    shutil.copytree(shared("tokenizers") / request.param, directory)
    directory.chmod(0o755)
    path = directory / "config.json"
    path.chmod(0o644)
    config = {**json.loads(path.read_text("utf-8")), **SMALL}
    path.write_text(json.dumps(config), encoding="utf-8")
    small_weights(directory, config)
    return Translator(directory)


@pytest.fixture(scope="module")
def reference(opened: Translator) -> Any:
    from transformers import MarianTokenizer

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Recommended")
        return MarianTokenizer.from_pretrained(opened.info.directory)


@pytest.mark.parametrize("text", TEXTS)
def test_ids_are_those_of_transformers(text: str, opened: Translator, reference: Any) -> None:
    tokens = opened.tokenize(text)
    assert [token.id for token in tokens] == reference(text).input_ids
    assert [token.id for token in opened.encode_target(text)] == reference(text_target=text).input_ids
    spans = [token.span for token in tokens if token.span]
    assert spans == sorted(spans) and all(0 <= start < stop <= len(text) for start, stop in spans)
    shown = {text[index] for start, stop in spans for index in range(start, stop)}
    assert {each for each in text if not each.isspace()} <= shown


def test_a_sign_that_is_taken_apart_belongs_to_the_piece_that_begins_with_it(opened: Translator) -> None:
    spans = {token.piece: token.span for token in opened.tokenize("a ™ b")}
    assert all(span == (2, 3) for piece, span in spans.items() if piece in ("▁T", "▁TM", "M"))
    assert (2, 3) in spans.values()


def test_start_end_and_barred_tokens_are_those_of_the_files(opened: Translator) -> None:
    info = opened.info
    pad = info.architecture.pad_token_id
    assert info.architecture.decoder_start_token_id == pad and info.architecture.barred_ids == (pad,)
    vocabulary = opened.vocabulary()
    assert vocabulary[info.architecture.eos_token_id].piece == "</s>"
    assert (vocabulary[pad].piece, vocabulary[pad].text) == ("<pad>", "<start>")
    trace = opened.trace(Document("The cat sat.", step=3, limit=3))
    assert np.allclose(trace.cross_attention.sum(-1), 1.0, atol=1e-5)


def test_a_tokenizer_of_another_model_is_refused(opened: Translator, tmp_path: Path) -> None:
    others = [path for path in shared("tokenizers").glob("opus-*") if path.name != opened.info.name]
    for other in others:
        directory = tmp_path / other.name
        shutil.copytree(opened.info.directory, directory)
        (directory / "source.spm").unlink()
        shutil.copy(other / "source.spm", directory / "source.spm")
        with pytest.raises(Exception, match="belongs to another model"):
            examine(directory)
    assert others


def test_entries_say_what_they_are() -> None:
    assert str(Entry("float16", (3, 4))) == "float16 [3, 4]" and Entry("float16", (3, 4)).bytes == 24
