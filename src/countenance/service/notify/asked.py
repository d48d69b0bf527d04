"""Letters to people who are asked for consent: of use only while they can answer."""

from __future__ import annotations

from sqlalchemy.orm import Session

from countenance.service.clock import now
from countenance.service.db.tables import ConsentRequest, OutboxEvent


def answerable(session: Session, event: OutboxEvent) -> bool:
    """Whether the link that an event is to send still leads to an open request, and is still known."""
    request = session.get(ConsentRequest, event.subject_id)
    if request is None or not event.payload.get("url"):
        return False
    return request.state == "open" and request.expires_at > now()
