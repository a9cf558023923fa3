"""Settings survive, and whatever is damaged reads as the default."""

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings

from viewer.settings import RECENT_SENTENCES, SCHEMA, MemoryStore, Settings


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


@pytest.mark.parametrize("damaged", ["", "{", "[1", '"pink"', "null", "__import__('os')", "12"])
def test_damaged_values_read_as_the_default(store: QSettings, damaged: str) -> None:
    store.setValue("theme", damaged)
    assert Settings(store).get("theme") == "light"


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
