"""The options of the training and evaluation commands, checked and put into frozen objects. Torch-free."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.training.settings import AugmentationRates, TrainingSettings

TRAIN_HELP = """\
Train a small Transformer on sentence pairs (source<TAB>target, UTF-8, .gz or not) and write it as a
checkpoint that the window opens: RUN/model. RUN also keeps the state of the run: Ctrl+C stops it safely,
and the same command with --resume goes on. Needs the extra `train`."""
TRAIN_EXAMPLE = "example: attention-viewer train pairs.tsv.gz --dev dev.tsv.gz -o runs/first --minutes 45"

EVALUATE_HELP = """\
Measure a checkpoint on sentence pairs (source<TAB>target): BLEU and chrF of its greedy translations, loss
per token and per target character, tokens a second. With --alignments, also the word-alignment error rate
of every cross-attention head, taking each row to stand for the token read and for the token predicted.
With --heads, what each head looks at: the token itself, its neighbours, the ends, punctuation, or everything.
With --attributions, how well each attribution of the source agrees with leaving its tokens out one by one.
With --json, scores, alignments and heads are one object, in which layers and heads count from 0."""
EVALUATE_EXAMPLE = """\
example: attention-viewer evaluate --input pairs.tsv --lines 500
         attention-viewer evaluate --input pairs.tsv --alignments gold.txt --json > figures.json"""


@dataclass(frozen=True)
class TrainOptions:
    """A run: its data, where it lives, and its settings (None: those of the run that is resumed).

    `weights` has one for each file of `train`, or is empty where all are 1; `minutes` and `steps` make a run that
    is resumed longer.
    """

    train: tuple[Path, ...]
    output: Path
    settings: TrainingSettings | None
    dev: Path | None = None
    start_from: Path | None = None
    resume: bool = False
    force: bool = False
    source_language: str = "en"
    target_language: str = "fr"
    data_name: str = ""
    licence: str = ""
    threads: int | None = None
    evaluations: int = 9
    bleu_lines: int = 500
    links: Path | None = None
    weights: tuple[float, ...] = ()
    names: Path | None = None
    leave_out: tuple[Path, ...] = ()
    checkpoint_minutes: float | None = None
    credits: Path | None = None
    minutes: float | None = None
    steps: int | None = None


@dataclass(frozen=True)
class EvaluateOptions:
    """A checkpoint and the pairs it is measured on; `lines` None is all of them.

    `heads`: tell what each head does; `attributions`: how well attributions agree with leave-one-out; `typed`: how it
    takes capitals and typographic signs; `copied`: a file of sentences with the words that must stand in their
    translations too; `json`: one object for programs in place of lines; `prefix` goes before each source.
    """

    model: Path
    pairs: Path
    alignments: Path | None = None
    lines: int | None = None
    threads: int = 1
    heads: bool = False
    attributions: bool = False
    typed: bool = False
    copied: Path | None = None
    json: bool = False
    prefix: str = ""


def add_train_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `train`, one for each setting included."""
    parser.add_argument(
        "train",
        metavar="PAIRS[:WEIGHT]",
        nargs="+",
        help="files of source<TAB>target lines; of books.tsv:0.6 an epoch takes 60 %% of the pairs, drawn anew",
    )
    parser.add_argument("-o", "--output", metavar="RUN", type=Path, required=True, help="directory of the run")
    parser.add_argument("--dev", metavar="PAIRS", type=Path, help="pairs to measure on; held out of PAIRS if left out")
    parser.add_argument("--start-from", metavar="DIR", type=Path, help="go on from the weights of this checkpoint")
    parser.add_argument("--resume", action="store_true", help="go on with the run in RUN")
    parser.add_argument("--force", action="store_true", help="replace the run in RUN")
    parser.add_argument("--source-language", metavar="CODE", default="en", help="en if left out")
    parser.add_argument("--target-language", metavar="CODE", default="fr", help="fr if left out")
    parser.add_argument("--data-name", metavar="TEXT", default="", help="what the model card calls the data")
    parser.add_argument("--licence", metavar="TEXT", default="", help="licence of the data, for the model card")
    parser.add_argument("--threads", metavar="N", type=_whole("--threads", 1), help="all cores if left out")
    _add_on_the_way(parser)
    group = parser.add_argument_group("settings of the model and the run")
    for owner in (TrainingSettings, AugmentationRates):
        _add_settings(group, owner)


def _add_on_the_way(parser: argparse.ArgumentParser) -> None:
    """What is measured and written on the way, and what the data comes with."""
    parser.add_argument("--evaluations", metavar="N", type=_whole("--evaluations", 0), default=9, help="9 if left out")
    parser.add_argument(
        "--bleu-lines",
        metavar="N",
        type=_whole("--bleu-lines", 1),
        default=500,
        help="dev lines translated at each evaluation, 500 if left out",
    )
    parser.add_argument(
        "--links",
        metavar="FILE",
        type=Path,
        help="word links 0-0 1-2 of each training pair, for --guide-weight; found by eflomal if left out",
    )
    parser.add_argument("--names", metavar="FILE", type=Path, help="names that may be exchanged, one a line, by [kind]")
    parser.add_argument(
        "--leave-out", metavar="FILE", type=Path, action="append", default=[], help="sentences never to train on"
    )
    parser.add_argument(
        "--credits",
        metavar="FILE",
        type=Path,
        help="file name<TAB>licence<TAB>credit of each PAIRS, for the model card",
    )
    parser.add_argument(
        "--checkpoint-minutes",
        metavar="N",
        type=_positive("--checkpoint-minutes"),
        help="write a finished checkpoint every N minutes, to RUN/model-N",
    )


