"""The videos of a workspace: all of them, and each on a page of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import select

from countenance.api.call import Call
from countenance.api.links import link_of
from countenance.api.paging import Paging
from countenance.api.routes import replicas as replica_routes
from countenance.api.routes import videos as video_routes
from countenance.errors import CountenanceError
from countenance.portal.addresses import listing, parts, telling
from countenance.portal.page import Form, VideosChanged, VideosSeen, is_fragment, local_path, render, see_other
from countenance.portal.spoken_words import SpokenWords, captions_of, spoken_words
from countenance.portal.standing import Told
from countenance.portal.video_words import background_of, origin_of, told_of_video, voice_of
from countenance.service.db.tables import MediaSource, Replica, Video
from countenance.service.errors import VIDEO_UNKNOWN
from countenance.wire.times import iso_ms
from countenance.wire.videos import RenameVideo, VideoBody

router = APIRouter()
PER_PAGE = 24
STATES: Mapping[str, tuple[str, ...]] = {"ready": ("ready",), "making": ("queued", "generating"), "failed": ("error",)}
_MOST_REPLICAS = Paging(limit=100, page=1)
_MOST_NAME = 255
_FARTHEST = 1_000_000
_SAID = {
    "deleted": "Deleted. It can no longer be seen.",
    "erased": "Everything of it is being erased; that takes a moment, also if this page is closed.",
    "gone": "It was deleted already.",
}


@dataclass(frozen=True, slots=True)
class Card:
    """A video in the library."""

    video: VideoBody
    told: Told
    replica_name: str
    """empty where there is no such replica any more"""
    replica_still: str
    """the URL of its picture, or empty"""

    @property
    def created_at(self) -> str:
        """When it was asked for; ISO 8601."""
        return iso_ms(parsedate_to_datetime(self.video.created_at))


@dataclass(frozen=True, slots=True)
class Facts:
    """What is told of a video beside what the API says of it."""

    replica_name: str
    """empty where there is no such replica any more"""
    has_receipt: bool
    voice: str
    background: str
    origin: str
    asked_at: str
    is_transparent: bool
    credentials_url: str | None
    """of the file with the content credentials, where they lie beside the video"""
    words: SpokenWords | None


@router.api_route("/videos", methods=["GET", "HEAD"])
def library(
    request: Request,
    call: VideosSeen,
    search: str = "",
    state: str = "",
    replica: str = "",
    page: int = 1,
    said: str = "",
) -> Response:
    """All videos, or those that are looked for; for htmx the list alone."""
    part = Paging(PER_PAGE, max(1, min(page, _FARTHEST)))
    search = search.strip()[:_MOST_NAME]
    wanted: dict[str, Any] = {"replica_id": replica or None, "statuses": STATES.get(state, ()), "search": search}
    found = video_routes.found(call, part, **wanted)
    pages = max(1, -(-found.total_count // PER_PAGE))
    if part.page > pages:  # such as the last page, after the last of it was deleted
        part = Paging(PER_PAGE, pages)
        found = video_routes.found(call, part, **wanted)
    seen = _replicas(call, {each.replica_id for each in found.data} | ({replica} if replica else set()))
    wishes = {"search": search, "state": state, "replica": replica}
    values: dict[str, Any] = {
        "cards": [Card(each, told_of_video(each), *seen.get(each.replica_id, ("", ""))) for each in found.data],
        "search": search,
        "state": state,
        "replica": replica,
        "is_filtered": any(wishes.values()),
        "count_words": f"{found.total_count} {'video' if found.total_count == 1 else 'videos'}",
        "page": part.page,
        "pages": pages,
        "base": parts("/videos", wishes),
        "here": listing("/videos", wishes, part.page),
    }
    if is_fragment(request):
        return render(request, call, "videos/results.html", oob=True, **values)
    return render(
        request, call, "videos/list.html", replicas=_choices(call, replica, seen), said=_SAID.get(said, ""), **values
    )


@router.api_route("/videos/{video_id}", methods=["GET", "HEAD"])
def one(request: Request, video_id: str, call: VideosSeen) -> Response:
    """One video: to watch, or how far it is."""
    video = video_routes.get(video_id, call)
    links = video_routes.shared(video_id, call).data
    facts = _facts(call, video_id)
    return render(request, call, "videos/page.html", video=video, told=told_of_video(video), facts=facts, links=links)


@router.api_route("/videos/{video_id}/captions.vtt", methods=["GET", "HEAD"])
def captions(request: Request, video_id: str, call: VideosSeen) -> Response:
    """What is heard in it, with its times."""
    video_routes.get(video_id, call)
    with call.reading() as session:
        words = spoken_words(session, session.get_one(Video, video_id))
    return captions_of(words, call.service.objects)


@router.api_route("/videos/{video_id}/rename", methods=["GET", "HEAD"])
def ask_name(request: Request, video_id: str, call: VideosChanged, back: str = "") -> Response:
    """What it shall be called."""
    video = video_routes.get(video_id, call)
    return _asked(request, call, "videos/rename.html", video, back, typed=video.video_name, problem="")


@router.post("/videos/{video_id}/rename")
def rename(request: Request, video_id: str, call: VideosChanged, form: Form) -> Response:
    """Give it another name."""
    video, back, name = video_routes.get(video_id, call), form.get("back", ""), form.get("name", "").strip()
    if not 1 <= len(name) <= _MOST_NAME:
        problem = f"A name has 1 to {_MOST_NAME} characters."
        return _asked(request, call, "videos/rename.html", video, back, 400, typed=name, problem=problem)
    video_routes.rename(video_id, RenameVideo(video_name=name), call)
    return see_other(_back(back, video_id))


@router.api_route("/videos/{video_id}/delete", methods=["GET", "HEAD"])
def ask_delete(request: Request, video_id: str, call: VideosChanged, back: str = "") -> Response:
    """What goes with it."""
    return _deletion_asked(request, call, video_routes.get(video_id, call), back)


@router.post("/videos/{video_id}/delete")
def delete(request: Request, video_id: str, call: VideosChanged, form: Form) -> Response:
    """Take it away, or erase it for good where its name was typed; a second time is harmless."""
    hard = form.get("how") == "erase"
    try:
        if hard:
            video = video_routes.get(video_id, call)
            if form.get("typed", "").strip() != video.video_name.strip():
                problem = "That is not its name: nothing was changed."
                return _deletion_asked(request, call, video, form.get("back", ""), 422, problem)
        video_routes.delete(video_id, call, hard=hard)
        said = "erased" if hard else "deleted"
    except CountenanceError as error:
        if error.finding.rule != VIDEO_UNKNOWN:
            raise
        said = "gone"
    back = local_path(form.get("back", "") or "/videos")
    back = "/videos" if back.startswith(f"/videos/{video_id}") else back
    return see_other(telling(back, said))


def _asked(
    request: Request, call: Call, template: str, video: VideoBody, back: str, status: int = 200, **values: Any
) -> Response:
    """A question about a video: in a dialog of the page that one is on, or as a page of its own."""
    values |= {"video": video, "back": _back(back, video.video_id), "in_dialog": is_fragment(request)}
    return render(request, call, template, status, **values)


def _deletion_asked(
    request: Request, call: Call, video: VideoBody, back: str, status: int = 200, problem: str = ""
) -> Response:
    links = [each for each in video_routes.shared(video.video_id, call).data if each.state == "open"]
    told = told_of_video(video)
    return _asked(request, call, "videos/delete.html", video, back, status, told=told, links=links, problem=problem)


def _back(given: str, video_id: str) -> str:
    return local_path(given) if given else f"/videos/{video_id}"


def _replicas(call: Call, replica_ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Names of replicas that are still there, and the URLs of their pictures, which may be empty; for whoever may not
    look at replicas, ids."""
    if "replicas:read" not in call.actor.scopes:
        return {each: (each, "") for each in replica_ids}
    wanted = select(Replica.id, Replica.name, Replica.thumbnail_key).where(
        Replica.id.in_(list(replica_ids)),
        Replica.deleted_at.is_(None),
        Replica.workspace_id.is_(None) | (Replica.workspace_id == call.workspace_id),
    )
    link = link_of(call)
    with call.reading() as session:
        return {row.id: (row.name, link(row.thumbnail_key) or "") for row in session.execute(wanted)}


