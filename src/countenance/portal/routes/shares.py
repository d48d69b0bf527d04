"""Links by which anybody sees a video: made and ended by those who may, opened by whoever has one."""

from __future__ import annotations

import json
import time
from pathlib import PurePosixPath
from typing import Literal
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from countenance.api import public
from countenance.api.context import address_of, request_id, service_of
from countenance.api.delivered import Delivered
from countenance.api.routes import videos as video_routes
from countenance.api.routes.media import Seen, note_look
from countenance.errors import CountenanceError
from countenance.portal.page import (
    Form,
    VideosChanged,
    is_fragment,
    public_page,
    render,
    see_other,
)
from countenance.portal.spoken_words import captions_of, spoken_words
from countenance.portal.video_words import origin_of
from countenance.service.accounts import audit
from countenance.service.errors import REQUEST_INVALID, refused
from countenance.service.objects.delivery import deliver
from countenance.service.objects.errors import LINK_INVALID, OBJECT_MISSING
from countenance.service.objects.links import Link
from countenance.service.videos import shares
from countenance.service.videos.errors import SHARE_OVER
from countenance.settings import Settings
from countenance.wire.times import iso_ms
from countenance.wire.videos import ShareVideo

router = APIRouter()
PERIODS = {"hour": 3600, "day": 24 * 3600, "week": 7 * 24 * 3600, "month": 30 * 24 * 3600}
_KINDS = {".mp4": "video/mp4", ".webm": "video/webm", ".jpg": "image/jpeg", ".png": "image/png"}
_NOT_FOUND, _GONE = 404, 410


@router.post("/videos/{video_id}/shares")
def share(request: Request, video_id: str, call: VideosChanged, form: Form) -> Response:
    """Make a link."""
    period = PERIODS.get(form.get("period", ""))
    if period is None:
        raise refused(REQUEST_INVALID, "Choose how long the link is good.")
    wanted = ShareVideo(valid_s=period, shows_name="shows_name" in form, may_download="may_download" in form)
    made = json.loads(bytes(video_routes.share(video_id, wanted, call).body))["share_id"]
    return _links(request, video_id, call, made)


@router.post("/videos/{video_id}/shares/{share_id}/end")
def unshare(request: Request, video_id: str, share_id: str, call: VideosChanged, form: Form) -> Response:
    """End a link."""
    video_routes.unshare(video_id, share_id, call)
    return _links(request, video_id, call)


@router.api_route("/shared/{token}", methods=["GET", "HEAD"])
def shared(request: Request, token: str) -> Response:
    """What whoever has the link sees: the video, and what it is."""
    service = service_of(request)
    public.count(request)
    try:
        with service.database.reading() as session, public.counting_guesses(request, LINK_INVALID):
            found = shares.opened(session, service.settings, token)
            words = spoken_words(session, found.video)
    except CountenanceError as error:
        if error.finding.rule.id not in (SHARE_OVER.id, LINK_INVALID.id):
            raise
        is_over = error.finding.rule.id == SHARE_OVER.id
        return public_page(request, "videos/shared_over.html", _GONE if is_over else _NOT_FOUND, is_over=is_over)
    if request.method != "HEAD":
        _note_opened(request, found)
    return public_page(
        request,
        "videos/shared.html",
        video=found.video,
        share=found.share,
        until=iso_ms(found.share.expires_at),
        has_still=found.video.still_key is not None,
        origin=origin_of(found.replica),
        words=words,
        organisation=_organisation(service.settings),
        filename=_filename(found),
        place=f"/shared/{quote(token)}",
    )


@router.api_route("/shared/{token}/captions.vtt", methods=["GET", "HEAD"])
def shared_captions(request: Request, token: str) -> Response:
    """What is heard in the film, with its times."""
    service = service_of(request)
    with service.database.reading() as session, public.counting_guesses(request, LINK_INVALID):
        words = spoken_words(session, shares.opened(session, service.settings, token).video)
    return captions_of(words, service.objects)


@router.api_route("/shared/{token}/{part}", methods=["GET", "HEAD"])
def shared_file(request: Request, token: str, part: Literal["video", "still"]) -> Response:
    """The film or its picture, for as long as the link is good. A player asks for parts of it, so the page is what is
    counted."""
    service = service_of(request)
    with service.database.reading() as session, public.counting_guesses(request, LINK_INVALID):
        found = shares.opened(session, service.settings, token)
    key = found.video.video_key if part == "video" else found.video.still_key
    if key is None:
        raise refused(OBJECT_MISSING)
    kind = _KINDS.get(PurePosixPath(key).suffix, "application/octet-stream")
    headers, now_s = request.headers, time.time()
    # It may be kept by nobody: the link may end at any moment.
    delivery = deliver(
        service.objects,
        Link(key, _filename(found) if part == "video" else PurePosixPath(key).name, kind, int(now_s)),
        now_s,
        range_header=headers.get("range"),
        if_range=headers.get("if-range"),
        if_none_match=headers.get("if-none-match"),
        head_only=request.method == "HEAD",
    )
    if request.method != "HEAD":
        seen = Seen(found.video.workspace_id, "video", found.video.id)
        goes_on = part == "still" or (delivery.status == 206 and delivery.start > 0)
        note_look(service, request, seen, f"share:{found.share.id}", goes_on=goes_on)
    return Delivered(delivery)


def _links(request: Request, video_id: str, call: VideosChanged, made: str = "") -> Response:
    """The list of links: in its place, or with the page around it."""
    if not is_fragment(request):
        return see_other(f"/videos/{video_id}#links")
    links = video_routes.shared(video_id, call).data
    return render(request, call, "videos/_links.html", video_id=video_id, links=links, made=made)


def _organisation(settings: Settings) -> str:
    """Who answers for this server, where that was set."""
    return "" if settings.organisation == Settings.model_fields["organisation"].default else settings.organisation


def _note_opened(request: Request, found: shares.Shared) -> None:
    place = (address_of(request), request_id(request))
    with service_of(request).database.transaction() as session:
        actor = f"share:{found.share.id}"
        audit.record(session, actor, found.video.workspace_id, "video.share.read", "video", found.video.id, *place)


def _filename(found: shares.Shared) -> str:
    """What the file is called: by the video's name where that may be known."""
    suffix = PurePosixPath(found.video.video_key or "video.mp4").suffix
    return f"{found.video.name if found.share.shows_name else 'video'}{suffix}"
