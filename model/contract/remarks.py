"""What to say of a model that was opened: settings that are not followed, languages to choose from. Torch-free."""

from __future__ import annotations

from collections.abc import Sequence

from attention_viewer.model.contract.api import ModelInfo

NAMED = 6
"""Languages that a sentence names at most."""


def remarks(info: ModelInfo) -> tuple[str, ...]:
    """Sentences about a model that was just opened."""
    said = []
    if settings := info.config.not_followed:
        said.append(
            f"This model asks for settings that are not followed here: {'; '.join(settings)}. What it decodes may "
            "differ from elsewhere."
        )
    if info.language_tokens:
        said.append(
            f"This model translates into {len(info.language_tokens)} languages and needs to be told which: "
            f"{listed(info.language_tokens)} at the very start of the sentence."
        )
    return tuple(said)


def lacks_language(info: ModelInfo, sentence: str) -> bool:
    """Whether a sentence does not say which language to translate into, for a model that must be told."""
    return bool(info.language_tokens) and not sentence.startswith(info.language_tokens)


def in_language(info: ModelInfo, sentence: str, token: str) -> str:
    """The sentence with `token`, such as `>>fra<<`, in the place of the one it begins with, if any."""
    plain = sentence
    for each in info.language_tokens:
        if sentence.startswith(each):
            plain = sentence[len(each) :].lstrip()
            break
    return f"{token} {plain}" if token else plain


def listed(tokens: Sequence[str]) -> str:
    """Some of the languages, and how many there are besides."""
    more = f" or {len(tokens) - NAMED} more" if len(tokens) > NAMED else ""
    return f"{', '.join(tokens[:NAMED])}{more}"
