"""A file handed to a parser that bounds neither its time nor its memory by itself."""

from __future__ import annotations

import io
import os
import struct
from typing import Any

_C2PA_BOX = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
"""The type of the `uuid` box in which an MP4 holds content credentials (C2PA 2.2, annex A.5)."""


class BoundedFile(io.FileIO):
    """A file that refuses to be read on after so many calls; `exhausted` says that it did."""

    def __init__(self, path: str | os.PathLike[str], most_calls: int) -> None:
        super().__init__(path)
        self._left = most_calls

    @property
    def exhausted(self) -> bool:
        return self._left <= 0

    def readinto(self, buffer: Any, /) -> int:
        self._spend()
        return super().readinto(buffer) or 0

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        self._spend()
        return super().seek(offset, whence)

    def _spend(self) -> None:
        if self.exhausted:
            raise OSError("too many calls")
        self._left -= 1


def credential_boxes_fit(file: io.FileIO, most_bytes: int, most_boxes: int) -> bool:
    """Whether an MP4's content credentials, which a parser takes into memory whole, are within a limit.

    Walks over the outermost boxes (ISO/IEC 14496-12, 4.2), at most `most_boxes`; any other file fits.
    """
    size, at = os.fstat(file.fileno()).st_size, 0
    for _ in range(most_boxes):
        head = os.pread(file.fileno(), 32, at)
        if len(head) < 16:
            return True
        length, kind = struct.unpack_from(">I4s", head)
        header = 8
        if length == 1:
            length, header = struct.unpack_from(">Q", head, 8)[0], 16
        elif length == 0:
            length = size - at
        if kind == b"uuid" and head[header : header + 16] == _C2PA_BOX and length > most_bytes:
            return False
        if length < header or length >= size - at:
            return True
        at += length
    return False
