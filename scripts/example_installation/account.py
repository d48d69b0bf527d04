"""Keys, people, credits, webhooks and what was told to whom."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from countenance.service.accounts import audit, keys, members
from countenance.service.accounts.scopes import EDITOR, OWNER, VIEWER
from countenance.service.credits import ledger
from countenance.service.db.tables import (
    AuditEntry,
    CreditPosting,
    Delivery,
    DeliveryAttempt,
    OutboxEvent,
    WebhookEndpoint,
)
from countenance.service.notify import deliver, dispatch, endpoints
from countenance.service.notify.deliver import Tried
from example_installation.history import History

_WELL, _ILL = "https://studio.example.org/countenance", "https://old.example.org/hooks"
_KINDLY = Tried(True, 200, "ok", 84)
_UNSENT = Tried(False, None, "The e-mail could not be sent. SMTPServerDisconnected: Connection lost.", 0)
_BROKEN = Tried(False, 500, "Internal Server Error\nupstream is away", 2301)


def keys_made(history: History) -> tuple[str, str]:
    """Keys in every state; the texts of an owner's and a viewer's."""
    with history.ago(days=40) as session:
        owner = keys.create(session, history.workspace_id, "first key", OWNER)
        old = keys.create(session, history.workspace_id, "laptop that was lost", EDITOR)
        keys.create(session, history.workspace_id, "contractor", EDITOR, expires_at=history.today - timedelta(days=9))
        viewer = keys.create(session, history.workspace_id, "wall display", VIEWER)
    with history.ago(days=12) as session:
        keys.revoke(session, history.workspace_id, old.row.id)
    with history.ago(days=3) as session:
        keys.create(
            session,
            history.workspace_id,
            "render farm",
            EDITOR,
            scopes=("replicas:read", "videos:read", "videos:write"),
            allowed_addresses=("10.20.0.0/16",),
            expires_at=history.today + timedelta(days=60),
        )
    return owner.text, viewer.text


def people(history: History) -> None:
    """Who is written to."""
    with history.ago(days=39) as session:
        members.add(session, history.workspace_id, "producer@harbour.example", OWNER)
        members.add(session, history.workspace_id, "archive@harbour.example", VIEWER, notified=False)


def credits_given(history: History) -> None:
    """Beside what every new workspace has: some that last only for a while, some of which are over."""
    with history.ago(days=38) as session:
        until = history.today - timedelta(days=8)
        ledger.grant(session, history.workspace_id, ledger.TRAINING, 40, "trial month", expires_at=until)
    with history.ago(days=10) as session:
        until = history.today + timedelta(days=20)
        ledger.grant(session, history.workspace_id, ledger.VIDEO_SECOND, 1800, "autumn campaign", expires_at=until)


def expired(history: History) -> None:
    with history.ago(days=8) as session:
        for workspace_id, unit in ledger.due(session):
            ledger.expire(session, workspace_id, unit)


def webhooks(history: History) -> None:
    """One that answers, one that has failed for days, one that was switched off."""
    with history.ago(days=36) as session:
        endpoints.create(session, history.workspace_id, _WELL)
        endpoints.create(session, history.workspace_id, _ILL, ("replica.error", "video.error"))
        off = endpoints.create(session, history.workspace_id, "https://gone.example.org/hook")
        off.disabled_at = history.today - timedelta(days=20)


def told(history: History, **ago: float) -> None:
    """What has happened until then is told: most of it arrives, some after a while, some never, some not yet."""
    service = history.service
    with history.then(**ago):
        while dispatch.dispatch(service):
            pass
        with service.database.reading() as session:
            pending = session.scalars(
                select(Delivery).where(Delivery.state == "pending").order_by(Delivery.created_at, Delivery.id)
            ).all()
            broken = {row.id for row in session.scalars(select(WebhookEndpoint)) if row.url == _ILL}
        last_letter = max((each.id for each in pending if each.channel == "email"), default="")
        for delivery in pending:
            if delivery.channel == "email" and delivery.id == last_letter:
                _tried(history, delivery.id, _UNSENT)
            elif delivery.channel == "email":
                deliver.deliver(service, delivery.id)
            elif delivery.endpoint_id not in broken:
                _tried(history, delivery.id, _KINDLY)
            else:
                for _ in range(3):
                    _tried(history, delivery.id, _BROKEN)
    with history.ago(**ago) as session:
        _at_their_time(session)
        failing = session.scalars(select(Delivery).where(Delivery.state == "pending").order_by(Delivery.created_at))
        for delivery in failing.all()[:2]:
            delivery.state, delivery.finished_at, delivery.next_at = "failed", history.today - timedelta(**ago), None


def looked_at(history: History, key: str, asked: Mapping[str, float]) -> None:
    """Entries of the audit log on replicas that were asked for so many hours ago."""
    actor = actor_of(key)
    for replica_id, hours in asked.items():
        for action, later in (("replica.create", 0.0), ("replica.report.read", 0.4), ("replica.media.read", 1.1)):
            with history.ago(hours=hours - later) as session:
                audit.record(session, actor, history.workspace_id, action, "replica", replica_id, "192.0.2.17")


def in_order_of_time(history: History) -> None:
    """What is numbered as it happens gets the numbers that it would have: it was not made in the order of time."""
    with history.service.database.transaction() as session:
        for table in (CreditPosting, AuditEntry):
            mine = table.workspace_id == history.workspace_id
            found = session.execute(select(table.id, table.at).where(mine).order_by(table.at, table.id)).all()
            numbers = sorted(row.id for row in found)
            session.execute(
                update(table).where(mine).values(id=-table.id), execution_options={"synchronize_session": False}
            )
            session.connection().execute(
                update(table).where(table.id == bindparam("old")).values(id=bindparam("new")),
                [{"old": -row.id, "new": number} for row, number in zip(found, numbers, strict=True)],
            )


def actor_of(key: str) -> str:
    """What the audit log calls whoever has this key."""
    return f"key:{key.split('_')[1]}"


def ids(history: History) -> dict[str, str]:
    """Of a message in each of its states, and of keys."""
    newest = select(Delivery).where(Delivery.workspace_id == history.workspace_id).order_by(Delivery.created_at.desc())
    with history.service.database.reading() as session:
        messages = {f"message_{each.channel}_{each.state}": each.id for each in session.scalars(newest).all()[::-1]}
        made = {key.name: key.id for key in keys.listed(session, history.workspace_id)}
    return {**messages, "key_lost": made["laptop that was lost"], "key_narrow": made["render farm"]}


def _at_their_time(session: Session) -> None:
    """What was told is told when it happened; `told` does it all at once."""
    rows = select(Delivery, OutboxEvent).join(OutboxEvent, OutboxEvent.id == Delivery.event_id)
    for delivery, event in session.execute(rows):
        later = event.created_at - delivery.created_at
        delivery.created_at += later
        if delivery.finished_at is not None:
            delivery.finished_at += later
        for tried in session.scalars(select(DeliveryAttempt).where(DeliveryAttempt.delivery_id == delivery.id)):
            tried.at += later


def _tried(history: History, delivery_id: str, tried: Tried) -> None:
    # As `deliver.deliver` does after a try; nobody is asked here.
    with history.service.database.transaction() as session:
        deliver._noted(session, history.service, delivery_id, tried)
