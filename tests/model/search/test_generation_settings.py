"""Tokens that a checkpoint's settings force, or bar at first or for ever: the translations of `generate`."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from attention_viewer.model.contract.choosing import Decoding, Method, distribution
from attention_viewer.model.contract.document import Document, go_to
from attention_viewer.model.contract.hypotheses import decode_by
from attention_viewer.model.contract.remarks import remarks
from attention_viewer.model.translator import Translator, finished
from support.reference import reference_model

TEXTS = ("the cat sees the big tree.", "a dog", "the old bird hears a small red house.")
LIMIT = 12
FORCED = 7
SETTINGS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "first forced": {"forced_bos_token_id": FORCED},
    "barred at first": {"begin_suppress_tokens": [*range(3, 34)]},
    "forced, then barred": {"forced_bos_token_id": FORCED, "begin_suppress_tokens": [0, *range(4, 30)]},
    "forced though barred": {"forced_bos_token_id": FORCED, "suppress_tokens": [9], "bad_words_ids": [[2], [FORCED]]},
    "the end forced": {"forced_bos_token_id": 0},
}


def changed(directory: Path, copy: Path, values: dict[str, Any]) -> Path:
    """A copy of a checkpoint with other decoding settings."""
    shutil.copytree(directory, copy)
    path = copy / "generation_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **values}), encoding="utf-8")
    return copy


@pytest.mark.parametrize("name", SETTINGS)
def test_translations_are_those_of_generate(name: str, tiny: Path, tmp_path: Path) -> None:
    directory = changed(tiny, tmp_path / "model", SETTINGS[name])
    translator, model = Translator(directory), reference_model(directory)
    texts = []
    for text in TEXTS:
        given = {"do_sample": False, "max_new_tokens": LIMIT, "forced_eos_token_id": None}
        trace = translator.trace(Document(text, step=LIMIT, limit=LIMIT))
        source = torch.tensor([[token.id for token in trace.source_tokens]])
        with torch.inference_mode():
            expected = model.generate(source, num_beams=1, **given)[0, 1:].tolist()
            found = model.generate(
                source, num_beams=3, length_penalty=1.0, early_stopping=False, output_scores=True,
                return_dict_in_generate=True, **given,
            )  # fmt: skip
        assert [token.id for token in trace.output_tokens] == expected, text
        tree = finished(translator.beam_steps(decode_by(Document(text, limit=LIMIT), Decoding(beam_width=3))))
        node, score = tree.finished[0]
        ids = [token.id for token in tree.path(node)]
        assert ids == found.sequences[0, 1 : 1 + len(ids)].tolist(), text
        assert score == pytest.approx(float(found.sequences_scores[0]), abs=1e-4)
        texts.append(translator.text(trace))
    assert list(translator.translate_many(TEXTS, LIMIT)) == texts


def test_a_forced_token_is_the_first_however_it_is_chosen(tiny: Path, tmp_path: Path) -> None:
    translator = Translator(changed(tiny, tmp_path / "model", SETTINGS["first forced"]))
    plain = Document(TEXTS[0], step=3, limit=LIMIT)
    for decoding in (Decoding(), Decoding(Method.SAMPLING, top_k=3, seed=5), Decoding(repetition_penalty=1.4)):
        steps = translator.trace(go_to(decode_by(plain, decoding), 3)).steps
        assert steps[0].output.id == FORCED and steps[1].output.id != FORCED
    # The bars show what the model computed, not what its settings make of it.
    assert steps[0].candidates[0].token.id != FORCED and math.exp(steps[0].log_probability) < 0.5
    barred = translator.info.architecture.barred_at(0)
    assert distribution(steps[0].log_probabilities, Decoding(), barred)[FORCED] == 1.0
    assert translator.info.architecture.barred_at(1) == (2,)
    (said,) = remarks(translator.info)
    assert "set the first token" in said
