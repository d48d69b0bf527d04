"""How a file is cut into parts: all of one size but the last, numbered from 1."""

from __future__ import annotations

from countenance.errors import CountenanceError, Finding
from countenance.service.db.tables import Upload
from countenance.service.uploads.errors import PART_NUMBER

_MOST_PARTS = 10_000
"""The limit of S3."""


def part_bytes_for(size: int, wanted: int) -> int:
    """The size of the parts of a file; larger than wanted where there would be too many."""
    return max(wanted, -(-size // _MOST_PARTS))


def count(upload: Upload) -> int:
    """How many parts there are."""
    return -(-upload.bytes // upload.part_bytes)


def size(upload: Upload, number: int) -> int:
    """The bytes of one part.

    Raises:
        CountenanceError: service.upload_part_number.
    """
    last = count(upload)
    if not 1 <= number <= last:
        raise CountenanceError(Finding(PART_NUMBER, measured=float(number), limit=float(last)))
    return upload.bytes - (last - 1) * upload.part_bytes if number == last else upload.part_bytes
