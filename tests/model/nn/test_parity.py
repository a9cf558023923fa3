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
from attention_viewer.model.contract.choosing import Before, Decoding, Method, distribution
from attention_viewer.model.contract.document import Document, go_to
from attention_viewer.model.contract.hypotheses import decode_by, teacher_force
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
    found = translator.info.architecture
    assert found.source_vocabulary != found.target_vocabulary == len(translator.vocabulary())
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


REPEATING = (
    "The cat and the dog and the bird and the fish and the cow.",
    "No, no, no, no, no, no!",
    "He said that he said.",
)
"""Sentences whose translations repeat themselves."""
SWITCHES = [(2, 1.0), (0, 1.3), (3, 1.2), (1, 1.0)]


@pytest.mark.parametrize(("run", "penalty"), SWITCHES)
def test_greedy_without_repetition_is_that_of_generate(
    bundled: Path, translator: Translator, run: int, penalty: float
) -> None:
    model, decoding = reference_model(bundled), Decoding(no_repeat_ngram=run, repetition_penalty=penalty)
    changed = 0
    for text in (*REPEATING, sentences()[0]):
        trace = translator.trace(decode_by(go_to(Document(text, limit=40), 40), decoding))
        source = torch.tensor([[token.id for token in trace.source_tokens]])
        given = {"num_beams": 1, "do_sample": False, "max_length": 41}
        with torch.inference_mode():
            expected = model.generate(source, no_repeat_ngram_size=run, repetition_penalty=penalty, **given)[0].tolist()
            changed += expected != model.generate(source, **given)[0].tolist()
        assert [token.id for token in (*trace.input_tokens[:1], *trace.output_tokens)] == expected, text
    assert changed, "or it shows nothing"


def test_samples_are_drawn_from_the_distributions_of_generate(bundled: Path, translator: Translator) -> None:
    model = reference_model(bundled)
    decoding = Decoding(Method.SAMPLING, 1.4, 30, 0.9, no_repeat_ngram=2, repetition_penalty=1.3)
    source = torch.tensor([[token.id for token in translator.trace(Document(REPEATING[0])).source_tokens]])
    torch.manual_seed(3)
    with torch.inference_mode():
        found = model.generate(
            source, num_beams=1, do_sample=True, max_length=20, temperature=1.4, top_k=30, top_p=0.9,
            no_repeat_ngram_size=2, repetition_penalty=1.3, output_scores=True, return_dict_in_generate=True,
        )  # fmt: skip
    drawn = found.sequences[0, 1:].tolist()
    trace = translator.trace(go_to(teacher_force(Document(REPEATING[0]), drawn), len(drawn)))
    barred = translator.info.architecture.barred_ids
    for row, (step, wanted) in enumerate(zip(trace.steps, found.scores, strict=True)):
        read = [token.id for token in trace.input_tokens[: row + 1]]
        ours = distribution(step.log_probabilities, decoding, barred, Before(read, step.normaliser))
        np.testing.assert_allclose(ours, wanted[0].softmax(-1).numpy(), atol=2e-5)


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
