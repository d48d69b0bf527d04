"""The page on which a replica is made to say something."""

from __future__ import annotations

import json
from dataclasses import replace

from fastapi import APIRouter, Request, Response

from countenance.api.call import Call
from countenance.api.routes import videos as video_routes
from countenance.api.status_codes import status_of
from countenance.errors import CountenanceError
from countenance.portal.page import Form, VideosChanged, VideosSeen, render, see_other
from countenance.portal.say import estimate, next_key, once_of, say_form, typed_for, video_is_there, video_of
from countenance.service.accounts.errors import IDEMPOTENCY_GONE

router = APIRouter()


@router.api_route("/videos/new", methods=["GET", "HEAD"])
def ask(request: Request, call: VideosChanged, replica: str = "", again: str = "") -> Response:
    """Who is to say what; `again` is a video whose form is shown as it was."""
    typed = typed_for(call, again) if again else {}
    return render(request, call, "videos/new.html", say=say_form(call, replica or typed.get("replica_id", ""), typed))


@router.post("/videos/new")
def make(request: Request, call: VideosChanged, form: Form) -> Response:
    """Begin a video, once for each form, and go to its page."""
    try:
        video_id = _made(call, form)
    except CountenanceError as error:
        status = status_of(error.finding.rule.id)
        say = say_form(call, form.get("replica_id", ""), form, error)
        return render(request, call, "videos/new.html", status, say=say)
    return see_other(f"/videos/{video_id}")


def _made(call: Call, form: Form) -> str:
    """The id of the video that a form asks for: the same each time, until it is deleted; then whoever goes back and
    sends the form again wants another one."""
    wanted = video_of(form)
    key, content = once_of(form, wanted)
    while True:
        try:
            answer = video_routes.create(wanted, replace(call, idempotency_key=key, body=content))
            video_id = str(json.loads(bytes(answer.body))["video_id"])
            if video_is_there(call, video_id):
                return video_id
        except CountenanceError as error:
            if error.finding.rule != IDEMPOTENCY_GONE:
                raise
        key = next_key(key)


@router.post("/videos/estimate")
def costs(request: Request, call: VideosSeen, form: Form) -> Response:
    """What it will cost at most, while somebody writes."""
    return render(request, call, "videos/_estimate.html", estimate=estimate(call, form))
