"""Links by which anybody sees a video: for a time, until they are taken back, and never longer than the video is there.

The token of a link names its row and is signed, so that the link can be shown again; the row alone says how long it is
good, and for what.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from countenance.errors import CountenanceError
from countenance.service.accounts import workspaces
from countenance.service.clock import now
from countenance.service.db.tables import Replica, Video, VideoShare
from countenance.service.errors import VIDEO_UNKNOWN, refused
from countenance.service.ids import new_id
from countenance.service.objects.errors import LINK_EXPIRED, LINK_INVALID
from countenance.service.objects.links import sign, unsign
from countenance.service.videos import find
from countenance.service.videos.errors import SHARE_NOT_READY, SHARE_OVER, SHARE_UNKNOWN, SHARES_OPEN
from countenance.settings import Settings

SHORTEST_S, LONGEST_S = 60, 30 * 24 * 3600
_PURPOSE = "share"


@dataclass(frozen=True, slots=True)
class Shared:
    """What a link leads to."""

    share: VideoShare
    video: Video
    replica: Replica


def create(
    session: Session, workspace_id: str, video_id: str, valid_s: int, *, shows_name: bool, may_download: bool
) -> VideoShare:
    """A new link to a video that is ready, good for `valid_s` seconds (`SHORTEST_S` to `LONGEST_S`).

    Raises:
        CountenanceError: service.video_unknown, service.share_not_ready, service.shares_open.
    """
    video = find.video(session, workspace_id, video_id)
    if video.status != "ready":
        raise refused(SHARE_NOT_READY)
    workspaces.take_turns(session, workspace_id)
    _not_too_many(session, video_id)
    moment = now()
    share = VideoShare(
        id=new_id("s"),
        workspace_id=workspace_id,
        video_id=video_id,
        shows_name=shows_name,
        may_download=may_download,
        created_at=moment,
        expires_at=moment + timedelta(seconds=valid_s),
    )
    session.add(share)
    return share


def of_video(session: Session, workspace_id: str, video_id: str) -> Sequence[VideoShare]:
    """A video's links, the newest first, also those that have ended.

    Raises:
        CountenanceError: service.video_unknown.
    """
    find.video(session, workspace_id, video_id)
    rows = select(VideoShare).where(VideoShare.video_id == video_id)
    return session.scalars(rows.order_by(VideoShare.created_at.desc(), VideoShare.id.desc())).all()


def revoke(session: Session, workspace_id: str, video_id: str, share_id: str) -> VideoShare:
    """End a link at once; one that has ended stays so.

    Raises:
        CountenanceError: service.video_unknown, service.share_unknown.
    """
    find.video(session, workspace_id, video_id)
    share = session.get(VideoShare, share_id)
    if share is None or share.video_id != video_id:
        raise refused(SHARE_UNKNOWN, measured=share_id[:40])
    share.revoked_at = share.revoked_at or now()
    return share


def is_open(share: VideoShare) -> bool:
    """Whether the link leads anywhere, as far as it is its own doing."""
    return share.revoked_at is None and share.expires_at > now()


def state_of(share: VideoShare) -> Literal["open", "expired", "revoked"]:
    """What became of the link."""
    if share.revoked_at is not None:
        return "revoked"
    return "open" if is_open(share) else "expired"


def token_of(share: VideoShare, settings: Settings) -> str:
    """What is at the end of the link; the same link may be written in several ways.

    Raises:
        CountenanceError: service.link_key.
    """
    return sign(settings, _PURPOSE, {"s": share.id}, (share.expires_at - now()).total_seconds())


def opened(session: Session, settings: Settings, token: str) -> Shared:
    """What is shown to whoever has this link.

    Raises:
        CountenanceError: service.share_over of one that has ended, was taken back, or whose video is gone;
            service.link_invalid of what was never a link; service.link_key.
    """
    try:
        share = session.get(VideoShare, unsign(settings, _PURPOSE, token)["s"])
    except CountenanceError as error:
        raise refused(SHARE_OVER) if error.finding.rule.id == LINK_EXPIRED.id else error from None
    if share is None:
        raise refused(LINK_INVALID)
    try:
        video = find.video(session, share.workspace_id, share.video_id)
    except CountenanceError as error:
        raise refused(SHARE_OVER) if error.finding.rule.id == VIDEO_UNKNOWN.id else error from None
    if not is_open(share):
        raise refused(SHARE_OVER)
    return Shared(share, video, session.get_one(Replica, video.replica_id))


def _not_too_many(session: Session, video_id: str) -> None:
    good = select(func.count()).where(
        VideoShare.video_id == video_id, VideoShare.revoked_at.is_(None), VideoShare.expires_at > now()
    )
    found = session.scalar(good) or 0
    if found >= (SHARES_OPEN.limit or 0):
        raise refused(SHARES_OPEN, measured=float(found))
