"""The report of an upload: made once, free, tried again where it failed, and gone with the upload."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from countenance.errors import CountenanceError, Finding
from countenance.media.errors import NO_VIDEO
from countenance.media.read import SAMPLE_RATE, audio, frames
from countenance.media.write import VideoWriter
from countenance.service.accounts import workspaces
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.db.tables import CreditHold, Job, MediaSource, Replica, Upload
from countenance.service.jobs import life
from countenance.service.jobs.handlers import Done, Failed, registry
from countenance.service.jobs.work_folder import jobs_with_folders, work_folder
from countenance.service.jobs.worker import Worker
from countenance.service.jobs.workflow import finish
from countenance.service.retention.footage import delete_old
from countenance.service.tasks import leftovers
from countenance.service.tasks.report import REPORTING
from countenance.service.uploads import report
from countenance.service.uploads.complete import complete
from countenance.service.uploads.drop import abort
from countenance.service.uploads.errors import REPORTS_OPEN
from countenance.service.uploads.expire import sweep
from countenance.stock.clips import presenter_clip

on_sqlite = pytest.mark.parametrize("backend", ["sqlite"])
FACE = b"the very pixels of a face "
FOUND = {**Finding(NO_VIDEO, detail="A face.").as_dict(), "evidence": "face.jpg"}
RESULT = {
    "ok": False,
    "findings": [FOUND],
    "report": {"file": "a", "duration_s": 0.4, "usable": [[0.0, 0.4]], "metadata": {"gps": "here"}},
    "evidence": ["report/face.jpg"],
}
_WORK = f"""
import pathlib, sys, time
for number in range(10_000):
    pathlib.Path(sys.argv[2], f"{{number % 50}}.jpg").write_bytes({FACE!r} * 100)
    time.sleep(0.002)
