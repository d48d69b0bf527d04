"""What is sent and what comes back, whoever carries it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Request:
    """One request, complete but for the server's address and the key."""

    method: str
    url: str
    """a path below the server's address, or a whole URL, to which the key is never sent"""
    body: bytes = field(default=b"", repr=False)
    headers: Headers = field(default_factory=dict, repr=False)
    repeatable: bool = True
    """whether sending it twice does what sending it once does"""
    needs_key: bool = True
    read_timeout_s: float = 60.0

    @property
    def is_own(self) -> bool:
        """Whether it goes to the server that the client was made for."""
        return self.url.startswith("/")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said."""

    status: int
    headers: Headers = field(repr=False)
    """names in lower case"""
    body: bytes = field(default=b"", repr=False)

    @property
    def is_success(self) -> bool:
        """Whether what was asked was done."""
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Broken:
    """No whole answer came."""

    why: str
    was_sent: bool
    """whether the server may have seen the request"""


Outcome = Answer | Broken
