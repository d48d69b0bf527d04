"""Ids: short, random, and of a kind that one can see."""

from __future__ import annotations

from secrets import token_hex


def replica_id() -> str:
    """`r` and 12 hex digits, as Tavus has it."""
    return "r" + token_hex(6)


def video_id() -> str:
    """10 hex digits, as Tavus has it."""
    return token_hex(5)


def new_id(prefix: str) -> str:
    """`prefix` and 16 hex digits: of everything whose form Tavus does not fix."""
    return prefix + token_hex(8)
