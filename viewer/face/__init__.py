"""Attention Viewer as a library: open a model, translate, trace, write.

    import attention_viewer

    model = attention_viewer.open_model()
    trace = model.trace("The cat sat on the mat.")
    print(trace.cross_attention.shape)  # layers, heads, target rows, source columns
    model.write("cat.npz", "The cat sat on the mat.")
    attention_viewer.show(trace)  # in a notebook: the interactive page

What a trace holds is said in `attention_viewer.model.contract.api`. Importing this package imports neither torch nor
Qt; opening a model imports torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attention_viewer.reading import Words, alignment, measures, roles, summary, unlike, words

if TYPE_CHECKING:
    from attention_viewer.figures import Figure
    from attention_viewer.model.analysis.aligned import Alignment
    from attention_viewer.model.contract.api import ModelInfo, Trace
    from attention_viewer.model.contract.attribution import Attribution
    from attention_viewer.model.contract.document import Against, Document
    from attention_viewer.model.translator import Translator
    from attention_viewer.viewer.export.inline import InlinePage

__all__ = [
    "Model",
    "Words",
    "alignment",
    "measures",
    "open_model",
    "roles",
    "show",
    "summary",
    "unlike",
    "words",
]


def open_model(directory: str | Path | None = None, threads: int = 1) -> Model:
    """Open the checkpoint in `directory`, the bundled English-French model if None.

    `threads` is what torch computes with. Raises UserError where there is no model that can be computed.
    """
    from attention_viewer.model.checkpoint import check_checkpoint
    from attention_viewer.viewer.look.assets import BUNDLED_MODEL

    path = BUNDLED_MODEL if directory is None else Path(directory)
    check_checkpoint(path)
    from attention_viewer.model.translator import Translator

    return Model(Translator(path, threads=threads))


def show(
    trace: Trace | str | Path | None = None,
    *,
    encoder: Any = None,
    decoder: Any = None,
    cross: Any = None,
    source_tokens: Sequence[str] = (),
    target_tokens: Sequence[str] = (),
) -> InlinePage:
    """The interactive page of a trace, or of attention weights that any other program computed, for a notebook.

    In the place of a trace, the name of an .npz or .json file of weights and tokens, as `write` and others make them.
    Weights are [layers, heads, rows, columns], or what `transformers` gives for `output_attentions=True`; rows are
    queries, columns are keys. `target_tokens` are what the decoder's rows read, the start token first, and if you like
    one more: what the last row predicts. Raises UserError for what is no attention of these tokens.
    """
    from attention_viewer.model.contract.api import join_text
    from attention_viewer.model.contract.errors import InputError
    from attention_viewer.model.contract.given import given_trace
    from attention_viewer.viewer.export.inline import InlinePage

    weights = {"encoder": encoder, "decoder": decoder, "cross": cross}
    if trace is None:
        trace = given_trace(**weights, source_tokens=source_tokens, target_tokens=target_tokens)
        # The first token that was read belongs to the text too, where it is none to start with.
        return InlinePage(trace, {"translation": join_text((*trace.input_tokens[:1], *trace.output_tokens))})
    if any(each is not None for each in weights.values()) or source_tokens or target_tokens:
        raise InputError("Give a trace, or weights and their tokens, not both.")
    if isinstance(trace, str | Path):
        from attention_viewer.viewer.storage.trace_file import read_trace

        trace = read_trace(Path(trace))
    return InlinePage(trace)


class Model:
    """An open checkpoint; made by `open_model`. One thread at a time may use it."""

    def __init__(self, translator: Translator) -> None:
        self._translator = translator

    @property
    def info(self) -> ModelInfo:
        """Name, content hash, sizes and languages."""
        return self._translator.info

    def translate(self, text: str) -> str:
        """The greedy translation of a sentence. Raises UserError where it is empty or too long."""
        return self._translator.text(self.trace(text))

    def trace(self, source: str | Document, target: str | None = None, steps: int | None = None) -> Trace:
        """Everything computed for a sentence, or for a document, which says itself what is computed.

        Of a sentence, with `target` the decoder reads that translation (teacher forcing); `steps` is how many decoder
        rows are computed at most (None: to the end). Raises UserError where the model cannot work with it.
        """
        return self._translator.trace(self._document(source, target, steps))

    def attribution(
        self,
        method: str,
        source: str | Document,
        target: str | None = None,
        against: tuple[int, str] | None = None,
    ) -> Attribution:
        """What each row depends on, by a method of `attention_viewer.model.contract.methods`, such as "norms".

        `source` and `target` are as in `trace`. A "contrast" compares each row's token with the best other one; with
        `against`, as (2, "▁chien"), row 2 (from 0) with that piece of the vocabulary, or with a text that is one.
        Raises UserError where there is no such method, row or piece, or the model cannot work with the sentence.
        """
        from attention_viewer.model.contract import methods
        from attention_viewer.model.contract.errors import InputError
        from attention_viewer.model.translator import finished

        known = [each.method for each in methods.METHODS]
        if method not in known:
            raise InputError(f"There is no attribution {method!r}: choose {', '.join(known)}.")
        document = self._document(source, target, None)
        if against is not None:
            document = replace(document, against=self._against(document, *against))
        return finished(self._translator.attribution_steps(document, method))

    def align(self, source: str, target: str) -> Alignment:
        """The word links of a pair, split at spaces, as the command `align` finds them from this pair alone.

        Raises UserError where the model cannot work with it, or nothing is linked.
        """
        from attention_viewer.model.analysis.aligned import align
        from attention_viewer.model.contract.errors import InputError
        from attention_viewer.viewer.cli.align import sentence_of_pair

        found = align([sentence_of_pair(self._translator, source, target)])
        if found is None:
            raise InputError("There is nothing to align: give a source and a translation with words.")
        return found

    def _against(self, document: Document, row: int, piece: str) -> Against:
        """What a row is contrasted with. Raises InputError where there is no such row or piece, or it stands there."""
        from attention_viewer.model.contract.document import Against
        from attention_viewer.model.contract.errors import InputError

        outputs = self._translator.trace(document).output_tokens
        if not 0 <= row < len(outputs):
            raise InputError(f"There is no row {row} to contrast: there are {len(outputs)}, counted from 0.")
        tokens = {token.piece: token for token in self._translator.vocabulary()}
        found = tokens.get(piece) or tokens.get(f"▁{piece}")
        if found is None:
            raise InputError(
                f"{piece!r} is no piece of the target vocabulary: give one, such as {outputs[row].piece!r}."
            )
        if found.id == outputs[row].id:
            raise InputError(f"A token cannot be contrasted with itself: row {row} has {piece!r} already.")
        return Against(row, found.id)

    def figure(
        self, source: str | Document, picture: str = "heads", target: str | None = None, **options: object
    ) -> Figure:
        """A picture of a sentence, or of a document, for a notebook or a file.

        `picture` and `options` are those of the command `export` by name: `model.figure(text, kind="cross", layer=3,
        head=7, width="column", numbers="always", title=False)`; layers, heads and tokens count from 0. The taught head
        of the cross-attention where nothing is said. Raises UserError where they mean nothing, or several pictures.
        """
        from attention_viewer.figures import figure

        return figure(self._translator, source, target, picture, options)

    def write(
        self,
        path: str | Path,
        source: str | Document,
        target: str | None = None,
        steps: int | None = None,
        overwrite: bool = False,
    ) -> None:
        """Write what `trace` gives, in the format that the suffix names: .npz, .csv, .json or .html.

        The file appears whole or not at all. Raises UserError also where it exists (unless `overwrite`) or cannot be
        written.
        """
        from attention_viewer.viewer.export.data import write_trace
        from attention_viewer.viewer.export.meta import meta

        document = self._document(source, target, steps)
        trace = self._translator.trace(document)
        about = meta(self.info, document, trace, self._translator.text(trace), target)
        write_trace(Path(path), trace, about, overwrite)

    def _document(self, source: str | Document, target: str | None, steps: int | None) -> Document:
        from attention_viewer.model.contract.document import Document, go_to
        from attention_viewer.model.contract.hypotheses import teacher_force

        if isinstance(source, Document):
            return source
        document = Document(source)
        if target is not None:
            document = teacher_force(document, [token.id for token in self._translator.encode_target(target)])
        return go_to(document, document.limit if steps is None else steps)