def train_options(values: argparse.Namespace) -> TrainOptions:
    """The options that `add_train_options` describes; InputError where they contradict each other."""
    given = {name: getattr(values, name) for name in _names(TrainingSettings) if getattr(values, name) is not None}
    rates = {name: getattr(values, name) for name in _names(AugmentationRates) if getattr(values, name) is not None}
    others = set(given) - {"minutes", "steps"}
    if values.resume and (others or rates or values.force or values.start_from or values.links):
        raise InputError(
            "--resume goes on with the run's own settings: leave all others and --force out. --minutes or --steps "
            "above the first ones make the run longer."
        )
    settings = None if values.resume else TrainingSettings(**given, augmentation=AugmentationRates(**rates))
    if values.links and settings and not settings.guide_weight:
        raise InputError("--links are of use only where a head is guided: give --guide-weight too.")
    files, weights = zip(*map(_weighted, values.train), strict=True)
    return TrainOptions(
        train=files,
        weights=weights if any(weight != 1.0 for weight in weights) else (),
        names=values.names,
        leave_out=tuple(values.leave_out),
        checkpoint_minutes=values.checkpoint_minutes,
        credits=values.credits,
        minutes=values.minutes if values.resume else None,
        steps=values.steps if values.resume else None,
        output=values.output,
        settings=settings,
        dev=values.dev,
        start_from=values.start_from,
        resume=values.resume,
        force=values.force,
        source_language=values.source_language,
        target_language=values.target_language,
        data_name=values.data_name,
        licence=values.licence,
        threads=values.threads,
        evaluations=values.evaluations,
        bleu_lines=values.bleu_lines,
        links=values.links,
    )


def _weighted(text: str) -> tuple[Path, float]:
    """A file and its weight: what follows the last colon where that is a number, or 1."""
    name, colon, weight = text.rpartition(":")
    try:
        value = float(weight)
    except ValueError:
        return Path(text), 1.0
    if not colon or Path(text).exists():
        return Path(text), 1.0
    if not 0.0 < value < 100.0:
        raise InputError(f"The weight of {name} is {weight}; it must lie above 0 and below 100.")
    return Path(name), value


def add_evaluate_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `evaluate`, save for the model."""
    parser.add_argument(
        "--input", metavar="PAIRS", type=Path, required=True, help="file of source<TAB>target lines, or -"
    )
    parser.add_argument("--alignments", metavar="GOLD", type=Path, help="gold links of the same lines: 3-4 sure, 3p4")
    parser.add_argument("--lines", metavar="N", type=_whole("--lines", 1), help="only the first N; all if left out")
    parser.add_argument("--heads", action="store_true", help="also what each head looks at while translating them")
    parser.add_argument("--attributions", action="store_true", help="also how attributions agree with leave-one-out")
    parser.add_argument("--typed", action="store_true", help="also in capitals, and with typographic quotes")
    parser.add_argument(
        "--copied", metavar="FILE", type=Path, help="also these sentences<TAB>words that must be copied from them"
    )
    parser.add_argument("--threads", metavar="N", type=_whole("--threads", 1), default=1, help="1 if left out")
    parser.add_argument("--json", action="store_true", help="one JSON object, with precision and recall of alignments")


def evaluate_options(values: argparse.Namespace) -> EvaluateOptions:
    """The options that `add_evaluate_options` describes; InputError where they contradict each other."""
    for name in ("attributions", "typed", "copied") if values.json else ():
        if getattr(values, name):
            raise InputError(f"--json holds scores, alignments and heads: leave --{name} out, or leave --json out.")
    return EvaluateOptions(
        values.model,
        values.input,
        values.alignments,
        values.lines,
        values.threads,
        values.heads,
        values.attributions,
        values.typed,
        values.copied,
        values.json,
        getattr(values, "prefix", ""),
    )


def _names(owner: type[TrainingSettings] | type[AugmentationRates]) -> list[str]:
    return [each.name for each in fields(owner) if "meaning" in each.metadata]


def _add_settings(group: argparse._ArgumentGroup, owner: type[TrainingSettings] | type[AugmentationRates]) -> None:
    for each in fields(owner):
        if "meaning" not in each.metadata:
            continue
        option = f"--{each.name.replace('_', '-')}"
        if each.type == "str":
            kind: Callable[[str], object] = str
            shown = each.default
        else:
            kind = _real(option) if each.type == "float" else _whole(option, 0)
            shown = "none" if each.default is None else f"{each.default:g}"
        group.add_argument(option, metavar="X", type=kind, help=f"{each.metadata['meaning']} ({shown})")


def _whole(option: str, low: int) -> Callable[[str], int]:
    def check(value: str) -> int:
        try:
            number = int(value)
        except ValueError:
            raise InputError(f"{option} takes a whole number; {value!r} is none.") from None
        if number < low:
            raise InputError(f"{option} takes a whole number, {low} or more; {number} will not do.")
        return number

    return check


def _real(option: str) -> Callable[[str], float]:
    def check(value: str) -> float:
        try:
            return float(value)
        except ValueError:
            raise InputError(f"{option} takes a number; {value!r} is none.") from None

    return check


def _positive(option: str) -> Callable[[str], float]:
    def check(value: str) -> float:
        number = _real(option)(value)
        if not 0.0 < number < math.inf:
            raise InputError(f"{option} takes a number above 0; {value} will not do.")
        return number

    return check
