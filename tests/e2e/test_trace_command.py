"""The command trace from outside: a sentence, a saved session, the lines of a file."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from attention_viewer.model.contract.document_json import from_json
from attention_viewer.model.contract.hypotheses import intervene
from attention_viewer.model.contract.interventions import Interventions
from attention_viewer.model.translator import Translator
from attention_viewer.viewer.cli.batch import WriteFailed
from attention_viewer.viewer.cli.main import main
from support.commands import TEXT, change_document, names, refused, run


def test_trace_writes_the_arrays(tmp_path: Path) -> None:
    out = tmp_path / "trace.npz"
    assert run("trace", TEXT, "-o", str(out)).returncode == 0
    with np.load(out, allow_pickle=False) as file:
        sources, rows = len(file["source_tokens"]), len(file["input_tokens"])
        assert sources != rows
        assert file["cross_attention"].shape == (4, 8, rows, sources)
        assert file["decoder_self_attention"].shape == (4, 8, rows, rows)
        assert file["encoder_self_attention"].shape == (4, 8, sources, sources)
        assert file["input_tokens"][0] == "<pad>" and file["output_tokens"][-1] == "</s>"
        assert file["input_tokens"][1:].tolist() == file["output_tokens"][:-1].tolist()
        meta = json.loads(str(file["meta"]))
    assert meta["sentence"] == TEXT and meta["model"] == "en-fr" and len(meta["content_hash"]) == 64
    assert "exists already" in refused(run("trace", TEXT, "-o", str(out)))


def test_max_steps_and_a_target_longer_than_it(tmp_path: Path) -> None:
    out = tmp_path / "short.npz"
    assert run("trace", TEXT, "-o", str(out), "--max-steps", "2").returncode == 0
    with np.load(out, allow_pickle=False) as file:
        assert file["cross_attention"].shape[2] == 2


def test_a_session_is_traced_as_it_stands(saved: Path, translator: Translator, tmp_path: Path) -> None:
    out = tmp_path / "dog.npz"
    assert run("trace", "--session", str(saved), "-o", str(out)).returncode == 0
    document = from_json(json.loads(saved.read_text("utf-8"))["document"])
    expected = translator.trace(document)
    with np.load(out, allow_pickle=False) as file:
        assert file["output_tokens"].tolist() == [token.piece for token in expected.output_tokens]
        assert file["output_tokens"].tolist()[1] == "▁chien" and len(file["output_tokens"]) == 5
        np.testing.assert_allclose(file["cross_attention"], expected.cross_attention, atol=1e-6)
        whole = translator.trace(intervene(document, Interventions())).cross_attention
        assert np.abs(file["cross_attention"] - whole).max() > 1e-3
        meta = json.loads(str(file["meta"]))
    assert meta["sentence"] == TEXT and from_json(meta["document"]) == document
    assert meta["target"] is None and meta["forced"] is False


@pytest.mark.slow
def test_a_session_at_step_zero_can_be_traced(saved: Path, tmp_path: Path) -> None:
    change_document(saved, step=0)
    assert run("trace", "--session", str(saved), "-o", str(tmp_path / "zero.npz")).returncode == 0


@pytest.mark.slow
def test_lines_are_traced_under_their_numbers(tmp_path: Path) -> None:
    lines = tmp_path / "lines.tsv"
    lines.write_text(f"{TEXT}\tUn chien mange.\n\n{TEXT}\n", encoding="utf-8")
    result = run("trace", "--input", str(lines), "-o", str(tmp_path / "out"))
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert names(tmp_path / "out") == ["00001.npz", "00003.npz"]
    with np.load(tmp_path / "out" / "00001.npz", allow_pickle=False) as file:
        pieces = file["output_tokens"].tolist()
        assert "".join(pieces[:-1]).replace("▁", " ").strip() == "Un chien mange." and pieces[-1] == "</s>"
        assert len(file["log_probabilities"]) == len(pieces)
        assert json.loads(str(file["meta"]))["target"] == "Un chien mange."


@pytest.mark.parametrize(
    ("line", "said"),
    [(b"x\t ", "empty target"), (b"a\tb\tc", "3 columns"), (b"word " * 600, "512"), (b"caf\xe9", "UTF-8")],
)
def test_a_bad_line_does_not_stop_the_rest(
    line: bytes, said: str, tmp_path: Path, tiny: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = tmp_path / "lines.tsv", tmp_path / "out"
    source.write_bytes(b"the cat.\n" + line + b"\n\na dog.\n")
    assert main(["trace", "--model", str(tiny), "--input", str(source), "-o", str(out), "--max-steps", "2"]) == 1
    assert names(out) == ["00001.npz", "00004.npz"]
    bad, summary = capsys.readouterr().err.splitlines()
    assert bad.startswith("Line 2: ") and said in bad
    assert summary == f"attention-viewer: {source}: 2 of 3 lines traced, 1 could not be."


def test_a_format_is_that_of_every_file(tmp_path: Path, tiny: Path) -> None:
    (tmp_path / "lines.tsv").write_text("the cat.\n")
    asked = ["trace", "--model", str(tiny), "--input", str(tmp_path / "lines.tsv"), "-o", str(tmp_path / "out")]
    assert main([*asked, "--format", "csv", "--max-steps", "2"]) == main([*asked, "--format", "json"]) == 0
    assert names(tmp_path / "out") == ["00001.csv", "00001.json"]
    with (tmp_path / "out" / "00001.csv").open(encoding="utf-8", newline="") as table:
        assert {row["query_index"] for row in csv.DictReader(table) if row["kind"] == "cross"} == {"0", "1"}


def test_lines_and_a_file_name_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lines.tsv").write_text("the cat.\n")
    assert main(["trace", "--input", "lines.tsv", "-o", "x.csv"]) == 2
    assert "'x.csv' is the name of a file: give a directory, and --format csv" in capsys.readouterr().err
    assert names(tmp_path) == ["lines.tsv"]


def test_a_batch_asks_before_it_replaces_any_file_and_goes_on_with_what_is_right(
    tmp_path: Path, tiny: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = tmp_path / "lines.tsv", tmp_path / "out"
    source.write_text("the cat.\na dog.\n", encoding="utf-8")
    out.mkdir()
    (out / "00002.npz").write_bytes(b"kept")
    asked = ["trace", "--model", str(tiny), "--input", str(source), "-o", str(out)]
    assert main(asked) == 2 and "00002.npz exists already" in capsys.readouterr().err
    assert main([*asked, "--resume"]) == 2 and "no manifest" in capsys.readouterr().err
    assert names(out) == ["00002.npz"] and (out / "00002.npz").read_bytes() == b"kept"
    assert main([*asked, "--force"]) == 0 and (out / "00002.npz").read_bytes() != b"kept"
    times = {name: (out / name).stat().st_mtime_ns for name in names(out)}
    source.write_text("the cat.\na bird.\n", encoding="utf-8")
    assert main([*asked, "--resume"]) == 0
    assert capsys.readouterr().err == "attention-viewer: 00002.npz is made anew: the sentence has changed.\n"
    after = {name: (out / name).stat().st_mtime_ns for name in names(out)}
    assert after["00001.npz"] == times["00001.npz"] and after["00002.npz"] != times["00002.npz"]
    assert main([*asked, "--resume", "--max-steps", "2"]) == 0
    assert "00001.npz and 00002.npz are made anew: the options have changed." in capsys.readouterr().err


def test_a_batch_that_fails_on_the_way_says_how_far_it_came(
    tmp_path: Path, tiny: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from attention_viewer.viewer.cli import folder_batch

    write_file = folder_batch.write_file

    def write_one(output: folder_batch.Output, content: bytes) -> None:
        if output.path.name != "00001.npz":
            raise WriteFailed("The disk is full.")
        write_file(output, content)

    source = tmp_path / "lines.tsv"
    source.write_text("a cat.\na dog.\na bird.\n", encoding="utf-8")
    monkeypatch.setattr(folder_batch, "write_file", write_one)
    assert main(["trace", "--model", str(tiny), "--input", str(source), "-o", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    assert said == (
        "attention-viewer: The disk is full. 1 of 3 lines traced; the same command with --resume goes on.\n"
    )
    assert names(tmp_path / "out") == ["00001.npz"]


def test_a_table_of_words_from_the_command(tiny: Path, tmp_path: Path) -> None:
    out = tmp_path / "words.csv"
    asked = ("--model", str(tiny), "--target", "a dog follows the cat.", "--words")
    assert main(["trace", "the old cat sees a bird.", "-o", str(out), *asked]) == 0
    with out.open(encoding="utf-8", newline="") as table:
        rows = [row for row in csv.DictReader(table) if row["kind"] == "cross" and row["layer"] == row["head"] == "0"]
    said = {row["query_index"]: row["predicts"] for row in rows}
    assert list(said.values()) == ["a", "dog", "follows", "the", "cat.", "</s>"]
    assert {row["key"] for row in rows} == {"the", "old", "cat", "sees", "a", "bird.", "</s>"}
