"""Settings survive, and whatever is damaged reads as the default."""

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from attention_viewer.viewer.state.figure_options import FigureOptions
from attention_viewer.viewer.state.figure_options import from_json as options_from
from attention_viewer.viewer.state.options import OPTIONS
from attention_viewer.viewer.state.widths import Width
from attention_viewer.viewer.storage.settings import (
    LAST_OPENED,
    RECENT_SENTENCES,
    SCHEMA,
    MemoryStore,
    Settings,
    opened_store,
)
from PySide6.QtCore import QByteArray, QSettings, QStandardPaths


@pytest.fixture
def store(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


def test_every_default_is_allowed() -> None:
    for setting in SCHEMA.values():
        assert setting.valid(setting.default), setting.key


def test_values_survive_a_new_start_with_their_types(store: QSettings, tmp_path: Path) -> None:
    settings = Settings(store)
    settings.set("theme", "dark")
    settings.set("locked", True)
    settings.set("position pairs", [1, 2])
    settings.set_bytes("geometry", QByteArray(b"\x00\xff\x10"))
    store.sync()
    again = Settings(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
    assert again.get("theme") == "dark" and again.get("locked") is True
    assert again.get("position pairs") == [1, 2]
    assert again.get_bytes("geometry") == QByteArray(b"\x00\xff\x10")


@pytest.mark.parametrize("key", [*SCHEMA, *(option.setting for option in OPTIONS if option.setting)])
@pytest.mark.parametrize(
    "damaged", ["", "{", "[1", '"pink', "null", "__import__('os')", "-12", "true1", "[" * 100_000, "9" * 9999, "[[[]]]"]
)
def test_damaged_values_read_as_the_default(damaged: str, key: str) -> None:
    store = MemoryStore()
    store.setValue(key, damaged)
    assert Settings(store).get(key) == Settings(MemoryStore()).get(key)


@pytest.mark.parametrize(
    ("key", "damaged"),
    [("theme", '"pink"'), ("text size", "true"), ("text size", "1.1"), ("speed", "3"), ("locked", "1"),
     ("colormap", '"pink"'), ("colour range", "[]"),
     ("position length", "7"), ("position length", "64.0"), ("position pairs", "[-1]"),
     ("position pairs", "[1, 2, 3, 4, 5, 6, 7, 8, 9]"), ("recent sentences", '["a", 1]'), ("threads", "0"),
     ("export choices", '{"subject": "all"}'), ("export choices", '{"width": {"amount": 1, "unit": "cm"}}')],
)  # fmt: skip
def test_values_that_are_not_allowed_read_as_the_default(store: QSettings, key: str, damaged: str) -> None:
    store.setValue(key, damaged)
    assert Settings(store).get(key) == Settings(MemoryStore()).get(key)


def test_values_that_are_not_allowed_are_refused() -> None:
    with pytest.raises(ValueError, match="pink"):
        Settings(MemoryStore()).set("theme", "pink")
    with pytest.raises(KeyError):
        Settings(MemoryStore()).get("no such thing")


def test_recent_sentences_are_unique_newest_first_and_bounded() -> None:
    settings = Settings(MemoryStore())
    for number in range(RECENT_SENTENCES + 3):
        settings.remember_sentence(f"sentence {number}")
    settings.remember_sentence("sentence 5")
    recent = settings.get("recent sentences")
    assert recent[0] == "sentence 5" and len(recent) == RECENT_SENTENCES
    assert recent.count("sentence 5") == 1


def test_the_settings_of_the_first_release_are_read_as_they_were(tmp_path: Path) -> None:
    kept = tmp_path / "settings.ini"
    shutil.copy(Path(__file__).parent / "fixtures" / "settings-1.ini", kept)
    settings = Settings(QSettings(str(kept), QSettings.Format.IniFormat))
    look = FigureOptions("kinds", "svg", "dark", Width(8.5, "cm"), 300, title=False)
    stored = {
        "theme": "dark", "text size": 1.25, "colormap": "cividis", "colour range": "square root", "row labels": "reads",
        "locked": True, "speed": 4.0, "position length": 96, "position pairs": [1, 5, 9],
        "recent sentences": ["The cat is black.", "« Été », 100 %; a=b\\n"],
        "recent session files": ["/home/ada/cat.avsession"], "export folder": "/home/ada/figures", "threads": 2,
    }  # fmt: skip
    assert {key: settings.get(key) for key in stored} == stored
    first = Settings(MemoryStore())
    assert all(first.get(key) != value for key, value in stored.items())
    assert options_from(settings.get("export choices")) == look
    assert settings.get_bytes("geometry") == QByteArray(b"\x01\xd9\xd0\xcb\x00\x03")
    assert settings.get_bytes("window state") == QByteArray(b"\x00\x00\x00\xff\xfd")


def test_dialogs_begin_where_a_file_was_chosen_last(tmp_path: Path) -> None:
    settings, folder = Settings(MemoryStore()), tmp_path / "figures"
    for key in ("export folder", "session folder", LAST_OPENED):
        assert settings.folder(key, tmp_path) == tmp_path
        folder.mkdir()
        settings.remember_folder(key, folder / "cat.pdf")
        assert settings.folder(key, tmp_path) == folder
        folder.rmdir()
        assert settings.folder(key, tmp_path) == tmp_path, "one that is gone is not begun in"


def test_settings_that_cannot_be_kept_say_so(store: QSettings, tmp_path: Path) -> None:
    assert Settings(store).trouble() == "" == Settings(MemoryStore()).trouble()
    Settings(store).set("theme", "dark")
    assert Settings(store).trouble() == "" and (tmp_path / "settings.ini").exists()
    (tmp_path / "file").touch()
    settings = Settings(QSettings(str(tmp_path / "file" / "settings.ini"), QSettings.Format.IniFormat))
    assert "cannot be kept" in settings.trouble() and "settings.ini" in settings.trouble()


def test_settings_on_a_full_disk_say_so(store: QSettings) -> None:
    settings = Settings(store)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        settings.set("theme", "dark")
        assert "cannot be kept" in settings.trouble()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


OPENED = """
from attention_viewer.viewer.storage.settings import Settings, opened_store
settings = Settings(opened_store("attention-viewer", "attention-viewer"))
settings.set("theme", "dark")
print(settings.get("theme"), settings.trouble())
"""


@pytest.mark.parametrize("name", ["attention-viewer/attention-viewer.conf", "attention-viewer.conf"])
@pytest.mark.parametrize("folder", ["XDG_CONFIG_HOME", "XDG_CONFIG_DIRS"])
def test_a_pipe_in_place_of_the_settings_is_not_waited_for(tmp_path: Path, folder: str, name: str) -> None:
    pipe = tmp_path / folder / name
    pipe.parent.mkdir(parents=True)
    os.mkfifo(pipe)
    places = {each: str(tmp_path / each) for each in ("XDG_CONFIG_HOME", "XDG_CONFIG_DIRS")}
    # A call that waits for the other end would not hear the clock of this process's tests.
    done = subprocess.run(
        [sys.executable, "-c", OPENED], env=os.environ | places, capture_output=True, text=True, timeout=60
    )
    said = f"Settings are neither read nor kept: {pipe} is no regular file. Remove it."
    assert (done.returncode, done.stdout, done.stderr) == (0, f"dark {said}\n", "")


@pytest.fixture
def configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The user's settings lie in `tmp_path`; Qt, which asks the environment only once in a process, is told too."""
    native, user = QSettings.Format.NativeFormat, QSettings.Scope.UserScope
    before = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericConfigLocation)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    QSettings.setPath(native, user, str(tmp_path))
    yield
    QSettings.setPath(native, user, before)


@pytest.mark.usefixtures("configuration")
def test_only_a_regular_file_is_taken_for_settings(tmp_path: Path) -> None:
    path = tmp_path / "maker" / "program.conf"
    store = opened_store("maker", "program")
    assert isinstance(store, QSettings) and store.fileName() == str(path)
    path.parent.mkdir()
    (tmp_path / "kept").touch()
    for target, kind in (("kept", QSettings), ("missing", QSettings), ("/dev/zero", MemoryStore), (".", MemoryStore)):
        path.symlink_to(tmp_path / target)
        assert isinstance(opened_store("maker", "program"), kind)
        path.unlink()
