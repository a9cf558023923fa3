"""Every command in a table of calls: the exit code, what goes to which stream, which files there are afterwards."""

from __future__ import annotations

import io
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial, partialmethod
from pathlib import Path

import pytest
from attention_viewer.model.contract.document import Document
from attention_viewer.model.translator import Translator
from attention_viewer.viewer.cli.commands import COMMANDS
from attention_viewer.viewer.cli.main import main
from PySide6.QtWidgets import QApplication
from support.commands import run

TEXT = "'the old cat sees a bird.'"
TWO = "the cat.\na dog.\n"
ONE_MAP = "--kind cross --layer 1 --head 1 --steps 2"
PROGRAM = "attention-viewer: "
SHORT = 12
"""Tokens of a translation: the tiny model would go on to the end."""


@dataclass(frozen=True)
class Call:
    """A command line, and what is to come of it.

    `out` and `err` are words of standard output and error; where there are none, the stream is empty. `made` are the
    files that are there afterwards and were not before.
    """

    line: str
    code: int = 0
    out: str = ""
    err: str = ""
    made: tuple[str, ...] = ()
    stdin: str = ""
    lines: int = field(default=1, compare=False)
    """How many lines standard error has, where it has any."""


def refused(line: str, err: str) -> Call:
    return Call(line, 2, err=err)


