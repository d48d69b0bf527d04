"""Replicas in every state, each brought there by what really brings a replica there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from countenance.consent import register
from countenance.consent.declaration import declare
from countenance.consent.receipt_content import (
    Kind,
    Material,
    ReceiptContent,
    SpokenStatement,
    evidence_of,
    judged,
)
from countenance.consent.statement import statement_for
from countenance.errors import Finding, Rule
from countenance.media.provenance import Credentials, CredentialState
from countenance.service.db.tables import Job, Replica, Upload
from countenance.service.ids import new_id
from countenance.service.objects.store import Objects
from countenance.service.replicas import life
from countenance.service.replicas.life import Published
from countenance.service.replicas.wanted import NewReplica
from countenance.service.tasks import outputs
from countenance.service.tasks.sources import MediaRef
from countenance.settings import Settings
from countenance.stock.clips import CONSENT_NAME, consent_clip, presenter_clip
from example_installation import results
from example_installation.history import History

METRICS = {
    "lip_psnr_db": 29.4,
    "lip_ssim": 0.914,
    "sharpness_ratio": 0.93,
    "flicker_ratio": 1.04,
    "seam_ratio": 1.08,
    "gap_correlation": 0.86,
    "gap_correlation_in_speech": 0.81,
    "gap_correlation_by_chance": 0.02,
    "gap_spread_ratio": 0.97,
    "movement_in_silence": 0.06,
    "closure": 0.88,
    "closure_real": 0.92,
    "closure_by_chance": 0.21,
    "closures": 34.0,
    "lag_frames": 0.2,
    "training_s": 412.0,
}
_PARTLY = Credentials(
    CredentialState.VALID,
    source_types=("compositeWithTrainedAlgorithmicMedia",),
    generator="Studio Composer 4.2",
    signer="Harbour Films",
)
"""What footage says of itself of which only parts are generated."""
_DECLARED = {Material.SYNTHETIC: ("ai-generated", "likeness"), Material.IMAGE: ("picture-rights", "likeness")}


@dataclass(slots=True)
class Replicas:
    """Makes the replicas of one workspace; `upload_id` is what all of them are made from."""

    history: History
    upload_id: str
    faces: Sequence[str] = field(default_factory=results.faces)

    @property
    def _objects(self) -> Objects:
        return self.history.service.objects

    def asked(
        self, name: str, material: Material = Material.FOOTAGE, *, link: bool = False, person: str = CONSENT_NAME,
        **ago: float,
    ) -> str:  # fmt: skip
        """Somebody asks for a replica; its id."""
        media = MediaRef(upload_id=self.upload_id)
        pictured = material is Material.IMAGE
        wanted = NewReplica(
            name=name,
            material=material,
            full_name=person if material is Material.FOOTAGE else None,
            declarations=_DECLARED.get(material, ()),
            footage=None if pictured else media,
            picture=media if pictured else None,
            consent=media if material is Material.FOOTAGE and not link else None,
            consent_by_link=link,
        )
        with self.history.ago(**ago) as session:
            return life.create(session, self.history.service, self.history.workspace_id, wanted).id

    def begun(self, replica_id: str, task: str, **ago: float) -> None:
        """A worker begins a task."""
        with self.history.ago(**ago) as session:
            life.begin(session, replica_id, task)
            job = _job(session, replica_id)
            job.state, job.executor_id, job.started_at = "running", "example", self.history.today - timedelta(**ago)

    def at_work(self, replica_id: str, stage: str, fraction: float, left_s: float | None, **ago: float) -> None:
        """A worker says how far it is."""
        with self.history.ago(**ago) as session:
            job = _job(session, replica_id)
            job.state, job.stage, job.fraction, job.seconds_left = "running", stage, fraction, left_s
            job.heartbeat_at = self.history.today - timedelta(**ago)

    def checked(self, replica_id: str, name: str = results.GOOD, **ago: float) -> None:
        """The check says what one of the recorded checks said."""
        self.begun(replica_id, "check", **ago)
        said = results.check(name)
        self._show(replica_id, name)
        with self.history.ago(**ago) as session:
            life.checked(
                session,
                self.history.service,
                replica_id,
                findings=said["findings"],
                clearance=said["clearance"],
                ok=said["ok"],
            )

    def doubted(self, replica_id: str, doubts: Sequence[Finding], **ago: float) -> None:
        """The check leaves a doubt about the people in the footage to a human."""
        self.begun(replica_id, "check", **ago)
        said = results.check(results.GOOD)
        self._show(replica_id, results.GOOD)
        told = [doubt.as_dict() for doubt in doubts]
        claim = {
            **(said["clearance"]["claim"] or {}),
            "decision": "review",
            "supported": False,
            "credentials": _PARTLY.as_dict(),
            "findings": told,
        }
        clearance = {**said["clearance"], "material": "synthetic", "consent": None, "claim": claim}
        with self.history.ago(**ago) as session:
            life.checked(
                session,
                self.history.service,
                replica_id,
                findings=[*said["findings"], *told],
                clearance=clearance,
                ok=False,
            )

    def previewed(self, replica_id: str, face: str, **ago: float) -> None:
        """The training has left a preview, and goes on."""
        self.begun(replica_id, "train", **ago)
        published = self._published(replica_id, face, None, **ago)
        with self.history.ago(**ago) as session:
            life.preview_ready(session, self.history.service, replica_id, published)

    def completed(self, replica_id: str, face: str, **ago: float) -> None:
        """The training has succeeded."""
        self.begun(replica_id, "train", **ago)
        published = self._published(replica_id, face, METRICS, **ago)
        with self.history.ago(**ago) as session:
            life.complete(session, self.history.service, replica_id, published)

    def failed(self, replica_id: str, rule: Rule, detail: str = "", **ago: float) -> None:
        with self.history.ago(**ago) as session:
            life.fail(session, self.history.service, replica_id, [Finding(rule, detail=detail).as_dict()])

    def _show(self, replica_id: str, name: str) -> None:
        folder = results.report(name)
        for path in folder.iterdir():
            self._objects.put(f"replicas/{replica_id}/report/{path.name}", path, "image/jpeg")

    def _published(self, replica_id: str, face: str, metrics: Mapping[str, Any] | None, **ago: float) -> Published:
        place = f"replicas/{replica_id}/{new_id('')}"
        still, moving = results.portrait(face), results.moving_portrait(face)
        self._objects.put(f"{place}/bundle/replica.json", results.RECORDED / "replica.json")
        self._objects.put(f"{place}/thumbnail.jpg", still, "image/jpeg")
        self._objects.put(f"{place}/thumbnail.mp4", moving, "video/mp4")
        receipt_id = self._receipt(replica_id, **ago)
        outputs.held(self.history.service, receipt_id, "replica", replica_id, f"{place}/bundle")
        return Published(
            bundle=f"{place}/bundle",
            receipt_id=receipt_id,
            thumbnail_key=f"{place}/thumbnail.jpg",
            thumbnail_video_key=f"{place}/thumbnail.mp4",
            has_voice=metrics is not None,
            metrics=metrics,
        )

    def _receipt(self, replica_id: str, **ago: float) -> str:
        service = self.history.service
        with service.database.reading() as session:
            replica = session.get_one(Replica, replica_id)
        if replica.receipt_id is not None:
            return replica.receipt_id
        content = _agreed(replica, service.settings, self.history.workspace_id)
        with self.history.then(**ago):
            return register.issue(content, service.settings).id


def uploaded(history: History, consent_request_id: str | None = None, **ago: float) -> str:
    """The presenter's clip as an upload, by a link for consent if one is named; its id."""
    clip, upload_id = presenter_clip(), new_id("u")
    history.service.objects.put(f"uploads/{upload_id}", clip, "video/mp4")
    with history.ago(**ago) as session:
        moment = history.today - timedelta(**ago)
        session.add(
            Upload(
                id=upload_id,
                workspace_id=history.workspace_id,
                consent_request_id=consent_request_id,
                filename="presenter.mp4",
                bytes=clip.stat().st_size,
                part_bytes=8 << 20,
                state="complete",
                object_key=f"uploads/{upload_id}",
                content_type="video/mp4",
                media={"duration_s": 44.0, "width": 1280, "height": 720, "fps": 25.0, "has_audio": True},
                created_at=moment,
                completed_at=moment,
                expires_at=history.today + timedelta(days=30),
            )
        )
    return upload_id


def _job(session: Session, replica_id: str) -> Job:
    return session.get_one(Job, session.get_one(Replica, replica_id).job_id)


def _agreed(replica: Replica, settings: Settings, account: str) -> ReceiptContent:
    files = {"consent": evidence_of(consent_clip()), "footage": evidence_of(presenter_clip())}
    if replica.material != Material.FOOTAGE:
        return ReceiptContent(
            kind=Kind.DECLARATION,
            material=Material(replica.material),
            organisation=settings.organisation,
            files={"footage": files["footage"]},
            subject=replica.subject,
            account=account,
            declarations=tuple(declare(each, account) for each in _DECLARED[Material(replica.material)]),
        )
    verdict = results.check(results.GOOD)["clearance"]["consent"]
    text = statement_for(replica.full_name or "", settings)
    return ReceiptContent(
        kind=Kind.CONSENT,
        material=Material.FOOTAGE,
        organisation=settings.organisation,
        files=files,
        person=replica.full_name,
        subject=replica.subject,
        account=account,
        statement=SpokenStatement(verdict["statement"], "en", text.text, verdict["transcript"]),
        verdict=judged(verdict),
    )
