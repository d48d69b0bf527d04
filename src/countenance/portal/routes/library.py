"""The replicas of a workspace: found, looked at, renamed and deleted."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Literal

from fastapi import APIRouter, Request, Response

from countenance.api.call import Call
from countenance.api.paging import Paging
from countenance.api.routes import credits, replicas, videos
from countenance.errors import CountenanceError, Finding
from countenance.portal import cards
from countenance.portal.addresses import listing, parts, telling
from countenance.portal.page import Form, ReplicasChanged, ReplicasSeen, is_fragment, local_path, render, see_other
from countenance.portal.standing import worst
from countenance.service.accounts import workspaces
from countenance.service.consent_requests import taken_back
from countenance.service.credits.ledger import TRAINING
from countenance.service.errors import REPLICA_UNKNOWN
from countenance.service.replicas.find import USABLE
from countenance.service.replicas.wanted import NAME_MOST
from countenance.wire.replicas import RenameReplica, ReplicaBody
from countenance.wire.times import iso_ms

router = APIRouter()
_ON_A_PAGE = 24
_NEWS = timedelta(days=7)
_STATES = {
    "": ("All", ()),
    "ready": ("Ready", USABLE),
    "making": ("Being made", ("queued", "checking", "training")),
    "waiting": ("Waiting", ("waiting",)),
    "failed": ("Failed", ("error",)),
}
_TYPES: dict[str, tuple[str, Literal["user", "system"] | None]] = {
    "": ("Mine and stock", None),
    "mine": ("Mine", "user"),
    "stock": ("Stock", "system"),
}
_SAID = {
    "renamed": "Renamed.",
    "deleted": "Deleted. It can no longer be used.",
    "erased": "Everything of it is being erased; that takes a moment, also if this page is closed.",
    "gone": "It was deleted already.",
}


@router.api_route("/", methods=["GET", "HEAD"])
def library(
    request: Request,
    call: ReplicasSeen,
    search: str = "",
    state: str = "",
    type: str = "",
    page: int = 1,
    said: str = "",
) -> Response:
    """All replicas, or those that fit; the whole page, or only its results where htmx asks."""
    search, state, type = search.strip(), state if state in _STATES else "", type if type in _TYPES else ""
    values = _results(call, search, state, type, page)
    if is_fragment(request):
        return render(request, call, "library/results.html", oob=True, **values)
    has_any = values["total"] > 0 or values["is_filtered"]
    return render(
        request,
        call,
        "library/page.html",
        oob=False,
        states=[(key, words) for key, (words, _) in _STATES.items()],
        types=[(key, words) for key, (words, _) in _TYPES.items()],
        said=_SAID.get(said, ""),
        has_any=has_any,
        is_out_of_credits=has_any and _is_out_of_credits(call),
        taken_back=_taken_back(call),
        **values,
    )


@router.api_route("/replicas/{replica_id}/why", methods=["GET", "HEAD"])
def why(request: Request, replica_id: str, call: ReplicasSeen) -> Response:
    """What went wrong with it, at a glance; asked for only when somebody looks."""
    replica = replicas.get(replica_id, call)
    return render(request, call, "library/why.html", replica=replica, wrong=worst(replica.findings))


@router.api_route("/replicas/{replica_id}/rename", methods=["GET", "HEAD"])
def ask_name(request: Request, replica_id: str, call: ReplicasChanged, back: str = "/") -> Response:
    """What it is to be called."""
    return _name_asked(request, call, _own(replica_id, call), local_path(back))


@router.post("/replicas/{replica_id}/rename")
def rename(request: Request, replica_id: str, call: ReplicasChanged, form: Form, back: str = "/") -> Response:
    """Give it another name."""
    name, back = form.get("name", "").strip(), local_path(back)
    replica = _own(replica_id, call)
    if not name or len(name) > NAME_MOST:
        problem = f"A name has at most {NAME_MOST} characters." if name else "Give it a name."
        return _name_asked(request, call, replica, back, typed=name, problem=problem, status=422)
    if name != replica.replica_name:
        replicas.rename(replica_id, RenameReplica(replica_name=name), call)
    return see_other(telling(back, "renamed"))


@router.api_route("/replicas/{replica_id}/delete", methods=["GET", "HEAD"])
def ask_deletion(request: Request, replica_id: str, call: ReplicasChanged, back: str = "/") -> Response:
    """What deleting it means, before it is done."""
    return _deletion_asked(request, call, _own(replica_id, call), local_path(back))


@router.post("/replicas/{replica_id}/delete")
def delete(request: Request, replica_id: str, call: ReplicasChanged, form: Form, back: str = "/") -> Response:
    """Delete it, or erase everything of it where its name was typed; a second time is harmless."""
    back, hard = local_path(back), form.get("how") == "erase"
    if not hard and form.get("how") != "delete":
        return see_other(back)
    try:
        replica = _own(replica_id, call)
        if hard and form.get("typed", "").strip() != replica.replica_name.strip():
            problem = "That is not its name: nothing was erased."
            return _deletion_asked(request, call, replica, back, problem=problem, status=422)
        replicas.delete(replica_id, call, hard)
    except CountenanceError as error:
        if error.finding.rule != REPLICA_UNKNOWN:
            raise
        return see_other(telling(back, "gone"))
    return see_other(telling(back, "erased" if hard else "deleted"))


def _results(call: Call, search: str, state: str, type: str, page: int) -> dict[str, Any]:
    wanted: dict[str, Any] = {"search": search, "statuses": _STATES[state][1], "kind": _TYPES[type][1]}
    found = replicas.found(call, Paging(_ON_A_PAGE, max(page, 1)), **wanted)
    pages = max(1, -(-found.total_count // _ON_A_PAGE))
    if page > pages:  # such as the last page, after the last of it was deleted
        found = replicas.found(call, Paging(_ON_A_PAGE, pages), **wanted)
    shown = [cards.replica_values(call, each) for each in cards.with_links(call, found.data)]
    is_filtered = bool(search or state or type)
    wishes = {"search": search, "state": state, "type": type}
    shown_page = min(max(page, 1), pages)
    return {
        "cards": shown,
        "under_way": [each["replica"].replica_id for each in shown if not each["told"].is_final],
        "page": shown_page,
        "pages": pages,
        "base": parts("/", wishes),
        "here": listing("/", wishes, shown_page),
        "search": search,
        "once": secrets.token_urlsafe(12),
        "state": state,
        "type": type,
        "is_filtered": is_filtered,
        "is_new": not is_filtered and not _has_own(call, found.data),
        "total": found.total_count,
        "count_words": _counted(found.total_count, is_filtered=is_filtered),
    }


def _has_own(call: Call, shown: Sequence[ReplicaBody]) -> bool:
    if any(each.replica_type == "user" for each in shown):
        return True
    return replicas.found(call, Paging(1, 1), kind="user").total_count > 0


def _counted(total: int, *, is_filtered: bool) -> str:
    counted = "1 replica" if total == 1 else f"{total or 'No'} replicas"
    return f"{counted} found" if is_filtered else counted


def _is_out_of_credits(call: Call) -> bool:
    if "credits:read" not in call.actor.scopes:
        return False
    return any(each.unit == TRAINING and each.available == 0 for each in credits.balance(call).data)


def _taken_back(call: Call) -> list[tuple[str, str]]:
    """The replicas whose persons took their consents back by themselves lately, and when."""
    with call.reading() as session:
        found = taken_back.lately(session, call.workspace_id, _NEWS)
    return [(each.replica_id, iso_ms(each.revoked_at)) for each in found]


def _own(replica_id: str, call: Call) -> ReplicaBody:
    """One that may be changed: those of the stock are as unknown as those of others."""
    replica = replicas.get(replica_id, call)
    if replica.replica_type == "system":
        raise CountenanceError(Finding(REPLICA_UNKNOWN, detail="It belongs to the stock."))
    return replica


def _name_asked(
    request: Request,
    call: Call,
    replica: ReplicaBody,
    back: str,
    *,
    typed: str | None = None,
    problem: str = "",
    status: int = 200,
) -> Response:
    name = replica.replica_name if typed is None else typed
    values = {"replica": replica, "back": back, "typed": name, "problem": problem, "in_dialog": is_fragment(request)}
    return render(request, call, "library/rename.html", status, **values)


def _deletion_asked(
    request: Request, call: Call, replica: ReplicaBody, back: str, *, problem: str = "", status: int = 200
) -> Response:
    settings = call.service.settings
    with call.reading() as session:
        own_days = workspaces.found(session, call.workspace_id).keep_footage_days
    told = cards.replica_values(call, replica)["told"]
    return render(
        request,
        call,
        "library/delete.html",
        status,
        replica=replica,
        back=back,
        problem=problem,
        in_dialog=is_fragment(request),
        is_at_work=not told.is_final,
        costs=settings.cancelled_training == "capture" and told.key in ("training", "preview", "paused"),
        kept_days=settings.keep_footage_days if own_days is None else own_days,
        videos=videos.listed(call, Paging(1, 1), replica.replica_id).total_count,
    )
