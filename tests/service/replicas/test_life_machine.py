"""The life of replicas and their videos under whatever is told of them, in whatever order and however often."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from countenance.consent.claim_rules import CLAIM_CAPTURED, LOOKS_LIKE
from countenance.errors import CountenanceError, Finding
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.credits import ledger
from countenance.service.credits.invariants import faults
from countenance.service.db.tables import CreditHold, Job, OutboxEvent, Replica, Video, Workspace
from countenance.service.replicas import life
from countenance.service.replicas.wanted import NewReplica
from countenance.service.tasks.sources import MediaRef
from countenance.service.videos import life as videos
from countenance.service.videos.wanted import NewVideo

ERROR = Finding(CLAIM_CAPTURED).as_dict()
DOUBT = Finding(LOOKS_LIKE).as_dict()
USABLE = ("preview", "completed", "preview_only")
_ENDS = ("completed", "preview_only", "error", "deleted")


class Lives(RuleBasedStateMachine):
    """A workspace, and a model of where each of its replicas and videos must stand."""

    service: Service
    serial: ClassVar[count[int]] = count()
    replicas = Bundle("replicas")
    videos = Bundle("videos")

    def __init__(self) -> None:
        super().__init__()
        self.workspace = f"w{next(self.serial)}"
        self.status: dict[str, str] = {}
        """of replicas: the internal status, `waiting` also with what for, or `deleted`"""
        self.films: dict[str, str] = {}
        """of videos: `waiting`, `queued`, `generating`, `ready`, `error` or `deleted`"""
        self.of: dict[str, str] = {}
        """the replica of a video"""
        self.to_purge: set[str] = set()
        """replicas that were deleted for good at once: a purge empties their rows"""

    def act(self, what: Callable[[Session], Any]) -> Any:
        with self.service.database.transaction() as session:
            return what(session)

    @initialize()
    def begin_all(self) -> None:
        def fresh(session: Session) -> None:
            session.add(Workspace(id=self.workspace, name="", created_at=now()))
            session.flush()
            ledger.grant(session, self.workspace, ledger.TRAINING, 100, "a gift")
            ledger.grant(session, self.workspace, ledger.VIDEO_SECOND, 1000, "a gift")

        self.act(fresh)

    @rule(target=replicas, by_link=st.booleans())
    def create(self, by_link: bool) -> str:
        wanted = NewReplica(footage=MediaRef(url="https://x.test/a.mp4"), full_name="Ada", consent_by_link=by_link)
        replica = self.act(lambda session: life.create(session, self.service, self.workspace, wanted))
        self.status[replica.id] = "waiting:consent" if by_link else "queued:check"
        return str(replica.id)

    def told(self, replica: str, before: tuple[str, ...], after: str, what: Callable[[Session], bool]) -> None:
        """Something is told of a replica; it changes exactly what it may change."""
        expected = self.status[replica] in before
        assert self.act(what) is expected
        if expected:
            self.status[replica] = after
            self.videos_follow(replica)

    def videos_follow(self, replica: str) -> None:
        status = self.status[replica]
        for film, state in self.films.items():
            if self.of[film] != replica:
                continue
            if state == "waiting" and status in USABLE:
                self.films[film] = "queued"
            elif status in ("error", "deleted") and state in ("waiting", "queued", "generating"):
                self.films[film] = "error"

    @rule(replica=replicas)
    def consent_comes(self, replica: str) -> None:
        tell = ("waiting:consent",), "queued:check"
        self.told(replica, *tell, lambda session: life.consented(session, self.service, replica))

    @rule(replica=replicas, task=st.sampled_from(("check", "train")))
    def begin(self, replica: str, task: str) -> None:
        working = "checking" if task == "check" else "training"
        status = self.status[replica]
        after = "preview" if status == "preview" else working
        before = (f"queued:{task}", working, *(("preview",) if task == "train" else ()))
        self.told(replica, before, after, lambda session: life.begin(session, replica, task))

    @rule(replica=replicas, found=st.sampled_from(("nothing", "a doubt", "an error")))
    def checked(self, replica: str, found: str) -> None:
        findings = {"nothing": [], "a doubt": [DOUBT], "an error": [DOUBT, ERROR]}[found]
        after = {"nothing": "queued:train", "a doubt": "waiting:review", "an error": "error"}[found]
        self.told(
            replica,
            ("checking",),
            after,
            lambda session: life.checked(
                session, self.service, replica, findings=findings, clearance={}, ok=not findings
            ),
        )

    @rule(replica=replicas)
    def review(self, replica: str) -> None:
        def reviewed(session: Session) -> bool:
            try:
                life.review(session, self.service, self.workspace, replica, "somebody")
            except CountenanceError:
                return False
            return True

        self.told(replica, ("waiting:review",), "queued:train", reviewed)

    @rule(replica=replicas)
    def refuse_review(self, replica: str) -> None:
        def was_refused(session: Session) -> bool:
            try:
                life.refuse_review(session, self.service, self.workspace, replica, "somebody", "another person")
            except CountenanceError:
                return False
            return True

        self.told(replica, ("waiting:review",), "error", was_refused)

    @rule(replica=replicas)
    def preview(self, replica: str) -> None:
        made = life.Published(bundle="b", receipt_id="c")
        self.told(
            replica, ("training",), "preview", lambda session: life.preview_ready(session, self.service, replica, made)
        )

    @rule(replica=replicas)
    def complete(self, replica: str) -> None:
        made = life.Published(bundle="b", receipt_id="c")
        before = ("training", "preview")
        self.told(replica, before, "completed", lambda session: life.complete(session, self.service, replica, made))

    @rule(replica=replicas)
    def fail(self, replica: str) -> None:
        status = self.status[replica]
        after = "preview_only" if status == "preview" else "error"
        before = () if status in _ENDS else (status,)
        self.told(replica, before, after, lambda session: life.fail(session, self.service, replica, [ERROR]))

    @rule(replica=replicas, hard=st.booleans())
    def delete(self, replica: str, hard: bool) -> None:
        refused = self.status[replica] == "deleted" and not hard
        try:
            self.act(lambda session: life.delete(session, self.service, self.workspace, replica, hard=hard))
            assert not refused
        except CountenanceError:
            assert refused
        if self.status[replica] != "deleted" and hard:
            self.to_purge.add(replica)
        self.status[replica] = "deleted"
        self.videos_follow(replica)

    @rule(target=videos, replica=replicas)
    def ask_for_video(self, replica: str) -> Any:
        status = self.status[replica]
        wanted = NewVideo(replica, script="Hello.")
        try:
            video = self.act(lambda session: videos.create(session, self.service, self.workspace, wanted))
        except CountenanceError:
            assert status == "deleted"
            return multiple()
        assert status != "deleted"
        self.of[video.id] = replica
        self.films[video.id] = "error" if status == "error" else "queued" if status in USABLE else "waiting"
        return video.id

    @rule(video=videos, what=st.sampled_from(("begin", "complete", "fail", "delete")))
    def video_goes_on(self, video: str, what: str) -> None:
        state = self.films[video]
        allowed, after = {
            "begin": (("queued", "generating"), "generating"),
            "complete": (("generating",), "ready"),
            "fail": (("waiting", "queued", "generating"), "error"),
            "delete": (("waiting", "queued", "generating", "ready", "error"), "deleted"),
        }[what]

        def happens(session: Session) -> bool:
            match what:
                case "begin":
                    return videos.begin(session, video)
                case "complete":
                    return videos.complete(session, video, videos.Published("k", duration_s=2.2))
                case "fail":
                    return videos.fail(session, video, [ERROR])
            videos.delete(session, self.workspace, video, hard=True)
            return state != "deleted"

        assert self.act(happens) is (state in allowed)
        if state in allowed:
            self.films[video] = after

    @invariant()
    def credits_are_right(self) -> None:
        assert not any(self.act(faults).values())

    @invariant()
    def everything_stands_where_it_must(self) -> None:
        with self.service.database.transaction() as session:
            jobs = {job.id: job for job in session.scalars(select(Job).where(Job.workspace_id == self.workspace))}
            holds = {hold.id: hold for hold in session.scalars(select(CreditHold))}
            for row in session.scalars(select(Replica).where(Replica.workspace_id == self.workspace)):
                job = jobs[row.job_id or ""]
                self.check_replica(row, job, holds[job.id])
            for video in session.scalars(select(Video).where(Video.workspace_id == self.workspace)):
                if video.job_id is not None:
                    self.check_video(video, jobs[video.job_id], holds[video.job_id])
                else:
                    assert video.status == "error"

    def check_replica(self, row: Replica, job: Job, hold: CreditHold) -> None:
        wanted = self.status[row.id]
        if wanted == "deleted":
            assert row.deleted_at is not None
            assert row.full_name == ("Ada" if row.id in self.to_purge else None)
        else:
            assert row.status == wanted.partition(":")[0]
            assert row.full_name == "Ada"
        assert (hold.state == "captured") is (row.status == "completed")
        assert (hold.state == "held") is (wanted not in _ENDS)
        assert (job.state in ("done", "failed", "cancelled")) is (wanted in _ENDS)
        assert row.credits_used == (1 if row.status == "completed" else 0)
        assert (row.error_message is not None) is (row.status in ("error", "preview_only"))

    def check_video(self, row: Video, job: Job, hold: CreditHold) -> None:
        wanted = self.films[row.id]
        if wanted == "deleted":
            assert row.deleted_at is not None
        else:
            assert row.status == ("queued" if wanted == "waiting" else wanted)
        is_open = wanted in ("waiting", "queued", "generating")
        assert (job.state == "waiting") is (wanted == "waiting")
        assert (hold.state == "held") is is_open
        assert (hold.state == "captured") is (row.status == "ready")
        assert row.credits_used == hold.captured == (3 if row.status == "ready" else 0)

    @invariant()
    def every_end_is_told_once(self) -> None:
        with self.service.database.transaction() as session:
            told = session.execute(
                select(OutboxEvent.subject_id, OutboxEvent.type).where(OutboxEvent.workspace_id == self.workspace)
            ).all()
        ends = [row for row in told if row.type not in ("replica.preview", "replica.review")]
        assert len(ends) == len({row.subject_id for row in ends})
        replicas = [row for row in ends if row.type.startswith("replica.")]
        alive = {replica for replica, status in self.status.items() if status in _ENDS[:3]}
        assert alive <= {row.subject_id for row in replicas}


def test_lives_are_right_whatever_happens(service: Service, backend: str) -> None:
    class Here(Lives):
        pass

    Here.service = service
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=6 if backend == "sqlite" else 2,
            stateful_step_count=30,
            deadline=None,
            phases=(Phase.explicit, Phase.reuse, Phase.generate),
            suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        ),
    )
