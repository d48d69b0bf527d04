"""Moments as Tavus writes them: replicas and videos differ."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime


def iso_ms(moment: datetime) -> str:
    """`2024-01-24T07:14:03.327Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def rfc1123(moment: datetime) -> str:
    """`Mon, 14 Jul 2025 09:14:24 GMT`."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)
