"""Keys of the workspace, who looked at whose face, and what the workspace is called."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from countenance.api.routes import workspace as api
from countenance.portal.audit_words import ACTORS, DEEDS
from countenance.portal.fields import done, number, read
from countenance.portal.page import AccountChanged, AccountSeen, Form, is_fragment, render
from countenance.portal.subjects import subjects
from countenance.service.accounts import sessions
from countenance.service.accounts.errors import KEY_UNKNOWN
from countenance.service.accounts.scopes import ROLES, SCOPES, granted
from countenance.service.clock import now
from countenance.service.errors import refused
from countenance.wire.times import iso_ms
from countenance.wire.workspace import CreatedKey, CreateKey, KeyBody, UpdateWorkspace

router = APIRouter()
_MOST_ID = 2**31 - 1
_ENTRIES = 50
_KEY_WORDS = {
    "name": "A name has 1 to 255 characters.",
    "role": "A role is owner, editor or viewer.",
    "expires_in_days": "The days are a number from above 0 to 3650, or nothing.",
    "allowed_addresses": "At most 100 networks.",
}
_DAYS = "The days are a number from 0 on, or nothing."


@router.api_route("/keys", methods=["GET", "HEAD"])
def keys(request: Request, call: AccountSeen) -> Response:
    """All keys, and a form for another one."""
    return _keys(request, call)


@router.post("/keys")
def create(request: Request, call: AccountChanged, form: Form) -> Response:
    """Make one; it is shown in the answer, and never again."""
    days = form.get("days", "").strip()
    given = {
        "name": form.get("name", "").strip(),
        "role": form.get("role", ""),
        "scopes": [each for each in sorted(SCOPES) if form.get(f"scope:{each}")],
        "allowed_addresses": form.get("networks", "").replace(",", " ").split(),
        "expires_in_days": days or None,
    }
    made = CreatedKey.model_validate_json(bytes(api.create(read(CreateKey, given, **_KEY_WORDS), call).body))
    return _keys(request, call, made)


@router.api_route("/keys/audit", methods=["GET", "HEAD"])
def entries(request: Request, call: AccountSeen, subject: str = "", before: str = "") -> Response:
    """The audit log."""
    subject = subject.strip()[:40]
    page = api.entries(call, _ENTRIES, number(before, 0, _MOST_ID) or None, subject or None)
    names = {each.key_id: each.name for each in api.listed(call).data}
    with call.reading() as session:
        named = subjects(session, call.workspace_id, [(each.subject_kind, each.subject_id) for each in page.data])
    older = urlencode({name: value for name, value in (("subject", subject), ("before", page.before)) if value})
    return render(
        request,
        call,
        "account/audit.html",
        entries=page.data,
        subjects=named,
        deeds=DEEDS,
        actors=ACTORS,
        key_names=names,
        subject=subject,
        is_first=not number(before, 0, _MOST_ID),
        older=f"/keys/audit?{older}" if page.before else "",
    )


@router.api_route("/keys/workspace", methods=["GET", "HEAD"])
def workspace(request: Request, call: AccountSeen) -> Response:
    """What the workspace is called, and for how long footage is kept."""
    return render(
        request,
        call,
        "account/workspace.html",
        workspace=api.get(call),
        server_days=call.service.settings.keep_footage_days,
    )


@router.post("/keys/workspace")
def update(request: Request, call: AccountChanged, form: Form) -> Response:
    """Change that."""
    days = form.get("days", "").strip()
    given = {"name": form.get("name", "").strip(), "keep_footage_days": days or None}
    api.update(read(UpdateWorkspace, given, name="A name has 1 to 255 characters.", keep_footage_days=_DAYS), call)
    return done(request, "/keys/workspace")


@router.api_route("/keys/{key_id}", methods=["GET", "HEAD"])
def key(request: Request, call: AccountSeen, key_id: str) -> Response:
    """One key, and what ends with it."""
    every = api.listed(call).data
    found = next((each for each in every if each.key_id == key_id), None)
    if found is None:
        raise refused(KEY_UNKNOWN)
    family = [found, *(each for each in made_with(every, key_id) if not state_of(each)[1])]
    ids = [each.key_id for each in family]
    with call.reading() as session:
        browsers = sessions.signed_in(session, call.service.settings, ids)
    owners = [each for each in every if each.role == "owner" and not each.scopes and not state_of(each)[1]]
    return render(
        request,
        call,
        "account/key.html",
        key=found,
        state=state_of(found),
        may=sorted(granted(found.role, found.scopes)),
        maker=next((each for each in every if each.key_id == found.made_by), None),
        made=family[1:],
        browsers=sum(browsers.values()),
        ends_this=call.actor.key_id in ids,
        is_last_owner=bool(owners) and all(each.key_id in ids for each in owners),
    )


@router.post("/keys/{key_id}/revoke")
def revoke(request: Request, call: AccountChanged, form: Form, key_id: str) -> Response:
    """From now on nobody comes in with it, perhaps not even whoever asks for this."""
    api.revoke(key_id, call)
    return done(request, "/keys")


def state_of(body: KeyBody) -> tuple[str, bool]:
    """`active`, `expired` or `revoked`, and whether it is over."""
    if body.revoked_at:
        return "revoked", True
    is_over = body.expires_at is not None and body.expires_at <= iso_ms(now())
    return ("expired", True) if is_over else ("active", False)


def made_with(every: Sequence[KeyBody], key_id: str) -> Iterator[KeyBody]:
    """The keys that were made with a key, and those that were made with them."""
    for each in every:
        if each.made_by == key_id:
            yield each
            yield from made_with(every, each.key_id)


def _keys(request: Request, call: AccountSeen, made: CreatedKey | None = None) -> Response:
    template = "account/keys_part.html" if is_fragment(request) else "account/keys.html"
    every = api.listed(call).data
    return render(
        request,
        call,
        template,
        201 if made else 200,
        keys=every,
        states={each.key_id: state_of(each) for each in every},
        mine=call.actor.key_id,
        made=made,
        roles=ROLES,
        scopes=sorted(SCOPES),
        may_give=call.actor.scopes,
    )
