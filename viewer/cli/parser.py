"""The parser of the command line: every complaint is one sentence that names the near word and the right help.

No Qt, torch or NumPy.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import PurePath
from typing import Any, NoReturn

from attention_viewer.model.contract.errors import InputError, quoted

NEAR = 0.65
"""How alike two words must be, from 0 to 1, for one to be offered in the place of the other."""


class Parser(argparse.ArgumentParser):
    """Raises its complaints in one line instead of printing the usage and leaving."""

    @property
    def options(self) -> tuple[str, ...]:
        """Every option, in both of its forms."""
        return tuple(self._option_string_actions)

    @property
    def actions(self) -> tuple[argparse.Action, ...]:
        """Every argument in the order of the help."""
        return tuple(self._actions)

    @property
    def commands(self) -> dict[str, Parser]:
        """The parsers of the commands of this one, by name."""
        named = next((each.choices for each in self._actions if isinstance(each, argparse._SubParsersAction)), {})
        return dict(named or {})

    @property
    def summaries(self) -> dict[str, str]:
        """What the help says of each command in a few words, by name."""
        of_commands = (each for each in self._actions if isinstance(each, argparse._SubParsersAction))
        return {entry.dest: entry.help or "" for each in of_commands for entry in each._choices_actions}

    def parse_known_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> tuple[Any, list[str]]:  # type: ignore[override]
        """As in argparse, but nothing is left over. Raises InputError for an unknown option or one argument more."""
        arguments = list(sys.argv[1:] if args is None else args)
        for option in self._unknown(arguments):
            raise InputError(self._no_such_option(option, arguments))
        values, left = super().parse_known_args(arguments, namespace)
        for each in left:
            if each.startswith("-"):
                raise InputError(self._no_such_option(each, arguments))
            raise InputError(
                f"{quoted(each)} is one argument more than {self._name} takes: put a text with spaces in quotes. "
                f"{self._see}"
            )
        return values, left

    def files_named(self, arguments: Sequence[str], options: Mapping[str, str]) -> list[str]:
        """The arguments, with each file before a command behind the option that takes it; `options` by suffix."""
        named: list[str] = []
        for index, each in enumerate(arguments):
            if each in self.commands:
                return [*named, *arguments[index:]]
            option = options.get(PurePath(each).suffix.lower(), "")
            given = _looks_like_an_option(each) or option in named or self._takes_value(named[-1:])
            if option and not given:
                named.append(option)
            named.append(each)
        return named

    def _takes_value(self, before: Sequence[str]) -> bool:
        """Whether the argument before another one is an option that takes it."""
        return any(each in self.options and self._option_string_actions[each].nargs != 0 for each in before)

    def error(self, message: str) -> NoReturn:
        """Raise InputError with a sentence that names the right help."""
        plain = re.sub(r"^argument ", "", message)
        raise InputError(f"{plain[:1].upper()}{plain[1:]}. {self._see}")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if isinstance(action, argparse._SubParsersAction) and value not in action.choices:
            raise InputError(no_such_command(str(value), action.choices, self._see))
        super()._check_value(action, value)

    @property
    def _name(self) -> str:
        return self.prog.rpartition(" ")[2]

    @property
    def _see(self) -> str:
        return f"See '{self.prog} --help'."

    def _unknown(self, arguments: Sequence[str]) -> Iterable[str]:
        """The options among the arguments, up to a command, that there are not."""
        for each in arguments:
            if each == "--" or each in self.commands:
                return
            if _looks_like_an_option(each) and not self._has(each):
                yield each

    def _has(self, argument: str) -> bool:
        joined = any(argument.startswith(option) for option in self.options if not option.startswith("--"))
        return argument.partition("=")[0] in self.options or joined

    def _no_such_option(self, argument: str, arguments: Sequence[str]) -> str:
        name = argument.partition("=")[0]
        for command in arguments:
            if command in self.commands and self.commands[command]._has(argument):
                return f"{name} belongs after its command: {self.prog} {command} {name}. {self._see}"
        return f"{self._name} has no option {name[:40]}.{near(name, self.options)} {self._see}"


def no_such_command(word: str, commands: Iterable[str], see: str) -> str:
    """What to say of a word that stands where a command should; `see` names the help."""
    if " " in word.strip():
        return f"{quoted(word)} is no command: --sentence TEXT opens the window with a sentence. {see}"
    return f"There is no command {quoted(word)}.{near(word, commands)} {see}"


def near(word: str, known: Iterable[str]) -> str:
    """` Did you mean --layer?` where one of the known words is like it, else nothing."""
    found = get_close_matches(word, list(known), 1, NEAR)
    return f" Did you mean {found[0]}?" if found else ""


def _looks_like_an_option(argument: str) -> bool:
    """As argparse sees it: a dash before something that is neither a number nor has spaces."""
    if len(argument) < 2 or not argument.startswith("-") or " " in argument:
        return False
    return re.fullmatch(r"-\d+|-\d*\.\d+", argument) is None
