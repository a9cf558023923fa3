"""What to say of a model that was opened: settings that are not followed, languages to choose from. Torch-free."""

from __future__ import annotations

from collections.abc import Sequence

from attention_viewer.model.contract.api import ModelInfo

NAMED = 6
"""Languages that a sentence names at most."""


def remarks(info: ModelInfo, told: bool = False) -> tuple[str, ...]:
    """Sentences about a model that was just opened; `told`: which language to translate into was said."""
    said = []
    if settings := info.description.not_followed:
        said.append(
            f"This model asks for settings that are not followed here: {'; '.join(settings)}. What it decodes may "
            "differ from elsewhere."
        )
    if info.architecture.forced_first_ids:
        said.append("This model's files set the first token of every translation; it stands there however improbable.")
    if info.language_tokens and not told:
        said.append(language_needed(info.language_tokens))
    return tuple(said)


def language_needed(tokens: Sequence[str]) -> str:
    """That a model has to be told which language to translate into."""
    return (
        f"This model translates into {len(tokens)} languages and needs to be told which: {listed(tokens)} at the very "
        "start of the sentence."
    )


def language_of(tokens: Sequence[str], sentence: str) -> str:
    """Which of the language tokens a sentence begins with; "" where it begins with none."""
    return next((token for token in tokens if sentence.startswith(token)), "")


def in_language(tokens: Sequence[str], sentence: str, token: str) -> str:
    """The sentence with `token`, such as `>>fra<<`, in the place of the one it begins with, if any ("": without)."""
    plain = sentence[len(language_of(tokens, sentence)) :].lstrip() if tokens else sentence
    return f"{token} {plain}" if token else plain


def listed(tokens: Sequence[str]) -> str:
    """Some of the languages, and how many there are besides."""
    more = f" or {len(tokens) - NAMED} more" if len(tokens) > NAMED else ""
    return f"{', '.join(tokens[:NAMED])}{more}"
