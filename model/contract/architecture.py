"""What an encoder-decoder Transformer is made of, whatever family of checkpoints it comes from. Torch-free.

A family makes an `Architecture` of a checkpoint's files; the forward pass, the attention maps and the capabilities
follow from it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from attention_viewer.model.contract.maps import MapInfo, encoder_decoder


class Normalisation(StrEnum):
    """Layer normalisation (Ba et al. 2016), or by the root mean square alone (Zhang & Sennrich 2019)."""

    LAYER = "layer"
    RMS = "rms"


class PositionKind(StrEnum):
    """How a model knows where tokens stand.

    `sinusoidal` (Vaswani et al. 2017, section 3.5): computed, added to the embeddings. `learned`: a stored table,
    added to them. `relative` (Shaw et al. 2018; Raffel et al. 2020): a bias of the scores by distance.
    """

    SINUSOIDAL = "sinusoidal"
    LEARNED = "learned"
    RELATIVE = "relative"


@dataclass(frozen=True)
class StackShape:
    """A stack of layers: how many, how many heads each, how wide a head and the feed-forward network's hidden layer."""

    layers: int
    heads: int
    head_width: int
    ffn_width: int


@dataclass(frozen=True)
class Norms:
    """Where layers normalise and how.

    `first` is pre-norm: a sub-layer's input is normalised, and the stack's output once more; post-norm (the paper's) is
    the sum of input and output. `embedding`: the embeddings are normalised, too.
    """

    first: bool = False
    kind: Normalisation = Normalisation.LAYER
    epsilon: float = 1e-5
    embedding: bool = False


@dataclass(frozen=True)
class Architecture:
    """Everything that the forward pass depends on besides the weights themselves.

    `gated_ffn`: activation(W1 x) ⊙ (W3 x) in place of activation(W1 x) (Shazeer 2020). `scaled_embedding`: times
    √d_model. `scaled_scores`: q·k / √d, not q·k. Token ids:
    decoding starts from `decoder_start_token_id`, `forced_first_ids` stand after it in this order, ids in `barred_ids`
    are never chosen, those in `begin_barred_ids` not where
    free choice begins. `guided_head`: layer and head, from 0, of the cross-attention head trained to align words.
    """

    family: str
    d_model: int
    encoder: StackShape
    decoder: StackShape
    activation: str
    source_vocabulary: int
    target_vocabulary: int
    pad_token_id: int
    eos_token_id: int
    decoder_start_token_id: int
    forced_first_ids: tuple[int, ...] = ()
    barred_ids: tuple[int, ...] = ()
    begin_barred_ids: tuple[int, ...] = ()
    norms: Norms = field(default_factory=Norms)
    gated_ffn: bool = False
    biases: bool = True
    scaled_scores: bool = True
    positions: PositionKind = PositionKind.SINUSOIDAL
    scaled_embedding: bool = True
    shared_embedding: bool = True
    tied_output: bool = True
    guided_head: tuple[int, int] | None = None

    def barred_at(self, row: int) -> tuple[int, ...]:
        """The ids that are not chosen freely after row `row` (from 0)."""
        if row < len(self.forced_first_ids):
            return self._all_but_forced[row]
        begins = row == len(self.forced_first_ids) and self.begin_barred_ids
        return tuple(sorted({*self.barred_ids, *self.begin_barred_ids})) if begins else self.barred_ids

    @cached_property
    def _all_but_forced(self) -> tuple[tuple[int, ...], ...]:
        every = range(self.target_vocabulary)
        return tuple((*every[:token], *every[token + 1 :]) for token in self.forced_first_ids)

    @cached_property
    def maps(self) -> tuple[MapInfo, ...]:
        """The attention maps of an encoder-decoder, in the order in which they are computed."""
        encoder, decoder = self.encoder, self.decoder
        return encoder_decoder((encoder.layers, encoder.heads), (decoder.layers, decoder.heads), self.guided_head)
