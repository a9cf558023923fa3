"""The command export on the tiny model: what to ask for, and whether what it wrote is whole."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from attention_viewer.viewer.export.pictures import PICTURES
from attention_viewer.viewer.resolve.pictured import PICTURED
from attention_viewer.viewer.state.exportables import ARCHITECTURE, MEASURED_HEADS
from PIL import Image
from PySide6.QtGui import QImage

TEXT = "the old cat sees a bird."
TARGET = "a dog follows the cat."
ONE = ("--kind", "cross", "--layer", "2", "--head", "1")
ONE_NAME = "cross_layer2_head1"
TRACES = ("npz", "csv", "csv.gz", "json", "html")
Export = Callable[..., int]
BETWEEN = tuple(name for name in PICTURED if name not in PICTURES)
"""Pictures of what is between the maps, and of the positional laboratory."""
MEASURED = (MEASURED_HEADS, *(name for name in BETWEEN if name != ARCHITECTURE))
"""Pictures of what is computed beside a trace; their own tests export them."""


def texts(path: Path) -> list[str]:
    """The texts of a drawing, in order."""
    elements = ElementTree.parse(path).iter("{http://www.w3.org/2000/svg}text")
    return [(element.text or "").strip() for element in elements]


def centimetres(image: QImage) -> float:
    return image.width() / image.dotsPerMeterX() * 100


def animated(path: Path) -> tuple[int, int]:
    """How many frames there are, and the time of the first in milliseconds."""
    with Image.open(path) as image:
        frames = int(getattr(image, "n_frames", 1))
        image.seek(0)
        image.load()
        return frames, int(image.info["duration"])


def opens(path: Path, suffix: str) -> bool:
    """Whether a file of three decoder rows is whole, read by a program that knows its format."""
    if suffix == "png":
        return not QImage(str(path)).isNull()
    if suffix == "svg":
        return ElementTree.parse(path).getroot().tag.endswith("svg")
    if suffix == "pdf":
        from pypdf import PdfReader

        return len(PdfReader(path).pages) == 1
    if suffix in ("gif", "apng", "webp"):
        return animated(path) == (3, 200)
    if suffix == "npz":
        with np.load(path, allow_pickle=False) as file:
            return bool(file["cross_attention"].shape[2] == 3)
    if suffix in ("csv", "csv.gz"):
        with (gzip.open if suffix == "csv.gz" else open)(path, "rt", encoding="utf-8", newline="") as table:
            return {row["query_index"] for row in csv.DictReader(table) if row["kind"] == "cross"} == {"0", "1", "2"}
    if suffix == "json":
        return len(json.loads(path.read_text("utf-8"))["steps"]) == 3
    page = path.read_text("utf-8")
    return page.lower().startswith("<!doctype html") and TEXT in page and page.rstrip().endswith("</html>")


def asked_for(suffix: str) -> tuple[str, ...]:
    """Options for one small file of a format, of three rows."""
    if suffix in TRACES:
        return ("--format", suffix, "--steps", "3")
    moving = ("--frame", "200", "--dpi", "48") if suffix in ("gif", "apng", "webp") else ()
    return ("--format", suffix, "--steps", "3", *ONE, *moving)
