"""Everything that can be exported, once: its words, its formats, what of the view it shows and what its file is called.

Dialog, command line, sessions, settings and what files say of themselves are made from `EXPORTABLES`. To add a picture,
add an entry, and the function that makes its figure to `PICTURES` in `export.pictures`; or, where it is a sheet, the
one that makes the sheet to `PICTURED` in `resolve.pictured`: figure and table follow. No Qt, no torch, no NumPy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

PICTURES = {"png": "PNG image", "svg": "SVG drawing", "pdf": "PDF document"}
ANIMATIONS = {"gif": "GIF animation", "apng": "APNG animation", "webp": "WebP animation"}
NUMBERS = {
    "npz": "NumPy arrays",
    "csv": "CSV table",
    "csv.gz": "CSV table, compressed",
    "json": "JSON",
}
PAGES = {"html": "HTML page"}
FORMATS: Mapping[str, str] = MappingProxyType({**PICTURES, **ANIMATIONS, **PAGES, **NUMBERS})
"""Every format by its suffix."""
MOVING = (*PICTURES, *ANIMATIONS)
TABLES = ("csv", "json")
LISTED = (*PICTURES, *TABLES)


class Shows(StrEnum):
    """What of the view is in an export, and so which of kind, layer and head can be asked for."""

    HEAD = "one head's map"
    KIND = "all layers and heads in one figure"
    EVERY_KIND = "every kind of map in one figure"
    NO_HEAD = "no head"
    WINDOW = "the window"


class Needs(StrEnum):
    """What must have been computed before there is anything to export, apart from the maps that it shows."""

    NOTHING = "nothing"
    TRACE = "an encoded sentence"
    ROW = "a decoder row"


@dataclass(frozen=True)
class Exportable:
    """One thing that can be exported.

    `title` stands in the dialog; `word` after --picture on the command line ("": it cannot be asked for there), where
    `help` says what it gives. `stem` is the file's name without suffix, in which {kind}, {layer} and {head} stand for
    what is shown; `formats` has the most usual first. `takes` are the options of the command line, by the names of
    their values, that mean something for it beside those that follow from what it `shows`; `panel` is where it is on
    show.
    """

    name: str
    title: str
    word: str
    help: str
    shows: Shows
    stem: str
    formats: tuple[str, ...] = tuple(PICTURES)
    needs: Needs = Needs.NOTHING
    takes: tuple[str, ...] = ()
    panel: str = ""

    @property
    def drawn(self) -> bool:
        """Whether it is a picture, still or moving."""
        return any(each in MOVING for each in self.formats)

    @property
    def whole(self) -> bool:
        """Whether it holds everything that was computed."""
        return self.name in (PAGE, DATA)

    @property
    def listed(self) -> bool:
        """Whether what it shows can be had as the lines of a table."""
        return not self.whole and any(each in TABLES for each in self.formats)

    @property
    def has_sides(self) -> bool:
        """Whether it shows A, B or their difference where two are compared; the others show A."""
        return self.shows in (Shows.HEAD, Shows.KIND, Shows.EVERY_KIND)

    @property
    def takes_model(self) -> bool:
        """Whether it shows what is computed anew, so that arrays of weights are not enough."""
        return self.drawn and self.shows is Shows.NO_HEAD and self.name != MEASURED_HEADS

    @property
    def ending(self) -> str:
        """What follows the head in the file's name."""
        return self.stem.partition("_head{head}")[2]

    def file_name(self, kind: str = "", layer: int = 0, head: int = 0) -> str:
        """The file's name without suffix; layer and head count from 0 here and from 1 in the name."""
        return self.stem.format(kind=kind, layer=layer + 1, head=head + 1)


MAP, GRID, KINDS, POSITIONS, CANDIDATES, WINDOW = "map", "grid", "kinds", "positions", "candidates", "window"
LINES, TEXT, VALUES, LINKED = "lines", "text", "values", "links"
BEAM_TREE, HYPOTHESES, RANKED_HEADS, MEASURED_HEADS = "beam", "hypotheses", "ranking", "measures"
PAGE, DATA = "page", "data"
ARCHITECTURE, CELL, RESIDUAL, FFN, EMBEDDING = "architecture", "parts", "residual", "ffn", "embedding"
WORD, LOGIT_LENS, DECODER_LENS = "words", "logit lens", "decoder lens"
ENCODINGS, ROTATION, LAYOUTS, COST = "encodings", "rotation", "layouts", "cost"
"""What is between the maps, and the positional laboratory: a picture for each page of their panels."""

INSIDE, TO_A_WORD, LABORATORY = "Inside", "To a word", "Positional laboratory"
"""The panels that they are pages of."""


def _between(name: str, title: str, word: str, help: str, panel: str = "", takes: tuple[str, ...] = ()) -> Exportable:
    """A picture of what is between the maps, which is listed as numbers too."""
    needs = {INSIDE: Needs.TRACE, TO_A_WORD: Needs.ROW, LABORATORY: Needs.NOTHING}.get(panel, Needs.TRACE)
    stem = word.replace("-", "_") + ("_{kind}_layer{layer}_head{head}" if name == CELL else "")
    full = f"{panel}: {title}" if panel else title
    return Exportable(name, full, word, help, Shows.NO_HEAD, stem, LISTED, needs, takes, panel or full)


