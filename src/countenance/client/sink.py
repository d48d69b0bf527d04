"""A file that an answer is written to, and that goes on where an answer broke off."""

from __future__ import annotations

from typing import BinaryIO

from countenance.client.request import Answer, Headers
from countenance.progress import Progress, ProgressCallback

_STAGE = "download"


class Sink:
    """Where the body of an answer goes."""

    def __init__(self, file: BinaryIO, progress: ProgressCallback | None = None) -> None:
        self._file = file
        self._progress = progress
        self._mark = ""
        self._whole: int | None = None

    @property
    def headers(self) -> Headers:
        """Ask for what is missing, if it is still the same thing."""
        there = self._file.tell()
        return {"Range": f"bytes={there}-", "If-Range": self._mark} if there and self._mark else {}

    def begin(self, answer: Answer) -> None:
        """An answer comes: the rest, or all of it from the beginning."""
        if answer.status != 206:
            self._file.seek(0)
            self._file.truncate()
        self._mark = answer.headers.get("etag", "")
        length = answer.headers.get("content-length", "")
        self._whole = self._file.tell() + int(length) if length.isdecimal() else None

    def write(self, data: bytes) -> None:
        """Some more of it."""
        self._file.write(data)
        if self._progress is not None and self._whole:
            self._progress(Progress(_STAGE, min(1.0, self._file.tell() / self._whole)))
