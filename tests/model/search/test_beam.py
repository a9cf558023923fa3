"""Beam search against `transformers`' generate."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from attention_viewer.model.contract.api import How
from attention_viewer.model.contract.beam import BeamTree, Fate
from attention_viewer.model.contract.choosing import Decoding
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.hypotheses import branch, decode_by, intervene
from attention_viewer.model.contract.interventions import HeadId, Interventions
from attention_viewer.model.contract.maps import CROSS
from attention_viewer.model.translator import Translator, finished

EXAMPLES = Path(__file__).resolve().parents[3] / "assets" / "examples" / "en-fr.txt"
WORDS = ("The cat", "My old friend", "She", "A small dog", "The teacher"), (
    "does not know", "will never forget", "sees", "is waiting for", "was looking at",
), ("the house.", "what to do.", "her brother.", "the red car over there.", "anything at all!")  # fmt: skip
SENTENCES = [f"{who} {does} {what}" for what in WORDS[2] for does in WORDS[1] for who in WORDS[0]][::3][:50]
assert len(set(SENTENCES)) >= 40


REPEATING = (
    "The cat and the dog and the bird and the fish and the cow.",
    "No, no, no, no, no, no!",
)
"""Sentences whose translations repeat themselves."""
HELD_BACK = [(2, 5.0), *(pytest.param(*each, marks=pytest.mark.slow) for each in ((2, 1.0), (0, 5.0), (3, 2.0)))]


def searched(
    translator: Translator, text: str, width: int, limit: int = 200, run: int = 0, by: float = 1.0
) -> BeamTree:
    decoding = Decoding(beam_width=width, no_repeat_ngram=run, repetition_penalty=by)
    return finished(translator.beam_steps(decode_by(Document(text, limit=limit), decoding)))


def ids(tree: BeamTree, node: int) -> list[int]:
    return [token.id for token in tree.path(node)]


def generated(
    model: object, translator: Translator, text: str, width: int, limit: int, run: int = 0, by: float = 1.0
) -> tuple[list[int], float]:
    source = torch.tensor([[token.id for token in translator.tokenize(text)]])
    out = model.generate(  # type: ignore[attr-defined]
        source, num_beams=width, length_penalty=1.0, early_stopping=False, do_sample=False, max_new_tokens=limit,
        no_repeat_ngram_size=run, repetition_penalty=by, forced_eos_token_id=None, return_dict_in_generate=True,
        output_scores=True,
    )  # fmt: skip
    return out.sequences[0, 1:].tolist(), float(out.sequences_scores[0])


@pytest.fixture(scope="module")
def marian(bundled: Path) -> object:
    from transformers import MarianMTModel

    return MarianMTModel.from_pretrained(bundled, dtype=torch.float32).eval()


@pytest.mark.parametrize("count", [12, pytest.param(50, marks=pytest.mark.slow)])
def test_the_best_hypothesis_is_that_of_generate(translator: Translator, marian: object, count: int) -> None:
    texts = (SENTENCES + [line for line in EXAMPLES.read_text(encoding="utf-8").splitlines() if line.strip()])[:count]
    assert len(texts) == count
    for text in texts:
        tree = searched(translator, text, 4)
        wanted, score = generated(marian, translator, text, 4, 200)
        node, ours = tree.finished[0]
        assert ids(tree, node) == wanted, text
        assert ours == pytest.approx(score, abs=1e-4)


@pytest.mark.parametrize(("width", "limit"), [(1, 200), (2, 200), (7, 200), (4, 3)])
def test_other_widths_and_a_limit(translator: Translator, marian: object, width: int, limit: int) -> None:
    for text in SENTENCES[:4]:
        tree = searched(translator, text, width, limit)
        if width > 1:
            wanted, score = generated(marian, translator, text, width, limit)
            assert ids(tree, tree.finished[0][0]) == wanted
            assert tree.finished[0][1] == pytest.approx(score, abs=1e-4)
        else:
            greedy = translator.trace(Document(text, step=limit))
            assert ids(tree, tree.finished[0][0]) == [token.id for token in greedy.output_tokens]


@pytest.mark.parametrize(("run", "penalty"), HELD_BACK)
def test_repetition_is_held_back_as_by_generate(
    translator: Translator, marian: object, run: int, penalty: float
) -> None:
    changed = 0
    for text in REPEATING:
        tree = searched(translator, text, 3, 40, run, penalty)
        wanted, score = generated(marian, translator, text, 3, 40, run, penalty)
        node, ours = tree.finished[0]
        assert ids(tree, node) == wanted, text
        assert ours == pytest.approx(score, abs=1e-4)
        changed += wanted != generated(marian, translator, text, 3, 40)[0]
        document = branch(Document(text, limit=40), [(token.id, How.BEAM) for token in tree.path(node)])
        total = float(translator.trace(document).log_probabilities.sum())
        assert tree.nodes[node].log_probability == pytest.approx(total, abs=1e-3), "no penalty is in it"
        assert tree.penalised == (penalty != 1.0)
    assert changed, "or it shows nothing"


def test_the_tree_holds_what_was_kept_and_what_was_thrown_away(translator: Translator) -> None:
    tree = searched(translator, "The cat is sleeping.", 3)
    assert tree.width == 3 and len(tree.finished) == 3
    assert [score for _, score in tree.finished] == sorted((score for _, score in tree.finished), reverse=True)
    for index, node in enumerate(tree.nodes):
        assert (node.parent is None) == (node.step == 1)
        if node.parent is not None:
            parent = tree.nodes[node.parent]
            assert node.parent < index and parent.step == node.step - 1 and parent.fate is Fate.SURVIVED
            assert node.log_probability <= parent.log_probability + 1e-6
    for step in range(1, max(node.step for node in tree.nodes) + 1):
        here = [node for node in tree.nodes if node.step == step]
        assert len(here) == 6
        assert sum(node.fate is Fate.SURVIVED for node in here) == 3
    for index, score in tree.finished:
        last = tree.nodes[index]
        assert last.fate is Fate.FINISHED and last.token.piece == "</s>"
        assert score == pytest.approx(last.log_probability / last.step)


def test_a_nodes_log_probability_is_its_hypothesis_own(translator: Translator) -> None:
    text = "My old friend will never forget her brother."
    tree = searched(translator, text, 4)
    for node in (tree.finished[0][0], tree.finished[-1][0], len(tree.nodes) // 2):
        document = branch(Document(text), [(token.id, How.BEAM) for token in tree.path(node)])
        trace = translator.trace(document)
        assert float(trace.log_probabilities.sum()) == pytest.approx(tree.nodes[node].log_probability, abs=1e-3)
        assert {step.how for step in trace.steps} == {How.BEAM}


def test_interventions_hold_in_the_search(translator: Translator) -> None:
    text = "The cat sat on the mat because it was tired."
    change = Interventions(heads_off=frozenset({HeadId(CROSS, 3, 6)}), hidden=frozenset({1}))
    document = intervene(decode_by(Document(text), Decoding(beam_width=3)), change)
    tree = finished(translator.beam_steps(document))
    node = tree.finished[0][0]
    trace = translator.trace(branch(document, [(token.id, How.BEAM) for token in tree.path(node)]))
    assert float(trace.log_probabilities.sum()) == pytest.approx(tree.nodes[node].log_probability, abs=1e-3)
    plain = translator.trace(
        branch(replace(document, interventions=Interventions()), [(t.id, How.BEAM) for t in tree.path(node)])
    )
    assert abs(float(plain.log_probabilities.sum()) - tree.nodes[node].log_probability) > 0.01
