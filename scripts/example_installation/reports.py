"""Footage that was sent and looked at, and of which nothing is made yet."""

from __future__ import annotations

from datetime import timedelta

from countenance.service.db.tables import Upload
from countenance.service.ids import new_id
from countenance.service.jobs import life as jobs
from countenance.service.uploads import begin, bucket
from countenance.service.uploads import report as reports
from countenance.stock.clips import presenter_clip
from example_installation import results
from example_installation.history import History

_MINUTES = 4.0


def reported(history: History, verdict: str) -> str:
    """An upload with the report that `results` has under this name; its id."""
    clip, upload_id = presenter_clip(), new_id("u")
    place, key = bucket.place_of(upload_id), bucket.key_of(upload_id)
    history.service.objects.put(key, clip, "video/mp4")
    for path in results.report(verdict).glob("*.jpg"):
        history.service.objects.put(f"{place}/report/{path.name}", path, "image/jpeg")
    said = results.check(verdict)["clearance"]["report"]
    moment = history.today - timedelta(minutes=_MINUTES)
    with history.ago(minutes=_MINUTES) as session:
        job = jobs.create(session, history.workspace_id, reports.KIND, upload_id, reports.TASK)
        jobs.end(job, "done")
        session.add(
            Upload(
                id=upload_id,
                workspace_id=history.workspace_id,
                filename="ferry.mp4",
                bytes=clip.stat().st_size,
                part_bytes=8 << 20,
                state=begin.COMPLETE,
                object_key=key,
                content_type="video/mp4",
                media={"kind": "video", "duration_s": said["duration_s"]},
                report_job_id=job.id,
                report=said,
                created_at=moment,
                completed_at=moment,
                expires_at=history.today + timedelta(days=1),
            )
        )
    return upload_id
