"""Replicas, under Tavus's older name (`/v2/replicas`) and its newer one (`/v2/faces`)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from sqlalchemy.orm import Session

from countenance.api.asked.media import checked
from countenance.api.asked.replicas import new_replica
from countenance.api.call import ONCE, Call, ReadReplicas, WriteReplicas
from countenance.api.links import link_of
from countenance.api.paging import Paging, Part
from countenance.api.problem import problems
from countenance.api.shown import replicas as shown
from countenance.service.consent_requests import ask
from countenance.service.db.tables import Job, Replica
from countenance.service.objects.links import sign_link
from countenance.service.purge import actions as purge
from countenance.service.replicas import find, life, recordings
from countenance.wire.message import Page
from countenance.wire.replicas import (
    CreatedReplica,
    CreateReplica,
    RecordingBody,
    RenameReplica,
    ReplicaBody,
    ReplicaReport,
    Review,
    UpdatedReplica,
    UpdateReplica,
)
from countenance.wire.status import stored

router = APIRouter(tags=["replicas"])
_RECORDINGS_S = 1800.0
"""So long links to what somebody recorded are good: long enough to look and listen."""


@router.post("", dependencies=[ONCE], responses=problems(402, 409, 410, 422), response_model=CreatedReplica)
def create(body: CreateReplica, call: WriteReplicas) -> Response:
    """Begin to train a replica. It is paid for when it is complete; every other end is free."""

    def work(session: Session) -> CreatedReplica:
        made = life.create(session, call.service, call.workspace_id, new_replica(body))
        call.note(session, "replica.create", "replica", made.id)
        return shown.created(made)

    urls = {
        "train_video_url": body.train_video_url,
        "train_image_url": body.train_image_url,
        "consent_video_url": body.consent_video_url,
    }
    return call.once(work, before=checked(call.service.settings, body.callback_url, **urls))


@router.get("")
def listed(
    call: ReadReplicas,
    part: Part,
    replica_type: Annotated[str | None, Query(description="`user` or `system`")] = None,
    face_type: Annotated[str | None, Query(description="The same as `replica_type`.")] = None,
    replica_ids: Annotated[str | None, Query(description="Ids, separated by commas.")] = None,
    face_ids: Annotated[str | None, Query(description="The same as `replica_ids`.")] = None,
    model_name: str | None = None,
    status: Annotated[str | None, Query(description="`started`, `completed` or `error`")] = None,
    search: Annotated[str, Query(description="Part of a name, in any case, or how an id begins.")] = "",
) -> Page[ReplicaBody]:
    """The replicas of the workspace and of the stock, newest first. A filter that names what there is not finds
    nothing."""
    ids = [each.strip() for each in (replica_ids or face_ids or "").split(",") if each.strip()]
    statuses = stored(status) if status else ()
    of_type = replica_type or face_type
    kind = _type(of_type)
    if (status and not statuses) or (of_type and not kind):
        return Page(data=[], total_count=0)
    return found(call, part, kind=kind, ids=ids, model_name=model_name, statuses=statuses, search=search)


def found(
    call: Call,
    part: Paging,
    *,
    kind: Literal["user", "system"] | None = None,
    ids: Collection[str] = (),
    model_name: str | None = None,
    statuses: Collection[str] = (),
    search: str = "",
) -> Page[ReplicaBody]:
    """The same; `statuses` are those of `db.tables.replicas`."""
    with call.reading() as session:
        page = find.listed(
            session,
            call.workspace_id,
            limit=part.limit,
            offset=part.offset,
            replica_type=kind,
            ids=ids,
            model_name=model_name or None,
            statuses=statuses,
            search=search.strip(),
        )
        jobs = find.jobs_of(session, (row.job_id for row in page.rows))
    return Page(data=[_body(call, row, jobs) for row in page.rows], total_count=page.total)


@router.get("/{replica_id}")
def get(replica_id: str, call: ReadReplicas) -> ReplicaBody:
    """One replica, and where its training stands."""
    with call.reading() as session:
        found = find.get(session, call.workspace_id, replica_id)
        jobs = find.jobs_of(session, (found.job_id,))
        asked = ask.of_replica(session, call.workspace_id, replica_id) if found.workspace_id else ()
    body = _body(call, found, jobs)
    if not asked or body.consent is None:
        return body
    return body.model_copy(update={"consent": body.consent.model_copy(update={"request_state": asked[0].state})})


@router.patch("/{replica_id}/name", status_code=204)
def rename(replica_id: str, body: RenameReplica, call: WriteReplicas) -> None:
    """Give it another name."""
    with call.transaction() as session:
        life.rename(session, call.workspace_id, replica_id, body.replica_name)


@router.patch("/{replica_id}")
def update(replica_id: str, body: UpdateReplica, call: WriteReplicas) -> UpdatedReplica:
    """Give it another name, another voice (of the stock, or by its own id its own again), or both."""
    with call.transaction() as session:
        found = find.own(session, call.workspace_id, replica_id)
        if body.default_voice_id is not None:
            voice = "" if found.has_voice and body.default_voice_id == replica_id else body.default_voice_id
            life.set_voice(session, call.service, call.workspace_id, replica_id, voice)
        if body.replica_name is not None:
            life.rename(session, call.workspace_id, replica_id, body.replica_name)
    return shown.updated(found)


@router.delete("/{replica_id}", status_code=204)
def delete(
    replica_id: str,
    call: WriteReplicas,
    hard: Annotated[bool, Query(description="Also footage, recordings, pictures and the replica itself.")] = False,
) -> None:
    """End its use at once, and what is under way for it. Whatever was not complete is free."""
    with call.transaction() as session:
        workflows = life.delete(session, call.service, call.workspace_id, replica_id, hard=hard)
        call.note(session, "replica.purge" if hard else "replica.delete", "replica", replica_id)
        if hard:
            purge.ask(session, call.service, "replica", replica_id)
    life.follow_up(call.service, replica_id, workflows)


@router.get("/{replica_id}/report")
def report(replica_id: str, call: ReadReplicas) -> ReplicaReport:
    """Everything that was found in its material, with pictures that show it."""
    with call.transaction() as session:
        found = find.get(session, call.workspace_id, replica_id)
        call.note(session, "replica.report.read", "replica", replica_id)
    return shown.report(found, link_of(call))


@router.post("/{replica_id}/review", dependencies=[ONCE], responses=problems(409, 410, 422), response_model=ReplicaBody)
def review(replica_id: str, body: Review, call: WriteReplicas) -> Response:
    """A human has looked and listened, and decides what the machine left to them: training follows, or it is over."""

    def work(session: Session) -> ReplicaBody:
        asked = (session, call.service, call.workspace_id, replica_id, body.reviewed_by.strip())
        if body.decision == "accept":
            found = life.review(*asked)
            call.note(session, "replica.review", "replica", replica_id)
        else:
            found = life.refuse_review(*asked, body.reason)
            call.note(session, "replica.review.refuse", "replica", replica_id)
        return _body(call, found, find.jobs_of(session, (found.job_id,)))

    return call.once(work)


@router.get("/{replica_id}/recordings")
def recorded(replica_id: str, call: WriteReplicas) -> Page[RecordingBody]:
    """What it is made from, to look at and to listen to: footage, the recorded statement, or the picture."""
    settings, found = call.service.settings, []
    with call.transaction() as session:
        for each in recordings.of_replica(session, call.workspace_id, replica_id):
            told = (each.key, each.role, each.content_type, _RECORDINGS_S)
            token = sign_link(settings, *told, given_for=f"replicas/{replica_id}")
            url = f"{call.base_url}/v2/media/{token}"
            found.append(RecordingBody(role=each.role, url=url, content_type=each.content_type, bytes=each.bytes))
        call.note(session, "replica.footage.read", "replica", replica_id)
    return Page(data=found, total_count=len(found))


def _body(call: Call, row: Replica, jobs: dict[str, Job]) -> ReplicaBody:
    return shown.body(row, jobs.get(row.job_id or ""), link_of(call), call.service.settings.lease_s)


def _type(given: str | None) -> Literal["user", "system"] | None:
    return "user" if given == "user" else "system" if given == "system" else None
