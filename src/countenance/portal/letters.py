"""E-mails as a browser shows them: one page without scripts, the pictures in it."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from email.message import EmailMessage
from html import escape
from typing import Literal

from countenance.service.context import Service
from countenance.service.db.tables import Delivery, OutboxEvent
from countenance.service.notify.mail.send import composed, written
from countenance.service.notify.types import ASKED

_CID = re.compile(r"cid:([^\"'\s>)]+)")
_LINK = re.compile(r"(/consent/)[\w-]{8,}")
_OUTSIDE = re.compile(r"<(link|base|script|iframe|object|embed)\b[^>]*>", re.IGNORECASE)
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
"""What a browser may do with one: show it, and open what it links to somewhere else."""


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail, and how it comes to be here."""

    origin: Literal["written", "composed", "gone"]
    """as it was written; as it would be written now; not there any more"""
    subject: str = ""
    sender: str = ""
    html: str = ""

    @property
    def is_pictured(self) -> bool:
        """Whether it needs more room."""
        return 'src="data:' in self.html


def letter_of(service: Service, delivery: Delivery, event: OutboxEvent, *, is_gone: bool) -> Letter:
    """The e-mail of a delivery. Of what was deleted there is none, nor of a link that has arrived."""
    if not delivery.target or is_gone:
        return Letter("gone")
    message = written(service.settings, event, delivery.target)
    if message is not None:
        return _letter("written", message)
    if event.type == ASKED and not event.payload.get("url"):
        return Letter("gone")
    return _letter("composed", composed(service, event, delivery.target))


def _letter(origin: Literal["written", "composed"], message: EmailMessage) -> Letter:
    subject, sender = str(message["Subject"] or ""), str(message["From"] or "")
    return Letter(origin, subject, sender, _page(message))


def _page(message: EmailMessage) -> str:
    body = message.get_body(("html", "plain"))
    if body is None:
        return ""
    text = str(body.get_content())
    if body.get_content_subtype() == "plain":
        text = f"<pre>{escape(text)}</pre>"
    pictures = {}
    for part in message.walk():
        if part.get_content_maintype() == "image" and part["Content-ID"]:
            content = base64.b64encode(part.get_payload(decode=True) or b"").decode()  # type: ignore[arg-type]
            pictures[str(part["Content-ID"]).strip("<>")] = f"data:{part.get_content_type()};base64,{content}"
    text = _OUTSIDE.sub("", text)
    text = _CID.sub(lambda found: pictures.get(found[1], ""), text)
    # A link for consent is for the person who was asked alone.
    text = _LINK.sub(r"\1", text)
    return text.replace("<head>", '<head><base target="_blank">', 1)
