"""The directory at the end of a zip file, looked at before anything in it is unpacked. Torch-free.

What torch writes is a zip whose files are not compressed, so that all of them together are no larger than the whole.
"""

from __future__ import annotations

import struct
import zipfile
from typing import BinaryIO

from attention_viewer.model.stored.entry import MOST_TENSORS, Damaged

_END, _END_64 = b"PK\x05\x06", b"PK\x06\x06"
_LONGEST_END = 22 + 65_535


def files(file: BinaryIO, size: int) -> dict[str, zipfile.ZipInfo]:
    """The files in an open zip of `size` bytes, by the part of their names after the first folder.

    Raises Damaged where there are too many, or one is compressed, or they claim more bytes than the zip has.
    """
    if _count(file, size) > 2 * MOST_TENSORS:
        raise Damaged(f"its directory lists more than {2 * MOST_TENSORS:,} files")
    try:
        found = zipfile.ZipFile(file).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error):
        raise Damaged("its directory cannot be read") from None
    if any(each.compress_type != zipfile.ZIP_STORED or each.flag_bits & 1 for each in found):
        raise Damaged("files in it are compressed, as torch never writes them")
    claimed = sum(each.file_size for each in found)
    if claimed > size or any(each.file_size != each.compress_size for each in found):
        raise Damaged(f"its directory claims {claimed:,} bytes and it has {size:,}")
    return {each.filename.partition("/")[2] or each.filename: each for each in found}


def _count(file: BinaryIO, size: int) -> int:
    """How many files the directory says it lists."""
    file.seek(max(0, size - _LONGEST_END))
    tail = file.read(_LONGEST_END)
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        raise Damaged("it ends before its directory")
    (count,) = struct.unpack_from("<H", tail, at + 10)
    longer = tail.rfind(_END_64, 0, at)
    if longer >= 0 and len(tail) >= longer + 40:
        (count,) = struct.unpack_from("<Q", tail, longer + 32)
    return int(count)
