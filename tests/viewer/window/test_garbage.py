"""No garbage is looked for while the program starts, and none among what it started with."""

from __future__ import annotations

import gc

from attention_viewer.viewer.window.garbage import Collecting


def test_garbage_waits_until_the_program_has_started() -> None:
    collecting = Collecting()
    try:
        assert not gc.isenabled()
        collecting.go_on()
        frozen = gc.get_freeze_count()
        assert gc.isenabled() and frozen > 10_000
        kept = [[each] for each in range(100)]
        collecting.go_on()
        assert gc.get_freeze_count() == frozen and len(kept) == 100
    finally:
        gc.unfreeze()
        gc.enable()
