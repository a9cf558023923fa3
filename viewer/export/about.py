"""What the file of a picture says of itself, whatever is written in the picture: sentence, head, model, interventions.

PNG and APNG keep it as text chunks, SVG as title and description, PDF as title and XMP, WebP as XMP, GIF as a comment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

from attention_viewer.model.contract.api import Kind, Trace
from attention_viewer.viewer import __version__
from attention_viewer.viewer.export.needed import seen
from attention_viewer.viewer.state import conditions
from attention_viewer.viewer.state.exportables import Exportable, Shows, exportable
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.options import ATTENTION, HEADS_SHOWN, QUANTITY, HeadsShown
from attention_viewer.viewer.state.view_state import OF_LAYER, Head, Side, ViewState, fitted, heads_shown

PROGRAM = "Attention Viewer"
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that a sentence may hold but an XML file may not, nor the text of a PNG."""
PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<xmp:CreatorTool>{tool}</xmp:CreatorTool>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{description}</rdf:li></rdf:Alt></dc:description>
<pdf:Keywords>{keywords}</pdf:Keywords>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


@dataclass(frozen=True)
class About:
    """A title, and facts by name, in order: plain text that any of the formats can hold."""

    title: str = PROGRAM
    facts: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        """Leave out what is empty, and make the rest fit for XML and UTF-8."""
        object.__setattr__(self, "title", plain(self.title))
        kept = tuple((plain(name), plain(text)) for name, text in self.facts if text)
        object.__setattr__(self, "facts", kept)

    @property
    def description(self) -> str:
        """The facts, one a line."""
        return "\n".join(f"{name}: {text}" for name, text in self.facts)

    @property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """Title, program and facts, by the names that PNG gives them."""
        return (("Title", self.title), ("Software", f"{PROGRAM} {__version__}"), *self.facts)

    @property
    def xmp(self) -> bytes:
        """All of it as an XMP packet."""
        changed = dict(self.facts).get(INTERVENTIONS, "")
        parts = {"tool": f"{PROGRAM} {__version__}", "title": self.title, "description": self.description}
        slots = {**parts, "keywords": changed}
        return PACKET.format(**{name: escape(text, quote=False) for name, text in slots.items()}).encode()


INTERVENTIONS = "Interventions"


def about(loaded: Loaded, view: ViewState, picture: str, title: str = PROGRAM, caption: tuple[str, ...] = ()) -> About:
    """What there is to say of a picture of what is loaded; `caption` is said even where it is not drawn.

    Layers and heads count from 1, as in the title.
    """
    facts: list[tuple[str, str]] = [("Picture", picture)]
    what = exportable(picture)
    loaded = seen(what, loaded)
    if loaded.trace is not None:
        facts += _of_trace(loaded, view, what, loaded.trace)
    if loaded.info is not None:
        facts += [("Model", loaded.info.name), ("Model content hash", loaded.info.content_hash)]
    facts.append((INTERVENTIONS, _changed(loaded, view, what)))
    return About(title, (*facts, ("Caption", "\n".join(caption))))


def plain(text: str) -> str:
    """Text that XML, PNG and UTF-8 can hold."""
    return NOT_IN_XML.sub(" ", text).encode("utf-8", "replace").decode()


def _of_trace(loaded: Loaded, view: ViewState, what: Exportable, trace: Trace) -> list[tuple[str, str]]:
    other = loaded.results.other if what.has_sides else None
    shown = loaded if other is None or view.side is not Side.B else other
    heads = fitted(view, trace.maps).heads
    facts = [("Sentence", shown.sentence), ("Translation", shown.translation), ("Step", str(len(trace.steps)))]
    if other is not None:
        facts.append(("Compared", {Side.A: "A", Side.B: f"B, {other.name}"}.get(view.side, f"A − B, {other.name}")))
    if what.shows in (Shows.HEAD, Shows.KIND):
        facts.append(("Kind", trace.map(view.active).title))
    if what.shows is Shows.HEAD:
        facts += _of_head(view, view.active, heads[view.active])
    if what.has_sides and view[QUANTITY] != ATTENTION:
        facts.append(("Shown", next(each.title for each in QUANTITY.values if each.value == view[QUANTITY])))
    if what.shows is Shows.EVERY_KIND:
        facts += [(each.title, _in_words(view, each.kind, heads[each.kind])) for each in trace.maps]
    return facts


def _of_head(view: ViewState, kind: Kind, head: Head) -> list[tuple[str, str]]:
    """Layer and head of a map, or which heads it shows as one; a layer is told only where it is of one."""
    shown = heads_shown(view, kind)
    layer = [("Layer", str(head.layer + 1))] if shown in (*OF_LAYER, HeadsShown.ONE) else []
    if shown is HeadsShown.ONE:
        return [*layer, ("Head", str(head.head + 1))]
    return [*layer, ("Heads", next(each.title for each in HEADS_SHOWN.values if each.value == shown))]


def _in_words(view: ViewState, kind: Kind, head: Head) -> str:
    """The same in a line: "layer 4, head 8"."""
    facts = _of_head(view, kind, head)
    return ", ".join(value if name == "Heads" else f"{name.lower()} {value}" for name, value in facts)


def _changed(loaded: Loaded, view: ViewState, what: Exportable) -> str:
    if what.shows is Shows.WINDOW:
        line = conditions.of_window(loaded, whole=True)
    elif what.has_sides:
        line = conditions.of_maps(loaded, view, whole=True)
    else:
        line = conditions.of_loaded(loaded, whole=True)
    return line.removeprefix("with: ")
