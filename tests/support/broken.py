"""Checkpoints that are broken, contradict themselves or mean harm: changes of a good one, and what is said of each."""

from __future__ import annotations

import io
import json
import os
import pickle
import shutil
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from sentencepiece import SentencePieceTrainer

MODEL, PICKLED = "model.safetensors", "pytorch_model.bin"
FC1 = "model.encoder.layers.0.fc1.bias"
RAN = "it-ran"
"""A file beside the model that a pickle with code would make."""

Change = Callable[[Path], Any]


@dataclass(frozen=True)
class Broken:
    """A change of a good checkpoint; `said` is part of the refusal, a regular expression."""

    name: str
    change: Change
    said: str


def config(values: dict[str, Any], said: str = "", file: str = "config.json") -> Broken:
    """Fields of the configuration, or of another JSON file; said is the name of the first."""

    def change(directory: Path) -> None:
        path = directory / file
        given = json.loads(path.read_text("utf-8")) if path.exists() else {}
        path.write_text(json.dumps({**given, **values}), encoding="utf-8")

    name = ", ".join(f"{key}={str(value)[:40]}" for key, value in values.items())
    return Broken(f"{file} {name}", change, said or next(iter(values)))


def vocabulary(name: str, said: str, edit: Callable[[dict[str, Any]], Any], file: str = "vocab.json") -> Broken:
    """A change of the vocabulary."""

    def change(directory: Path) -> None:
        path = directory / file
        values = json.loads((directory / "vocab.json").read_text("utf-8"))
        path.write_text(json.dumps(edit(values) or values), encoding="utf-8")

    return Broken(f"{file} {name}", change, said)


def content(file: str, data: bytes, said: str) -> Broken:
    """Other bytes in the place of a file."""
    return Broken(f"{file} of {data[:20]!r}", lambda directory: (directory / file).write_bytes(data), said)


def tensors(name: str, said: str, edit: Callable[[dict[str, torch.Tensor]], Any]) -> Broken:
    """A change of what is stored."""

    def change(directory: Path) -> None:
        stored = load_file(directory / MODEL)
        edit(stored)
        save_file(stored, directory / MODEL, metadata={"format": "pt"})

    return Broken(f"tensors {name}", change, said)


def header(name: str, said: str, edit: Callable[[dict[str, Any]], Any]) -> Broken:
    """A change of the header alone, so that it contradicts the rest."""

    def change(directory: Path) -> None:
        data = (directory / MODEL).read_bytes()
        length = int.from_bytes(data[:8], "little")
        values = json.loads(data[8 : 8 + length])
        made = edit(values)
        text = made if isinstance(made, bytes) else json.dumps(made or values).encode()
        (directory / MODEL).write_bytes(len(text).to_bytes(8, "little") + text + data[8 + length :])

    return Broken(f"header {name}", change, said)


def pickled(name: str, said: str, make: Callable[[Path], Any], zipped: bool = True) -> Broken:
    """Anything in a `pytorch_model.bin`, as torch would write it."""

    def change(directory: Path) -> None:
        torch.save(make(directory), directory / PICKLED, _use_new_zipfile_serialization=zipped)
        (directory / MODEL).unlink()

    return Broken(f"{'zip' if zipped else 'old'} pickle {name}", change, said)


def raw_pickle(name: str, said: str, data: bytes | Callable[[Path], bytes], zipped: bool = True) -> Broken:
    """Bytes in the place of the table of tensors."""

    def change(directory: Path) -> None:
        made = data if isinstance(data, bytes) else data(directory)
        (directory / MODEL).unlink()
        if not zipped:
            (directory / PICKLED).write_bytes(made)
            return
        with zipfile.ZipFile(directory / PICKLED, "w") as file:
            file.writestr("archive/data.pkl", made)
            file.writestr("archive/version", "3\n")

    return Broken(f"{'zip' if zipped else 'raw'} of {name}", change, said)


