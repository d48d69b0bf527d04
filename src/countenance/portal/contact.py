"""How whoever asks for consent can be reached, as a link."""

from __future__ import annotations

import re

_EMAIL = re.compile(r"[^@\s:/?&]+@[^@\s:/?&]+")
_TELEPHONE = re.compile(r"\+?[\d\s()/.-]{4,}")


def link_to(contact: str) -> str | None:
    """What `Settings.contact` leads to: an e-mail address, a telephone number or a web page; None for other text, which
    is shown as it is."""
    if _EMAIL.fullmatch(contact):
        return f"mailto:{contact}"
    if _TELEPHONE.fullmatch(contact):
        return "tel:" + re.sub(r"[^\d+]", "", contact)
    return contact if contact.startswith(("https://", "http://")) else None