HELP = [
    *(Call(f"{command.name} --help", out=f"usage: attention-viewer {command.name}") for command in COMMANDS),
    *(Call(f"help {command.name}", out=f"usage: attention-viewer {command.name}") for command in COMMANDS),
    Call("--help", out="commands that need no display"),
    Call("help", out="commands that need no display"),
    Call("--version", out="attention-viewer "),
    Call("completion bash", out="complete -o filenames"),
    Call("completion zsh", out="bashcompinit"),
    Call("completion fish", out="complete -c attention-viewer"),
]
WORDS = [
    refused("trase", "Did you mean trace? See 'attention-viewer --help'."),
    refused("'the cat'", "--sentence TEXT opens the window"),
    refused("--sentense x", "Did you mean --sentence? See 'attention-viewer --help'."),
    refused("--steps 3", "--steps needs a sentence"),
    refused("--session s --sentence x", "leave --sentence and --steps out"),
    refused("--sentence x trace y -o y.npz", "belong to the window"),
    refused("--force trace x -o x.npz", "belongs after its command: attention-viewer trace --force"),
    refused("help trase", "Did you mean trace?"),
    refused("completion", "required: bash|zsh|fish"),
    refused("completion csh", "choose bash, zsh or fish"),
    refused("translate --beem 4", "Did you mean --beam? See 'attention-viewer translate --help'."),
    refused("translate a b", "'b' is one argument more than translate takes"),
    refused("trace --steps 3 x -o x.npz", "Did you mean --max-steps?"),
    refused("export x -o d --colors viridis", "Did you mean --colours?"),
    refused("export x -o d --role previous", "choose before, itself, after, start, end, punctuation, broad"),
    refused("export x -o d --role end --head 2", "--role chooses the heads itself"),
    refused("export x -o d --role end --picture grid", "--role chooses heads that are shown as one map"),
    refused("screenshot x.png --sentence x --size 10x10", "from 320 to 8000 pixels"),
    refused("train", "required: PAIRS"),
    refused("evaluate", "required: --input"),
    refused("evaluate --input pairs.tsv --json --typed", "leave --typed out"),
    refused("align", "required: FILE"),
    refused("desktop", "required: install|remove"),
    refused("desktop instal", "choose install or remove"),
    refused("rank", "either a sentence or --session FILE"),
]
TRANSLATE = [
    Call("translate in.txt", out="\n"),
    Call("translate", stdin=TWO, out="\n"),
    Call("translate - -o -", stdin=TWO, out="\n"),
    Call("translate in.txt -o new/folder/out.txt", made=("new/folder/out.txt",)),
    Call("translate in.txt --scores --threads 1", out="\t-"),
    Call("translate cat.txt --beam 2 --n-best 2 -o n.tsv", made=("n.tsv",)),
    Call("translate in.txt --sample --top-k 3 --seed 2 --n-best 2", out="\n1\t2\t-"),
    Call("translate in.txt --heads-off cross:1 --positions off", out="\n"),
    Call("translate cat.txt --no-repeat-ngram 1 --repetition-penalty 2 --beam 2", out="\n"),
    Call("translate bad.txt", 1, out="\n", err="Line 2: It is not valid UTF-8", lines=2),
    Call(
        "translate bad.txt --beam 2 --n-best 2", 1, out="3\t2\t-", err="2 of 3 lines translated, 1 could not", lines=2
    ),
    refused("translate absent.txt", "absent.txt cannot be read"),
    refused("translate in.txt -o there.txt", "there.txt exists already: add --force"),
    Call("translate in.txt -o there.txt --force"),
    refused("translate in.txt -o there.txt/x", "no directory"),
    refused("translate in.txt --beam 2 --n-best 3", "give --beam 3"),
    refused("translate in.txt --temperature 2", "add --sample"),
    refused("translate in.txt --no-repeat-ngram 0", "from 1 to 100"),
    refused("translate in.txt --repetition-penalty 0", "from 0.1 to 10"),
    refused("translate in.txt --heads-off cross:7", "Layer 7 does not exist"),
    refused("translate in.txt --heads-off cross:4:8:1", "such as cross:4:8"),
    refused("translate in.txt --model absent", "absent does not exist"),
]
TRACE = [
    Call(f"trace {TEXT} -o a/b/c.npz --max-steps 2", made=("a/b/c.npz",)),
    Call(f"trace {TEXT} -o c.csv.gz --max-steps 2", made=("c.csv.gz",)),
    Call(f"trace {TEXT} -o - --format csv --max-steps 2", out="kind,layer,head"),
    Call(f"trace {TEXT} -o - --format json --target 'le chat.'", out='"format":"attention-viewer trace"'),
    Call(f"trace {TEXT} -o b.json --beam 2 --n-best 2 --max-steps 3", made=("b_1.json", "b_2.json")),
    Call(f"trace {TEXT} -o s.csv --sample --top-p 0.9 --max-steps 3", made=("s.csv",)),
    Call(f"trace {TEXT} -o - --format csv --heads-off cross:1:1 --max-steps 1", out="cross layer 1 head 1 off"),
    Call(f"trace {TEXT} -o - --format json --no-repeat-ngram 2 --max-steps 3", out='"by":"greedy, no 2 tokens twice"'),
    refused(f"trace {TEXT} -o x.npz --no-repeat-ngram 2 --target x", "leave --beam, --sample and what holds"),
    Call("trace --input in.txt -o d --format csv --max-steps 2",
         made=("d/00001.csv", "d/00002.csv", "d/manifest.jsonl")),
    Call("trace --input - -o d --max-steps 2", made=("d/00001.npz", "d/manifest.jsonl"), stdin="the cat.\n"),
    Call("trace --input bad.txt -o d --max-steps 2", 1, err="Line 2: ", lines=2,
         made=("d/00001.npz", "d/00003.npz", "d/manifest.jsonl")),
    Call("trace --input empty.txt -o d", 1, err="empty.txt holds no sentence"),
    refused(f"trace {TEXT}", "required: -o/--output"),
    refused(f"trace {TEXT} -o x.xls", "no data format"),
    refused(f"trace {TEXT} -o -", "add --format"),
    refused(f"trace {TEXT} -o x.npz --format csv", "contradicts the name"),
    refused(f"trace {TEXT} -o x.npz --max-steps 0", "from 1 to 1000"),
    refused("trace --input in.txt -o x.csv", "-o names a directory"),
    refused("trace --session absent -o x.npz", "absent cannot be read"),
]  # fmt: skip
EXPORT = [
    Call(f"export {TEXT} -o new/one.svg {ONE_MAP}", made=("new/one.svg",)),
    Call(f"export {TEXT} -o - --format svg {ONE_MAP}", out="<svg"),
    Call(f"export {TEXT} -o - {ONE_MAP} --dpi 48", out="PNG"),
    Call(f"export {TEXT} -o d --kind cross --layer 1,2 --head 1-2 --steps 2 --format svg",
         made=tuple(f"d/cross_layer{layer}_head{head}.svg" for layer in (1, 2) for head in (1, 2))),
    Call(f"export {TEXT} -o d --picture grid --kind encoder --steps 0 --format svg", made=("d/encoder_all.svg",)),
    Call(f"export {TEXT} -o p.html --steps 2", made=("p.html",)),
    Call(f"export {TEXT} -o t.csv.gz --steps 2 --no-repeat-ngram 3", made=("t.csv.gz",)),
    refused(f"export {TEXT} -o t.npz --repetition-penalty 2 --target x", "leave --no-repeat-ngram and"),
    Call(f"export {TEXT} -o - --format json --steps 2 --positions shuffled", out="encoder positions shuffled (seed 1)"),
    Call("export --input in.txt -o d --format npz --steps 1",
         made=("d/00001_trace.npz", "d/00002_trace.npz", "d/manifest.jsonl")),
    Call(f"export {TEXT} -o d --picture lines --format svg {ONE_MAP}", made=("d/cross_layer1_head1_lines.svg",)),
    Call(f"export {TEXT} -o d --picture text --token 1,2 --format svg {ONE_MAP}",
         made=("d/cross_layer1_head1_text.svg",)),
    Call(f"export {TEXT} -o - --picture table --format csv {ONE_MAP}", out="row_index,row,column_index"),
    Call(f"export {TEXT} -o - --picture links --format csv --layer 1 --head 1", out="source,target,source_word"),
    Call(f"export {TEXT} -o m.csv --picture measures", made=("m.csv",)),
    Call(f"export {TEXT} -o - --picture lines --heads layer-mean --kind encoder --layer 1 --format svg", out="1.2"),
    refused(f"export {TEXT} -o d --picture links --kind encoder", "leave --kind out"),
    refused(f"export {TEXT} -o d --picture table --format png {ONE_MAP}", "csv or json, not png"),
    refused(f"export {TEXT} -o d --picture text --token 9 {ONE_MAP}", "--token 9 does not exist"),
    Call(f"export {TEXT} -o - --picture beam --format csv --beam 3", out="index,parent,step"),
    Call(f"export {TEXT} -o h.json --picture hypotheses --beam 2", made=("h.json",)),
    Call(f"export {TEXT} -o - --picture ranking --format csv --heads-off cross:1", out="cross layer 1 off"),
    Call(f"export {TEXT} -o - --picture cell --kind decoder --layer 2 --token 2 --format csv", out="−∞"),
    Call(f"export {TEXT} -o - --picture residual --kind encoder --token 3 --format csv", out="self-attention"),
    Call(f"export {TEXT} -o - --picture word --temperature 0.5 --format csv", out="τ = 0.50"),
    Call(f"export {TEXT} -o - --picture encodings --encoding binary --format csv", out="Binary counter,7"),
    Call(f"export {TEXT} -o - --picture rotation --shift 7 --format csv", out="from 0 to 7"),
    Call(f"export {TEXT} -o d --picture architecture --unfold --format svg --steps 1", made=("d/architecture.svg",)),
    Call(f"export {TEXT} -o s.svg --sample --seed 3 {ONE_MAP}", made=("s.svg",)),
    refused(f"export {TEXT} -o x.png --picture cell --token 99", "--token 99 does not exist: the decoder has"),
    refused(f"export {TEXT} -o x.png --picture cell --kind encoder --key 99", "the map has"),
    refused(f"export {TEXT} -o x.png --picture ffn --layer 9", "Layer 9 does not exist"),
    refused(f"export {TEXT} -o x.png --picture ffn --kind all", "give --kind encoder, decoder or cross"),
    refused(f"export {TEXT} -o x.png --picture cell --layer 1,2", "give one number to --layer"),
    refused(f"export {TEXT} -o x.png --token 2", "--token is for --picture text, architecture, cell"),
    refused(f"export {TEXT} -o x.png --temperature 2", "add --sample"),
    refused(f"export {TEXT} -o x.csv --picture beam --width 12cm", "is a table: leave --width out"),
    refused(f"export {TEXT} -o x.gif --picture cell", "cannot be animated"),
    refused(f"export {TEXT} -o d --n-best 2 --beam 2", "add --picture hypotheses"),
    refused(f"export {TEXT} -o d --target x --beam 2", "leave --beam and --sample out"),
    refused(f"export {TEXT} -o many.svg --kind cross", "files were asked for"),
    refused(f"export {TEXT} -o one.svg --format png {ONE_MAP}", "contradicts the name"),
    refused(f"export {TEXT} -o d --layer 9", "Layer 9 does not exist: the encoder has"),
    refused(f"export {TEXT} -o d --layer one", "such as 4 or 1,2 or 1-3"),
    refused(f"export {TEXT} -o d --format bmp", "--format cannot be 'bmp'"),
    refused(f"export {TEXT} -o d --grid --head 1", "leave --head out"),
    refused(f"export {TEXT} -o there.txt", "there.txt is a file: give the name of a directory"),
    refused("export -o d", "either a sentence, --input FILE or --session FILE"),
    refused("export --input in.txt -o -", "give a directory"),
]  # fmt: skip
OTHERS = [
    Call(f"rank {TEXT} --top 3", out="rank  kind"),
    Call(f"rank {TEXT} -o r/r.csv", made=("r/r.csv",)),
    Call(f"rank {TEXT} --format json --heads-off encoder:1", out='"format":"attention-viewer ranking"'),
    refused(f"rank {TEXT} -o r.csv --format json", "contradicts the name"),
    Call("evaluate --input pairs.tsv", out="BLEU    "),
    Call("evaluate --input - --json", out='"bleu": {"score"', stdin="a cat.\tun chat.\n"),
    Call("evaluate --input pairs.tsv --alignments gold.txt", out="its precision"),
    refused("evaluate --input absent.tsv", "absent.tsv cannot be read"),
    refused("evaluate --input pairs.tsv --threads 0", "1 or more"),
    Call("align pairs.tsv --layer 1 --head 1 --rows predicts", out="0-0"),
    Call("align pairs.tsv --layer 1 --head 1 --rows reads -o x/links.txt", made=("x/links.txt",)),
    refused("align pairs.tsv --layer 1", "give both"),
    refused("train absent.tsv -o run --steps 1", "absent.tsv cannot be read"),
    refused("screenshot x.jpg --sentence x", "ends in .png"),
    refused("screenshot x.png", "either --sentence TEXT, --session FILE or --trace FILE"),
]
CALLS = [*HELP, *WORDS, *TRANSLATE, *TRACE, *EXPORT, *OTHERS]


