"""What the form needs by which a replica is made to say something: who can speak, with which voices, and what there is
to pay with."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from countenance.api.call import Call
from countenance.api.paging import Paging
from countenance.api.routes import dictionaries as dictionary_routes
from countenance.api.routes import replicas as replica_routes
from countenance.api.routes import voices as voice_routes
from countenance.errors import CountenanceError
from countenance.portal.limits import limits_for
from countenance.portal.page import shown as findings_of
from countenance.service.accounts.actor import require
from countenance.service.credits.account import balance
from countenance.service.credits.ledger import VIDEO_SECOND
from countenance.service.db.tables import Video
from countenance.service.errors import REQUEST_INVALID, refused
from countenance.service.replicas.find import USABLE
from countenance.service.tasks import sources
from countenance.service.tasks.sources import MediaRef
from countenance.service.videos import find
from countenance.service.videos.estimate import spoken_seconds
from countenance.service.videos.wanted import LONGEST_AUDIO_S, NewVideo, look_of, most_seconds
from countenance.voice.errors import SCRIPT_TOO_LONG
from countenance.wire.dictionaries import DictionaryBody
from countenance.wire.problem import FindingBody
from countenance.wire.replicas import ReplicaBody
from countenance.wire.videos import COLOURS, CreateVideo
from countenance.wire.voices import VoiceBody

MOST_CHARACTERS = int(SCRIPT_TOO_LONG.limit or 20_000)
_COMING = ("waiting", "queued", "checking", "training")
_MOST_SHOWN = Paging(limit=200, page=1)
_ALL = Paging(limit=1000, page=1)
_TOKEN_MOST = 64


@dataclass(frozen=True, slots=True)
class Say:
    """The form, as it is shown."""

    speaking: list[ReplicaBody]
    """replicas that can speak"""
    coming: list[ReplicaBody]
    """those in training: a video waits for them"""
    has_older: bool
    """whether there are more than are listed"""
    voices: list[VoiceBody]
    dictionaries: list[DictionaryBody]
    limits: dict[str, Any]
    """for a recording"""
    behind_accept: list[str]
    """ends of names of what may be behind the person"""
    marked: bool
    """whether every video carries this server's own mark, so that it cannot have another"""
    once: str
    """by which a form that is sent twice is known"""
    by_id: bool
    """whether a replica is named by its id, by somebody who may not list them"""
    may_upload: bool
    chosen: str = ""
    """the id of the replica"""
    typed: Mapping[str, str] = field(default_factory=dict)
    findings: list[FindingBody] = field(default_factory=list)
    missing: str = ""
    """what has to be filled in first"""
    colours: tuple[str, ...] = COLOURS
    most_characters: int = MOST_CHARACTERS
    most_audio_s: int = LONGEST_AUDIO_S

    def was(self, name: str, otherwise: str = "") -> str:
        """What was typed into a field before."""
        return self.typed.get(name, otherwise)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a video costs at most."""

    characters: int | None
    """of the script; None of a recording"""
    seconds: int | None
    """None where there is nothing to say yet"""
    available: int | None
    """seconds; None for whoever may not know"""

    @property
    def is_enough(self) -> bool:
        return self.seconds is None or self.available is None or self.seconds <= self.available


def say_form(
    call: Call, replica_id: str = "", typed: Mapping[str, str] | None = None, error: CountenanceError | None = None
) -> Say:
    """The form for a replica, or for any; with what was typed and what was wrong with it."""
    scopes = call.actor.scopes
    may_list = "replicas:read" in scopes
    speaking, coming, has_older = _replicas(call, replica_id) if may_list else ([], [], False)
    voices = voice_routes.listed(call, _ALL, search="", tag="stock").data if may_list else []
    limits = limits_for(call.service.settings, "sound", "picture", "training")
    sound, picture, film = (limits["purposes"][name] for name in ("sound", "picture", "training"))
    is_unclear = error is not None and error.finding.rule == REQUEST_INVALID
    return Say(
        speaking=speaking,
        has_older=has_older,
        coming=coming,
        voices=[each for each in voices if each.ready],
        dictionaries=dictionary_routes.listed(call, _ALL).data if "dictionaries:read" in scopes else [],
        limits={"purposes": {"sound": sound}},
        behind_accept=[*picture["accept"], *film["accept"]],
        marked=bool(call.service.settings.visible_mark),
        by_id=not may_list,
        may_upload={"uploads:read", "uploads:write"} <= scopes,
        once=(typed or {}).get("once", "")[:_TOKEN_MOST] or secrets.token_urlsafe(12),
        chosen=replica_id,
        typed=typed or {},
        findings=[] if error is None or is_unclear else findings_of(error.findings),
        missing=error.finding.detail if error is not None and is_unclear else "",
    )


def _replicas(call: Call, chosen: str) -> tuple[list[ReplicaBody], list[ReplicaBody], bool]:
    """Those that can speak and those in training, the newest of each, with the chosen one among them; whether there
    are others."""
    can, will = (replica_routes.found(call, _MOST_SHOWN, statuses=each) for each in (USABLE, _COMING))
    speaking, coming = can.data, will.data
    has_older = can.total_count > len(speaking) or will.total_count > len(coming)
    if chosen and chosen not in {each.replica_id for each in (*speaking, *coming)}:
        found = replica_routes.found(call, _MOST_SHOWN, ids=(chosen,), statuses=(*USABLE, *_COMING)).data
        speaking = [*(each for each in found if each.preview_ready), *speaking]
        coming = [*(each for each in found if not each.preview_ready), *coming]
    return speaking, coming, has_older


def typed_for(call: Call, video_id: str) -> dict[str, str]:
    """The form by which this video was asked for, as far as it is known: a recording has to be given again.

    Raises:
        CountenanceError: service.video_unknown; service.scope_missing for whoever may only make videos.
    """
    require(call.actor, "videos:read")
    with call.reading() as session:
        video = find.video(session, call.workspace_id, video_id)
        files = sources.of(session, "video", video_id)
    colour, is_clear = look_of(video.properties)
    urls = {role: files[role].url or "" for role in ("background", "watermark") if role in files}
    behind = "colour" if colour else "transparent" if is_clear else "file" if "background" in files else "filmed"
    return {
        "replica_id": video.replica_id,
        "says": "audio" if video.script is None else "script",
        "script": video.script or "",
        "voice_name": video.voice_name or "",
        "pronunciation_dictionary_id": video.dictionary_id or "",
        "background": behind,
        "background_colour": colour if colour in COLOURS else "own" if colour else COLOURS[0],
        **({"own_colour": colour} if colour and colour not in COLOURS else {}),
        "background_source_url": urls.get("background", ""),
        "background_upload_id": (files["background"].upload_id or "") if "background" in files else "",
        "watermark_image_url": urls.get("watermark", ""),
        "video_name": "" if video.name == video_id else video.name,
    }


def video_of(form: Mapping[str, str]) -> CreateVideo:
    """What a sent form asks for.

    Raises:
        CountenanceError: service.request_invalid.
    """
    by_audio = form.get("says") == "audio"
    audio, script = form.get("audio_upload_id", ""), form.get("script", "")
    if not form.get("replica_id"):
        raise refused(REQUEST_INVALID, "Choose who speaks.")
    if by_audio and not audio:
        raise refused(REQUEST_INVALID, "Choose a recording, and wait until it is sent.")
    if not by_audio and not script.strip():
        raise refused(REQUEST_INVALID, "Write what is to be said.")
    fields: dict[str, Any] = {
        "replica_id": form["replica_id"],
        "video_name": form.get("video_name", "").strip() or None,
        "watermark_image_url": form.get("watermark_image_url", "").strip() or None,
        **_background(form),
    }
    if by_audio:
        fields["audio_upload_id"] = audio
    else:
        fields |= {
            "script": script.replace("\r\n", "\n"),
            "voice_name": form.get("voice_name") or None,
            "pronunciation_dictionary_id": form.get("pronunciation_dictionary_id") or None,
        }
    try:
        return CreateVideo(**fields)
    except ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(map(str, fault["loc"])).replace("_", " ")
        raise refused(REQUEST_INVALID, f"{place}: {fault['msg']}.") from error


def once_of(form: Mapping[str, str], wanted: CreateVideo) -> tuple[str, bytes]:
    """A key under which the same wish of the same form is granted once, and what is wished: a form that was changed
    after going back is another wish."""
    content = json.dumps(wanted.model_dump(), sort_keys=True).encode()
    token = form.get("once", "")[:_TOKEN_MOST]
    return f"page-{token or secrets.token_urlsafe(12)}-{hashlib.sha256(content).hexdigest()[:32]}", content


def next_key(key: str) -> str:
    """The key after one whose video is deleted: the same for whoever sends the form again twice."""
    return f"page-{hashlib.sha256(key.encode()).hexdigest()}"


def video_is_there(call: Call, video_id: str) -> bool:
    """Whether a video was not deleted."""
    with call.reading() as session:
        found = session.get(Video, video_id)
        return found is not None and found.deleted_at is None


def estimate(call: Call, form: Mapping[str, str]) -> Estimate:
    """What the video costs at most that a form asks for, as far as it is filled in.

    Raises:
        CountenanceError: voice.spoken_too_long.
    """
    script = form.get("script", "").replace("\r\n", "\n")
    upload_id = form.get("audio_upload_id", "")
    dictionary_id = form.get("pronunciation_dictionary_id") or None
    seconds: int | None = None
    if form.get("says") == "audio":
        if upload_id:
            with call.reading() as session:
                ref = MediaRef(upload_id=upload_id)
                seconds = most_seconds(session, call.service.settings, call.workspace_id, ref)
    elif script.strip():
        wanted = NewVideo("", script=script, dictionary_id=dictionary_id)
        seconds = spoken_seconds(call.service, call.workspace_id, wanted)
    return Estimate(None if form.get("says") == "audio" else len(script), seconds, available(call))


def available(call: Call) -> int | None:
    """How many seconds of video there are to spend; None for whoever may not know."""
    if "credits:read" not in call.actor.scopes:
        return None
    with call.reading() as session:
        return balance(session, call.workspace_id, VIDEO_SECOND).available


def _background(form: Mapping[str, str]) -> dict[str, Any]:
    match form.get("background", "filmed"):
        case "colour":
            colour = form.get("background_colour", "")
            return {"background_colour": form.get("own_colour", "") if colour == "own" else colour}
        case "transparent":
            return {"transparent_background": True, "fast": True}
        case "file":
            url, upload_id = form.get("background_source_url", "").strip(), form.get("background_upload_id", "")
            if not url and not upload_id:
                raise refused(REQUEST_INVALID, "Choose a picture or a film for the background, or give its address.")
            return {"background_upload_id": upload_id} if upload_id else {"background_source_url": url}
        case _:
            return {}
