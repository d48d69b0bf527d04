"""Webhook endpoints of a workspace: URLs that are told of every event of some types."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from countenance.service.accounts import idempotency, workspaces
from countenance.service.clock import now
from countenance.service.db.tables import Delivery, WebhookEndpoint
from countenance.service.errors import REQUEST_INVALID, refused
from countenance.service.fetch.target import target_of
from countenance.service.ids import new_id
from countenance.service.notify.errors import ENDPOINT_UNKNOWN, ENDPOINTS_TOO_MANY
from countenance.service.notify.signing import new_secret
from countenance.service.notify.types import TYPES


def create(session: Session, workspace_id: str, url: str, types: Iterable[str] = ()) -> WebhookEndpoint:
    """A new endpoint; its secret is in the row.

    Raises:
        CountenanceError: service.url_refused, service.request_invalid, service.endpoints_too_many.
    """
    target_of(url)
    wanted = sorted(set(types))
    if unknown := [name for name in wanted if name not in TYPES]:
        raise refused(REQUEST_INVALID, f"`types` may be {', '.join(TYPES)}; not {', '.join(unknown)[:200]}.")
    workspaces.take_turns(session, workspace_id)
    mine = select(func.count()).select_from(WebhookEndpoint).where(WebhookEndpoint.workspace_id == workspace_id)
    if (count := session.scalar(mine) or 0) >= (ENDPOINTS_TOO_MANY.limit or 0):
        raise refused(ENDPOINTS_TOO_MANY, measured=float(count))
    endpoint = WebhookEndpoint(
        id=new_id("wh"),
        workspace_id=workspace_id,
        url=url,
        secret=new_secret(),
        types=wanted,
        created_at=now(),
        disabled_at=None,
        failing_since=None,
    )
    session.add(endpoint)
    session.flush()
    return endpoint


def get(session: Session, workspace_id: str, endpoint_id: str) -> WebhookEndpoint:
    """Raises CountenanceError service.endpoint_unknown."""
    endpoint = session.get(WebhookEndpoint, endpoint_id)
    if endpoint is None or endpoint.workspace_id != workspace_id:
        raise refused(ENDPOINT_UNKNOWN, measured=endpoint_id[:40])
    return endpoint


def listed(session: Session, workspace_id: str) -> Sequence[WebhookEndpoint]:
    """All endpoints, the oldest first."""
    mine = select(WebhookEndpoint).where(WebhookEndpoint.workspace_id == workspace_id)
    return session.scalars(mine.order_by(WebhookEndpoint.created_at, WebhookEndpoint.id)).all()


def enable(session: Session, workspace_id: str, endpoint_id: str) -> WebhookEndpoint:
    """Tell it of what happens from now on, also if it was switched off because it failed for days.

    Raises:
        CountenanceError: service.endpoint_unknown.
    """
    endpoint = get(session, workspace_id, endpoint_id)
    endpoint.disabled_at = endpoint.failing_since = None
    return endpoint


def remove(session: Session, workspace_id: str, endpoint_id: str) -> None:
    """Forget an endpoint; what it was told of stays in the log.

    Raises:
        CountenanceError: service.endpoint_unknown.
    """
    get(session, workspace_id, endpoint_id)
    pending = update(Delivery).where(Delivery.endpoint_id == endpoint_id, Delivery.state == "pending")
    session.execute(pending.values(state="failed", finished_at=now(), next_at=None))
    session.execute(update(Delivery).where(Delivery.endpoint_id == endpoint_id).values(endpoint_id=None))
    session.execute(delete(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id))
    idempotency.forget(session, workspace_id, [endpoint_id])
