"""The words of maps on the command line: those of the model that is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path

import pytest
from attention_viewer.model.contract.architecture import Architecture
from attention_viewer.model.contract.description import Description
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.interventions import HeadId
from attention_viewer.model.contract.maps import MapInfo, Stream
from attention_viewer.model.families.family import FAMILIES, MARIAN
from attention_viewer.model.stored.entry import Entry
from attention_viewer.viewer.cli.export import ExportOptions
from attention_viewer.viewer.cli.heads import architecture_of
from attention_viewer.viewer.cli.planning import planned
from attention_viewer.viewer.state.view_state import InsideView, ViewState, fitted
from support.commands import options_of

SOURCE, TARGET = Stream.SOURCE, Stream.TARGET
MAPS = (
    MapInfo("words", "Attention among words", "Words", 2, 4, SOURCE, SOURCE),
    MapInfo("own", "Decoder self-attention", "Own", 3, 2, TARGET, TARGET, causal=True),
    MapInfo("document", "Attention to the document", "Document", 3, 2, TARGET, SOURCE),
)


@dataclass(frozen=True)
class Other(Architecture):
    """An architecture of other maps."""

    @cached_property
    def maps(self) -> tuple[MapInfo, ...]:
        """Those."""
        return MAPS


@pytest.fixture
def other(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkpoint whose family says that it has other maps."""

    def read(directory: Path, stored: Mapping[str, Entry]) -> Description:
        known = MARIAN.read(directory, stored)
        values = {each.name: getattr(known.architecture, each.name) for each in fields(Architecture)}
        return replace(known, architecture=Other(**values))

    monkeypatch.setitem(FAMILIES, "marian", replace(MARIAN, read=read))
    return tiny


def asked(model: Path, *arguments: str) -> ExportOptions:
    found = options_of("export", "Hi.", "-o", "o", "--model", str(model), *arguments)
    assert isinstance(found, ExportOptions)
    return found


def test_kinds_are_those_of_the_model(other: Path) -> None:
    assert asked(other).kinds == asked(other, "--kind", "all").kinds == ("words", "own", "document")
    assert asked(other, "--kind", "document").kinds == ("document",)
    with pytest.raises(InputError, match="--kind cannot be 'cross': choose words, own, document or all"):
        asked(other, "--kind", "cross")
    with pytest.raises(InputError, match="shows one: give --kind words, own or document"):
        asked(other, "--picture", "ffn", "--kind", "all")


def test_without_a_decoder_row_there_are_the_maps_of_the_source(other: Path) -> None:
    assert asked(other, "--kind", "words", "--steps", "0").steps == 0
    with pytest.raises(InputError, match="or only for --kind words"):
        asked(other, "--kind", "document", "--steps", "0")


def test_heads_that_are_off_are_those_of_the_models_maps(other: Path) -> None:
    model = architecture_of(other)
    off = asked(other, "--heads-off", "document:3:2").conditions.interventions(model).heads_off
    assert off == {HeadId("document", 2, 1)}
    with pytest.raises(InputError, match="no attention called 'cross': it has words, own, document"):
        asked(other, "--heads-off", "cross:1").conditions.interventions(model)


def test_files_are_named_by_the_models_maps(other: Path) -> None:
    options = asked(other, "--picture", "grid", "--format", "svg")
    items = planned(options, architecture_of(other), fitted(ViewState(), MAPS))
    assert [each.name for each in items] == ["words_all.svg", "own_all.svg", "document_all.svg"]


@pytest.mark.parametrize(("side", "layers"), [("encoder", 2), ("decoder", 3)])
def test_without_a_kind_layers_are_those_of_the_stack_that_is_looked_at(other: Path, side: str, layers: int) -> None:
    view, model = replace(fitted(ViewState(), MAPS), inside=InsideView(side=side)), architecture_of(other)
    (item,) = planned(asked(other, "--picture", "ffn", "--layer", str(layers)), model, view)
    assert (item.view.inside.side, item.view.inside.layer) == (side, layers - 1)
    with pytest.raises(InputError, match=f"Layer {layers + 1} does not exist: the {side} has layers 1 to {layers}"):
        planned(asked(other, "--picture", "ffn", "--layer", str(layers + 1)), model, view)


def test_of_no_model_the_usual_kinds_are_reckoned_with(tmp_path: Path) -> None:
    """What is wrong with the directory is said when it is opened."""
    assert asked(tmp_path / "none").kinds == ("encoder", "decoder", "cross")
