"""Whole runs on made-up data, through the command line's own options."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from attention_viewer.model.checkpoint import load
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.training.arguments import TrainOptions
from attention_viewer.model.training.run import FAILED, INTERRUPTED, train
from attention_viewer.model.translator import Translator
from support.made_up import FILES, TINY, digit_pairs, write_pairs

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that has learned to read digits aloud."""
    directory = tmp_path_factory.mktemp("learned")
    pairs = digit_pairs(640, longest=3)
    sizes = replace(TINY, d_model=64, layers=2, ffn=128, batch_positions=400)
    settings = replace(sizes, steps=500, learning_rate=2e-3, dropout=0.1, label_smoothing=0.1)
    options = TrainOptions(
        train=(write_pairs(directory / "train.tsv", pairs[:600]),),
        dev=write_pairs(directory / "dev.tsv", pairs[600:]),
        output=directory / "run",
        settings=settings,
        target_language="fr",
        data_name="Made-up digits",
        licence="cc0-1.0",
        threads=1,
        evaluations=2,
    )
    assert train(options) == 0
    return directory / "run"


def metrics(run: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (run / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.slow
def test_held_out_pairs_are_translated_exactly(learned: Path) -> None:
    translator = Translator(learned / "model")
    held_out = digit_pairs(640, longest=3)[600:]
    found = [translator.text(translator.trace(Document(pair.source, step=200))) for pair in held_out]
    assert found == [pair.target for pair in held_out]
    last = metrics(learned)[-1]
    assert last["final"] is True and last["chrf"] == pytest.approx(100.0)
    assert float(str(last["dev_loss_per_token"])) < 0.2


@pytest.mark.slow
def test_metrics_have_a_line_for_updates_and_for_evaluations(learned: Path) -> None:
    lines = metrics(learned)
    updates = [line for line in lines if "loss" in line]
    assert [line["step"] for line in updates] == list(range(20, 501, 20))
    assert float(str(updates[-1]["loss"])) < 1.0 < 4.0 < float(str(updates[0]["loss"]))
    dev = [line for line in lines if "bleu" in line]
    assert [line["step"] for line in dev] == [168, 335, 500]
    assert float(str(dev[0]["dev_loss_per_token"])) > float(str(dev[-1]["dev_loss_per_token"]))
    assert "version" in str(dev[0]["bleu_signature"])


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Recommended. pip install sacremoses")
def test_the_checkpoint_is_complete_and_opens_in_transformers(learned: Path) -> None:
    from transformers import MarianMTModel, MarianTokenizer

    model = learned / "model"
    assert {path.name for path in model.iterdir()} == FILES
    reference = MarianMTModel.from_pretrained(model, dtype=torch.float32).eval()
    tokenizer = MarianTokenizer.from_pretrained(model)
    batch = tokenizer(["4 0 7"], return_tensors="pt")
    out = reference.generate(**batch, num_beams=1, do_sample=False)
    assert tokenizer.batch_decode(out, skip_special_tokens=True) == ["quatre zéro sept"]
    ours = load(model)
    with torch.no_grad():
        start = torch.tensor([[reference.config.decoder_start_token_id]])
        wanted = reference(**batch, decoder_input_ids=start).logits.log_softmax(-1)
        torch.testing.assert_close(ours(batch["input_ids"], start), wanted, rtol=0, atol=1e-4)
    assert not ours.target_embedding.tokens.weight[reference.config.pad_token_id].any()


@pytest.mark.slow
def test_the_card_tells_the_runs_own_figures(learned: Path) -> None:
    card = (learned / "model" / "README.md").read_text(encoding="utf-8")
    last = metrics(learned)[-1]
    for words in (
        "language: [en, fr]", "license: cc0-1.0", "Made-up digits", "600 pairs for training, 40 held out",
        "500 updates", f"{float(str(last['chrf'])):.1f}", str(last["bleu_signature"]), "## Limits", "d_model 64",
    ):  # fmt: skip
        assert words in card, words
    assert str(learned) not in card


@pytest.mark.slow
def test_a_run_is_not_replaced_unasked(data: tuple[Path, Path], learned: Path) -> None:
    options = TrainOptions((data[0],), learned, TINY, data[1], threads=1)
    with pytest.raises(InputError, match="--resume"):
        train(options)
    with pytest.raises(InputError, match="other data"):
        train(replace(options, settings=None, resume=True))
    with pytest.raises(InputError, match="no run to go on with"):
        train(replace(options, output=learned / "none", settings=None, resume=True))


@pytest.mark.slow
def test_training_goes_on_from_a_checkpoint(data: tuple[Path, Path], learned: Path, tmp_path: Path) -> None:
    settings = replace(TINY, steps=1, learning_rate=1e-9, average_last=1)
    options = TrainOptions((data[0],), tmp_path / "run", settings, data[1], learned / "model", threads=1)
    assert train(options) == 0
    before, after = load(learned / "model"), load(tmp_path / "run" / "model")
    for name, tensor in before.state_dict().items():
        torch.testing.assert_close(after.state_dict()[name], tensor, rtol=1e-3, atol=1e-4)
    assert "Started from model." in (tmp_path / "run" / "model" / "README.md").read_text(encoding="utf-8")
    assert "d_model 64" in (tmp_path / "run" / "model" / "README.md").read_text(encoding="utf-8")


def test_a_checkpoint_of_another_kind_cannot_be_trained_further(
    data: tuple[Path, Path], tiny: Path, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="joint vocabulary"):
        train(TrainOptions((data[0],), tmp_path / "run", TINY, data[1], tiny, threads=1))
    assert not (tmp_path / "run").exists()


def test_a_hopeless_learning_rate_ends_in_words(
    data: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = replace(TINY, learning_rate=1e30, warm_up=0.0, steps=60)
    assert train(TrainOptions((data[0],), tmp_path / "run", settings, data[1], threads=1)) == FAILED
    said = capsys.readouterr().err
    assert "learning rate" in said and "nan" in said.lower()
    assert not (tmp_path / "run" / "model").exists()


@pytest.mark.slow
def test_ctrl_c_stops_safely_and_resume_ends_as_if_nothing_had_happened(
    data: tuple[Path, Path], tmp_path: Path
) -> None:
    sizes = "--d-model 32 --layers 1 --heads 4 --ffn 64 --vocabulary 290 --batch-positions 150 --evaluations 0"
    settings = f"{sizes} --steps 160 --threads 1".split()
    start = [sys.executable, "-m", "attention_viewer.model.training", str(data[0]), "--dev", str(data[1])]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    subprocess.run([*start, "-o", "whole", *settings], cwd=tmp_path, env=environment, check=True)
    process = subprocess.Popen([*start, "-o", "stopped", *settings], cwd=tmp_path, env=environment)
    while not (tmp_path / "stopped" / "metrics.jsonl").exists():
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == INTERRUPTED
    assert (tmp_path / "stopped" / "model" / "model.safetensors").exists()
    assert "stopped before the end" in (tmp_path / "stopped" / "model" / "README.md").read_text(encoding="utf-8")
    subprocess.run([*start, "-o", "stopped", "--resume", "--threads", "1"], cwd=tmp_path, env=environment, check=True)
    weights = [(tmp_path / name / "model" / "model.safetensors").read_bytes() for name in ("whole", "stopped")]
    assert weights[0] == weights[1]
    steps = [int(str(line["step"])) for line in metrics(tmp_path / "stopped") if "loss" in line]
    assert steps == sorted(set(steps))
