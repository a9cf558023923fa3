"""The table of commands, and the help that follows from it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from attention_viewer.model.training.arguments import EvaluateOptions, TrainOptions
from attention_viewer.viewer.cli.commands import COMMANDS, parse
from attention_viewer.viewer.cli.evaluate import EVALUATE
from attention_viewer.viewer.cli.train import TRAIN
from attention_viewer.viewer.look.assets import BUNDLED_MODEL

NAMES = [command.name for command in COMMANDS]


def test_each_command_is_found_by_its_name() -> None:
    assert NAMES == [
        "translate", "trace", "export", "screenshot", "rank", "align", "train", "evaluate", "desktop", "help",
        "completion",
    ]  # fmt: skip
    asked = parse(["evaluate", "--input", "pairs"])
    assert asked.command is EVALUATE and asked.options == EvaluateOptions(BUNDLED_MODEL, Path("pairs"))
    asked = parse(["train", "pairs", "-o", "run"])
    assert asked.command is TRAIN and isinstance(asked.options, TrainOptions)


@pytest.mark.parametrize("name", ["", *NAMES])
def test_every_help_has_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    command = [name] if name else []
    with pytest.raises(SystemExit) as left:
        parse([*command, "--help"])
    assert left.value.code == 0
    help_text = capsys.readouterr().out
    example = help_text[help_text.index("\nexample: ") :]
    assert " ".join(["attention-viewer", *command]) in example


def test_the_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["--help"])
    said = " ".join(capsys.readouterr().out.split())
    for command in COMMANDS:
        assert f"{command.name} {command.summary}" in said


@pytest.mark.parametrize("name", ["", *NAMES])
def test_version_and_help_answer_without_qt_torch_or_numpy(name: str) -> None:
    code = (
        "import sys\nfrom attention_viewer.viewer.cli.main import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "print([name for name in ('torch', 'PySide6', 'numpy') if name in sys.modules])"
    )
    for options in ([name, "--help"] if name else ["--help"], ["--version"]):
        result = subprocess.run([sys.executable, "-c", code, *options], capture_output=True, text=True, check=True)
        assert result.stdout.splitlines()[-1] == "[]"
