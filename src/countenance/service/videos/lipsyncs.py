"""The life of a lip-synced film: whose lips are moved has agreed, as for a replica. It costs as a video does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from countenance.consent.language import ENGLISH
from countenance.consent.policy import Subject
from countenance.consent.receipt_content import Material
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.credits import ledger
from countenance.service.db.tables import Lipsync
from countenance.service.errors import LIPSYNC_UNKNOWN
from countenance.service.ids import new_id
from countenance.service.jobs import life as jobs
from countenance.service.jobs.queue import TRAIN
from countenance.service.replicas.wanted import NewReplica, accepted, name_of
from countenance.service.tasks import sources
from countenance.service.tasks.sources import MediaRef
from countenance.service.videos import events, rows
from countenance.service.videos.wanted import most_seconds


@dataclass(frozen=True, slots=True)
class NewLipsync:
    """A film, the sound that its lips are moved to, and who agreed; see `NewReplica` for those."""

    video: MediaRef
    audio: MediaRef
    name: str = ""
    material: Material | None = None
    subject: Subject | None = None
    full_name: str | None = None
    language: str = ENGLISH
    phrase_id: str | None = None
    declarations: tuple[str, ...] = ()
    consent: MediaRef | None = None
    callback_url: str | None = None

    @property
    def claim(self) -> NewReplica:
        """Who agreed, as for a replica from the film."""
        return NewReplica(
            material=self.material,
            subject=self.subject,
            full_name=self.full_name,
            language=self.language,
            phrase_id=self.phrase_id,
            declarations=self.declarations,
            footage=self.video,
            consent=self.consent,
        )


def create(session: Session, service: Service, workspace_id: str, wanted: NewLipsync) -> Lipsync:
    """A new lip-synced film, its files, its job and the seconds that it holds.

    Raises:
        CountenanceError: what `replicas.wanted.accepted` and `sources.check` raise; service.out_of_credits.
    """
    claim = wanted.claim
    declared = accepted(claim, workspace_id, service.settings)
    lipsync_id, moment = new_id("l"), now()
    job = jobs.create(session, workspace_id, "lipsync", lipsync_id, "lipsync")
    seconds = most_seconds(session, service.settings, workspace_id, wanted.audio)
    ledger.hold(session, job.id, workspace_id, ledger.VIDEO_SECOND, seconds, "lipsync", lipsync_id)
    lipsync = Lipsync(
        id=lipsync_id,
        workspace_id=workspace_id,
        name=name_of(wanted.name, otherwise=lipsync_id),
        status="queued",
        claim={
            "material": claim.made_of.value,
            "subject": claim.shows.value,
            "full_name": " ".join(wanted.full_name.split()) if wanted.full_name else None,
            "language": wanted.language,
            "phrase_id": wanted.phrase_id,
            "declarations": [asdict(each) for each in declared],
        },
        callback_url=wanted.callback_url or None,
        job_id=job.id,
        created_at=moment,
        updated_at=moment,
        credits_used=0,
    )
    session.add(lipsync)
    given = {"video": wanted.video, "audio": wanted.audio, "consent": wanted.consent}
    for role, ref in given.items():
        if ref is not None:
            sources.add(session, workspace_id, "lipsync", lipsync_id, role, ref)
    jobs.hand_on(session, service.queue, job, TRAIN, "lipsync")
    return lipsync


def begin(session: Session, lipsync_id: str) -> bool:
    """A worker begins; also True of one that was begun already, False of one that ended or was deleted."""
    return rows.begun(session, Lipsync, lipsync_id)


def complete(
    session: Session, lipsync_id: str, video_key: str, duration_s: float, receipt_id: str | None = None
) -> bool:
    """The film is there: only here is it paid for."""
    made = {"video_key": video_key, "duration_s": duration_s, "receipt_id": receipt_id}
    lipsync = rows.done(session, Lipsync, lipsync_id, **made)
    if lipsync is None:
        return False
    lipsync.credits_used = rows.captured(session, lipsync.job_id, duration_s)
    events.tell_lipsync(session, lipsync)
    return True


def fail(session: Session, lipsync_id: str, findings: Sequence[Mapping[str, Any]]) -> bool:
    """It ends without success, and free."""
    lipsync = rows.failed(session, Lipsync, lipsync_id, findings)
    if lipsync is not None:
        events.tell_lipsync(session, lipsync)
    return lipsync is not None


def delete(session: Session, workspace_id: str, lipsync_id: str, *, hard: bool = False) -> list[str]:
    """From now on the film is gone; free, unless it was ready. See `rows.deleted`.

    Nobody's name is kept, unless a purge follows, which looks for it everywhere else first.

    Raises:
        CountenanceError: service.lipsync_unknown.
    """
    lipsync = session.get(Lipsync, lipsync_id)
    # The id of the one-time words is kept until then: by it a later purge finds them.
    words = lipsync.claim.get("phrase_id") if lipsync is not None else None
    gone = {} if hard else {"claim": {"phrase_id": words} if words else {}}
    return rows.deleted(session, Lipsync, workspace_id, lipsync_id, "lipsync", LIPSYNC_UNKNOWN, hard=hard, **gone)


def delete_and_cancel(service: Service, workspace_id: str, lipsync_id: str, *, hard: bool = False) -> None:
    """`delete` in a transaction of its own, and the end of what was under way."""
    with service.database.transaction() as session:
        workflows = delete(session, workspace_id, lipsync_id, hard=hard)
    service.queue.cancel(workflows)
