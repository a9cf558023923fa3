"""From a sentence, or a saved session, to what the model computes: what the commands share that open a checkpoint.

Importing this module imports neither torch nor Qt.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from attention_viewer.model.checkpoint import content_hash
from attention_viewer.model.contract.api import Progress
from attention_viewer.model.contract.choosing import Decoding
from attention_viewer.model.contract.document import Document, go_to
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.hypotheses import teacher_force
from attention_viewer.model.contract.interventions import NONE, Interventions
from attention_viewer.viewer.cli.command import PROGRAM
from attention_viewer.viewer.cli.streams import STREAM, named, whole_input
from attention_viewer.viewer.export.data import WORD_WRITERS, WRITERS
from attention_viewer.viewer.export.meta import meta
from attention_viewer.viewer.state import questions
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.results import Quantity
from attention_viewer.viewer.storage.session_file import LARGEST, SavedSession, from_bytes
from attention_viewer.viewer.storage.session_file import read as read_session
from attention_viewer.viewer.work.measurements import measurement_of
from attention_viewer.viewer.work.requests import spelling_work

if TYPE_CHECKING:
    from attention_viewer.model.translator import Translator


Result = TypeVar("Result")


@dataclass(frozen=True, eq=False)
class Tracer:
    """An open checkpoint: from a sentence, or a saved document, to what can be looked at."""

    translator: Translator

    def document(
        self,
        text: str,
        target: str | None = None,
        max_steps: int | None = None,
        interventions: Interventions = NONE,
        decoding: Decoding | None = None,
    ) -> Document:
        """The document that runs to the end of a sentence, or of a forced translation; else `max_steps` at most.

        Raises InputError where the translation is empty or too long.
        """
        checkpoint = self.translator.info.content_hash
        document = Document(text, checkpoint=checkpoint, interventions=interventions, decoding=decoding or Decoding())
        if target is not None:
            return teacher_force(document, [token.id for token in self.translator.encode_target(target)])
        if max_steps is not None:
            document = replace(document, limit=max_steps)
        return go_to(document, document.limit)

    def loaded(self, document: Document, check: Callable[[], None] = lambda: None) -> Loaded:
        """What the model computes for a document; `check` is called after each decoder row, and may raise.

        Raises InputError where the sentence is empty or too long, or the document does not fit the model.
        """
        computed = _finished(self.translator.trace_steps(document), check)
        return Loaded(
            self.translator.info, computed, document.source, self.translator.text(computed), document=document
        )

    def measured(self, loaded: Loaded, quantity: Quantity[Any], check: Callable[[], None] = lambda: None) -> Loaded:
        """With a quantity of the document shown, unless it is known or has none; `check` is as in `loaded`."""
        document = loaded.document
        if document is None or quantity.question(document) is None or loaded.found(quantity) is not None:
            return loaded
        measurement = measurement_of(quantity)
        found = _finished(measurement.work(document)(self.translator), check)
        return replace(loaded, results=loaded.results.answered(measurement.quantities, document, found))

    def spelled(self, loaded: Loaded, check: Callable[[], None] = lambda: None) -> Loaded:
        """With every hypothesis of the document as text; `check` is as in `loaded`."""
        assert loaded.document is not None
        missing = [index for index, text in enumerate(loaded.texts) if text is None]
        work = spelling_work([questions.spelled(loaded.document, index, loaded.known) for index in missing])
        found = _finished(work(self.translator), check)
        spelled = {loaded.spellings[index]: text for index, text in zip(missing, found, strict=True)}
        return replace(loaded, results=replace(loaded.results, spelled={**loaded.spelled, **spelled}))

    def numbers(
        self,
        loaded: Loaded,
        suffix: str,
        target: str | None = None,
        found: Mapping[str, Any] | None = None,
        words: bool = False,
    ) -> bytes:
        """The content of a file of everything in `loaded`.

        `target` is a translation that was asked for as text, `found` says how a search found it. Numbers may be of
        whole `words` in the place of pieces.
        """
        assert loaded.trace is not None and loaded.document is not None
        about = meta(self.translator.info, loaded.document, loaded.trace, loaded.translation, target, found)
        return (WORD_WRITERS if words else WRITERS)[suffix](loaded.trace, about)


def _finished(steps: Generator[Progress, None, Result], check: Callable[[], None]) -> Result:
    from attention_viewer.model.translator import finished

    return finished(steps, check)


def open_tracer(model: Path, threads: int = 1, told: bool = False) -> Tracer:
    """A tracer of the checkpoint in a directory, which computes with `threads`; says what there is to say of the model.

    `told`: which language to translate into was said. Raises CheckpointError where there is none that can be computed.
    """
    return Tracer(open_translator(model, threads, told))


def open_translator(model: Path, threads: int = 1, told: bool = False) -> Translator:
    """A translator on a checkpoint, with what is to be said of it on standard error; as `open_tracer`."""
    from attention_viewer.model.contract.remarks import remarks
    from attention_viewer.model.translator import Translator

    translator = Translator(model, threads)
    for said in remarks(translator.info, told):
        print(f"{PROGRAM}: {said}", file=sys.stderr)
    return translator


def saved_session(file: Path | None, model: Path) -> SavedSession | None:
    """The saved session that a command is about, from a file or from standard input (`-`); None for a sentence.

    Raises InputError where it was made with another model than the command's.
    """
    if file is None:
        return None
    name, sent = named(file), file == STREAM
    saved = from_bytes(whole_input("a saved session", LARGEST + 1), name) if sent else read_session(file)
    made_with, here = saved.document.checkpoint, content_hash(model)
    if made_with and made_with != here:
        raise InputError(
            f"{name} was made with another model (content hash {made_with[:12]}…, that of {model} is {here[:12]}…): "
            "name the directory of its own model with --model."
        )
    return saved
