"""`train`: from a warrant to a replica, with a preview on the way; begun anew, it goes on from what it left."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from countenance.certificate import Certificate, certified
from countenance.consent.erase import receipt_in
from countenance.engine.replica import describe
from countenance.media.credentials import tried_signer
from countenance.settings import Settings
from countenance.warrant import CONSENT, FOOTAGE, Warrant, load_warrant
from countenance.work.line import Line
from countenance.work.task import Trained, path_in, task_in
from countenance.work.thumbnail import portrait_of
from countenance.work.training import Training, train_under

RECEIPT, CHECKPOINTS = "receipt.jws", "checkpoints"
THUMBNAIL, THUMBNAIL_VIDEO = "thumbnail.jpg", "thumbnail.mp4"


def run(folder: Path, settings: Settings, line: Line) -> Mapping[str, Any]:
    """See docs/work.md."""
    task = task_in(folder, Trained)
    warrant = load_warrant(folder / task.warrant, settings).reviewed(task.reviewed_by)
    tried_signer(settings)  # its pictures and videos are signed: what cannot be is known before minutes of work
    own = settings.model_copy(update={"account": warrant.content.account})
    files, out = _files(task, warrant, folder), folder / task.out
    training = Training(
        replica_id=task.replica_id,
        budget_s=task.budget_s,
        refine_s=task.refine_s,
        personal_voice=task.personal_voice,
        device=task.device,
        voice=task.voice,
        checkpoints=folder / CHECKPOINTS,
    )

    def preview() -> None:
        portrait_of(out, folder / THUMBNAIL, folder / THUMBNAIL_VIDEO, own)
        pictures = {"thumbnail": THUMBNAIL, "thumbnail_video": THUMBNAIL_VIDEO}
        line.event("preview", folder=task.out, receipt=certificate.consent["receipt"], **pictures)

    def signed() -> None:
        line.event("receipt", file=RECEIPT)

    with certified(warrant, files, out, own, folder / RECEIPT, signed) as certificate:
        description = earlier(out, certificate)
        if description is not None:
            # Whoever was to be told may not have heard it.
            certificate.count()
            preview()
        if not is_final(description):
            description = train_under(
                certificate, warrant, files[FOOTAGE], out, own, training, progress=line.progress, on_preview=preview
            )
    shutil.rmtree(folder / CHECKPOINTS, ignore_errors=True)
    portrait_of(out, folder / THUMBNAIL, folder / THUMBNAIL_VIDEO, own)
    return {
        "description": description,
        "thumbnail": THUMBNAIL,
        "thumbnail_video": THUMBNAIL_VIDEO,
        "receipt": certificate.consent["receipt"],
    }


def _files(task: Trained, warrant: Warrant, folder: Path) -> dict[str, Path]:
    """The files by role. A statement that opens the footage is the footage's file."""
    footage = path_in(folder, task.footage or task.picture)
    if footage is None:
        raise ValueError("no footage and no picture")
    known = warrant.content.files
    consent = path_in(folder, task.consent)
    if consent is None and CONSENT in known and known[CONSENT].sha256 == known[FOOTAGE].sha256:
        consent = footage
    return {FOOTAGE: footage, **({CONSENT: consent} if consent is not None else {})}


def is_final(description: Mapping[str, Any] | None) -> bool:
    """Whether nothing is left to be learned."""
    return description is not None and description["tier"] == "final"


def earlier(out: Path, certificate: Certificate) -> Mapping[str, Any] | None:
    """What an earlier try under this receipt has put in place."""
    return describe(out) if receipt_in(out) == certificate.consent["receipt"] else None