@pytest.fixture(scope="module")
def opened_once() -> Callable[..., Translator]:
    return cache(Translator)


@pytest.fixture
def folder(
    tmp_path: Path,
    tiny: Path,
    opened_once: Callable[..., Translator],
    qapp: QApplication,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """A folder with files to read, in which commands use the tiny model."""
    monkeypatch.setattr("attention_viewer.model.translator.Translator", opened_once)
    monkeypatch.setattr("attention_viewer.viewer.cli.window.BUNDLED_MODEL", tiny)
    monkeypatch.setattr("attention_viewer.viewer.cli.tracing.Document", partial(Document, limit=SHORT))
    monkeypatch.setattr(Translator, "translate_many", partialmethod(Translator.translate_many, limit=SHORT))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.txt").write_text(TWO)
    (tmp_path / "bad.txt").write_bytes(b"the cat.\ncaf\xe9\na dog.\n")
    (tmp_path / "cat.txt").write_text("the cat.\n")
    (tmp_path / "empty.txt").touch()
    (tmp_path / "there.txt").write_text("kept\n")
    (tmp_path / "pairs.tsv").write_text("a cat\tun chat\nthe dog\tle chien\n")
    (tmp_path / "gold.txt").write_text("1-1 2-2\n1-1 2-2\n")
    return tmp_path


def files_of(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_the_table_is_large_enough_and_says_nothing_twice() -> None:
    assert len(CALLS) >= 80 and len({(call.line, call.stdin) for call in CALLS}) == len(CALLS)
    assert {call.line.split()[0] for call in CALLS} >= {command.name for command in COMMANDS}


@pytest.mark.parametrize("call", CALLS, ids=[call.line for call in CALLS])
def test_a_call(
    call: Call, folder: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(call.stdin.encode())))
    before = files_of(folder)
    try:
        code: object = main(shlex.split(call.line))
    except SystemExit as left:
        code = left.code
    captured = capsysbinary.readouterr()
    out, err = captured.out.decode("utf-8", "replace"), captured.err.decode()
    assert code == call.code, err
    assert call.out in out and bool(out) == bool(call.out)
    assert call.err in err and err.count("\n") == (call.lines if call.err else 0)
    assert "Traceback" not in err and (not call.err or err.splitlines()[-1].startswith(PROGRAM))
    assert files_of(folder) - before == set(call.made) and before <= files_of(folder)
    if "--force" not in call.line:
        assert (folder / "there.txt").read_text() == "kept\n"


@pytest.mark.slow
def test_real_processes_say_no_more_and_no_less(tmp_path: Path, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing is a terminal no bar is drawn, and Qt keeps what it thinks of the locale to itself."""
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    picture = tmp_path / "new" / "one.svg"
    asked = shlex.split(f"export {TEXT} {ONE_MAP} --model {tiny} -o {picture}")
    result = run(*asked)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "") and "<svg" in picture.read_text()
    result = run("translate", "--model", str(tiny), "--scores", text=TWO)
    assert result.returncode == 0 and result.stdout.count("\t") == 4 and result.stderr == ""
    result = run("trase")
    assert (result.returncode, result.stdout) == (2, "") and "Did you mean trace?" in result.stderr
