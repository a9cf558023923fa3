"""What shells are told to complete; bash is asked itself."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from attention_viewer.viewer.cli.commands import parser
from attention_viewer.viewer.cli.completion import FUNCTION, SHELLS, arguments
from attention_viewer.viewer.state.widths import PRESETS
from support.commands import options_of

BASH = shutil.which("bash")


def completed(folder: Path, *words: str) -> list[str]:
    """What bash offers for the last of the words."""
    assert BASH is not None
    asked = " ".join(f"'{word}'" for word in ("attention-viewer", *words))
    script = options_of("completion", "bash").script
    line = f'COMP_WORDS=({asked}); COMP_CWORD={len(words)}; {FUNCTION}; printf "%s\\n" "${{COMPREPLY[@]}}"'
    command = [BASH, "--norc", "-c", f"{script}\n{line}"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.skipif(BASH is None, reason="there is no bash")
def test_bash_completes_commands_options_words_and_files(tmp_path: Path) -> None:
    (tmp_path / "reading.txt").touch()
    (tmp_path / "runs").mkdir()
    assert completed(tmp_path, "tra") == ["translate", "trace", "train"]
    assert completed(tmp_path, "export", "--form") == ["--format"]
    assert completed(tmp_path, "export", "x", "--format", "p") == ["png", "pdf"]
    # Words, without examples such as 12cm.
    assert completed(tmp_path, "export", "--width", "") == list(PRESETS)
    assert completed(tmp_path, "help", "ev") == ["evaluate"]
    assert completed(tmp_path, "completion", "") == ["bash", "zsh", "fish"]
    assert completed(tmp_path, "--model", "r") == ["runs"]
    assert sorted(completed(tmp_path, "translate", "r")) == ["reading.txt", "runs"]
    assert completed(tmp_path, "trace", "x", "--max-steps", "") == []


@pytest.mark.parametrize("shell", SHELLS)
def test_every_option_of_every_command_is_in_every_script(shell: str) -> None:
    script = options_of("completion", shell).script
    for name, each in parser().commands.items():
        assert name in script
        for option in (option for one in arguments(each) for option in one.names if option.startswith("--")):
            assert (option if shell != "fish" else f"-l {option[2:]}") in script


def test_fish_says_what_a_command_does_and_zsh_meets_no_parameter_of_its_own() -> None:
    assert "-a trace -d 'write all weights as numbers'" in options_of("completion", "fish").script
    script = options_of("completion", "zsh").script
    assert not any(f"local {name}" in script or f" {name}=" in script for name in ("options", "words", "commands"))
