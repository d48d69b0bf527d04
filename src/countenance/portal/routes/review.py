"""What the machine leaves to a human: the recordings side by side, what is doubtful about them, and the decision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request, Response

from countenance.api.links import link_of
from countenance.api.paging import Paging
from countenance.api.routes import replicas as api
from countenance.api.shown import replicas as shown
from countenance.consent import phrase
from countenance.consent.statement import statement_for
from countenance.media.provenance import CredentialState
from countenance.portal import agreement
from countenance.portal.fields import done, number, read
from countenance.portal.page import Form, ReplicasChanged, render
from countenance.portal.subjects import subjects
from countenance.service.db.tables import Replica
from countenance.service.errors import refused
from countenance.service.notify.mail.letter import AT_A_TERMINAL
from countenance.service.replicas import find
from countenance.service.replicas.errors import NOTHING_TO_REVIEW, REVIEW_MISSED
from countenance.service.replicas.life import waits_before
from countenance.settings import Settings
from countenance.wire.problem import FindingBody
from countenance.wire.replicas import ReplicaBody, Review
from countenance.wire.times import iso_ms

router = APIRouter()
_LINES = 20
_CREDENTIALS = {
    CredentialState.TRUSTED: "in order, from a known authority",
    CredentialState.VALID: "in order, but anybody may have signed them",
    CredentialState.INVALID: "damaged, or changed after signing",
    CredentialState.REMOTE: "kept elsewhere, and not looked at",
}


@router.api_route("/review", methods=["GET", "HEAD"])
def queue(request: Request, call: ReplicasChanged, page: str = "1", decided: str = "") -> Response:
    """Whatever waits, the longest first."""
    part = Paging(_LINES, number(page))
    with call.reading() as session:
        found = find.in_review(session, call.workspace_id, limit=part.limit, offset=part.offset)
        jobs = find.jobs_of(session, (row.job_id for row in found.rows))
        just_now = subjects(session, call.workspace_id, [("replica", decided[:40])]).get(("replica", decided[:40]))
    link, lease_s = link_of(call), call.service.settings.lease_s
    waiting = [(shown.body(row, jobs.get(row.job_id or ""), link, lease_s), row) for row in found.rows]
    return render(
        request,
        call,
        "account/review.html",
        waiting=[(body, doubts(body, row), until(row)) for body, row in waiting],
        page=part.page,
        pages=max(1, -(-found.total // _LINES)),
        total=found.total,
        decided=just_now if just_now is not None and just_now.name else None,
    )


@router.api_route("/review/{replica_id}", methods=["GET", "HEAD"])
def one(request: Request, call: ReplicasChanged, replica_id: str) -> Response:
    """One replica; that its recordings are looked at is noted."""
    with call.reading() as session:
        row = find.own(session, call.workspace_id, replica_id)
        job = find.jobs_of(session, (row.job_id,)).get(row.job_id or "")
        if not waits_before(job, "train"):
            raise refused(NOTHING_TO_REVIEW, measured=replica_id)
    body = api.get(replica_id, call)
    consent: Mapping[str, Any] = (row.clearance or {}).get("consent") or {}
    return render(
        request,
        call,
        "account/review_one.html",
        replica=body,
        person=row.full_name or "",
        doubts=doubts(body, row),
        recordings={each.role: each for each in api.recorded(replica_id, call).data},
        opens_with_it=bool(consent) and consent.get("consent") == consent.get("footage"),
        statement=_statement(row, call.service.settings) if consent else "",
        consent=consent,
        scores=[(agreement.question(name), score) for name, score in consent.get("scores", {}).items()],
        credentials=_CREDENTIALS,
        claim=(row.clearance or {}).get("claim") or {},
        until=until(row),
    )


@router.post("/review/{replica_id}")
def decide(request: Request, call: ReplicasChanged, form: Form, replica_id: str) -> Response:
    """Somebody decides, by name."""
    given = {
        "reviewed_by": form.get("reviewed_by", "").strip(),
        "decision": form.get("decision", ""),
        "reason": form.get("reason", ""),
    }
    wanted = read(
        Review,
        given,
        reviewed_by="Say who decides, in 1 to 64 characters.",
        decision="Choose one of the two decisions.",
        reason="A reason has at most 1000 characters.",
    )
    api.review(replica_id, wanted, call)
    return done(request, f"/review?decided={replica_id}")


def doubts(body: ReplicaBody, row: Replica) -> list[FindingBody]:
    """What made the machine unsure: what it says of people, and not of light and sound."""
    clearance: Mapping[str, Any] = row.clearance or {}
    rules = {finding.get("rule") for part in _of_people(clearance) for finding in part.get("findings", ())}
    told = [each for each in body.findings if each.rule in rules and each.severity == "warning"]
    return list({each.message: each for each in map(here, told)}.values())


def here(doubt: FindingBody) -> FindingBody:
    """As it is told to those who can decide on a page."""
    return doubt.model_copy(update={"remedy": doubt.remedy.replace(AT_A_TERMINAL, "")})


def until(row: Replica) -> str:
    """When it is given up if nobody looks."""
    return iso_ms(row.updated_at + timedelta(days=REVIEW_MISSED.limit or 0))


def _of_people(clearance: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from (clearance[name] for name in ("consent", "claim") if clearance.get(name))


def _statement(row: Replica, settings: Settings) -> str:
    """What was to be spoken."""
    drawn = phrase.known(row.phrase_id, settings) if row.phrase_id else None
    words = drawn.words if drawn is not None else ()
    return statement_for(row.full_name or "", settings, language=row.language, one_time_words=words).text
