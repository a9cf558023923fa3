"""Windows on the bundled model, and saved sessions."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from attention_viewer.model.contract.api import How
from attention_viewer.model.contract.document import Document, go_to
from attention_viewer.model.contract.hypotheses import force, intervene
from attention_viewer.model.contract.interventions import HeadId, Interventions
from attention_viewer.model.contract.maps import CROSS
from attention_viewer.model.translator import Translator
from attention_viewer.viewer.cli.main import main
from attention_viewer.viewer.state.opening import WindowOptions
from attention_viewer.viewer.state.options import ColorRange, RowLabels
from attention_viewer.viewer.storage.recovery import Recovery
from attention_viewer.viewer.storage.session_file import SavedSession, write
from attention_viewer.viewer.storage.settings import MemoryStore, Settings
from attention_viewer.viewer.window.app import Parts, begin, build, keep_work
from attention_viewer.viewer.window.garbage import EVERY_MS, collect
from attention_viewer.viewer.window.remembering import first_model
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot
from support.commands import TEXT
from support.exports import TARGET, Export
from support.exports import TEXT as TINY_TEXT
from support.keeping import force as force_a_token
from support.views import chosen
from support.waiting import SENTENCE, Open, wait_for_step
from support.workers import PromptWorker


@pytest.fixture(scope="session")
def read_once() -> Callable[..., Translator]:
    """Gives the same translator for a checkpoint whenever it is opened, as a window does that stays open."""
    return cache(Translator)


@pytest.fixture
def collected_here(qtbot: QtBot) -> Iterator[None]:
    """Garbage is taken apart in the windows' own thread, and looked for in what is new only, as in the program."""
    gc.disable()
    gc.freeze()
    timer = QTimer(interval=EVERY_MS)
    timer.timeout.connect(collect)
    timer.start()
    yield
    timer.stop()
    gc.unfreeze()
    gc.enable()


@pytest.fixture
def open_window(
    qtbot: QtBot,
    bundled: Path,
    read_once: Callable[..., Translator],
    monkeypatch: pytest.MonkeyPatch,
    collected_here: None,
) -> Iterator[Open]:
    """Opens windows on the bundled model, which is read only once for all, and closes them at the end."""
    monkeypatch.setattr("attention_viewer.model.translator.Translator", read_once)
    opened: list[Parts] = []

    def open_one(
        settings: Settings | None = None, model: Path = bundled, sentence: str | None = None, greet: bool = False
    ) -> Parts:
        settings, options = settings or Settings(MemoryStore()), WindowOptions(model, sentence, named=not greet)
        parts = build(settings, first_model(options, settings))
        opened.append(parts)
        parts.window.resize(1280, 720)
        parts.window.show()
        qtbot.waitExposed(parts.window)
        begin(parts, options, settings if greet else None)
        return parts

    yield open_one
    for parts in opened:
        parts.window.close()
        parts.close()
        parts.window.deleteLater()


@pytest.fixture
def window(open_window: Open, qtbot: QtBot) -> Parts:
    """A window with a sentence encoded."""
    parts = open_window(sentence=SENTENCE)
    wait_for_step(qtbot, parts, 0)
    return parts


@pytest.fixture
def toy_window(qtbot: QtBot, open_window: Open, monkeypatch: pytest.MonkeyPatch) -> Parts:
    """A window with a sentence encoded by a made-up model: all of it but the model and its thread."""
    monkeypatch.setattr("attention_viewer.viewer.window.app.Worker", PromptWorker)
    parts = open_window(sentence=SENTENCE)
    wait_for_step(qtbot, parts, 0)
    return parts


@pytest.fixture
def work(toy_window: Parts, qtbot: QtBot, tmp_path: Path) -> Iterator[Parts]:
    """A window that loses nothing, with a token forced. What is kept and asked is the same for every model."""
    (tmp_path / "kept").mkdir()
    keep_work(toy_window, Recovery(tmp_path / "kept"))
    force_a_token(qtbot, toy_window)
    yield toy_window
    toy_window.window.set_close_guard(lambda: True)


@pytest.fixture
def saved(translator: Translator, tmp_path: Path) -> Path:
    """A session of five rows, one of its tokens forced and one of its heads off, in a view of its own."""
    vocabulary = {token.piece: token.id for token in translator.vocabulary()}
    document = Document(TEXT, checkpoint=translator.info.content_hash)
    first = translator.trace(go_to(document, 1)).output_tokens[0].id
    forced = go_to(force(document, [(first, How.GREEDY)], vocabulary["▁chien"]), 5)
    document = intervene(forced, Interventions(heads_off=frozenset({HeadId(CROSS, 2, 3)})))
    view = chosen(color_range=ColorRange.MAXIMUM, colormap="magma", row_labels=RowLabels.READS)
    path = tmp_path / "dog.avsession"
    write(path, SavedSession(document, view))
    return path


@pytest.fixture
def export(tiny: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Export:
    """Runs the command with the tiny model, in an empty directory; returns the exit code."""
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: main(["export", "--model", str(tiny), *arguments])


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    """A file with three good lines, the second with a target, and a blank one between."""
    file = tmp_path / "lines.tsv"
    file.write_text(f"{TINY_TEXT}\n{TINY_TEXT}\t{TARGET}\n\nthe river.\n", encoding="utf-8")
    return file
