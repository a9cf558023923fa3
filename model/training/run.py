"""A training run from its data to its checkpoint: `train(options)`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from time import perf_counter

import torch
from attention_viewer.model.checkpoint import load
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.families.marian import architecture
from attention_viewer.model.nn.transformer import Transformer
from attention_viewer.model.training.aligner import align
from attention_viewer.model.training.arguments import TrainOptions
from attention_viewer.model.training.batches import Example
from attention_viewer.model.training.corpus import Corpus, read_corpus
from attention_viewer.model.training.data import Pair
from attention_viewer.model.training.evaluation import loss, score, translate
from attention_viewer.model.training.loop import Trainer, TrainingError, Update, stop_on_signals
from attention_viewer.model.training.memory import keep_freed_memory
from attention_viewer.model.training.metric_lines import Measured, MetricLines, dev_line
from attention_viewer.model.training.mix import Mix
from attention_viewer.model.training.model_card import EFLOMAL, CorpusUsed, Course, Described, Figures, model_card
from attention_viewer.model.training.output import Languages, write_checkpoint
from attention_viewer.model.training.preflight import check_needed, read_credits
from attention_viewer.model.training.processes import Processes
from attention_viewer.model.training.reporting import ProgressBar
from attention_viewer.model.training.run_directory import STATE, Beginning, RunDirectory, read_bytes
from attention_viewer.model.training.settings import with_budget
from attention_viewer.model.training.sizes import model_config, sizes_of
from attention_viewer.model.training.substitution import Names, read_names
from attention_viewer.model.training.subwords import Subwords, train_subwords
from attention_viewer.model.training.word_links import parse_links, spell_links, with_links
from attention_viewer.model.whole_files import WriteError

SAVE_SECONDS = 300.0
"""Between two saved states."""
DEV_LIMIT = 100
"""Most tokens of a translation while training; a young model may never end."""

FAILED, INTERRUPTED = 1, 130


def train(options: TrainOptions) -> int:
    """Carry out a run; returns the exit code. Raises UserError where nothing could be begun."""
    keep_freed_memory()
    processes = Processes()
    torch.set_num_threads(options.threads or max(1, (os.cpu_count() or 1) // processes.world))
    try:
        return _Run(options, processes).carry_out()
    except (TrainingError, WriteError) as error:
        print(f"Training stopped: {error}{_way_on(error, options)}", file=sys.stderr)
        return FAILED
    finally:
        processes.close()


def _way_on(error: TrainingError | WriteError, options: TrainOptions) -> str:
    """What to do after a file could not be written; the messages of other errors say it themselves."""
    if not isinstance(error, WriteError) or not (options.output / STATE).exists():
        return ""
    return " The same command with --resume then goes on from the last saved state."


class _Run:
    """One process's part in a run; the first process reads, writes, measures and reports."""

    def __init__(self, options: TrainOptions, processes: Processes) -> None:
        self._options, self._processes = options, processes
        self._directory = RunDirectory(options.output)
        begun = self._beginning()
        self._settings, self._begun = begun.settings, begun
        check_needed(self._settings, aligner=bool(self._settings.guided_head) and self._links_path() is None)
        self._credits = read_credits(options.credits, options.train) if options.credits else {}
        self._corpus = read_corpus(options.train, options.dev, self._settings, options.weights, options.leave_out)
        path = self._directory.names_to_exchange(options.names, options.resume)
        names = read_names(path) if path else Names()
        if begun.fingerprint not in ("", self._corpus.fingerprint()):
            raise InputError(f"{options.output} was trained on other data. Give the same files in the same order.")
        self._subwords = Subwords(processes.once(self._subword_model))
        links = processes.once(self._word_links) if self._settings.guided_head else None
        if not options.resume and processes.is_first:
            begun = replace(begun, fingerprint=self._corpus.fingerprint())
            self._directory.begin(begun, self._subwords.model, links, path)
        self._model = self._new_model()
        self._trainer = Trainer(
            self._model,
            self._pairs(links),
            self._subwords,
            self._settings,
            processes,
            Mix(self._corpus.weights, names),
        )
        if options.resume:
            self._trainer.restore(options.output)
            if processes.is_first:
                self._directory.sweep()
                self._directory.forget_after(self._trainer.budget.step)
                self._directory.note(begun)
        elif processes.is_first:
            self._trainer.save(options.output)
        self._dev = self._dev_examples()

    def carry_out(self) -> int:
        """Train to the end of the budget, or until stopped, and write the checkpoint."""
        with stop_on_signals(self._trainer.stop), ProgressBar(self._processes.is_first) as bar:
            bar.say(self._opening())
            self._train(bar)
            if not self._processes.is_first:
                return 0
            self._trainer.save(self._options.output)
            bar.say(self._finish())
        return INTERRUPTED if self._trainer.stopped else 0

    def _train(self, bar: ProgressBar) -> None:
        lines = MetricLines(self._directory)
        count = self._options.evaluations
        ahead = [(index + 1) / (count + 1) for index in range(count)]
        ahead = [point for point in ahead if point > self._trainer.budget.progress]
        saved = written = perf_counter()
        every = self._options.checkpoint_minutes
        for update in self._trainer.updates():
            if not self._processes.is_first:
                continue
            lines.add(update)
            bar.show(update)
            if ahead and update.progress >= ahead[0]:
                ahead = [point for point in ahead if point > update.progress]
                self._measure_on_the_way(update, bar)
            if perf_counter() - saved >= SAVE_SECONDS:
                self._trainer.save(self._options.output)
                saved = perf_counter()
            if every is not None and perf_counter() - written >= 60.0 * every:
                self._write_on_the_way(bar)
                written = perf_counter()

    def _measure_on_the_way(self, update: Update, bar: ProgressBar) -> None:
        found = self._measure(self._options.bleu_lines)
        self._directory.append(dev_line(update.step, self._trainer.budget.seconds, found))
        bar.say(
            f"{self._trainer.budget.seconds / 60:6.1f} min  dev loss {found.loss.per_token:.3f} a token, "
            f"{found.loss.per_character:.3f} a character; BLEU {found.scores.bleu:.1f}, chrF {found.scores.chrf:.1f}"
        )

    def _write_on_the_way(self, bar: ProgressBar) -> None:
        """Write a finished checkpoint of the weights as they are, beside the run's last one."""
        found = self._measure(self._options.bleu_lines)
        minutes = self._trainer.budget.seconds / 60
        directory = self._directory.model_after(minutes)
        course = Course(self._trainer.budget.step, self._trainer.epoch + 1, minutes, False)
        self._write(directory, course, found, self._options.bleu_lines)
        bar.say(f"{minutes:6.1f} min  checkpoint written: {directory}")

    def _write(self, directory: Path, course: Course, found: Measured, lines: int | None = None) -> None:
        write_checkpoint(
            directory,
            self._model,
            self._subwords.model,
            Languages(self._options.source_language, self._options.target_language),
            self._settings.dropout,
            model_card(self._described(course, found, lines)),
            self._settings.longest,
        )

    def _measure(self, lines: int | None) -> Measured:
        pairs = self._corpus.dev
        found = loss(self._model, self._dev, sum(len(pair.target) for pair in pairs), self._subwords.pad)
        sources = [each.source for each in self._dev[:lines]]
        translations = translate(self._model, sources, self._subwords.decode, DEV_LIMIT)
        return Measured(found, score(translations.texts, [pair.target for pair in pairs[:lines]]))

    def _finish(self) -> str:
        """Write the checkpoint of the averaged weights; returns what to tell."""
        budget = self._trainer.budget
        minutes = budget.seconds / 60
        self._model.load_state_dict(self._trainer.averaged())
        found = self._measure(None)
        self._directory.append({**dev_line(budget.step, budget.seconds, found), "final": True})
        course = Course(budget.step, self._trainer.epoch + 1, minutes, not self._trainer.stopped)
        self._write(self._directory.model, course, found)
        stopped = " Stopped early: the same command with --resume goes on." if self._trainer.stopped else ""
        return (
            f"{budget.step:,} updates in {minutes:.1f} min. All {len(self._dev):,} dev pairs: loss "
            f"{found.loss.per_token:.3f} a token, {found.loss.per_character:.3f} a character, BLEU "
            f"{found.scores.bleu:.1f}, chrF {found.scores.chrf:.1f}. Checkpoint: {self._directory.model}.{stopped}"
        )

    def _described(self, course: Course, found: Measured, lines: int | None) -> Described:
        options = self._options
        return Described(
            languages=(options.source_language, options.target_language),
            data=options.data_name or ", ".join(path.name for path in options.train),
            licence=options.licence,
            pairs=len(self._corpus.train),
            corpora=self._corpora(),
            precision=self._trainer.precision,
            parameters=sum(parameter.numel() for parameter in self._model.parameters()),
            settings=self._settings,
            started_from=self._begun.started_from,
            links=self._begun.links,
            course=course,
            figures=Figures(
                pairs=len(self._dev),
                translated=lines,
                loss_per_token=found.loss.per_token,
                loss_per_character=found.loss.per_character,
                **asdict(found.scores),
            ),
        )

    def _corpora(self) -> tuple[CorpusUsed, ...]:
        weights = self._options.weights or (1.0,) * len(self._options.train)
        return tuple(
            CorpusUsed(path.name, count, weight, *self._credits.get(path.name, ("", "")))
            for path, count, weight in zip(self._options.train, self._corpus.counts, weights, strict=True)
        )

    def _opening(self) -> str:
        corpus: Corpus = self._corpus
        reasons = {"share a sentence with dev": corpus.leaking, "read like one of --leave-out": corpus.left_out}
        said = "; ".join(f"{count:,} that {reason}" for reason, count in reasons.items() if count)
        left_out = said and f" (left out: {said})"
        precision = self._trainer.precision
        return f"{len(corpus.train):,} pairs to train on{left_out}, {len(corpus.dev):,} dev pairs; {precision}."

    def _beginning(self) -> Beginning:
        options = self._options
        if options.settings is None:
            begun = self._directory.beginning()
            return replace(begun, settings=with_budget(begun.settings, options.minutes, options.steps))
        if self._processes.is_first:
            self._directory.check_new(options.force)
        links = (options.links.name if options.links else EFLOMAL) if options.settings.guided_head else ""
        if options.start_from is None:
            return Beginning(options.settings, "", links=links)
        settings = sizes_of(options.start_from, options.settings)
        return Beginning(settings, "", options.start_from.resolve().name, links)

    def _subword_model(self) -> bytes:
        if self._options.resume:
            return self._directory.subwords()
        if self._options.start_from is not None:
            return (self._options.start_from / "source.spm").read_bytes()
        return train_subwords(self._corpus.train, self._settings.vocabulary)

    def _links_path(self) -> Path | None:
        """The file the links are read from; None where they are to be found."""
        return self._directory.links if self._options.resume else self._options.links

    def _word_links(self) -> bytes:
        """The content of the links file, found if it is not given; this may take minutes."""
        path = self._links_path()
        if path is None:
            print(f"Aligning the words of {len(self._corpus.train):,} pairs.", file=sys.stderr, flush=True)
            return spell_links(align(self._corpus.train))
        return read_bytes(path)

    def _pairs(self, links: bytes | None) -> Sequence[Pair]:
        """The pairs to train on, with their links where a head is guided."""
        if links is None:
            return self._corpus.train
        where = str(self._links_path() or self._directory.links)
        return with_links(self._corpus.train, parse_links(links, where), where)

    def _dev_examples(self) -> list[Example]:
        dev = self._corpus.dev
        sources = self._subwords.encode([pair.source for pair in dev])
        targets = self._subwords.encode([pair.target for pair in dev])
        return [Example(source, target) for source, target in zip(sources, targets, strict=True)]

    def _new_model(self) -> Transformer:
        config = model_config(self._settings, self._subwords)
        torch.manual_seed(self._settings.seed)
        model = Transformer(architecture(config), self._settings.dropout)
        if self._options.start_from is not None:
            model.load_state_dict(load(self._options.start_from).state_dict())
        return model
