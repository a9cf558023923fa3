"""Figures from Python: those of the command export, from options by name."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import attention_viewer
import pytest
from attention_viewer.model.contract.document import Document, go_to
from attention_viewer.model.contract.errors import InputError, UserError
from attention_viewer.viewer.cli.main import main

TEXT = "I am hungry."


def exported(path: Path, *options: str) -> bytes:
    """What the command writes."""
    assert main(["export", TEXT, "-o", str(path), *options]) == 0
    return path.read_bytes()


def test_it_is_what_the_command_draws(model: attention_viewer.Model, tmp_path: Path, qapp: object) -> None:
    options = ("--kind", "encoder", "--layer", "2", "--head", "3", "--width", "column", "--numbers", "always")
    expected = exported(tmp_path / "one.svg", *options, "--no-title")
    figure = model.figure(TEXT, kind="encoder", layer=1, head=2, width="column", numbers="always", title=False)
    assert figure.content() == expected and figure._repr_svg_() == expected.decode()
    assert repr(figure) == "<attention figure: encoder_layer2_head3>"


def test_without_a_head_it_is_the_one_shown_first(model: attention_viewer.Model, qapp: object) -> None:
    assert "cross_layer4_head8" in repr(model.figure(TEXT))
    assert "cross_all" in repr(model.figure(TEXT, "grid"))


def test_heads_that_are_off_tokens_and_roles_are_taken_by_name(
    model: attention_viewer.Model, tmp_path: Path, qapp: object
) -> None:
    heads = ("--heads-off=cross:4:8", "--heads-off=cross:2")
    off = model.figure(TEXT, "candidates", heads_off=["cross:4:8", "cross:2"]).content()
    assert off == exported(tmp_path / "a.svg", "--picture", "candidates", *heads)
    lens = model.figure(TEXT, "logit-lens", token=1).content()
    assert lens == exported(tmp_path / "b.svg", "--picture", "logit-lens", "--token", "2")
    mixed = model.figure(TEXT, kind="encoder", role="mixed").content()
    assert mixed == exported(tmp_path / "c.svg", "--kind", "encoder", "--role", "mixed")
    mean = model.figure(TEXT, kind="encoder", heads="layer-mean", layer=1).content()
    assert mean == exported(tmp_path / "d.svg", "--kind", "encoder", "--heads", "layer-mean", "--layer", "2")


def test_a_document_is_drawn_as_far_as_it_goes(model: attention_viewer.Model, qapp: object) -> None:
    document = go_to(Document(TEXT), 2)
    drawn = model.figure(document, kind="decoder").content().decode()
    assert "Step: 2" in re.sub(r"<[^>]*>", "", drawn)


def test_files_are_whole_and_never_replaced_by_accident(
    model: attention_viewer.Model, tmp_path: Path, qapp: object
) -> None:
    figure, path = model.figure(TEXT, "measures"), tmp_path / "measures.csv"
    figure.write(path)
    assert path.read_text().startswith("kind,layer,head")
    with pytest.raises(UserError, match="exists"):
        figure.write(path)
    figure.write(tmp_path / "measures.png")
    assert (tmp_path / "measures.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(InputError, match="'xyz' is no format of this picture: choose png"):
        figure.write(tmp_path / "measures.xyz")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["measures.csv", "measures.png"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"picture": "magic"}, "no picture 'magic': choose heads"),
        ({"layer": 9}, "^Layer 9 does not exist: counted from 0, layers are 0 to 3.$"),
        ({"head": -1, "kind": "encoder"}, "^Head -1 does not exist: counted from 0, heads are 0 to 7.$"),
        ({"layer": [0, 4]}, "^Layer 4 does not exist"),
        ({"colour": "ink"}, "Did you mean --colours"),
        ({"kind": "all"}, "choose one with kind, layer and head"),
        ({"width": "zz"}, "'zz' is no width"),
    ],
)
def test_what_means_nothing_is_refused_in_words(
    model: attention_viewer.Model, options: dict[str, object], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        model.figure(TEXT, **options)  # type: ignore[arg-type]


def test_it_needs_no_display_and_no_application() -> None:
    code = f"import attention_viewer as a; print(len(a.open_model().figure({TEXT!r}).content('png')))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=bare())
    assert int(result.stdout) > 1000 and not result.stderr


def bare() -> dict[str, str]:
    """An environment without a display."""
    import os

    return {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "QT_QPA_PLATFORM")}
