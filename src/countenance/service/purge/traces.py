"""What there is of a replica or a video, by all its names: gathered before any of it goes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from countenance.service.db.tables import (
    ConsentRequest,
    Job,
    Lipsync,
    MediaSource,
    OutboxEvent,
    Replica,
    Transcription,
    Upload,
    Video,
)
from countenance.service.jobs.queue import workflow_id
from countenance.service.uploads import bucket, report

REPLICA, VIDEO, LIPSYNC, TRANSCRIPTION = "replica", "video", "lipsync", "transcription"
REQUEST = "consent_request"
Made = Replica | Video | Lipsync | Transcription
TABLES: dict[str, Any] = {REPLICA: Replica, VIDEO: Video, LIPSYNC: Lipsync, TRANSCRIPTION: Transcription}
_TASKS = {
    REPLICA: ("check", "train"),
    VIDEO: ("render",),
    LIPSYNC: ("lipsync",),
    TRANSCRIPTION: ("transcribe",),
    report.KIND: (report.TASK,),
}
_KEYS = ("bundle", "thumbnail_key", "thumbnail_video_key", "video_key", "still_key", "gif_key", "captions_key")


@dataclass(frozen=True, slots=True)
class Traces:
    """Where the person's face, voice and name are, as far as the database knows."""

    workspace_id: str
    subjects: dict[str, tuple[str, ...]]
    """ids by kind; with a replica all its videos and consent requests"""
    jobs: tuple[str, ...]
    workflows: tuple[str, ...]
    sources: tuple[str, ...]
    uploads: tuple[str, ...]
    """that nothing else uses"""
    objects: tuple[str, ...]
    """keys and prefixes in the object store"""
    receipts: tuple[str, ...]
    phrases: tuple[str, ...]
    """of one-time words that were drawn for them"""
    phrases_in_use: frozenset[str] = field(repr=False)
    """by others, who may bear the same name"""
    events: tuple[str, ...]
    people: tuple[str, ...] = field(repr=False)
    """names"""

    @property
    def ids(self) -> tuple[str, ...]:
        """Of everything that files may be called by."""
        kinds = [each for ids in self.subjects.values() for each in ids]
        return (*kinds, *self.jobs, *self.sources, *self.uploads)


def of_replica(session: Session, replica_id: str) -> Traces:
    """Of a replica, of everything that was made with it, and of who was asked to agree."""
    videos = session.scalars(select(Video.id).where(Video.replica_id == replica_id)).all()
    requests = session.scalars(select(ConsentRequest.id).where(ConsentRequest.replica_id == replica_id)).all()
    return _gathered(session, {REPLICA: (replica_id,), VIDEO: tuple(videos), REQUEST: tuple(requests)})


def of_one(session: Session, kind: str, subject_id: str) -> Traces:
    """Of a video, a lip-synced film or a transcription alone."""
    return _gathered(session, {kind: (subject_id,)})


def is_gone(session: Session, kind: str, subject_id: str) -> bool:
    """Whether it was deleted for good, so that nothing that names a person may be written of it any more."""
    row = session.get(TABLES[kind], subject_id) if kind in TABLES else None
    # Of a transcription nothing is kept once it is deleted.
    return row is not None and (row.deleted_at if kind == TRANSCRIPTION else row.purged_at) is not None


def about(
    table: type[Job] | type[MediaSource] | type[OutboxEvent], subjects: Mapping[str, Sequence[str]]
) -> ColumnElement[bool]:
    """Whether a row is about one of these, ids by kind."""
    return or_(*(and_(table.subject_kind == kind, table.subject_id.in_(ids)) for kind, ids in subjects.items()))


def _gathered(session: Session, subjects: dict[str, tuple[str, ...]]) -> Traces:
    made: list[Made] = []
    for kind in subjects.keys() & TABLES.keys():
        made += session.scalars(select(TABLES[kind]).where(TABLES[kind].id.in_(subjects[kind])))
    workspace_id = next((row.workspace_id for row in made if row.workspace_id), "")
    sources = session.scalars(select(MediaSource).where(about(MediaSource, subjects))).all()
    uploads = uploads_of(session, subjects.get(REQUEST, ()), sources)
    theirs = {**subjects, report.KIND: tuple(upload.id for upload in uploads)}
    jobs = session.execute(select(Job.id, Job.subject_kind).where(about(Job, theirs))).all()
    prefixes = [f"{kind}s/{each}" for kind, ids in subjects.items() for each in ids if kind in TABLES]
    prefixes += [f"{bucket.place_of(upload.id)}/report" for upload in uploads]
    # What came by a link is nobody else's, and may have lost the key of what was sent.
    prefixes += [bucket.place_of(upload.id) for upload in uploads if upload.consent_request_id]
    keys = [key for row in made for name in _KEYS if (key := getattr(row, name, None))]
    keys += [source.object_key for source in sources if source.object_key]
    keys += [upload.object_key for upload in uploads if upload.object_key]
    receipts = [row.receipt_id for row in made if isinstance(row, Replica | Lipsync) and row.receipt_id]
    return Traces(
        workspace_id=workspace_id,
        subjects=subjects,
        jobs=tuple(job.id for job in jobs),
        workflows=tuple(workflow_id(job.id, task) for job in jobs for task in _TASKS[job.subject_kind]),
        sources=tuple(source.id for source in sources),
        uploads=tuple(upload.id for upload in uploads),
        objects=(*prefixes, *unshared(session, set(keys), sources, uploads)),
        receipts=tuple(receipts),
        phrases=tuple(dict.fromkeys(_phrases(session, subjects.get(REQUEST, ()), made))),
        phrases_in_use=frozenset(_in_use(session, subjects)),
        events=tuple(session.scalars(select(OutboxEvent.id).where(about(OutboxEvent, subjects)))),
        people=tuple(dict.fromkeys(_people(session, subjects.get(REQUEST, ()), made))),
    )


