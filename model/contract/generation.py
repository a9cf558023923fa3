"""How a checkpoint wants to be decoded: `generation_config.json`, and `config.json` for what that does not say.

Torch-free. The names are those of `transformers`.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from attention_viewer.model.contract.errors import CheckpointError, quoted
from attention_viewer.model.contract.fields import Fields
from attention_viewer.model.contract.json_file import read_json

GENERATION = "generation_config.json"
_NEUTRAL: dict[str, tuple[Any, ...]] = {
    "no_repeat_ngram_size": (0,),
    "encoder_no_repeat_ngram_size": (0,),
    "repetition_penalty": (1,),
    "encoder_repetition_penalty": (1,),
    "min_length": (0, 1),
    "min_new_tokens": (0,),
    "num_beam_groups": (1,),
    "sequence_bias": ({}, []),
    "exponential_decay_length_penalty": (),
    "force_words_ids": ([],),
    "constraints": ([],),
    "forced_decoder_ids": ([],),
    "length_penalty": (1,),
}
"""Settings that change what is decoded and are not followed here, with the values that change nothing."""


@dataclass(frozen=True)
class Generation:
    """Ids of the token that decoding starts from, of the end, of those forced after the start, and never chosen.

    `begin_barred` are not chosen where free choice begins. `not_followed` are settings of the files that are not
    followed here, as `name = value`.
    """

    start: int
    end: int
    forced_first: tuple[int, ...] = ()
    barred: tuple[int, ...] = ()
    begin_barred: tuple[int, ...] = ()
    not_followed: tuple[str, ...] = ()


def generation_fields(directory: Path, config: Fields) -> Fields:
    """The decoding settings of a checkpoint whose `config.json` has the fields `config`."""
    path = directory / GENERATION
    # A link that leads nowhere is no file; a pipe is one that will be refused.
    own = read_json(path) if path.exists() else {}
    given = {name: value for name, value in own.items() if value is not None}
    where = GENERATION if given else "config.json"
    return Fields(str(directory / where), ChainMap(given, dict(config.values)), CheckpointError)


def read_generation(fields: Fields, pad: int, source_vocabulary: int, vocabulary: int) -> Generation:
    """The decoding settings; ids lie below the size of the target `vocabulary`, that of the end in both.

    Raises CheckpointError naming the field and its value where one means nothing.
    """
    end = _end(fields, min(source_vocabulary, vocabulary) - 1)
    start = fields.whole("decoder_start_token_id", 0, vocabulary - 1, pad)
    forced = fields.whole_or_none("forced_bos_token_id", 0, vocabulary - 1)
    words = _barred_words(fields, vocabulary - 1)
    barred = {pad, *(word[0] for word in words if len(word) == 1)}
    barred.update(_ids(fields, "suppress_tokens", vocabulary))
    # Where the end is the padding too, or is barred by mistake, nothing would ever end.
    barred.discard(end)
    begin = set(_ids(fields, "begin_suppress_tokens", vocabulary))
    if len(barred) >= vocabulary - 1 or len(barred | begin) == vocabulary:
        raise CheckpointError(f"{fields.where} bars every token of the vocabulary but the end: nothing can be decoded.")
    return Generation(
        start,
        end,
        () if forced is None else (forced,),
        tuple(sorted(barred)),
        tuple(sorted(begin - barred)),
        _unfollowed(fields, words, end),
    )


def _end(fields: Fields, most: int) -> int:
    """The id of the end; of several, the first."""
    given = fields.values.get("eos_token_id")
    if isinstance(given, list) and given:
        fields.wholes("eos_token_id", 0, most, most + 1)
        return int(given[0])
    return fields.whole("eos_token_id", 0, most, 0)


def _ids(fields: Fields, name: str, vocabulary: int) -> Sequence[int]:
    """A list of ids; none where the field is missing."""
    return [] if fields.values.get(name) is None else fields.wholes(name, 0, vocabulary - 1, vocabulary)


def _barred_words(fields: Fields, most: int) -> list[list[int]]:
    """`bad_words_ids`, each a list of ids."""
    words: list[Any] = fields.items("bad_words_ids", default=[])
    for word in words:
        if not (isinstance(word, list) and word and all(type(each) is int and 0 <= each <= most for each in word)):
            fields.fail("bad_words_ids", f"it must be a list of lists of token ids from 0 to {most}")
    return words


def _unfollowed(fields: Fields, words: list[list[int]], end: int) -> tuple[str, ...]:
    found = [
        f"{name} = {quoted(fields.values[name], 40)}"
        for name, neutral in _NEUTRAL.items()
        if fields.values.get(name) is not None and fields.values[name] not in neutral
    ]
    if any(len(word) > 1 for word in words):
        found.append("bad_words_ids of several tokens")
    if isinstance(fields.values.get("eos_token_id"), list) and len(fields.values["eos_token_id"]) > 1:
        found.append("several eos_token_id")
    # What it usually is: the end where a translation has become too long; here it is said to be cut off.
    if fields.values.get("forced_eos_token_id") not in (None, end, [end]):
        found.append(f"forced_eos_token_id = {quoted(fields.values['forced_eos_token_id'], 40)}")
    return tuple(found)
