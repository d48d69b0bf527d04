"""What an object may be called: nothing that a file system or a store could read as something else."""

from __future__ import annotations

_MOST_BYTES = 1024
"""Of a whole key: the limit of S3."""
_MOST_NAME_BYTES = 255
"""Of one name in it: the limit of Linux file systems."""


def checked_key(key: str) -> str:
    """The key itself.

    Raises:
        ValueError: for a key that is empty or too long, or has a name that is empty, begins with a dot, or holds a
            backslash or a control character.
    """
    if not key or len(key.encode("utf-8", "surrogatepass")) > _MOST_BYTES or not all(map(_is_name, key.split("/"))):
        raise ValueError(f"not a key of an object: {key[:80]!r}")
    return key


def checked_prefix(prefix: str) -> str:
    """A key, or nothing, which stands for all; a slash at the end is left out."""
    return checked_key(prefix.removesuffix("/")) if prefix else ""


def _is_name(name: str) -> bool:
    # A leading dot makes `.`, `..` and hidden files; a lone surrogate cannot be sent anywhere.
    plain = name.isprintable() and not name.startswith(".") and "\\" not in name
    return bool(name) and plain and len(name.encode("utf-8", "surrogatepass")) <= _MOST_NAME_BYTES
