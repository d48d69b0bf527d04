"""The people of a workspace, who are written to."""

from __future__ import annotations

from countenance.client import call
from countenance.client.call import Call, path
from countenance.wire.members import AddMember, MemberBody
from countenance.wire.message import Page

_PLACE = ("v2", "workspace", "members")


def listed() -> Call[Page[MemberBody]]:
    """Everybody, in the order in which they came."""
    return call.get(Page[MemberBody], path(*_PLACE))


def add(person: AddMember, idempotency_key: str | None = None) -> Call[MemberBody]:
    """Add a person, or change what is known of them."""
    return call.create(MemberBody, path(*_PLACE), person, idempotency_key)


def remove(member_id: str) -> Call[None]:
    """From now on they are not written to."""
    return call.delete(path(*_PLACE, member_id))