def uploads_of(session: Session, requests: Sequence[str], sources: Collection[MediaSource]) -> list[Upload]:
    """The uploads that these alone were made from, or agreed to with, and what else came by their links."""
    wanted = {source.upload_id for source in sources if source.upload_id}
    answers = select(ConsentRequest.upload_id).where(ConsentRequest.id.in_(requests))
    wanted |= {upload_id for upload_id in session.scalars(answers) if upload_id}
    wanted |= set(session.scalars(select(Upload.id).where(Upload.consent_request_id.in_(requests))))
    others = set(
        session.scalars(
            select(MediaSource.upload_id).where(
                MediaSource.upload_id.in_(wanted),
                MediaSource.deleted_at.is_(None),
                MediaSource.id.not_in([source.id for source in sources]),
            )
        )
    )
    return list(session.scalars(select(Upload).where(Upload.id.in_(wanted - others))))


def unshared(
    session: Session, keys: set[str], sources: Collection[MediaSource], uploads: Collection[Upload]
) -> list[str]:
    """The keys under which nothing lies that something else is made from."""
    shared = set(
        session.scalars(
            select(MediaSource.object_key).where(
                MediaSource.object_key.in_(keys),
                MediaSource.deleted_at.is_(None),
                MediaSource.id.not_in([source.id for source in sources]),
            )
        )
    )
    shared |= set(
        session.scalars(
            select(Upload.object_key).where(
                Upload.object_key.in_(keys), Upload.id.not_in([upload.id for upload in uploads])
            )
        )
    )
    return sorted(keys - shared)


def _people(session: Session, requests: Sequence[str], made: Collection[Made]) -> Iterator[str]:
    """The full names of those who agreed or were asked; where a row has lost them, an event may still have them."""
    for row in made:
        if isinstance(row, Replica) and row.full_name:
            yield row.full_name
        if isinstance(row, Lipsync) and row.claim.get("full_name"):
            yield str(row.claim["full_name"])
    names = select(ConsentRequest.full_name).where(ConsentRequest.id.in_(requests))
    yield from (name for name in session.scalars(names) if name)
    asked = select(OutboxEvent.payload).where(OutboxEvent.subject_kind == REQUEST, OutboxEvent.subject_id.in_(requests))
    yield from (str(payload["full_name"]) for payload in session.scalars(asked) if payload.get("full_name"))


def _phrases(session: Session, requests: Sequence[str], made: Collection[Made]) -> Iterator[str]:
    for row in made:
        if isinstance(row, Replica) and row.phrase_id:
            yield row.phrase_id
        if isinstance(row, Lipsync) and row.claim.get("phrase_id"):
            yield str(row.claim["phrase_id"])
    drawn = select(ConsentRequest.phrase_id).where(ConsentRequest.id.in_(requests))
    yield from (phrase_id for phrase_id in session.scalars(drawn) if phrase_id)


def _in_use(session: Session, subjects: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Words that somebody else is still to be heard with, or was."""
    replicas = select(Replica.phrase_id).where(
        Replica.id.not_in(subjects.get(REPLICA, ())), Replica.deleted_at.is_(None)
    )
    requests = select(ConsentRequest.phrase_id).where(
        ConsentRequest.id.not_in(subjects.get(REQUEST, ())), ConsentRequest.state.in_(("open", "recorded"))
    )
    for query in (replicas, requests):
        yield from (phrase_id for phrase_id in session.scalars(query.distinct()) if phrase_id)
    claims = select(Lipsync.claim).where(Lipsync.id.not_in(subjects.get(LIPSYNC, ())), Lipsync.deleted_at.is_(None))
    yield from (str(claim["phrase_id"]) for claim in session.scalars(claims) if claim.get("phrase_id"))
