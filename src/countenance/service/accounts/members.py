"""The people of a workspace: whom e-mails go to."""

from __future__ import annotations

import re

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from countenance.service.accounts import idempotency
from countenance.service.accounts.errors import MEMBER_UNKNOWN
from countenance.service.accounts.scopes import check_role
from countenance.service.accounts.workspaces import found as workspace_found
from countenance.service.clock import now
from countenance.service.db.tables import Member
from countenance.service.errors import REQUEST_INVALID, refused
from countenance.service.ids import new_id

_EMAIL = re.compile(r"""[^\s@<>()\[\],;:\\"\x00-\x1f\x7f]{1,64}@[^\s@<>()\[\],;:\\"\x00-\x1f\x7f]{1,255}""")
"""Not whether it exists: only that it is one address and can stand in a header."""


def add(session: Session, workspace_id: str, email: str, role: str = "viewer", notified: bool = True) -> Member:
    """Add a person, or change what is known of them: an address is one member, however it is written.

    Raises:
        CountenanceError: service.workspace_unknown, service.request_invalid.
    """
    workspace_found(session, workspace_id)
    check_role(role)
    email = check_email(email)
    same = select(Member).where(Member.workspace_id == workspace_id, func.lower(Member.email) == email.lower())
    member = session.scalars(same).first()
    if member is None:
        member = Member(id=new_id("m"), workspace_id=workspace_id, created_at=now())
        session.add(member)
    member.email, member.role, member.notified = email, role, notified
    session.flush()
    return member


def remove(session: Session, workspace_id: str, member_id: str) -> None:
    """Raises CountenanceError service.member_unknown."""
    member = session.get(Member, member_id)
    if member is None or member.workspace_id != workspace_id:
        raise refused(MEMBER_UNKNOWN)
    session.delete(member)
    idempotency.forget(session, workspace_id, [member_id])


def listed(session: Session, workspace_id: str) -> list[Member]:
    """Everybody in a workspace, in the order in which they came."""
    rows = select(Member).where(Member.workspace_id == workspace_id).order_by(Member.created_at, Member.id)
    return list(session.scalars(rows))


def notified(session: Session, workspace_id: str) -> list[str]:
    """The addresses that are told what happened in a workspace."""
    return [member.email for member in listed(session, workspace_id) if member.notified]


def check_email(text: str) -> str:
    """An e-mail address without spaces around it.

    Raises:
        CountenanceError: service.request_invalid.
    """
    email = text.strip()
    if not _EMAIL.fullmatch(email):
        raise refused(REQUEST_INVALID, "This is not an e-mail address.")
    return email
