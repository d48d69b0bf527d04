"""A letter as an e-mail: plain text, and the same with pictures, which are part of the message."""

from __future__ import annotations

import re
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import cache

import mrml
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from countenance.service.clock import now
from countenance.service.notify.mail.letter import Letter

_NOT_SHOWN = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no page can hold (XML 1.0, 2.2), and terminals obey: names and what programs print may have it in them."""


def formed(letter: Letter, sender: str, to: str, message_id: str) -> EmailMessage:
    """The message; `message_id` is the same at every try, so that mail programs show it once."""
    host = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = " ".join(_NOT_SHOWN.sub("", letter.subject).split())
    message["Date"] = format_datetime(now())
    message["Message-ID"] = f"<{message_id}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    pictures = [(f"{number}.{message_id}@{host}", problem) for number, problem in enumerate(letter.problems)]
    ids = [content_id if problem.picture else "" for content_id, problem in pictures]
    message.set_content(_rendered("letter.txt.jinja", letter=letter))
    mjml = _rendered("letter.mjml.jinja", letter=letter, ids=ids)
    message.add_alternative(mrml.to_html(mjml).content, subtype="html")
    html = message.get_payload()[1]  # type: ignore[index]
    for content_id, problem in pictures:
        if problem.picture:
            html.add_related(problem.picture, "image", problem.kind, cid=f"<{content_id}>")  # type: ignore[union-attr]
    return message


def _rendered(template: str, **values: object) -> str:
    return _NOT_SHOWN.sub("", _templates().get_template(template).render(**values))


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("countenance.service.notify.mail"),
        undefined=StrictUndefined,
        autoescape=select_autoescape(("mjml.jinja",), default=False),
        trim_blocks=True,
        lstrip_blocks=True,
    )
