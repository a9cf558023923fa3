"""Words, several heads as one and attributions on the command line: files, their names, what they say of themselves."""

from __future__ import annotations

from pathlib import Path

from attention_viewer.model.analysis.head_table import roles
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.hypotheses import teacher_force
from attention_viewer.model.contract.maps import ENCODER
from attention_viewer.model.contract.roles import ROLES
from attention_viewer.model.translator import Translator
from PySide6.QtGui import QImage
from support.exports import TARGET, TEXT, Export


def said(path: Path) -> dict[str, str]:
    image = QImage(str(path))
    return {key: image.text(key) for key in ("Title", "Heads", "Layer", "Head", "Shown", "Caption")}


def test_one_file_for_what_is_shown_as_one(export: Export, tmp_path: Path) -> None:
    asked = ("--target", TARGET, "--kind", "cross", "--heads", "layer-mean", "--words", "--specials", "renormalised")
    assert export(TEXT, "-o", "out", *asked) == 0
    files = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert files == [f"cross_layer{layer}_mean.png" for layer in (1, 2, 3)]
    found = said(tmp_path / "out" / "cross_layer2_mean.png")
    assert found["Title"] == "Cross-attention · layer 2, mean of all heads"
    assert found["Heads"] == "Its layer, mean" and not found["Head"] and found["Layer"] == "2"
    assert "words: rows averaged, columns summed" in found["Caption"] and "renormalised" in found["Caption"]


def test_an_attribution_is_computed_and_named(export: Export, tmp_path: Path) -> None:
    asked = ("--target", TARGET, "--kind", "cross", "--layer", "1", "--head", "1", "--quantity", "leave-one-out")
    assert export(TEXT, "-o", "out", *asked) == 0
    found = said(tmp_path / "out" / "cross_layer1_head1_leave-one-out.png")
    assert found["Shown"] == "Leave one out" and "Li et al. 2016" in found["Caption"]
    assert "Leave one out · all layers and heads" in found["Title"]
    assert export(TEXT, "-o", "moving", "--format", "gif", "--steps", "3", *asked[2:]) == 0


def test_heads_of_a_role_are_one_map(export: Export, tmp_path: Path, tiny_translator: Translator) -> None:
    document = teacher_force(Document(TEXT), [token.id for token in tiny_translator.encode_target(TARGET)])
    found = roles(tiny_translator.trace(document), ENCODER)
    role = found[0].role
    word = next(word for word, held in ROLES.items() if role in held)
    asked = ("--target", TARGET, "--kind", "encoder", "--role", word)
    assert export(TEXT, "-o", "out", *asked) == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["encoder_chosen_mean.png"]
    count = sum(each.role == role for each in found)
    about = said(tmp_path / "out" / "encoder_chosen_mean.png")
    assert about["Heads"] and not about["Layer"] and not about["Head"]
    title = about["Title"]
    assert f"mean of {f'{count} heads, ' if count > 1 else ''}layer.head 1.1" in title
    missing = next(word for word, held in ROLES.items() if not held & {each.role for each in found})
    assert export(TEXT, "-o", "none", *asked[:-1], missing) == 2 and not (tmp_path / "none").exists()
