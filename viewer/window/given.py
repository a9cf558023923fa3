"""A window on arrays that another program computed: what is shown of them, and what says why it is empty."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from attention_viewer.model.contract.document import Document, go_to
from attention_viewer.model.contract.given_model import GivenModel
from attention_viewer.model.contract.maps import Stream
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.options import ATTENTION, QUANTITY
from attention_viewer.viewer.state.specs import Pending
from attention_viewer.viewer.state.view_state import ViewState, choose, fitted
from attention_viewer.viewer.widgets.main_window import MainWindow


def read_given(path: Path) -> GivenModel:
    """The arrays in a file, in the place of a model. Raises InputError where they will not do."""
    from attention_viewer.viewer.storage.trace_file import read_trace

    return GivenModel(read_trace(path), path.name, str(path.parent))


def before(given: GivenModel) -> Loaded:
    """What there is before arrays are shown."""
    return Loaded(given.info, waiting=Pending(f"Opening {given.info.name} …"))


def view_of(view: ViewState, loaded: Loaded) -> ViewState:
    """The view, as far as there is what it shows."""
    if not loaded.uncomputed:
        return view
    return fitted(replace(choose(view, QUANTITY, ATTENTION), heads={}), loaded.maps)


def describe(window: MainWindow, given: GivenModel) -> None:
    """Let empty places speak of arrays, and of no sentence to be typed."""
    streams = {stream for each in given.info.maps for stream in (each.rows, each.columns)}
    source = "" if Stream.SOURCE in streams else f"{given.info.name} has no source sentence."
    target = "Step through the rows with → or Space." if Stream.TARGET in streams else "It has no decoder rows."
    window.source_strip.set_placeholder(source)
    window.target_strip.set_placeholder(target)
    window.header.set_no_text("")


def document_of(given: GivenModel, steps: int | None) -> Document:
    """The document of so many rows of arrays, or of all of them."""
    return given.document if steps is None else go_to(given.document, min(steps, given.document.step))
