"""The options that say how a translation is found: greedily, by a beam or by sampling, how many, and what may repeat.

`searching` carries it out. Importing this module imports neither Qt, torch nor NumPy.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.fields import LARGEST_SEED
from attention_viewer.viewer.cli.option_types import real, whole

if TYPE_CHECKING:
    from attention_viewer.model.contract.choosing import Decoding

WIDEST_BEAM = 32
COLDEST, HOTTEST = 0.01, 100.0
LEAST_NUCLEUS = 1e-6
MOST_SAMPLES = 1000
LONGEST_RUN = 100
LEAST_PENALTY, MOST_PENALTY = 0.1, 10.0
OF_SAMPLING = ("temperature", "top_k", "top_p", "seed")
OF_REPETITION = ("no_repeat_ngram", "repetition_penalty")
NAMES = ("beam", "sample", *OF_SAMPLING, *OF_REPETITION, "n_best")
"""Names of the values."""


@dataclass(frozen=True)
class Search:
    """How translations are found: greedily, by a beam of `beam` hypotheses, or `sampled`; and how many are wanted.

    `top_k` 0 and `top_p` 1 leave all tokens in; samples have the seeds from `seed` on. A `no_repeat_ngram` of 0 and a
    `repetition_penalty` of 1 are off.
    """

    beam: int | None = None
    sampled: bool = False
    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    seed: int = 1
    count: int = 1
    no_repeat_ngram: int = 0
    repetition_penalty: float = 1.0

    @property
    def decoding(self) -> Decoding:
        """The same as a document has it."""
        from attention_viewer.model.contract.choosing import Decoding, Method

        width = Decoding().beam_width if self.beam is None else self.beam
        method = Method.SAMPLING if self.sampled else Method.GREEDY
        heat, k, p = self.temperature, self.top_k, self.top_p
        return Decoding(method, heat, k, p, self.seed, width, self.no_repeat_ngram, self.repetition_penalty)


GREEDY = Search()


def add_search(parser: argparse.ArgumentParser) -> None:
    """The options."""
    group = parser.add_argument_group("how a translation is found; by the most probable token each time if left out")
    beam, seed = whole("--beam", 1, WIDEST_BEAM), whole("--seed", 0, LARGEST_SEED)
    group.add_argument("--beam", metavar="N", type=beam, help="search with a beam of N hypotheses")
    group.add_argument("--sample", action="store_true", default=None, help="draw each token by its probability")
    heat = real("--temperature", COLDEST, HOTTEST)
    group.add_argument("--temperature", metavar="T", type=heat, help="of --sample, 1 if left out")
    group.add_argument("--top-k", metavar="K", type=whole("--top-k", 0), help="draw from the K most probable tokens")
    nucleus = real("--top-p", LEAST_NUCLEUS, 1.0)
    group.add_argument("--top-p", metavar="P", type=nucleus, help="draw from the nucleus of probability P")
    group.add_argument("--seed", metavar="N", type=seed, help="of --sample, 1 if left out")
    group.add_argument(
        "--n-best",
        metavar="N",
        type=whole("--n-best", 1, MOST_SAMPLES),
        help="the N best of the beam, or N samples with the seeds from --seed on",
    )
    add_repetition(group)


def add_repetition(parser: argparse._ActionsContainer) -> None:
    """The options that hold repetition back, whichever way a translation is found."""
    parser.add_argument(
        "--no-repeat-ngram",
        metavar="N",
        type=whole("--no-repeat-ngram", 1, LONGEST_RUN),
        help="let no run of N tokens come twice, like no_repeat_ngram_size of transformers",
    )
    parser.add_argument(
        "--repetition-penalty",
        metavar="X",
        type=real("--repetition-penalty", LEAST_PENALTY, MOST_PENALTY),
        help="above 1 holds tokens back that stand already, like repetition_penalty of transformers",
    )


def repetition(values: argparse.Namespace) -> dict[str, Any]:
    """What was given of the options that hold repetition back, by the names of `Search`."""
    return _given(values, OF_REPETITION)


def search(values: argparse.Namespace) -> Search:
    """The options that were given. Raises InputError where they do not go together."""
    if values.beam is not None and values.sample:
        raise InputError("--beam and --sample exclude each other: leave one of them out.")
    given = _given(values, OF_SAMPLING)
    if given and not values.sample:
        name = next(iter(given))
        raise InputError(f"--{name.replace('_', '-')} is about samples: add --sample, or leave it out.")
    if values.n_best is not None and values.beam is None and not values.sample:
        raise InputError("--n-best needs more than one translation to choose from: add --beam N or --sample.")
    if values.beam is not None and (values.n_best or 1) > values.beam:
        raise InputError(f"--n-best {values.n_best} needs a beam at least as wide: give --beam {values.n_best}.")
    return Search(values.beam, bool(values.sample), count=values.n_best or 1, **given, **repetition(values))


def _given(values: argparse.Namespace, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(values, name) for name in names if getattr(values, name) is not None}
