"""The command completion: a script that lets a shell complete commands, options, words and file names.

It is written from the parsers, so that it knows what they know; a shell that has read it starts no program.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from attention_viewer.viewer.cli.command import DONE, PROGRAM, Command
from attention_viewer.viewer.cli.option_types import one_of
from attention_viewer.viewer.cli.parser import Parser

FOLDERS = ("DIR", "RUN")
"""Names of values that are directories."""
QUOTES = '""'
FUNCTION = f"_{PROGRAM.replace('-', '_')}"


@dataclass(frozen=True)
class Value:
    """What may follow an option or stand as an argument: some words, a file, a directory, or anything."""

    words: tuple[str, ...] = ()
    file: bool = False
    folder: bool = False


@dataclass(frozen=True)
class Argument:
    """An option by all its names (none: a positional argument), its help, and its value (None: it takes none)."""

    names: tuple[str, ...]
    help: str
    value: Value | None


@dataclass(frozen=True)
class CompletionOptions:
    """The script to be written."""

    script: str


def arguments(parser: Parser) -> Iterator[Argument]:
    """What a command takes."""
    for action in parser.actions:
        if not isinstance(action, argparse._SubParsersAction):
            takes = bool(action.metavar or action.nargs != 0)
            yield Argument(tuple(action.option_strings), action.help or "", _value(action) if takes else None)


def _value(action: argparse.Action) -> Value:
    metavar = str(action.metavar or "")
    if "|" in metavar:
        # Examples such as 12cm, and placeholders such as N, are no words.
        return Value(tuple(word for word in metavar.split("|") if re.fullmatch(r"[a-z][a-z._-]*", word)))
    return Value(file=action.type is Path, folder=metavar in FOLDERS)


def bash(root: Parser) -> str:
    """The script for bash."""
    commands = root.commands
    cases = [line for name, parser in {"": root, **commands}.items() for line in _bash_values(name, parser)]
    return "\n".join(
        [
            f'# Completion of {PROGRAM} for bash: eval "$({PROGRAM} completion bash)"',
            f"{FUNCTION}() {{",
            '    local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}"',
            '    local asked="" flags="" plain="" each',
            '    for each in "${COMP_WORDS[@]:1:$((COMP_CWORD-1))}"; do',
            f'        case "$each" in {"|".join(commands)}) asked="$each"; break ;; esac',
            "    done",
            '    case "$asked $prev" in',
            *cases,
            "    esac",
            '    case "$asked" in',
            *(_bash_words(root, name) for name in ("", *commands)),
            "    esac",
            '    if [[ "$cur" == -* ]]; then',
            '        COMPREPLY=($(compgen -W "$flags" -- "$cur"))',
            '    elif [[ -n "$plain" ]]; then',
            '        COMPREPLY=($(compgen -W "$plain" -- "$cur"))',
            "    else",
            '        COMPREPLY=($(compgen -f -- "$cur"))',
            "    fi",
            "}",
            f"complete -o filenames -F {FUNCTION} {PROGRAM}",
            "",
        ]
    )


def _bash_values(name: str, parser: Parser) -> Iterator[str]:
    """What follows each option of a command that takes a value."""
    for each in arguments(parser):
        if each.names and each.value is not None:
            patterns = "|".join(f'"{name} {option}"' for option in each.names)
            yield f"        {patterns}) COMPREPLY=({_compgen(each.value)}); return ;;"


def _compgen(value: Value) -> str:
    if value.words:
        return f'$(compgen -W "{" ".join(value.words)}" -- "$cur")'
    kind = "-d" if value.folder else "-f" if value.file else ""
    return f'$(compgen {kind} -- "$cur")' if kind else ""


def _bash_words(root: Parser, name: str) -> str:
    """What may stand in a command where no value must: its options, and words."""
    found = list(arguments(root.commands[name] if name else root))
    options = " ".join(option for each in found for option in each.names)
    words = [word for each in found if not each.names and each.value for word in each.value.words]
    words += root.commands if name in ("", "help") else ()
    return f'        {name or QUOTES}) flags="{options}" plain="{" ".join(words)}" ;;'


def zsh(root: Parser) -> str:
    """The script for zsh, which understands that for bash."""
    return f"autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n{bash(root)}"


def fish(root: Parser) -> str:
    """The script for fish."""
    lines = [f"# Completion of {PROGRAM} for fish: {PROGRAM} completion fish | source"]
    first = f"not __fish_seen_subcommand_from {' '.join(root.commands)}"
    for name, parser in {"": root, **root.commands}.items():
        when = f"__fish_seen_subcommand_from {name}" if name else first
        lines += [_fish_line(when, each) for each in arguments(parser)]
    lines += [
        f"complete -c {PROGRAM} -n '{first}' -f -a {name} -d '{_plain(summary)}'"
        for name, summary in root.summaries.items()
    ]
    lines.append(f"complete -c {PROGRAM} -n '__fish_seen_subcommand_from help' -f -a '{' '.join(root.commands)}'")
    return "\n".join([*lines, ""])


def _fish_line(when: str, argument: Argument) -> str:
    names = "".join(f" -{'l' if name.startswith('--') else 's'} {name.lstrip('-')}" for name in argument.names)
    return f"complete -c {PROGRAM} -n '{when}'{names}{_fish_value(argument.value)} -d '{_plain(argument.help)}'"


def _fish_value(value: Value | None) -> str:
    if value is None:
        return ""
    if value.words:
        return f" -x -a '{' '.join(value.words)}'"
    if value.folder:
        return " -x -a '(__fish_complete_directories)'"
    return " -r" if value.file else " -x"


def _plain(text: str) -> str:
    """A help without what a shell or argparse would read as something else."""
    return re.sub(r"[\\%]", "", " ".join(text.split())).replace("'", "’")


SHELLS: Mapping[str, Callable[[Parser], str]] = MappingProxyType({"bash": bash, "zsh": zsh, "fish": fish})


def add(parser: argparse.ArgumentParser) -> None:
    """The option of the command."""
    words = tuple(SHELLS)
    parser.add_argument("shell", metavar="|".join(words), type=one_of("The shell", words), help="which shell")


def options(values: argparse.Namespace) -> CompletionOptions:
    """The script that was asked for."""
    return CompletionOptions(SHELLS[values.shell](values.parser))


def run(options: CompletionOptions) -> int:
    """Write it."""
    print(options.script, end="")
    return DONE


COMPLETION = Command(
    name="completion",
    summary="write a script that completes words in a shell",
    description="""\
Write a script for bash, zsh or fish with which the Tab key completes commands, options, the words they take
and file names. Let the shell read it when it starts.""",
    example="""\
example: attention-viewer completion bash > ~/.local/share/bash-completion/completions/attention-viewer
         attention-viewer completion fish > ~/.config/fish/completions/attention-viewer.fish
         echo 'eval "$(attention-viewer completion zsh)"' >> ~/.zshrc""",
    add=add,
    options=options,
    run=run,
)
