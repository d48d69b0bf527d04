"""How an e-mail leaves: as a file in the data folder, or through a mail server."""

from __future__ import annotations

import asyncio
import hashlib
import smtplib
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from urllib.parse import unquote, urlsplit

import aiosmtplib

from countenance.errors import CountenanceError, Finding
from countenance.media.private import private_folder, write
from countenance.service.context import Service
from countenance.service.db.tables import OutboxEvent
from countenance.service.notify.errors import MAIL_FAILED, MAIL_SETTING
from countenance.service.notify.mail.form import formed
from countenance.service.notify.mail.letter import letter_for
from countenance.settings import Settings

FOLDER = "mail"
OWNER = "The owner of this workspace <owner@localhost>"
"""Who letters are for where nobody was added and no mail server is set. Nobody's address: they only become files."""
_TIMEOUT_S = 30.0
_HERE = ("localhost", "127.0.0.1", "::1")


def send(service: Service, event: OutboxEvent, to: str) -> None:
    """Write to a person of an event.

    Raises:
        CountenanceError: service.mail_setting, service.mail_failed.
    """
    settings = service.settings
    message = composed(service, event, to)
    if settings.smtp_url is None or to == OWNER:
        _write(message, _name(event, to), settings)
    else:
        asyncio.run(_sent(message, settings.smtp_url.get_secret_value()))


def composed(service: Service, event: OutboxEvent, to: str) -> EmailMessage:
    """What would be written to a person of an event now."""
    return formed(letter_for(service, event), service.settings.mail_from, to, f"{event.id}.{_digest(to)}")


def written(settings: Settings, event: OutboxEvent, to: str) -> EmailMessage | None:
    """What was written to a person of an event, where it was kept as a file and still is."""
    try:
        content = (settings.data_dir / FOLDER / _name(event, to)).read_bytes()
    except OSError:
        return None
    message = message_from_bytes(content, policy=default)
    return message if isinstance(message, EmailMessage) else None


def _name(event: OutboxEvent, to: str) -> str:
    return f"{event.created_at:%Y%m%dT%H%M%S}-{event.id}-{_digest(to)}.eml"


def _digest(to: str) -> str:
    return hashlib.sha256(to.encode()).hexdigest()[:8]


def _write(message: EmailMessage, name: str, settings: Settings) -> None:
    try:
        write(private_folder(settings.data_dir / FOLDER) / name, message.as_bytes())
    except OSError as error:
        raise CountenanceError(Finding(MAIL_FAILED, detail=f"{error.strerror}.")) from error


async def _sent(message: EmailMessage, url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise CountenanceError(Finding(MAIL_SETTING))
    sealed = parts.scheme == "smtps"
    try:
        port = parts.port or (465 if sealed else 587)
        await aiosmtplib.send(
            message,
            hostname=parts.hostname,
            port=port,
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            use_tls=sealed,
            # A password and a person's picture cross a network only under a seal.
            start_tls=False if sealed else None if parts.hostname in _HERE else True,
            timeout=_TIMEOUT_S,
        )
    except ValueError as error:
        raise CountenanceError(Finding(MAIL_SETTING)) from error
    except (OSError, aiosmtplib.SMTPException, smtplib.SMTPException) as error:
        # What the server said may hold the address, which the log of deliveries has anyway, but never the password.
        raise CountenanceError(Finding(MAIL_FAILED, detail=f"{type(error).__name__}: {error}.")) from error