"""
"""Writes for twenty seconds, unless it is stopped."""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTENANCE_POLL_S", "0.1")


@pytest.fixture
def film(service: Service, workspace: str, send: Any, make_film: Callable[[Path], bytes], tmp_path: Path) -> str:
    """The id of an upload that is complete."""
    return complete(service, workspace, send("me.mp4", make_film(tmp_path)).id).id


def _ask(service: Service, workspace: str, upload: str) -> str:
    """The id of the job."""
    with service.database.transaction() as session:
        return report.ask(session, service, workspace, upload)[1].id


def _now(service: Service, workspace: str, upload: str) -> tuple[Upload, Job]:
    with service.database.reading() as session:
        return report.get(session, workspace, upload)


def _begun(service: Service, job_id: str) -> Any:
    """What a worker does first."""
    with service.database.transaction() as session:
        session.get_one(Job, job_id).state = "running"
    return REPORTING.prepare(service, job_id, work_folder(service.settings, job_id))


def _published(service: Service, job_id: str) -> Any:
    """A process has left its result in the folder, and the worker stores it."""
    folder = work_folder(service.settings, job_id)
    (folder / "report").mkdir(exist_ok=True)
    (folder / "report" / "face.jpg").write_bytes(FACE)
    return REPORTING.publish(service, job_id, folder, {**RESULT, "findings": [{**FOUND, "file": f"{folder}/in/a.mp4"}]})


def _made(service: Service, workspace: str, upload: str) -> str:
    """A report that is there; the id of its job."""
    job_id = _ask(service, workspace, upload)
    _begun(service, job_id)
    assert finish(service, REPORTING, job_id, "report", Done(_published(service, job_id)))
    return job_id


def _rule(call: Callable[[], object]) -> str:
    with pytest.raises(CountenanceError) as caught:
        call()
    return caught.value.finding.rule.id


def _until(true: Callable[[], bool], within_s: float = 60.0) -> None:
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < within_s, "it did not happen"
        time.sleep(0.05)


def test_there_is_one_report_however_often_it_is_asked_for(service: Service, workspace: str, film: str) -> None:
    assert _rule(lambda: _now(service, workspace, film)) == "service.report_unknown"
    asked: list[str] = []
    threads = [threading.Thread(target=lambda: asked.append(_ask(service, workspace, film))) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(asked) == 5
    assert len({*asked}) == 1
    job_id = asked[0]
    assert _now(service, workspace, film)[1].state == "queued"
    assert _begun(service, job_id) == _begun(service, job_id) == {"footage": "in/footage.mp4"}, (
        "a crash begins it again"
    )
    assert (work_folder(service.settings, job_id) / "in" / "footage.mp4").stat().st_size > 1000
    result = _published(service, job_id)
    assert result == _published(service, job_id)
    assert finish(service, REPORTING, job_id, "report", Done(result))
    upload, job = _now(service, workspace, film)
    assert (job.state, job.fraction, job.findings) == ("done", 1.0, None)
    found = [{**FOUND, "file": "a.mp4"}]
    assert upload.report == {"ok": False, "findings": found, "duration_s": 0.4, "usable": [[0.0, 0.4]]}
    assert service.objects.list("uploads") == [f"uploads/{film}/media", f"uploads/{film}/report/face.jpg"]
    assert _ask(service, workspace, film) == job_id
    with service.database.reading() as session:
        assert len(session.scalars(select(Job)).all()) == 1
        assert session.scalars(select(CreditHold)).all() == []


def test_one_that_failed_is_tried_again(service: Service, workspace: str, film: str) -> None:
    first = _ask(service, workspace, film)
    _begun(service, first)
    folder = work_folder(service.settings, first)
    assert finish(service, REPORTING, first, "report", Failed(({**FOUND, "file": f"{folder}/in/footage.mp4"},)))
    _, job = _now(service, workspace, film)
    assert job.findings is not None
    assert (job.state, job.findings[0]["rule"], job.findings[0]["file"]) == ("failed", NO_VIDEO.id, "footage.mp4")
    second = _made(service, workspace, film)
    assert second != first
    upload, job = _now(service, workspace, film)
    assert (job.id, job.state, upload.report is None) == (second, "done", False)
    # What becomes of the first one afterwards is nobody's concern.
    with service.database.transaction() as session:
        report.complete(session, session.get_one(Job, first), {"ok": True})
    assert _now(service, workspace, film)[0].report == upload.report


@on_sqlite
def test_what_there_is_no_report_on(service: Service, workspace: str, begin: Any, film: str) -> None:
    sound = begin("a.wav", bytes(100)).id
    assert _rule(lambda: _ask(service, workspace, sound)) == "service.upload_incomplete"
    with service.database.transaction() as session:
        heard = {"state": "complete", "media": {"kind": "audio"}}
        session.execute(update(Upload).where(Upload.id == sound).values(**heard))
    assert _rule(lambda: _ask(service, workspace, sound)) == "service.report_of_sound"
    assert _rule(lambda: _ask(service, "w2", film)) == "service.upload_unknown"
    _made(service, workspace, film)
    assert _rule(lambda: _now(service, "w2", film)) == "service.upload_unknown"
    abort(service, workspace, film)
    for call in (_ask, _now):
        assert _rule(lambda call=call: call(service, workspace, film)) == "service.upload_unknown"  # type: ignore[misc]


@on_sqlite
def test_reports_under_way_are_few(service: Service, workspace: str, film: str) -> None:
    for _ in range(int(REPORTS_OPEN.limit or 0)):
        with service.database.transaction() as session:
            other = life.create(session, workspace, "upload", "u1", "report")
    assert _rule(lambda: _ask(service, workspace, film)) == "service.reports_open"
    with service.database.transaction() as session:
        life.end(session.get_one(Job, other.id), "done")
    _ask(service, workspace, film)
    assert _ask(service, workspace, film)


@pytest.mark.parametrize("how", ["given up", "expired", "footage not kept"])
def test_it_goes_with_the_upload(service: Service, workspace: str, film: str, how: str) -> None:
    job_id = _made(service, workspace, film)
    with service.database.transaction() as session:
        session.get_one(Job, job_id).findings = [FOUND]
    if how == "given up":
        abort(service, workspace, film)
    elif how == "expired":
        with service.database.transaction() as session:
            session.execute(update(Upload).values(completed_at=now() - timedelta(days=8)))
        assert sweep(service) == 1
    else:
        _used(service, workspace, film)
        assert _rule(lambda: abort(service, workspace, film)) == "service.upload_in_use"
        assert _now(service, workspace, film)[1].state == "done", "what is not deleted keeps its report"
        assert delete_old(service, now() + timedelta(days=2)) == 1
    _nothing_left(service, film)


def _used(service: Service, workspace: str, upload: str) -> None:
    """A replica was made from it, and its footage is kept for a day."""
    moment = now()
    with service.database.transaction() as session:
        workspaces.keep_footage(session, workspace, 1.0)
        job = life.create(session, workspace, "replica", "r1", "check")
        job.state, job.finished_at = "done", moment
        values = {"name": "", "status": "completed", "material": "synthetic", "subject": "invented", "language": "en"}
        session.add(
            Replica(
                id="r1",
                workspace_id=workspace,
                job_id=job.id,
                model_name="m",
                declarations=[],
                properties={},
                created_at=moment,
                updated_at=moment,
                **values,
            )
        )
        source = MediaSource(id="s1", workspace_id=workspace, subject_kind="replica", subject_id="r1", role="footage")
        source.upload_id, source.created_at = upload, moment
        session.add(source)


def _nothing_left(service: Service, upload: str) -> None:
    assert service.objects.list("uploads") == []
    with service.database.reading() as session:
        row = session.get_one(Upload, upload)
        assert (row.state, row.report) == ("deleted", None)
        jobs = session.scalars(select(Job).where(Job.subject_kind == "upload")).all()
        assert {(job.state in ("done", "failed", "cancelled"), job.findings) for job in jobs} == {(True, None)}


def test_a_report_that_comes_too_late_leaves_nothing(service: Service, workspace: str, film: str) -> None:
    """The upload is given up while pictures are stored, or before, or before the worker begins."""
    job_id = _ask(service, workspace, film)
    _begun(service, job_id)
    put = service.objects.put

    def giving_up(key: str, path: Path, content_type: str | None = None) -> None:
        abort(service, workspace, film)
        put(key, path, content_type)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(service.objects, "put", giving_up)
        result = _published(service, job_id)
    assert not finish(service, REPORTING, job_id, "report", Done(result)), "it has ended"
    _nothing_left(service, film)
    assert _published(service, job_id)
    _nothing_left(service, film)
    assert REPORTING.prepare(service, job_id, work_folder(service.settings, job_id)) is None
    # A worker that was killed before it looked again has left its pictures.
    path = service.settings.data_dir / "a"
    path.write_bytes(FACE)
    service.objects.put(f"uploads/{film}/report/face.jpg", path)
    assert leftovers.sweep(service, now()) == 0
    assert leftovers.sweep(service, now() + timedelta(minutes=11)) == 1
    _nothing_left(service, film)


@on_sqlite
def test_giving_up_ends_the_work(service: Service, workspace: str, film: str) -> None:
    job_id = _ask(service, workspace, film)
    with Worker(service, registry(REPORTING), ("check",), alone=True, command=(sys.executable, "-c", _WORK)):
        _until(lambda: any(work_folder(service.settings, job_id).glob("*.jpg")))
        abort(service, workspace, film)
        _nothing_left(service, film)
        _until(lambda: not [*jobs_with_folders(service.settings)])
    _nothing_left(service, film)


@on_sqlite
def test_a_worker_judges_real_footage(service: Service, workspace: str, send: Any, tmp_path: Path) -> None:
    pictures = [frame.image for frame in frames(presenter_clip(), end_s=1.0, max_side=640)]
    height, width = pictures[0].shape[:2]
    sound = audio(presenter_clip())[:SAMPLE_RATE]
    with VideoWriter(tmp_path / "a.mp4", width, height, audio=sound) as writer:
        for picture in pictures:
            writer.write(picture)
    upload = complete(service, workspace, send("me.mp4", (tmp_path / "a.mp4").read_bytes()).id).id
    job_id = _ask(service, workspace, upload)
    with Worker(service, registry(REPORTING), ("check",), alone=True):
        _until(lambda: _now(service, workspace, upload)[1].state not in ("queued", "running"))
    row, job = _now(service, workspace, upload)
    assert (job.id, job.state, job.findings) == (job_id, "done", None)
    assert row.report is not None
    found = {finding["rule"]: finding for finding in row.report["findings"]}
    assert row.report["ok"] is False, "a second is too little"
    assert row.report["duration_s"] == pytest.approx(1.0, abs=0.2)
    shown = {finding["evidence"] for finding in found.values() if finding["evidence"]}
    stored = {Path(key).name for key in service.objects.list(f"uploads/{upload}/report")}
    assert shown <= stored != set()
    assert {finding["file"] for finding in found.values()} == {"footage.mp4"}
