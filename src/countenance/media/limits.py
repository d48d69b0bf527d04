"""What a file may cost before it is opened, and while it is decoded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a process that only looks at a file needs no settings, and begins in half the time without them
    from countenance.settings import Settings


@dataclass(frozen=True, slots=True)
class Limits:
    """Ceilings for one file. A file beyond any of them is refused with a typed error."""

    file_bytes: int = 750_000_000
    duration_s: float = 1800.0
    pixels: int = 4096 * 2304
    """Width times height of one decoded picture."""
    streams: int = 16


def limits_from(settings: Settings) -> Limits:
    """The limits that the owner of this installation has set."""
    return Limits(file_bytes=settings.max_file_bytes, duration_s=settings.max_duration_s, pixels=settings.max_pixels)
