"""What the panel of heads shows: the table, which head aligns words best, and what can be done with it. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

from attention_viewer.viewer.state.specs import Pending, Unavailable
from attention_viewer.viewer.state.table_spec import TableSpec


@dataclass(frozen=True)
class HeadsSpec:
    """The `table`, or why there is none; `aligner` says which head aligns words best ("": nobody knows).

    `alike` is how many heads of its map have the selected head's `role` ("": it has none). `progress` is how far a file
    is measured, in words ("": none is); `of_file` whether the table is that of a file; `no_file` why none can be
    measured ("" where one can).
    """

    table: TableSpec | Pending | Unavailable
    aligner: str = ""
    role: str = ""
    alike: int = 0
    progress: str = ""
    of_file: bool = False
    no_file: str = ""
