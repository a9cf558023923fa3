"""The same numbers as `transformers.MarianMTModel`: logits, every attention weight, greedy translations."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from attention_viewer.model.checkpoint import load
from attention_viewer.model.contract.document import Document, go_to
from attention_viewer.model.contract.hypotheses import teacher_force
from attention_viewer.model.translator import Translator
from safetensors.torch import load_file
from support.checkpoints import MakeCheckpoint
from support.reference import reference_model

LOGITS, WEIGHTS = 1e-4, 1e-5

VARIANTS: dict[str, dict[str, Any]] = {
    "relu": {},
    "swish": {"activation_function": "swish"},
    "gelu": {"activation_function": "gelu"},
    "unscaled": {"scale_embedding": False},
    "shallow decoder": {"encoder_layers": 4, "decoder_layers": 1, "encoder_attention_heads": 8},
    "separate": {"separate": True},
    "separate swish unscaled": {"separate": True, "activation_function": "swish", "scale_embedding": False},
    "separate untied": {"separate": True, "tie_word_embeddings": False},
}

SENTENCES = """
I am hungry.|The cat is sleeping on the bed.|Where is the station?|She doesn't like coffee.|We are late.
My brother lives in Paris.|What time is it?|He bought a new car.|It's raining again.|Do you speak French?
I have never seen such a beautiful house.|They are playing in the garden.|Close the door, please.|I don't know.
The children went to school by bus.|How much does this book cost?|Tom is taller than his father.|Help me!
I would like a glass of water.|She has been waiting for an hour.|Nobody believed his story.|Why are you crying?
He works in a bank.|I forgot my umbrella.|The train leaves at noon.|Can you help me?|That's a good idea.
We went swimming yesterday.|I think he is right.|There is a dog in the street.|You should go to the doctor.
The weather is nice today.|I need to buy some bread.|He didn't say a word.|My father is a teacher.|Good night.
When did you arrive?|She sings very well.|I'll call you tomorrow.|This is the best film I have ever seen.
Are you ready?|I lost my keys.|He is afraid of the dark.|Let's eat.|They want to learn English.|It is too expensive.
The old man was reading a book.|I can't find my glasses.|You are my best friend.|The window is open.
"""


def sentences() -> list[str]:
    return [part.strip() for line in SENTENCES.strip().splitlines() for part in line.split("|") if part.strip()]


@torch.inference_mode()
def reference_pass(model: Any, source: Sequence[int], inputs: Sequence[int]) -> tuple[Any, ...]:
    """Logits [T, V] and the three stacks of attention weights of `transformers`."""
    outputs = model(input_ids=torch.tensor([source]), decoder_input_ids=torch.tensor([inputs]), output_attentions=True)
    kinds = (outputs.encoder_attentions, outputs.decoder_attentions, outputs.cross_attentions)
    return (outputs.logits[0].numpy(), *(torch.cat(layers).numpy() for layers in kinds))


def assert_agrees(directory: Path, text: str, target: Sequence[int]) -> None:
    """One parallel pass of our modules, and the session row by row, against the reference."""
    translator = Translator(directory)
    trace = translator.trace(teacher_force(Document(text), target))
    source = [token.id for token in trace.source_tokens]
    inputs = [token.id for token in trace.input_tokens]
    assert len(source) != len(inputs) == len(target)
    logits, encoder, decoder, cross = reference_pass(reference_model(directory), source, inputs)

    model = load(directory)
    with torch.inference_mode():
        memory, our_encoder = model.encode(torch.tensor([source]))
        hidden, our_decoder, our_cross = model.decode(torch.tensor([inputs]), memory)
        our_logits = model.logits(hidden)[0]
    np.testing.assert_allclose(our_logits.numpy(), logits, atol=LOGITS, rtol=0)
    np.testing.assert_allclose(torch.cat(our_encoder).numpy(), encoder, atol=WEIGHTS, rtol=0)
    np.testing.assert_allclose(torch.cat(our_decoder).numpy(), decoder, atol=WEIGHTS, rtol=0)
    np.testing.assert_allclose(torch.cat(our_cross).numpy(), cross, atol=WEIGHTS, rtol=0)

    rows = np.stack([step.log_probabilities for step in trace.steps])
    expected = torch.tensor(logits).log_softmax(-1).numpy()
    np.testing.assert_allclose(rows, expected, atol=LOGITS, rtol=0)
    np.testing.assert_allclose(trace.encoder_self_attention, encoder, atol=WEIGHTS, rtol=0)
    np.testing.assert_allclose(trace.decoder_self_attention, decoder, atol=WEIGHTS, rtol=0)
    np.testing.assert_allclose(trace.cross_attention, cross, atol=WEIGHTS, rtol=0)


@pytest.mark.parametrize("variant", VARIANTS)
def test_tiny_checkpoints(variant: str, make_checkpoint: MakeCheckpoint) -> None:
    directory = make_checkpoint(variant.replace(" ", "-"), seed=3, **VARIANTS[variant])
    assert_agrees(directory, "the old cat sees a big red bird.", [7, 12, 5, 30, 9, 9, 0])


def test_separate_vocabularies_are_told_apart(make_checkpoint: MakeCheckpoint) -> None:
    translator = Translator(make_checkpoint("two", separate=True))
    config = translator.info.config
    assert config.vocab_size != config.decoder_vocab_size == len(translator.vocabulary())
    target = translator.encode_target("le chat suit un chien.")
    assert translator.text(target) == "le chat suit un chien."


def test_the_bundled_checkpoint(bundled: Path, translator: Translator) -> None:
    target = [token.id for token in translator.encode_target("Le chat noir était assis sur le tapis.")]
    assert_agrees(bundled, "The black cat was sitting on the big mat near the door.", target)


def test_greedy_translations_are_those_of_generate(bundled: Path, translator: Translator) -> None:
    model = reference_model(bundled)
    texts = sentences()
    assert len(set(texts)) == 50
    for text in texts:
        trace = translator.trace(go_to(Document(text, limit=80), 80))
        source = torch.tensor([[token.id for token in trace.source_tokens]])
        with torch.inference_mode():
            expected = model.generate(source, num_beams=1, do_sample=False, max_length=81)[0].tolist()
        assert [token.id for token in (*trace.input_tokens[:1], *trace.output_tokens)] == expected, text


def test_a_pickled_checkpoint_of_half_precision(bundled: Path, tmp_path: Path, translator: Translator) -> None:
    for name in ("config.json", "generation_config.json", "vocab.json", "source.spm", "target.spm"):
        (tmp_path / name).write_bytes((bundled / name).read_bytes())
    torch.save(load_file(bundled / "model.safetensors"), tmp_path / "pytorch_model.bin")
    document = go_to(Document("Good morning."), 3)
    ours, other = translator.trace(document), Translator(tmp_path).trace(document)
    np.testing.assert_array_equal(ours.cross_attention, other.cross_attention)
    assert other.cross_attention.dtype == np.float32


def test_pad_is_never_chosen_however_probable(make_checkpoint: MakeCheckpoint) -> None:
    directory = make_checkpoint("padded")
    weights = load_file(directory / "model.safetensors")
    pad = json.loads((directory / "config.json").read_text())["pad_token_id"]
    weights["final_logits_bias"][0, pad] = 100.0
    from safetensors.torch import save_file

    save_file(weights, directory / "model.safetensors", metadata={"format": "pt"})
    step = Translator(directory).trace(go_to(Document("the cat"), 1)).steps[0]
    assert step.log_probabilities.argmax() == pad
    assert step.output.id != pad
    assert pad not in [candidate.token.id for candidate in step.candidates]
    assert step.candidates[0].probability < 1e-6
