"""How the server is."""

from __future__ import annotations

from countenance.wire.message import Message


class Health(Message):
    """`ok`, or what is wrong."""

    status: str
