"""The handbook: a page for each panel and each command, links that lead somewhere, and what a search finds."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from attention_viewer.model.contract.maps import EXPECTED
from attention_viewer.viewer.cli.commands import COMMANDS, parser
from attention_viewer.viewer.look.assets import ASSETS, tour_path
from attention_viewer.viewer.state.handbook import FIRST, HELP, Page, pages, picture_path, search
from attention_viewer.viewer.storage.tour_file import read
from attention_viewer.viewer.window.panels import panels_for
from support.commands import options_of as options_of_line

PAGES = {page.name: page for page in pages()}
SETTINGS = "settings of the model and the run"
README = (ASSETS.parent / "README.md").read_text(encoding="utf-8")


def options_of(command: str) -> set[str]:
    """The long options that the page of a command has to name; the many settings of training are listed by its help."""
    found = parser().commands[command]
    groups = {group.title: group for group in found._action_groups}
    passed = groups[SETTINGS]._group_actions if SETTINGS in groups else []
    named = [option for each in found.actions if each not in passed for option in each.option_strings]
    return {option for option in named if option.startswith("--")} - {"--help", "--debug"}


def test_pictures_are_there_small_told_in_words_and_made_by_a_command() -> None:
    named = {name: said for page in PAGES.values() for said, name in re.findall(r"!\[([^]]*)\]\(([^)]*)\)", page.text)}
    assert named.keys() == {path.name for path in HELP.glob("*.png")} and all(named.values())
    for name in named:
        path = picture_path(name)
        assert path is not None and path.stat().st_size < 40_000
        assert f"-o assets/help/{name} " in PAGES["development"].text
    assert "png" not in PAGES["panel-cross"].plain


def test_every_panel_has_stops_of_the_tour_that_show_it_by_their_numbers() -> None:
    names = [stop.name for stop in read(tour_path()).stops]
    for panel in panels_for(EXPECTED):
        page = PAGES[f"panel-{panel.name}"]
        assert page.stops or panel.name == "tour", f"say in {page.name}.md which stop of the tour shows it"
        told = re.findall(r"\[stop (\d+), [^]]*\]\(panel-tour\.md#([a-z-]+)\)", page.text)
        assert [(int(number), name) for number, name in told] == [(names.index(name) + 1, name) for name in page.stops]


def test_every_panel_has_a_page() -> None:
    for panel in panels_for(EXPECTED):
        assert f"panel-{panel.name}" in PAGES, f"write assets/help/panel-{panel.name}.md, and name it in index.md"


@pytest.mark.parametrize("command", [command.name for command in COMMANDS])
def test_every_command_has_a_page_that_names_all_its_options(command: str) -> None:
    text = PAGES[f"command-{command}"].text
    assert [option for option in sorted(options_of(command)) if not re.search(rf"{option}\b", text)] == []


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_page_has_a_title_a_beginning_and_links_that_lead_somewhere(page: Page) -> None:
    lines = page.text.splitlines()
    assert lines[0].startswith("# ") and lines[1] == "" and lines[2] and not lines[2].startswith(("#", "|", "-", "```"))
    assert page.text.endswith("\n") and not any(line.startswith("# ") for line in _outside_code(lines[1:]))
    for link in re.findall(r"\]\(([^)]*)\)", page.text):
        assert "://" not in link and (HELP / link.partition("#")[0]).resolve().is_file(), link
    assert "<" not in re.sub(r"`[^`]*`", "", "\n".join(_outside_code(lines)))


def test_the_first_page_and_the_readme_lead_to_every_part() -> None:
    assert set(PAGES) - {FIRST} == set(PAGES[FIRST].links)
    linked = re.findall(r"\]\((assets/[^)]*)\)", README)
    assert linked and all((ASSETS.parent / link).exists() for link in linked)
    assert {"assets/help/index.md", "assets/help/first-tour.md", "assets/help/glossary.md"} <= set(linked)
    assert len(README.splitlines()) < 100


def test_the_words_of_maps_are_in_the_glossary() -> None:
    terms = set(re.findall(r"\*\*([^*]+)\.\*\*", PAGES["glossary"].text))
    assert {"Head", "Key, query, value", "KL", "Masked", "Nat", "Predicts, reads"} <= terms
    assert sorted(terms, key=str.casefold) == [*dict.fromkeys(re.findall(r"\*\*([^*]+)\.\*\*", PAGES["glossary"].text))]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("glossary", "glossary"),
        ("ranking", "panel-ranking"),
        ("n-best", "command-translate"),
        ("residual connection", "glossary"),
        ("avsession crash", "sessions"),
        ("HATCHED masked", "concepts"),
    ],
)
def test_a_search_finds_the_page(words: str, first: str) -> None:
    found = [hit.page.name for hit in search(pages(), words)]
    assert first in found[:3], found
    assert all(all(word.casefold()[:4] in PAGES[name].text.casefold() for word in words.split()) for name in found)


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("switch off a head", "panel-laboratory"),
        ("switching heads off", "panel-laboratory"),
        ("hide a word", "panel-laboratory"),
        ("force a token", "experiments"),
        ("rank heads", "panel-ranking"),
        ("what is a query", "glossary"),
        ("open a model", "checkpoints"),
        ("save", "sessions"),
        ("beam", "panel-beam"),
        ("export a figure", "export"),
        ("positional encoding", "panel-positions"),
        ("dark theme", "keys"),
        ("text size", "keys"),
        ("sampling temperature", "experiments"),
    ],
)
def test_a_question_from_the_window_is_answered_by_a_page_about_the_window(words: str, first: str) -> None:
    assert search(pages(), words)[0].page.name == first


def test_of_equal_pages_the_window_comes_before_commands() -> None:
    text = "# Heads\n\nSwitch off a head.\n"
    command, window = Page("command-heads", text), Page("panel-heads", text)
    assert [hit.page for hit in search([command, window], "switch off a head")] == [window, command]


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_every_command_line_of_a_page_is_one_that_the_program_takes(page: Page) -> None:
    for block in re.findall(r"```(?:bash)?\n(.*?)```", page.text, re.DOTALL):
        for rest in re.findall(r"^(?:.*[|(/] ?)?attention-viewer (.*)$", block, re.MULTILINE):
            options_of_line(*shlex.split(re.split(r'\)"| \| | > ', rest)[0]))


def test_a_search_orders_by_where_the_word_stands() -> None:
    title, heading, text, none = (
        Page("a", "# Key\n\nNothing.\n"),
        Page("b", "# B\n\nText.\n\n## Key\n\nMore.\n"),
        Page("c", "# C\n\nA long text in which at last a `key` stands between other words.\n"),
        Page("d", "# D\n\nNothing.\n"),
    )
    hits = search([text, none, heading, title], "key")
    assert [hit.page for hit in hits] == [title, heading, text]
    assert "key" in hits[2].snippet and "`" not in hits[2].snippet
    assert [hit.page for hit in search([none, title], " ")] == [none, title]
    assert search([none], "absent") == []


def test_pages_stand_in_the_order_of_the_first_one(tmp_path: Path) -> None:
    for name, text in (("a", "# A\n"), ("index", "# I\n\n[z](z.md), [a](a.md)\n"), ("z", "# Z\n"), ("m", "# M\n")):
        (tmp_path / f"{name}.md").write_text(text)
    assert [page.name for page in pages(tmp_path)] == ["index", "z", "a", "m"]


def _outside_code(lines: list[str]) -> list[str]:
    kept, code = [], False
    for line in lines:
        code = code != line.startswith("```")
        kept += [] if code or line.startswith("```") else [line]
    return kept
