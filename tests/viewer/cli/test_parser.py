"""What is said of words that the command line does not know: the near one, and the right help."""

from __future__ import annotations

import pytest
from attention_viewer.model.contract.errors import InputError
from attention_viewer.viewer.cli.commands import parse, parser
from support.commands import complaint, options_of


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["trace", "x", "-o", "x.npz", "--steps", "3"], "trace has no option --steps. Did you mean --max-steps?"),
        (["export", "x", "-o", "d", "--colors=magma"], "export has no option --colors. Did you mean --colours?"),
        (["--sentense", "x"], "attention-viewer has no option --sentense. Did you mean --sentence?"),
        (["translate", "-q"], "translate has no option -q. See 'attention-viewer translate --help'."),
        (["--force", "trace"], "--force belongs after its command: attention-viewer trace --force."),
        (["trase"], "There is no command 'trase'. Did you mean trace?"),
        (["the cat"], "'the cat' is no command: --sentence TEXT opens the window with a sentence."),
        (["help", "evalute"], "There is no command 'evalute'. Did you mean evaluate?"),
        (["trace", "the", "cat", "-o", "x.npz"], "'cat' is one argument more than trace takes: put a text with spaces"),
    ],
)
def test_the_near_word_is_offered(arguments: list[str], said: str) -> None:
    assert said in complaint(*arguments)


def test_the_right_help_is_named() -> None:
    assert complaint("trace", "--x").endswith("See 'attention-viewer trace --help'.")
    assert complaint("--x").endswith("See 'attention-viewer --help'.")


def test_an_unknown_option_is_told_before_what_follows_it_is_taken_for_a_command() -> None:
    assert "no option --sentense" in complaint("--sentense", "The", "--steps", "3")


def test_numbers_and_sentences_that_begin_with_a_dash_are_no_options() -> None:
    assert options_of("trace", "- a list of cats", "-o", "x.npz").text == "- a list of cats"
    with pytest.raises(InputError, match="-1 will not do"):
        parse(["trace", "x", "-o", "x.npz", "--max-steps", "-1"])


def test_help_of_a_command_is_what_its_option_says(capsys: pytest.CaptureFixture[str]) -> None:
    for name, each in parser().commands.items():
        assert parse(["help", name]).run() == 0
        assert capsys.readouterr().out == each.format_help()
    assert parse(["help"]).run() == 0
    assert capsys.readouterr().out == parser().format_help()