EXPORTABLES: tuple[Exportable, ...] = (
    Exportable(
        MAP, "Large map", "heads",
        "every chosen head as a picture of its own", Shows.HEAD, "{kind}_layer{layer}_head{head}", MOVING,
    ),
    Exportable(
        LINES, "Large map as lines between tokens", "lines",
        "the same as lines between tokens", Shows.HEAD, "{kind}_layer{layer}_head{head}_lines",
    ),
    Exportable(
        TEXT, "Large map as shaded text", "text",
        "the keys shaded by what rows look at", Shows.HEAD, "{kind}_layer{layer}_head{head}_text", takes=("token",),
    ),
    Exportable(
        VALUES, "Exact values of the large map", "table", "every chosen head as a table of values",
        Shows.HEAD, "{kind}_layer{layer}_head{head}_values", TABLES,
    ),
    Exportable(
        LINKED, "Word links of the large map", "links", "where each word of the translation looks most",
        Shows.HEAD, "{kind}_layer{layer}_head{head}_links", LISTED, Needs.ROW,
    ),
    Exportable(
        GRID, "All layers and heads of a kind", "grid",
        "all heads of a kind in one", Shows.KIND, "{kind}_all", MOVING,
    ),
    Exportable(
        KINDS, "All kinds of map side by side", "kinds",
        "all kinds of map side by side", Shows.EVERY_KIND, "kinds", MOVING, Needs.ROW,
    ),
    Exportable(POSITIONS, "Positional encoding", "positions", "the positional encoding", Shows.NO_HEAD, "positions"),
    Exportable(
        CANDIDATES, "Next-token bars", "candidates",
        "the next-token bars", Shows.NO_HEAD, "candidates", MOVING, Needs.ROW,
    ),
    Exportable(
        BEAM_TREE, "Beam search", "beam", "the tree of a beam search", Shows.NO_HEAD, "beam", LISTED, Needs.TRACE,
    ),
    Exportable(
        HYPOTHESES, "Hypotheses", "hypotheses", "the hypotheses and their probabilities", Shows.NO_HEAD, "hypotheses",
        LISTED, Needs.TRACE,
    ),
    Exportable(
        RANKED_HEADS, "Ranking of heads", "ranking", "all heads by effect", Shows.NO_HEAD, "ranking", LISTED,
        Needs.TRACE,
    ),
    Exportable(
        MEASURED_HEADS, "Heads by measure and role", "measures", "all heads with measures and roles",
        Shows.NO_HEAD, "measures", LISTED, Needs.TRACE, ("kind",), "Heads",
    ),
    _between(
        ARCHITECTURE, "Architecture", "architecture", "both stacks, with shapes", takes=("kind", "token", "unfold"),
    ),
    _between(
        CELL, "attention of a cell", "cell", "a cell of a map: query, key, scores, softmax, value", INSIDE,
        ("kind", "layer", "head", "token", "key"),
    ),
    _between(RESIDUAL, "residual stream", "residual", "a token's way through its stack", INSIDE, ("kind", "token")),
    _between(
        FFN, "feed-forward network", "ffn", "a feed-forward network and its units", INSIDE, ("kind", "layer", "token"),
    ),
    _between(EMBEDDING, "embedding and position", "embedding", "what enters a stack", INSIDE, ("kind", "token")),
    _between(
        WORD, "logits and softmax", "word", "from the decoder's output to a word", TO_A_WORD, ("token", "temperature"),
    ),
    _between(LOGIT_LENS, "logit lens", "logit-lens", "what each decoder layer would predict", TO_A_WORD, ("token",)),
    _between(
        DECODER_LENS, "DecoderLens", "decoder-lens", "the decoder on each encoder layer's output", TO_A_WORD,
        ("token",),
    ),
    _between(
        ENCODINGS, "what makes a good encoding", "encodings", "encodings and their properties", LABORATORY,
        ("encoding",),
    ),
    _between(ROTATION, "a shift is a rotation", "rotation", "a shift as a rotation", LABORATORY, ("shift",)),
    _between(LAYOUTS, "wavelengths and layouts", "wavelengths", "wavelengths and layouts", LABORATORY),
    _between(COST, "path length and cost", "cost", "path length and cost of kinds of layer", LABORATORY, ("timed",)),
    Exportable(WINDOW, "The whole window", "", "the window as it is", Shows.WINDOW, "window"),
    Exportable(
        PAGE, "Interactive web page", "", "a page to explore all numbers in", Shows.NO_HEAD, "page", tuple(PAGES),
        Needs.TRACE,
    ),
    Exportable(DATA, "All numbers", "", "all numbers", Shows.NO_HEAD, "trace", tuple(NUMBERS), Needs.TRACE),
)  # fmt: skip
"""All of them, in the order in which they are offered."""


def exportable(name: str) -> Exportable:
    """The exportable of a name. Raises KeyError where there is none."""
    return by_name()[name]


def titles() -> dict[str, str]:
    """What they are called in the dialog, by name, in order."""
    return {each.name: each.title for each in EXPORTABLES}


def by_name() -> dict[str, Exportable]:
    """All of them by name, in order."""
    return {each.name: each for each in EXPORTABLES}


def by_word() -> dict[str, Exportable]:
    """Those that the command line can picture, by their word, in order."""
    return {each.word: each for each in EXPORTABLES if each.word}


def whole_in(suffix: str) -> Exportable | None:
    """What holds everything that was computed in the format `suffix`, None where the format is a picture's."""
    return next((each for each in EXPORTABLES if each.whole and suffix in each.formats), None)