def _choices(call: Call, chosen: str, seen: Mapping[str, tuple[str, str]]) -> list[tuple[str, str]]:
    """The replicas by which the library may be narrowed down; under an empty id, that there are older ones."""
    if "replicas:read" not in call.actor.scopes:
        return []
    known = replica_routes.found(call, _MOST_REPLICAS)
    listed = [(each.replica_id, each.replica_name) for each in known.data]
    if chosen in seen and chosen not in {replica_id for replica_id, _ in listed}:
        listed.append((chosen, seen[chosen][0]))
    if known.total_count > len(known.data):
        listed.append(("", "Older ones: from their own pages"))
    return listed


def _facts(call: Call, video_id: str) -> Facts:
    with call.reading() as session:
        row = session.get_one(Video, video_id)
        replica = session.get(Replica, row.replica_id)
        of_it = MediaSource.subject_kind == "video", MediaSource.subject_id == video_id
        words = spoken_words(session, row)
        roles = frozenset(session.scalars(select(MediaSource.role).where(*of_it)))
    is_there = replica is not None and replica.deleted_at is None
    is_clear = bool(row.video_key) and str(row.video_key).endswith(".webm")
    beside = f"videos/{video_id}/video.c2pa" if is_clear else None
    return Facts(
        replica_name="" if not is_there else _replicas(call, (row.replica_id,))[row.replica_id][0],
        has_receipt=replica is not None and replica.receipt_id is not None,
        voice=voice_of(row, replica, call.service.settings),
        background=background_of(row, roles),
        origin=origin_of(replica),
        asked_at=iso_ms(row.created_at),
        is_transparent=is_clear,
        credentials_url=link_of(call)(beside),
        words=words,
    )
