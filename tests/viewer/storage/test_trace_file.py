"""Files of attention weights: those of this program and plain ones are read, hostile ones refused."""

from __future__ import annotations

import io
import json
import os
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attention_viewer
import numpy as np
import pytest
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.errors import MOST_SAID, InputError
from attention_viewer.model.contract.maps import CROSS, DECODER, ENCODER
from attention_viewer.model.translator import Translator
from attention_viewer.viewer.export.data import write_trace
from attention_viewer.viewer.storage.trace_file import read_trace

HALVES = np.full((1, 2, 2, 2), 0.5)


@pytest.mark.parametrize(("suffix", "tolerance"), [("npz", 0.0), ("json", 1e-6)])
def test_what_was_written_is_read_back(
    tiny_translator: Translator, tmp_path: Path, suffix: str, tolerance: float
) -> None:
    trace = tiny_translator.trace(Document("the cat sees a bird", step=4))
    path = tmp_path / f"trace.{suffix}"
    write_trace(path, trace, {})
    found = read_trace(path)
    for kind in (ENCODER, DECODER, CROSS):
        np.testing.assert_allclose(found.weights(kind), trace.weights(kind), rtol=0, atol=tolerance)
    for name in ("source_tokens", "input_tokens", "output_tokens"):
        assert [each.piece for each in getattr(found, name)] == [each.piece for each in getattr(trace, name)]
    assert attention_viewer.show(path).trace.source_tokens == found.source_tokens


def test_plain_files_of_other_programs_are_read(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", encoder=HALVES.astype(np.float16), source_tokens=["a", "b"])
    (tmp_path / "a.json").write_text(json.dumps({"encoder": HALVES.tolist(), "source_tokens": ["a", "b"]}))
    for name in ("a.npz", "a.json"):
        found = read_trace(tmp_path / name)
        assert found.weights(ENCODER).shape == (1, 2, 2, 2) and [each.text for each in found.source_tokens] == [
            "a",
            "b",
        ]


def npz(path: Path, **arrays: Any) -> None:
    np.savez(path, **arrays)


def pickled(path: Path) -> None:
    np.savez(path, encoder=np.array([print, None], dtype=object), source_tokens=["a", "b"])


def lying(path: Path) -> None:
    """An array whose header says that it is enormous."""
    content = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        content, {"descr": "<f8", "fortran_order": False, "shape": (1 << 20, 1 << 20, 4, 4)}
    )
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("encoder.npy", content.getvalue())


def bomb(path: Path) -> None:
    """An array that is small in the file and a gigabyte in memory."""
    content = io.BytesIO()
    shape = (1, 1, 1 << 14, 1 << 14)
    np.lib.format.write_array_header_1_0(content, {"descr": "<f8", "fortran_order": False, "shape": shape})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file, file.open("encoder.npy", "w") as out:
        out.write(content.getvalue())
        for _ in range(64):
            out.write(bytes(1 << 20))


def crowded(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as file:
        for index in range(101):
            file.writestr(f"{index}.npy", b"")


def cut(path: Path) -> None:
    np.savez(path, encoder=HALVES, source_tokens=["a", "b"])
    path.write_bytes(path.read_bytes()[:-40])


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (pickled, "pickle"),
        (lying, "more than can be shown"),
        (bomb, "more than can be shown"),
        (crowded, "101 arrays"),
        (cut, "is damaged"),
        (lambda path: path.write_bytes(b"PK no"), "is damaged"),
        (lambda path: npz(path, encoder=HALVES * np.nan, source_tokens=["a", "b"]), "infinite or none"),
        (lambda path: npz(path, encoder=HALVES, source_tokens=["a"]), "the tokens call for 1 and 1"),
        (lambda path: npz(path, encoder=HALVES, source_tokens=HALVES), "list of texts"),
        (lambda path: npz(path, encoder=HALVES, source_tokens=[1, 2]), "list of texts"),
        (lambda path: npz(path, other=HALVES), "nothing to show"),
    ],
)
def test_a_hostile_array_file_is_refused(tmp_path: Path, make: Callable[[Path], object], said: str) -> None:
    path = tmp_path / "given.npz"
    make(path)
    with pytest.raises(InputError, match=said) as refused:
        read_trace(path)
    assert "given.npz" in str(refused.value)