def special(file: str, kind: str) -> Broken:
    """A pipe, a device or a directory in the place of a file."""

    def change(directory: Path) -> None:
        path = directory / file
        path.unlink(missing_ok=True)
        if file == PICKLED:
            (directory / MODEL).unlink()
        if kind == "pipe":
            os.mkfifo(path)
        elif kind == "directory":
            path.mkdir()
        else:
            path.symlink_to("/dev/zero")

    return Broken(f"{file} is a {kind}", change, rf"{file.replace('.', '[.]')} is a {kind}")


def parts(name: str, said: str, edit: Callable[[Path, dict[str, Any]], Any]) -> Broken:
    """A change of an index of parts, the weights being in two."""

    def change(directory: Path) -> None:
        edit(directory, in_parts(directory))

    return Broken(f"parts {name}", change, said)


def in_parts(directory: Path) -> dict[str, Any]:
    """Store the weights in two parts with an index, which is returned."""
    stored = load_file(directory / MODEL)
    (directory / MODEL).unlink()
    names = sorted(stored)
    where = {}
    for number, chosen in ((1, names[::2]), (2, names[1::2])):
        part = f"model-0000{number}-of-00002.safetensors"
        save_file({each: stored[each] for each in chosen}, directory / part, metadata={"format": "pt"})
        where.update(dict.fromkeys(chosen, part))
    index = {"metadata": {}, "weight_map": where}
    write_index(directory, index)
    return index


def write_index(directory: Path, index: Any) -> None:
    """Write the index of parts."""
    (directory / f"{MODEL}.index.json").write_text(json.dumps(index), encoding="utf-8")


class Calls:
    """Pickled, it asks for a call."""

    def __init__(self, function: Callable[..., Any], *given: Any) -> None:
        self.call = function, given

    def __reduce__(self) -> Any:
        return self.call


def other_subwords(words: list[str], **options: Any) -> bytes:
    """A SentencePiece model of other words."""
    made = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter([" ".join(words)] * 50),
        model_writer=made,
        vocab_size=60,
        hard_vocab_limit=False,
        bos_id=-1,
        eos_id=0,
        unk_id=1,
        minloglevel=2,
        **options,
    )
    return made.getvalue()


def _harm(directory: Path) -> Any:
    return {"weight": Calls(os.system, f"touch {directory / RAN}")}


def _nested(depth: int) -> Any:
    value: Any = 0
    for _ in range(depth):
        value = (value,)
    return value


