"""What users bring for a piece of work: noted with it, fetched when the work begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from countenance.service.clock import now
from countenance.service.db.tables import MediaSource, Upload
from countenance.service.errors import REQUEST_INVALID, refused
from countenance.service.ids import new_id


@dataclass(frozen=True, slots=True)
class MediaRef:
    """A file that a user brings: either a URL, or the id of an upload that is complete."""

    url: str | None = None
    upload_id: str | None = None


def check(session: Session, workspace_id: str, role: str, ref: MediaRef, *, by_link: str | None = None) -> None:
    """Whether there is such a file, as far as that is known without fetching it, and it may be used for this.

    What came by a link for consent was given for the replica that it asked for: nothing else is made from it, or
    taking it back would not reach that. `by_link` is the request whose link it may have come by.

    Raises:
        CountenanceError: service.request_invalid; it names the field.
    """
    if (ref.url is None) == (ref.upload_id is None):
        raise refused(REQUEST_INVALID, f"{role}: give either a URL or the id of an upload.")
    if ref.upload_id is None:
        return
    upload = session.get(Upload, ref.upload_id)
    if upload is None or upload.workspace_id != workspace_id or upload.state != "complete":
        raise refused(REQUEST_INVALID, f"{role}: there is no complete upload of this id in this workspace.")
    if upload.consent_request_id != by_link:
        raise refused(REQUEST_INVALID, f"{role}: this recording was given by a link, for one replica alone.")


def add(
    session: Session,
    workspace_id: str,
    subject_kind: str,
    subject_id: str,
    role: str,
    ref: MediaRef,
    *,
    by_link: str | None = None,
) -> MediaSource:
    """Note a file of a subject; see `check` for `by_link`, and for what is raised."""
    check(session, workspace_id, role, ref, by_link=by_link)
    source = MediaSource(
        id=new_id("s"),
        workspace_id=workspace_id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        role=role,
        url=ref.url,
        upload_id=ref.upload_id,
        created_at=now(),
    )
    session.add(source)
    return source


def of(session: Session, subject_kind: str, subject_id: str) -> dict[str, MediaSource]:
    """The files of a subject that are not deleted, by role; of two in one role the newer one."""
    rows = session.scalars(
        select(MediaSource)
        .where(
            MediaSource.subject_kind == subject_kind,
            MediaSource.subject_id == subject_id,
            MediaSource.deleted_at.is_(None),
        )
        .order_by(MediaSource.created_at, MediaSource.id)
    )
    return {row.role: row for row in rows}


def forget(session: Session, subject_kind: str, subject_id: str) -> None:
    """Note that the files of a subject are deleted: those that were kept for it alone, below `stored_below`."""
    session.execute(
        update(MediaSource)
        .where(
            MediaSource.subject_kind == subject_kind,
            MediaSource.subject_id == subject_id,
            MediaSource.deleted_at.is_(None),
        )
        .values(object_key=None, deleted_at=now())
        .execution_options(synchronize_session=False)
    )


def stored_below(subject_kind: str, subject_id: str) -> str:
    """The prefix of the keys under which the files of a subject are kept."""
    return f"{subject_kind}s/{subject_id}/source"


def arrived_at(session: Session, workspace_id: str, ref: MediaRef | None) -> datetime | None:
    """When an upload was complete, and could not be changed any more; None of what is fetched later."""
    upload = session.get(Upload, ref.upload_id) if ref is not None and ref.upload_id else None
    return None if upload is None or upload.workspace_id != workspace_id else upload.completed_at