def header(text: str) -> Callable[[Path], None]:
    """An array under a header of any words."""
    words = text.encode()

    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("encoder.npy", b"\x93NUMPY\x01\x00" + len(words).to_bytes(2, "little") + words + bytes(64))

    return make


@pytest.mark.parametrize("shape", ["(-1, 2, 2, 2)", "(True, 2, 2, 2)", "(1.0, 2)", "2", "(" * 9000, "-" * 9000 + "1"])
def test_a_header_that_means_nothing_is_refused(tmp_path: Path, shape: str) -> None:
    header(f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}}}")(tmp_path / "given.npz")
    with pytest.raises(InputError, match=r"given.npz is damaged, or no .npz file") as refused:
        read_trace(tmp_path / "given.npz")
    assert str(refused.value).isprintable()


def test_hundreds_of_damaged_files_are_read_or_refused(tmp_path: Path) -> None:
    chance, path, opened = random.Random(5), tmp_path / "given.npz", 0
    npz(path, encoder=HALVES, source_tokens=["a", "b"])
    whole = path.read_bytes()
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(chance.choice((1, 1, 3, 10))):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(data[: chance.randrange(len(data))] if chance.random() < 0.1 else data)
        try:
            read_trace(path)
            opened += 1
        except InputError as error:
            assert str(error).isprintable() and len(str(error)) <= MOST_SAID
    assert 0 < opened < 300


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 100_000, "is damaged, or no JSON"),
        ("[]", "must hold a JSON object"),
        ('{"encoder": [[[[NaN]]]], "source_tokens": ["a"]}', "infinite or none"),
        ('{"encoder": [[[[0.5], [0.1, 0.9]]]], "source_tokens": ["a", "b"]}', "no arrays of numbers"),
        ('{"encoder": {"a": 1}, "source_tokens": ["a"]}', "no arrays of numbers"),
        ('{"encoder": [[[["1"]]]], "source_tokens": ["a"]}', "no arrays of numbers"),
        ('{"encoder": [[[[1.0]]]], "source_tokens": [{"text": "a"}]}', "list of texts"),
        ('{"encoder": [[[[1.0]]]], "source_tokens": "a"}', "list of texts"),
        ('{"encoder": [], "source_tokens": []}', "no arrays of numbers|have the shape"),
        ('{"encoder": [[]], "source_tokens": []}', "no arrays of numbers|have the shape"),
        ('{"encoder": [[[[1e300]]]], "source_tokens": ["a"]}', "infinite or none"),
        ('{"decoder": [[[[1e999]]]], "steps": [{"reads": {"piece": "a"}}]}', "infinite or none|list of texts"),
    ],
)  # fmt: skip
def test_a_hostile_json_file_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "given.json").write_text(text)
    with pytest.raises(InputError, match=said):
        read_trace(tmp_path / "given.json")


def test_what_is_no_such_file_is_said(tmp_path: Path) -> None:
    for name, said in (
        ("a.pt", "must end in .npz or .json"),
        ("absent.npz", "cannot be read"),
        (".npz", "must end in"),
    ):
        with pytest.raises(InputError, match=said):
            read_trace(tmp_path / name)
    (tmp_path / "folder.json").mkdir()
    os.mkfifo(tmp_path / "pipe.npz")
    with pytest.raises(InputError, match="is a pipe"):
        read_trace(tmp_path / "pipe.npz")
    with pytest.raises(InputError, match="is a directory"):
        attention_viewer.show(str(tmp_path / "folder.json"))
