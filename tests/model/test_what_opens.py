"""Checkpoints as people have them: every way to store the weights, and settings of every file."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from attention_viewer.model.checkpoint import content_hash, load
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.remarks import in_language, language_of, remarks
from attention_viewer.model.nn.shapes import parameter_shapes
from attention_viewer.model.translator import Translator
from safetensors.torch import load_file, save_file
from support.broken import MODEL, PICKLED, in_parts
from support.checkpoints import MakeCheckpoint
from support.languages import multilingual

TEXT = "the cat sees the big tree."
Change = Callable[[Path], Any]


@pytest.fixture
def copy(tiny: Path, tmp_path: Path) -> Path:
    """A copy of the tiny checkpoint that a test may change."""
    directory = tmp_path / "copy"
    shutil.copytree(tiny, directory)
    return directory


def as_pickle(directory: Path, zipped: bool = True, kind: torch.dtype = torch.float32) -> None:
    """Store the weights as torch does, parameters among them."""
    stored = {name: each.to(kind) for name, each in load_file(directory / MODEL).items()}
    stored["model.shared.weight"] = torch.nn.Parameter(stored["model.shared.weight"])
    torch.save(stored, directory / PICKLED, _use_new_zipfile_serialization=zipped)
    (directory / MODEL).unlink()


def as_pickled_parts(directory: Path) -> None:
    """Store the weights in two pickles with an index."""
    stored = load_file(directory / MODEL)
    (directory / MODEL).unlink()
    names = sorted(stored)
    where = {}
    for number, chosen in ((1, names[:30]), (2, names[30:])):
        part = f"pytorch_model-0000{number}-of-00002.bin"
        torch.save({each: stored[each] for each in chosen}, directory / part)
        where.update(dict.fromkeys(chosen, part))
    (directory / f"{PICKLED}.index.json").write_text(json.dumps({"weight_map": where}), encoding="utf-8")


def in_type(directory: Path, kind: torch.dtype) -> None:
    """Store the weights in another type."""
    stored = {name: each.to(kind) for name, each in load_file(directory / MODEL).items()}
    save_file(stored, directory / MODEL, metadata={"format": "pt"})


@pytest.mark.parametrize(
    ("store", "exact"),
    [
        (as_pickle, True),
        (lambda directory: as_pickle(directory, zipped=False), True),
        (in_parts, True),
        (as_pickled_parts, True),
        (lambda directory: in_type(directory, torch.float64), True),
        (lambda directory: in_type(directory, torch.float16), False),
        (lambda directory: in_type(directory, torch.bfloat16), False),
        (lambda directory: as_pickle(directory, kind=torch.float16), False),
        (lambda directory: as_pickle(directory, False, torch.bfloat16), False),
    ],
)
def test_weights_stored_in_any_way_compute_the_same(store: Change, exact: bool, copy: Path, tiny: Path) -> None:
    before = load(tiny).state_dict()
    hashed = content_hash(copy)
    store(copy)
    after = load(copy).state_dict()
    for name, tensor in after.items():
        assert tensor.dtype is torch.float32
        assert torch.allclose(tensor, before[name], atol=0.0 if exact else 0.02, rtol=0.0), name
    assert content_hash(copy) != hashed
    assert Translator(copy).trace(Document(TEXT, step=2)).steps


def test_the_weights_that_are_whole_come_before_those_in_parts(copy: Path) -> None:
    whole = (copy / MODEL).read_bytes()
    in_parts(copy)
    apart = content_hash(copy)
    (copy / MODEL).write_bytes(whole)
    assert content_hash(copy) != apart
    (copy / MODEL).unlink()
    part = copy / "model-00002-of-00002.safetensors"
    stored = load_file(part)
    first = next(iter(stored.values()))
    first += 1.0
    save_file(stored, part, metadata={"format": "pt"})
    assert content_hash(copy) != apart


def test_an_output_of_its_own_beside_shared_embeddings(copy: Path) -> None:
    stored = load_file(copy / MODEL)
    stored["lm_head.weight"] = stored["model.shared.weight"] + 1.0
    save_file(stored, copy / MODEL, metadata={"format": "pt"})
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps({**config, "tie_word_embeddings": False}))
    model = load(copy)
    assert torch.equal(model.generator.weight, stored["lm_head.weight"])
    assert torch.equal(model.target_embedding.tokens.weight, stored["model.shared.weight"])


@pytest.mark.parametrize("separate", [False, True])
def test_the_shapes_are_those_of_the_model(separate: bool, make_checkpoint: MakeCheckpoint) -> None:
    model = load(make_checkpoint("shapes", separate=separate))
    shapes = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    assert parameter_shapes(model.architecture) == shapes


def settings(directory: Path, file: str, **values: Any) -> None:
    """Change fields of a JSON file; None removes one."""
    path = directory / file
    known = json.loads(path.read_text("utf-8")) if path.exists() else {}
    changed = {name: value for name, value in {**known, **values}.items() if value is not None}
    path.write_text(json.dumps(changed), encoding="utf-8")


def test_a_model_whose_padding_is_its_end_comes_to_an_end(copy: Path) -> None:
    for file in ("config.json", "generation_config.json"):
        settings(copy, file, pad_token_id=0, decoder_start_token_id=2, bad_words_ids=[[0]])
    stored = load_file(copy / MODEL)
    stored["final_logits_bias"][0, 0] = 50.0
    save_file(stored, copy / MODEL, metadata={"format": "pt"})
    translator = Translator(copy)
    assert translator.info.architecture.barred_ids == ()
    assert len(translator.trace(Document(TEXT, step=20, limit=20)).steps) == 1


def test_weights_that_overflow_together_are_said_and_nothing_is_given(copy: Path) -> None:
    stored = load_file(copy / MODEL)
    for name, tensor in stored.items():
        if "fc1" in name or "fc2" in name:
            tensor.fill_(3e38)
    save_file(stored, copy / MODEL, metadata={"format": "pt"})
    translator = Translator(copy)
    with pytest.raises(InputError, match="The numbers overflow in the encoder"):
        translator.trace(Document(TEXT, step=2))
    assert all(isinstance(each, InputError) for each in translator.translate_many([TEXT, "a dog"]))


def test_a_row_that_overflows_is_said(copy: Path) -> None:
    stored = load_file(copy / MODEL)
    stored["model.decoder.layers.0.fc2.bias"].fill_(3e38)
    stored["model.decoder.layers.0.fc1.bias"].fill_(3e38)
    stored["model.decoder.layers.0.fc2.weight"].fill_(3e38)
    save_file(stored, copy / MODEL, metadata={"format": "pt"})
    translator = Translator(copy)
    assert translator.trace(Document(TEXT)).encoder_self_attention.size
    with pytest.raises(InputError, match="overflow in row 1 of the decoder"):
        translator.trace(Document(TEXT, step=2))
    with pytest.raises(InputError, match="overflow in row 1 of the search"):
        list(translator.beam_steps(Document(TEXT)))
    assert all(isinstance(each, InputError) for each in translator.translate_many([TEXT, "a dog"]))


def test_the_languages_of_a_model_are_known_and_said_to_be_needed(copy: Path, tiny_translator: Translator) -> None:
    info = Translator(multilingual(copy, copy.with_name("many"), ">>fra<<", ">>deu<<", ">>cmn_Hans<<")).info
    assert info.language_tokens == (">>cmn_Hans<<", ">>deu<<", ">>fra<<")
    (said,) = remarks(info)
    assert "3 languages and needs to be told which: >>cmn_Hans<<, >>deu<<, >>fra<<" in said
    tokens = info.language_tokens
    assert language_of(tokens, TEXT) == "" and language_of(tokens, f">>fra<< {TEXT}") == ">>fra<<"
    assert (
        in_language(tokens, TEXT, ">>deu<<") == f">>deu<< {TEXT}" == in_language(tokens, f">>fra<< {TEXT}", ">>deu<<")
    )
    assert in_language(tokens, f">>fra<<{TEXT}", "") == TEXT == in_language((), TEXT, "")
    assert tiny_translator.info.language_tokens == () and remarks(tiny_translator.info) == ()


def test_settings_that_are_not_followed_are_said(copy: Path) -> None:
    settings(copy, "generation_config.json", no_repeat_ngram_size=3, repetition_penalty=1.2)
    (said,) = remarks(Translator(copy).info)
    assert "no_repeat_ngram_size = 3; repetition_penalty = 1.2" in said


def test_many_barred_tokens_cost_no_time(bundled: Path, tmp_path: Path) -> None:
    directory = tmp_path / "barred"
    shutil.copytree(bundled, directory)
    settings(directory, "generation_config.json", bad_words_ids=[[each] for each in range(2000, 10_001)])
    trace = Translator(directory).trace(Document("The cat is sleeping.", step=12, limit=12))
    assert all(token.id < 2000 for token in trace.output_tokens)
    found = [candidate.token.id for step in trace.steps for candidate in step.candidates]
    assert len(found) == 10 * len(trace.steps) and max(found) < 2000
    assert np.isfinite(trace.cross_attention).all()
