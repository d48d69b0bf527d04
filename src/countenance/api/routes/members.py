"""The people of a workspace, who are written to when something ends or needs a human."""

from __future__ import annotations

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from countenance.api.call import ONCE, ReadAccount, WriteAccount
from countenance.api.problem import problems
from countenance.service.accounts import members
from countenance.service.db.tables import Member
from countenance.wire.members import AddMember, MemberBody
from countenance.wire.message import Page
from countenance.wire.times import iso_ms

router = APIRouter(prefix="/v2/workspace/members", tags=["workspace"])


@router.get("")
def listed(call: ReadAccount) -> Page[MemberBody]:
    """Everybody, in the order in which they came."""
    with call.reading() as session:
        found = members.listed(session, call.workspace_id)
    return Page(data=[_body(row) for row in found], total_count=len(found))


@router.post("", status_code=201, dependencies=[ONCE], responses=problems(409, 410, 422), response_model=MemberBody)
def add(body: AddMember, call: WriteAccount) -> Response:
    """Add a person, or change what is known of them."""

    def work(session: Session) -> MemberBody:
        member = members.add(session, call.workspace_id, body.email, body.role, body.notified)
        call.note(session, "member.add", "member", member.id)
        return _body(member)

    return call.once(work, 201)


@router.delete("/{member_id}", status_code=204)
def remove(member_id: str, call: WriteAccount) -> None:
    """From now on they are not written to."""
    with call.transaction() as session:
        members.remove(session, call.workspace_id, member_id)
        call.note(session, "member.remove", "member", member_id)


def _body(row: Member) -> MemberBody:
    return MemberBody(
        member_id=row.id,
        email=row.email,
        role=row.role,
        notified=row.notified,
        created_at=iso_ms(row.created_at),
    )