def _zip(directory: Path, compressed: bool = False, claimed: int = 0) -> bytes:
    """The weights as torch writes them, then compressed, or claiming to be larger."""
    made = io.BytesIO()
    torch.save(load_file(directory / MODEL), made)
    if compressed:
        with zipfile.ZipFile(made) as old, zipfile.ZipFile(other := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist():
                new.writestr(name, old.read(name))
        return other.getvalue()
    data = bytearray(made.getvalue())
    at = data.rfind(b"PK\x01\x02")
    if claimed:
        data[at + 20 : at + 28] = struct.pack("<II", claimed, claimed)
    return bytes(data)


def _old_with_storage(directory: Path, numbers: int) -> bytes:
    """The older format with one tensor that says how many numbers it has."""
    made = io.BytesIO()
    torch.save({"weight": torch.zeros(7)}, made, _use_new_zipfile_serialization=False)
    return made.getvalue().replace(b"K\x07", b"J" + struct.pack("<i", numbers))


def _with(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda values: values.update({name: value})


def _without(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda values: values.__delitem__(name)


def _ending(name: str, number: float) -> Callable[[dict[str, torch.Tensor]], object]:
    """The last number of a tensor."""
    return lambda stored: stored[name].view(-1)[-1:].fill_(number)


def _saying(field: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """What the header says of a tensor."""
    return lambda values: values.update({FC1: {**values[FC1], field: value}})


def _mapping(value: Any) -> Callable[[Path, Any], None]:
    return lambda directory, index: write_index(directory, {"weight_map": value})


def _pipe(directory: Path, index: Any) -> None:
    os.mkfifo(directory / "p.safetensors")
    write_index(directory, {"weight_map": {FC1: "p.safetensors"}})


def _removed(file: str) -> Change:
    return lambda directory: (directory / file).unlink()


HUGE = 10**400
NO_SIZES: tuple[Any, ...] = (None, -1, 1.5, "16", True, [3], {}, HUGE)
NO_IDS: tuple[Any, ...] = (-1, 999, 1.5, None, True, "3", [], {}, HUGE, "<b>" * 99)
NO_SETTINGS: dict[str, tuple[Any, ...]] = {
    "bad_words_ids": (8, ["a"], [[]], [[-1]], [[HUGE]], [[0.5]]),
    "decoder_start_token_id": (-1, 10**6, "2", HUGE),
    "eos_token_id": (99, "0", []),
    "suppress_tokens": ("a", [-1], [None]),
}
NO_MAPS: tuple[Any, ...] = (
    None, {}, [], 7, {FC1: 7}, {FC1: "../config.json"}, {FC1: "/etc/passwd"}, {FC1: ""}, {FC1: "a\0.safetensors"},
    {FC1: "config.json"}, {FC1: "x/y.safetensors"},
)  # fmt: skip
GERMAN = ["Wo fährt denn jetzt der Zug nach Köln ab? Übermorgen möchten wir zwölf Bücher zurückbringen"]
ITALIAN = ["Dov'è il treno per Roma? Perché così presto, già alle cinque; più tardi c'è lo sciopero"]
STATE_SET = b"\x80\x02ccollections\nOrderedDict\n}X\x01\0\0\0aK\x01sb."
DAMAGED = "is damaged or cut short"
TOGETHER = "do(es)? not (belong together|fit)"

CONFIGURATIONS = [
    *(
        config({key: value})
        for key in ("d_model", "encoder_layers", "decoder_layers", "encoder_ffn_dim", "vocab_size", "pad_token_id")
        for value in NO_SIZES
    ),
    config({"encoder_layers": 20_000}),
    config({"d_model": 10**6}),
    config({"decoder_ffn_dim": 10**7}),
    config({"vocab_size": 10**7}),
    config({"encoder_attention_heads": 3}),
    config({"decoder_attention_heads": 0}),
    config({"activation_function": "<img src='/dev/zero'>"}),
    config({"activation_function": "x" * 900_000}),
    config({"activation_function": "relu\n\x1b[31m\u202e"}),
    config({"normalize_before": True}),
    config({"model_type": "t5"}),
    config({"scale_embedding": "yes"}),
    config({"eos_token_id": 5}, TOGETHER, file="generation_config.json"),
    config({"eos_token_id": -1}, file="generation_config.json"),
    config({"pad_token_id": 7}, TOGETHER),
    config({"d_model": 32, "encoder_attention_heads": 4}, TOGETHER),
    config({"encoder_layers": 1}, "encoder_layers is 1, but the weight file has 2"),
    config({"encoder_layers": 3}, "encoder_layers is 3, but the weight file has 2"),
    config({"decoder_layers": 2}, "decoder_layers is 2, but the weight file has 3"),
    config({"decoder_ffn_dim": 24}, TOGETHER),
    config({"vocab_size": 41, "decoder_vocab_size": 41}, TOGETHER),
    config({"vocab_size": 39, "decoder_vocab_size": 39}, "has id|do not belong together"),
    config({"share_encoder_decoder_embeddings": False}, "lacks the tensor"),
    config({"tie_word_embeddings": False}, "lacks the tensor lm_head"),
    *(config({key: value}, file="generation_config.json") for key, values in NO_SETTINGS.items() for value in values),
    config({"bad_words_ids": [[each] for each in range(1, 40)]}, "bars every token", file="generation_config.json"),
    config({"suppress_tokens": list(range(40))}, "bars every token", file="generation_config.json"),
    *(
        content(file, data, f"{file} is damaged")
        for file in ("config.json", "vocab.json", "generation_config.json", "tokenizer_config.json")
        for data in (b"", b"{", b"[1]", b"\xff\xfe\x00", b"[" * 100_000, b'{"a": 1e9999999')
        if file != "tokenizer_config.json" or data != b"[1]"
    ),
    content("config.json", b" " * 1_000_001, "has 1,000,001 bytes"),
]

VOCABULARIES = [
    vocabulary("without </s>", "no </s> piece", lambda values: values.pop("</s>") and values),
    vocabulary("without <unk>", "no <unk> piece", lambda values: values.pop("<unk>") and values),
    vocabulary("other </s>", TOGETHER, lambda values: values.update({"</s>": 5})),
    vocabulary("other <pad>", TOGETHER, lambda values: values.update({"<pad>": 5})),
    vocabulary("empty", "no <unk> piece", lambda values: {"a": 1}),
    vocabulary("too many", "has id 40", lambda values: values.update({f"x{each}": 40 + each for each in range(9)})),
    vocabulary("two names an id", TOGETHER, lambda values: values.update({f"x{each}": 3 for each in range(9)})),
    vocabulary("all on one id", TOGETHER, lambda values: dict.fromkeys(values, 3) | {"</s>": 0, "<pad>": 2}),
    vocabulary("gaps", TOGETHER, lambda values: {key: value for key, value in values.items() if value < 25}),
    vocabulary("other pieces", "belongs to another model", lambda values: dict(zip(
        ["</s>", "<unk>", "<pad>", *(f"p{each}" for each in range(3, 40))], range(40), strict=True)
    )),
    vocabulary("long piece", "has 200,000 characters", lambda values: values.update({"x" * 200_000: 39})),
    vocabulary("surrogate", "has no UTF-8 form", lambda values: values.update({"\ud800": 39})),
    vocabulary("separate, other </s>", TOGETHER, lambda values: values.update({"</s>": 5}), "target_vocab.json"),
    *(
        vocabulary(f"id {value!r}"[:30], "has id", _with("▁x", value))
        for value in NO_IDS
    ),
    content("vocab.json", b" " * 32_000_001, "has 32,000,001 bytes"),
]  # fmt: skip

SUBWORDS = [
    *(
        content(file, data, f"{file} is damaged")
        for file in ("source.spm", "target.spm")
        for data in (b"", b"\x00", b"x" * 5000, b"\n\x05\n\x01a\x15", b"version https://git-lfs.github.com/spec/v1\n")
    ),
    Broken(
        "source.spm of another language",
        lambda directory: (directory / "source.spm").write_bytes(other_subwords(GERMAN)),
        "belongs to another model",
    ),
    Broken(
        "target.spm of another language",
        lambda directory: (directory / "target.spm").write_bytes(other_subwords(ITALIAN)),
        "belongs to another model",
    ),
    Broken(
        "source.spm cut short",
        lambda directory: (directory / "source.spm").write_bytes((directory / "source.spm").read_bytes()[:-400]),
        "is damaged|another model",
    ),
    Broken(
        "source.spm whose pieces are not UTF-8",
        lambda directory: (directory / "source.spm").write_bytes(
            (directory / "source.spm").read_bytes().replace("▁dog".encode(), b"\xff\xfe\xfdd\xe2\x96")
        ),
        "is damaged: a piece in it is not valid UTF-8",
    ),
]

WEIGHTS = [
    *(content(MODEL, data, DAMAGED) for data in (b"", b"\x01", b"\xff" * 8, b"\x02\0\0\0\0\0\0\0[]", b"\0" * 5000)),
    content(MODEL, b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 4\n", "Git LFS pointer"),
    content(MODEL, b"<!DOCTYPE html>\n<html>", "is a web page"),
    content(MODEL, (2**63).to_bytes(8, "little") + b"{}", DAMAGED),
    content(MODEL, (9_000_000).to_bytes(8, "little") + b" " * 9_000_000, "its header has 9,000,000 bytes"),
    *(
        tensors(f"{number} in {name}", f"1 of the .* of the tensor {name}", _ending(name, number))
        for name in (FC1, "model.shared.weight", "final_logits_bias")
        for number in (float("nan"), float("inf"), -float("inf"))
    ),
    tensors("beyond float32", "too large for float32", lambda stored: (
        stored.update({FC1: stored[FC1].double() + 1e300})
    )),
    tensors("not one finite", "24 of the 24", lambda stored: stored[FC1].fill_(float("nan"))),
    *(
        tensors(f"of {kind}", f"is {str(kind).removeprefix('torch.')}", _with(FC1, torch.ones(24).to(kind)))
        for kind in (torch.int64, torch.int8, torch.uint8, torch.bool)
    ),
    *(
        tensors(f"{name} {list(shape)}", TOGETHER, _with(name, torch.ones(shape)))
        for name, shape in (
            (FC1, (3, 5)), (FC1, (0,)), (FC1, ()), ("final_logits_bias", (0, 40)), ("final_logits_bias", (2, 40)),
            ("final_logits_bias", (41,)), ("model.shared.weight", (16, 40)), ("model.shared.weight", (40, 16, 1)),
        )
    ),
    *(
        tensors(f"without {name}", f"lacks the tensor {name}", _without(name))
        for name in (
            FC1, "model.shared.weight", "model.decoder.layers.2.encoder_attn.v_proj.bias",
            "model.decoder.layers.0.self_attn_layer_norm.weight",
        )
    ),
    tensors("more layers", "4 decoder layers", lambda stored: stored.update(
        {"model.decoder.layers.3.fc1.bias": torch.ones(3)}
    )),
    header("overlapping", "overlap, or leave gaps", lambda values: values.update(
        {FC1: {**values[FC1], "data_offsets": [0, 96]}}
    )),
    header("beyond the end", "leave gaps|it has", lambda values: values.update(
        {FC1: {**values[FC1], "data_offsets": [10**12, 10**12 + 96]}}
    )),
    *(
        header(f"{field} {str(value)[:20]}", DAMAGED, _saying(field, value))
        for field, value in (
            ("shape", [-24]), ("shape", [2**62, 2**62]), ("shape", None), ("shape", "24"), ("shape", [24.0]),
            ("shape", [1] * 99), ("data_offsets", [5]), ("data_offsets", [96, 0]), ("data_offsets", {}),
            ("dtype", "F64"),
        )
    ),
    header("unknown type", "is F4 ", lambda values: values.update({FC1: {**values[FC1], "dtype": "F4"}})),
    header("a list", "is no JSON object", lambda values: b"[1, 2]"),
    header("no JSON", "is not JSON", lambda values: b"{" * 50),
    header("deep", "is not JSON", lambda values: b'{"a":' * 100_000),
    header("many tensors", "lists 20,001 tensors", lambda values: (
        {f"t{each}": {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]} for each in range(20_001)}
    )),
]  # fmt: skip

PICKLES = [
    *(
        pickled(name, said, make, zipped)
        for zipped in (True, False)
        for name, said, make in (
            ("with code", "asks for posix.system.* Nothing of it was run", _harm),
            ("with eval", "asks for __builtin__.eval", lambda directory: {"weight": Calls(eval, "1")}),
            ("with exec", "asks for __builtin__.exec", lambda directory: {"weight": Calls(exec, "1")}),
            ("with open", "asks for io.open", lambda directory: {"weight": Calls(open, str(directory / RAN), "w")}),
            ("with rmtree", "asks for shutil.rmtree", lambda directory: {"a": Calls(shutil.rmtree, str(directory))}),
            ("of a list", "does not hold a table", lambda directory: [torch.ones(2)]),
            ("of a number", "does not hold a table", lambda directory: 7),
            ("of text", "holds other things", lambda directory: {"weight": "text"}),
            ("of numbered tensors", "holds other things", lambda directory: {1: torch.ones(2)}),
            ("of a trainer", "what a trainer saved", lambda directory: {"model": torch.ones(2), "epoch": 1}),
            ("sparse", "holds a sparse tensor", lambda directory: {"weight": torch.ones(4).to_sparse()}),
            ("meta", "holds a tensor without numbers", lambda directory: {"weight": torch.ones(4, device="meta")}),
            ("expanded", "claims more numbers", lambda directory: {"weight": torch.ones(1).expand(1_600_000_000)}),
            ("of other tensors", "lacks the tensor|0 encoder layers", lambda directory: {"weight": torch.ones(3)}),
            ("nan", "1 of the 24 numbers", lambda directory: {
                **load_file(directory / MODEL), FC1: torch.tensor([float("nan")] + [0.0] * 23)
            }),
        )
    ),
    raw_pickle("far places", "is too large", b"\x80\x02Nr\xff\xff\xff\xff."),
    raw_pickle("deep tuples", "does not hold a table", pickle.dumps(_nested(200), 2)),
    raw_pickle("many operations", "is too large", b"\x80\x02" + b"N0" * 300_000 + b"N."),
    raw_pickle("a long text", "is no table of tensors", b"\x80\x04\x8d" + struct.pack("<Q", 2**60) + b"a.", True),
    raw_pickle("2 MB", "has 2,000,000 bytes", b"N" * 2_000_000),
    raw_pickle("nothing", DAMAGED, b""),
    raw_pickle("an extension", DAMAGED, b"\x80\x02\x82\x01."),
    raw_pickle("a storage of nothing", DAMAGED, b"\x80\x02(X\x07\x00\x00\x00storageNNNK\x01tQ."),
    raw_pickle("a state set on a class", "asks for|cannot be read|table", STATE_SET),
    raw_pickle(
        "compressed weights", "are compressed", lambda directory: _zip(directory, compressed=True), False
    ),
    raw_pickle("a plain pickle", "is a plain pickle", pickle.dumps({}, 2), False),
    raw_pickle("a plain pickle with code", "asks for", pickle.dumps(Calls(os.system, "true"), 2), False),
    raw_pickle("text", DAMAGED, b"weights\n" * 99, False),
    raw_pickle("an LFS pointer", "Git LFS pointer", b"version https://git-lfs.github.com/spec/v1\n", False),
    raw_pickle("a TensorFlow file", "weights of TensorFlow", b"\x89HDF\r\n\x1a\n" + b"\0" * 99, False),
    raw_pickle("an empty zip", "ends before|cannot be read|without a table", b"PK\x03\x04", False),
    raw_pickle("zip that ends early", DAMAGED, lambda directory: _zip(directory)[:-30], False),
    raw_pickle("zip that claims 4 GB", "claims 4,", lambda directory: _zip(directory, claimed=4_000_000_000), False),
    raw_pickle("old format that claims 8 GB", "claim more bytes", lambda directory: (
        _old_with_storage(directory, 2_000_000_000)
    ), False),
]  # fmt: skip

PARTS = [
    parts("one missing", "cannot be read", lambda directory, index: (
        (directory / "model-00002-of-00002.safetensors").unlink()
    )),
    parts("one cut short", DAMAGED, lambda directory, index: (
        (directory / "model-00002-of-00002.safetensors").write_bytes(b"\x10")
    )),
    parts("a tensor elsewhere", "lacks the tensor", lambda directory, index: write_index(
        directory, {"weight_map": dict.fromkeys(index["weight_map"], "model-00001-of-00002.safetensors")}
    )),
    parts("too few tensors", "lacks the tensor|encoder layers|decoder layers", lambda directory, index: write_index(
        directory, {"weight_map": {FC1: index["weight_map"][FC1]}}
    )),
    *(
        parts(f"{str(value)[:60]!r}", "weight_map must name", _mapping(value))
        for value in NO_MAPS
    ),
    parts("300 files", "names more than 200 files", lambda directory, index: write_index(
        directory, {"weight_map": {f"t{each}": f"{each}.safetensors" for each in range(300)}}
    )),
    parts("of pipes", "is a pipe", _pipe),
]  # fmt: skip

FILES = ("config.json", "vocab.json", "source.spm", "target.spm", MODEL, PICKLED, "generation_config.json")
OPTIONAL = ("target_vocab.json", "tokenizer_config.json", f"{MODEL}.index.json")
SPECIAL = [
    *(special(file, kind) for file in (*FILES, *OPTIONAL[:2]) for kind in ("pipe", "device", "directory")),
    *(
        Broken(f"without {file}", _removed(file), f"lacks .*{file}")
        for file in ("config.json", "vocab.json", "source.spm", "target.spm", MODEL)
    ),
]

BROKEN = [*CONFIGURATIONS, *VOCABULARIES, *SUBWORDS, *WEIGHTS, *PICKLES, *PARTS, *SPECIAL]
