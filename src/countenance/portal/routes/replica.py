"""The page of one replica, and the parts of it that are read anew when its state changes."""

from __future__ import annotations

from secrets import token_hex
from typing import Any

from fastapi import APIRouter, Request, Response

from countenance.api.call import Call
from countenance.api.paging import Paging
from countenance.api.routes import consent as consent_routes
from countenance.api.routes import receipts as receipt_routes
from countenance.api.routes import replicas as replica_routes
from countenance.api.routes import videos as video_routes
from countenance.errors import CountenanceError
from countenance.portal.agreement import agreement
from countenance.portal.figures import figures
from countenance.portal.footage_report import footage_report
from countenance.portal.history import moments, paid
from countenance.portal.page import ReplicasSeen, render
from countenance.portal.routes.review import here
from countenance.portal.routes.videos import Card
from countenance.portal.stages import status_values
from countenance.portal.video_words import told_of_video
from countenance.service.accounts import audit
from countenance.service.consent_requests import ask, limits, taken_back
from countenance.service.db.tables import CreditHold
from countenance.service.errors import REPLICA_UNKNOWN
from countenance.service.replicas import find
from countenance.service.replicas.life import FOR_CONSENT
from countenance.wire.consent import ReceiptBody
from countenance.wire.replicas import ReplicaBody
from countenance.wire.times import iso_ms

router = APIRouter()
_VIDEOS = 6
_ENTRIES = 200
_TIMES = ("agreed_at", "revoked_at", "erased_at")
_SAID = {
    "renamed": "Renamed.",
    "withdrawn": "The link is taken back. Whoever opens it now is told so.",
    "answered": "The link had been answered or was over already.",
}


@router.api_route("/replicas/{replica_id}", methods=["GET", "HEAD"])
def replica(request: Request, replica_id: str, call: ReplicasSeen, said: str = "") -> Response:
    """All of it."""
    try:
        found = replica_routes.get(replica_id, call)
    except CountenanceError as error:
        if error.finding.rule != REPLICA_UNKNOWN or (over := _taken_back(call, replica_id)) is None:
            raise
        return render(request, call, "replica/taken_back.html", 410, **over)
    return render(request, call, "replica/page.html", said=_SAID.get(said, ""), **values_of(request, call, found))


@router.api_route("/replicas/{replica_id}/parts", methods=["GET", "HEAD"])
def parts(request: Request, replica_id: str, call: ReplicasSeen) -> Response:
    """What is below the state: read anew when that is another one."""
    found = replica_routes.get(replica_id, call)
    return render(request, call, "replica/parts.html", **values_of(request, call, found))


def values_of(request: Request, call: Call, replica: ReplicaBody) -> dict[str, Any]:
    """What the page's templates need."""
    is_own = replica.replica_type == "user"
    report = replica_routes.report(replica.replica_id, call)
    receipt = _receipt(call, replica) if is_own else None
    clearance = report.clearance if is_own else None
    videos = _videos(call, replica)
    return {
        **status_values(call, replica),
        "is_own": is_own,
        "figures": figures(report.metrics, has_voice=replica.has_voice),
        "footage": footage_report(clearance, replica.findings),
        "receipt": receipt,
        "doubts": [here(each) for each in replica.findings if each.rule.startswith("consent.")],
        "videos": videos,
        "watched_videos": [each.video.video_id for each in videos["cards"] if not each.told.is_final],
        "base_url": call.base_url,
        "made": None,
        "square": None,
        "given": {},
        "sent_to": "",
        "wrong_link": [],
        "once": token_hex(12),
        "place": f"/replicas/{replica.replica_id}",
        **_past(call, replica, clearance, receipt),
        **_links(call, replica),
    }


def _taken_back(call: Call, replica_id: str) -> dict[str, Any] | None:
    """What is left to tell of one whose person took the consent back by themself."""
    with call.reading() as session:
        known = taken_back.of_replica(session, call.workspace_id, replica_id)
    if known is None:
        return None
    times = {name: iso_ms(at) if (at := getattr(known, name)) else None for name in _TIMES}
    return {"replica_id": replica_id, "receipt_id": known.receipt_id, **times}


def _receipt(call: Call, replica: ReplicaBody) -> ReceiptBody | None:
    """None where there is none yet, or none that can be read here: a page is no place to fail for that."""
    if replica.receipt_id is None:
        return None
    try:
        return receipt_routes.of(replica.replica_id, call)
    except CountenanceError:
        return None


def _videos(call: Call, replica: ReplicaBody) -> dict[str, Any]:
    if "videos:read" not in call.actor.scopes:
        return {"cards": [], "total": 0}
    found = video_routes.listed(call, Paging(_VIDEOS, 1), replica.replica_id)
    # The name stands above already: a card says it where it is one of many.
    return {
        "cards": [Card(each, told_of_video(each), "", replica.thumbnail_url or "") for each in found.data],
        "total": found.total_count,
    }


def _past(
    call: Call, replica: ReplicaBody, clearance: dict[str, Any] | None, receipt: ReceiptBody | None
) -> dict[str, Any]:
    with call.reading() as session:
        row = find.get(session, call.workspace_id, replica.replica_id)
        is_own = row.workspace_id is not None
        jobs = find.jobs_of(session, (row.job_id,))
        asked = ask.of_replica(session, call.workspace_id, row.id) if is_own else ()
        may_read_log = "account:read" in call.actor.scopes
        entries = audit.listed(session, call.workspace_id, _ENTRIES, subject_id=row.id).entries if may_read_log else ()
        may_read_credits = "credits:read" in call.actor.scopes and is_own and row.job_id is not None
        hold = session.get(CreditHold, row.job_id) if may_read_credits else None
        happened = moments(row, jobs.get(row.job_id or ""), asked, entries)
        cost = paid(hold)
        declared, person, reviewer = list(row.declarations), row.full_name or "", row.reviewed_by
    return {
        "history": [{"at": iso_ms(each.at), "told": each} for each in happened],
        "paid": cost,
        "declared": declared,
        "person": person,
        "agreement": agreement(clearance, receipt, reviewer, call.service.settings),
        "may_read_log": may_read_log,
    }


def _links(call: Call, replica: ReplicaBody) -> dict[str, Any]:
    """The links by which the person was asked, and what a new one needs."""
    if replica.replica_type != "user":
        return {"requests": [], "waits_for_person": False, "languages": []}
    requests = consent_routes.listed(replica.replica_id, call).data
    return {
        "requests": requests,
        "waits_for_person": replica.stage == FOR_CONSENT,
        "languages": [(each.language, each.name) for each in limits.languages_of_links(call.service.settings)],
    }
