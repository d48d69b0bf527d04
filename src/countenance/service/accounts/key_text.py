"""How a key is written: `cnt_<public id>_<secret>_<checksum>`.

The first part lets scanners of leaked secrets find it, the second finds its row, the third is 256 random bits, and the
last tells a mistyped or truncated key from a wrong one without a look into the database.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import zlib
from dataclasses import dataclass, field

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SECRET_BYTES = 32
_SECRET_CHARACTERS = 43
"""the fewest base-62 digits that hold 256 bits"""
_FORM = re.compile(rf"(cnt_(k[0-9a-f]{{16}})_([0-9A-Za-z]{{{_SECRET_CHARACTERS}}}))_([0-9a-f]{{8}})", re.ASCII)


@dataclass(frozen=True, slots=True)
class KeyText:
    """A key as it is shown once and sent with every request."""

    public_id: str
    secret: str = field(repr=False)

    def text(self) -> str:
        """The whole key."""
        body = f"cnt_{self.public_id}_{self.secret}"
        return f"{body}_{_checksum(body)}"

    def sha256(self) -> str:
        """Of the secret, hex: what is stored. A fast hash is enough, since 256 random bits cannot be tried out."""
        return hashlib.sha256(self.secret.encode()).hexdigest()


def generate() -> KeyText:
    """A new key."""
    return KeyText("k" + secrets.token_hex(8), _base62(secrets.token_bytes(_SECRET_BYTES)))


def parse(text: str) -> KeyText | None:
    """The key in a text; None for anything that cannot be one."""
    match = _FORM.fullmatch(text)
    if match is None or _checksum(match[1]) != match[4]:
        return None
    return KeyText(match[2], match[3])


def _checksum(body: str) -> str:
    return f"{zlib.crc32(body.encode()):08x}"


def _base62(data: bytes) -> str:
    number, digits = int.from_bytes(data), []
    for _ in range(_SECRET_CHARACTERS):
        number, digit = divmod(number, 62)
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits))
