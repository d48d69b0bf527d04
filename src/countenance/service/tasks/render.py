"""A replica speaks: the video and its pictures are published."""

from __future__ import annotations

import math
import shutil
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from countenance.errors import CountenanceError, Finding
from countenance.media.limits import limits_from
from countenance.media.private import private_folder
from countenance.media.provenance import sidecar_of
from countenance.service.context import Service
from countenance.service.credits.errors import OUT_OF_CREDITS
from countenance.service.db.tables import CreditHold, Job, PronunciationDictionary, Replica, Video
from countenance.service.errors import REPLICA_NOT_USABLE, refused
from countenance.service.jobs.handlers import Failed, Handler, JsonObject, Outcome
from countenance.service.jobs.queue import RENDER
from countenance.service.objects.errors import OBJECT_MISSING
from countenance.service.replicas.errors import REPLICA_DELETED
from countenance.service.replicas.find import USABLE
from countenance.service.tasks import inputs, outputs
from countenance.service.uploads.look import look
from countenance.service.videos import life
from countenance.service.videos.errors import AUDIO_TOO_LONG
from countenance.service.videos.life import Published, check_not_revoked
from countenance.service.videos.wanted import LONGEST_AUDIO_S, look_of

_REPLICA = "replica"
_CACHE = "cache"


def _prepare(service: Service, job_id: str, folder: Path) -> JsonObject | None:
    with service.database.transaction() as session:
        video = _video_of(session, job_id)
        if video is None or not life.begin(session, video.id):
            return None
        hold = session.get(CreditHold, job_id)
        dictionary = session.get(PronunciationDictionary, video.dictionary_id) if video.dictionary_id else None
    replica = _bundle(service, video.replica_id, folder)
    files = inputs.brought(service, "video", video.id, folder)
    audio = files.get("audio")
    if audio is not None:
        check_length(service, folder / audio, hold)
    colour, transparent = look_of(video.properties)
    return {
        "replica": _REPLICA,
        "script": video.script,
        "audio": audio,
        "voice": (video.voice_name or replica.voice_name) if audio is None else None,
        "pronunciations": {"name": dictionary.name, "rules": dictionary.rules} if dictionary is not None else None,
        "background": _behind(replica, files.get("background"), colour, transparent=transparent),
        "watermark": files.get("watermark"),
        "out": "video.webm" if transparent else "video.mp4",
    }


def check_length(service: Service, audio: Path, hold: CreditHold | None) -> None:
    """Whether a recording is as short as it must be, and its seconds were held.

    Raises:
        CountenanceError: service.audio_too_long, service.out_of_credits, and what is wrong with the file.
    """
    found = look(audio, audio.name, limits_from(service.settings))
    duration_s = float(found.get("duration_s") or 0.0)
    longest = min(LONGEST_AUDIO_S, service.settings.max_duration_s)
    if duration_s > longest:
        raise CountenanceError(Finding(AUDIO_TOO_LONG, file=audio.name, measured=duration_s, limit=longest))
    if hold is not None and math.ceil(duration_s) > hold.amount:
        detail = f"It takes {math.ceil(duration_s)} seconds of video; {hold.amount} were left when it was asked for."
        raise refused(OUT_OF_CREDITS, detail, hold.amount)


def _bundle(service: Service, replica_id: str, folder: Path) -> Replica:
    """The replica, its files laid into the folder: what is deleted or refined meanwhile does not change them."""
    with service.database.transaction() as session:
        replica = session.get_one(Replica, replica_id)
    if replica.deleted_at is not None:
        raise refused(REPLICA_DELETED)
    if replica.status not in USABLE or replica.bundle is None:
        raise refused(REPLICA_NOT_USABLE, replica.error_message or "")
    if replica.receipt_id is not None:
        check_not_revoked(replica.receipt_id, service.settings)
    shutil.rmtree(folder / _REPLICA, ignore_errors=True)
    stock = service.settings.data_dir / replica.bundle
    if replica.workspace_id is None and stock.is_dir():
        shutil.copytree(stock, folder / _REPLICA)
    elif service.objects.local_path(replica.bundle) is not None:
        inputs.linked_folder(service, replica.bundle, folder / _REPLICA)
    else:
        shutil.copytree(_cached(service, replica), folder / _REPLICA, copy_function=_link)
    return replica


def _cached(service: Service, replica: Replica) -> Path:
    """The bundle out of a store elsewhere, kept here. Its folder is called after the receipt and the replica, so that
    a revocation and a purge find it."""
    bundle = replica.bundle or ""
    digest = bundle.split("/")[-2]
    folder = service.settings.data_dir / _CACHE / f"{replica.receipt_id}" / f"{replica.id}-{digest}"
    if not folder.is_dir():
        part = private_folder(folder.parent) / f".{folder.name}"
        shutil.rmtree(part, ignore_errors=True)
        service.objects.get_folder(bundle, part)
        if not (part / "replica.json").is_file():
            raise refused(OBJECT_MISSING)
        try:
            part.rename(folder)
        except OSError:  # another worker was quicker
            shutil.rmtree(part, ignore_errors=True)
    return folder


def _link(source: str, target: str) -> None:
    Path(target).hardlink_to(source)


def _behind(replica: Replica, file: str | None, colour: str | None, *, transparent: bool) -> dict[str, Any] | None:
    if transparent:
        return {"transparent": True}
    if file is not None:
        return {"file": file}
    green = "green" if replica.properties.get("background_green_screen") else None
    return {"colour": colour or green} if colour or green else None


def _nothing(service: Service, job_id: str, folder: Path, event: JsonObject) -> None:
    """A rendering tells nothing but its progress."""


def _publish(service: Service, job_id: str, folder: Path, result: JsonObject) -> JsonObject:
    with service.database.transaction() as session:
        video = _video_of(session, job_id)
    if video is None:
        return {}
    return {**published(service, f"videos/{video.id}", folder, result), "duration_s": result["report"]["duration_s"]}


def published(service: Service, prefix: str, folder: Path, result: JsonObject) -> dict[str, Any]:
    """Store a video, its pictures and captions, and the credentials that lie beside it; their keys."""
    path = folder / result["video"]
    kind, captions = "video/webm" if path.suffix == ".webm" else "video/mp4", result.get("captions")
    outputs.file(service, prefix, sidecar_of(path), "application/c2pa")
    return {
        "video_key": outputs.file(service, prefix, path, kind),
        "still_key": outputs.file(service, prefix, folder / result["still"], "image/jpeg"),
        "gif_key": outputs.file(service, prefix, folder / result["gif"], "image/gif"),
        "captions_key": outputs.file(service, prefix, folder / captions, "text/vtt") if captions else None,
    }


def _finish(session: Session, service: Service, job: Job, outcome: Outcome) -> None:
    if isinstance(outcome, Failed):
        life.fail(session, job.subject_id, outcome.findings)
    elif outcome.result:
        life.complete(session, job.subject_id, Published(**outcome.result))


def _video_of(session: Session, job_id: str) -> Video | None:
    job = session.get(Job, job_id)
    video = session.get(Video, job.subject_id) if job is not None else None
    return None if video is None or video.deleted_at is not None else video


RENDERING = Handler("render", RENDER, _prepare, _nothing, _publish, _finish)
