"""Wait until something is made, however long it takes, and also while the server is away for a moment."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Literal, TypeVar

from countenance.client.call import Call
from countenance.client.calls import lipsyncs, replicas, transcriptions, uploads, videos
from countenance.client.errors import (
    WAITED_TOO_LONG,
    WORK_FAILED,
    ApiError,
    ClientError,
    UnreachableError,
    WorkFailedError,
)
from countenance.client.errors import as_finding as finding_of
from countenance.client.flow import Flow, pause, run
from countenance.errors import Finding
from countenance.progress import Progress, ProgressCallback
from countenance.wire.problem import FindingBody
from countenance.wire.replicas import ReplicaBody
from countenance.wire.uploads import UploadReport
from countenance.wire.videos import VideoBody
from countenance.wire.works import LipsyncBody, TranscriptionBody, WorkBody

Made = TypeVar("Made", ReplicaBody, VideoBody, LipsyncBody, TranscriptionBody, UploadReport)
_AWAY_S = 300.0
"""So long the server may not answer, such as while it is started anew."""
_AWAY = (502, 503, 504)
_TOO_MANY = 429
_EVERY_S = 2.0


def replica(
    replica_id: str,
    *,
    until: Literal["done", "usable"] = "done",
    every_s: float = _EVERY_S,
    timeout_s: float | None = None,
    progress: ProgressCallback | None = None,
) -> Flow[ReplicaBody]:
    """Wait until a replica is trained, or `usable` already: until its preview can speak. Where refining it failed, the
    preview stays and is what is returned.

    Raises:
        WorkFailedError: with the findings, where there will be no replica.
        ClientError: client.waited_too_long.
    """

    def over(seen: ReplicaBody) -> bool:
        return seen.finetune_status in ("completed", "errored") or (until == "usable" and seen.preview_ready)

    return _until(lambda: replicas.get(replica_id), over, every_s, timeout_s, progress)


def video(
    video_id: str,
    *,
    every_s: float = _EVERY_S,
    timeout_s: float | None = None,
    progress: ProgressCallback | None = None,
) -> Flow[VideoBody]:
    """Wait until a video is ready. Raises as `replica`."""
    return _until(lambda: videos.get(video_id), lambda seen: seen.status == "ready", every_s, timeout_s, progress)


def lipsync(
    lipsync_id: str,
    *,
    every_s: float = _EVERY_S,
    timeout_s: float | None = None,
    progress: ProgressCallback | None = None,
) -> Flow[LipsyncBody]:
    """Wait until a lip-synced film is ready. Raises as `replica`."""
    return _until(lambda: lipsyncs.get(lipsync_id), _is_complete, every_s, timeout_s, progress)


def transcription(
    transcription_id: str,
    *,
    every_s: float = _EVERY_S,
    timeout_s: float | None = None,
    progress: ProgressCallback | None = None,
) -> Flow[TranscriptionBody]:
    """Wait until the words are there. Raises as `replica`."""
    return _until(lambda: transcriptions.get(transcription_id), _is_complete, every_s, timeout_s, progress)


def report(
    upload_id: str,
    *,
    every_s: float = _EVERY_S,
    timeout_s: float | None = None,
    progress: ProgressCallback | None = None,
) -> Flow[UploadReport]:
    """Wait until the report of an upload is there, whatever it says. Raises as `replica`."""
    return _until(lambda: uploads.report(upload_id), lambda seen: seen.state == "done", every_s, timeout_s, progress)


def _until(
    look: Callable[[], Call[Made]],
    over: Callable[[Made], bool],
    every_s: float,
    timeout_s: float | None,
    progress: ProgressCallback | None,
) -> Flow[Made]:
    began = seen_at = time.monotonic()
    while True:
        try:
            seen = yield from run(look())
        except ClientError as error:
            if not _may_pass(error) or time.monotonic() - seen_at > _AWAY_S:
                raise
        else:
            seen_at = time.monotonic()
            if _has_failed(seen):
                raise WorkFailedError(seen, *_why(seen))
            if progress is not None:
                progress(_stand(seen))
            if over(seen):
                return seen
        if timeout_s is not None and time.monotonic() - began + every_s > timeout_s:
            raise ClientError(Finding(WAITED_TOO_LONG, limit=timeout_s))
        yield from pause(every_s)


def _may_pass(error: ClientError) -> bool:
    """Whether it says nothing of what is waited for: there is no answer, only that of a proxy before the server, or
    that too much is asked."""
    if isinstance(error, ApiError):
        return error.status == _TOO_MANY or (error.status in _AWAY and error.problem is None)
    return isinstance(error, UnreachableError)


def _is_complete(seen: WorkBody) -> bool:
    return seen.status == "completed"


def _has_failed(seen: ReplicaBody | VideoBody | WorkBody | UploadReport) -> bool:
    return seen.state == "failed" if isinstance(seen, UploadReport) else seen.status == "error"


def _why(seen: ReplicaBody | VideoBody | WorkBody | UploadReport) -> Sequence[Finding]:
    """The findings that stopped it first."""
    found: Sequence[FindingBody] = sorted(seen.findings, key=lambda each: each.severity != "error")
    said = seen.error_details if isinstance(seen, VideoBody) else seen.error_message
    return [finding_of(each) for each in found] or [Finding(WORK_FAILED, detail=said or "")]


def _stand(seen: ReplicaBody | VideoBody | WorkBody | UploadReport) -> Progress:
    if isinstance(seen, UploadReport):
        return Progress(seen.stage or seen.standing, seen.fraction, seen.seconds_left)
    if isinstance(seen, ReplicaBody):
        hundredths = seen.training_progress
    else:
        hundredths = seen.generation_progress if isinstance(seen, VideoBody) else seen.progress
    done = hundredths.partition("/")[0]
    return Progress(seen.stage or seen.standing, int(done) / 100 if done.isdecimal() else 0.0, seen.seconds_left)
