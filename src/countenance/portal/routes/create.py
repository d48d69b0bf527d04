"""The page on which a replica is made, step by step. What it sends goes to the API; only squares of links come from
here."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from countenance.api.call import Call
from countenance.api.paging import Paging
from countenance.api.routes import credits as credit_routes
from countenance.api.routes import voices as voice_routes
from countenance.consent.declaration import AI_GENERATED, LIKENESS, PICTURE_RIGHTS, wording_of
from countenance.consent.language import NAME, ORGANISATION, languages
from countenance.consent.phrase import VALID_FOR, has_words
from countenance.consent.policy import Subject, requirement
from countenance.consent.receipt_content import Material
from countenance.errors import Rule
from countenance.footage import file_rules, lip_rules
from countenance.portal.again import again as failed_one
from countenance.portal.help.drawings import DRAWINGS, Drawing
from countenance.portal.limits import limits_for
from countenance.portal.page import Form, ReplicasChanged, ReplicasSeen, headers, packed, render
from countenance.portal.prompts import STATEMENT_S, training_prompts
from countenance.portal.qr import qr_svg
from countenance.service.consent_requests import ask, limits
from countenance.service.credits.ledger import TRAINING
from countenance.service.errors import REQUEST_INVALID, refused
from countenance.settings import Settings
from countenance.wire.credits import BalanceBody
from countenance.wire.voices import VoiceBody

router = APIRouter(include_in_schema=False)
_NEEDED = ("replicas:write", "uploads:read", "uploads:write")
_ALL_VOICES = Paging(limit=1000, page=1)
_FOOTAGE = ("framing", "distance", "eye-level", "uncovered", "alone", "light", "background", "sound", "speaking")
_PICTURE = ("picture", "uncovered", "light")
_SHOWN: dict[str, tuple[Subject, ...]] = {
    "own": (Subject.SELF,),
    "other": (Subject.OTHER,),
    "generated": (
        Subject.INVENTED, Subject.SELF, Subject.OTHER, Subject.PUBLIC_FIGURE, Subject.DECEASED,
    ),
    "picture": (
        Subject.SELF, Subject.OTHER, Subject.PUBLIC_FIGURE, Subject.DECEASED, Subject.INVENTED,
    ),
}  # fmt: skip
_MATERIALS = {
    "own": Material.FOOTAGE,
    "other": Material.FOOTAGE,
    "generated": Material.SYNTHETIC,
    "picture": Material.IMAGE,
}


@router.api_route("/new", methods=["GET", "HEAD"])
def new(request: Request, call: ReplicasSeen, again: str = "") -> Response:
    """All steps; the page's script shows one of them at a time. `again` is a replica that failed: what was said of it
    is filled in, and what stopped it is told."""
    settings = call.service.settings
    failed = failed_one(call, again) if again else None
    page = render(
        request,
        call,
        "create/page.html",
        may=all(call.actor.scopes >= {scope} for scope in _NEEDED),
        limits=limits_for(settings, "consent", "training", "picture"),
        trainings=_trainings(call),
        voices=_voices(call),
        footage_drawings=_drawings(_FOOTAGE),
        picture_drawings=_drawings(_PICTURE),
        statement_drawings=_drawings(("statement",)),
        numbers=_numbers(),
        languages=_languages(settings),
        wordings={each: wording_of(each).text for each in (AI_GENERATED, PICTURE_RIGHTS, LIKENESS)},
        link_days=ask.VALID_FOR.days,
        words_minutes=int(VALID_FOR.total_seconds() // 60),
        again=failed,
        wizard={
            "needs": _needs(),
            "languages": _languages(settings),
            "prompts": training_prompts(),
            "statement_s": STATEMENT_S,
            "again": failed.carried if failed else None,
        },
    )
    return packed(request, page)


@router.post("/new/square")
def square(request: Request, form: Form, call: ReplicasChanged) -> Response:
    """A consent link of this server as a square to point a telephone at. It comes in a form, not in an address, since
    addresses are logged.

    Raises:
        CountenanceError: service.request_invalid for any other text.
    """
    link = form.get("link", "")
    if not link.startswith(ask.link_of("", call.service.settings)) or len(link) > 1000:
        raise refused(REQUEST_INVALID, "Only links for consent of this server are drawn.")
    drawn = qr_svg(link, "The link as a square, for the camera of a telephone")
    return Response(drawn, headers=headers(request), media_type="text/html; charset=utf-8")


def _trainings(call: Call) -> BalanceBody | None:
    """What there is of trainings; None for those who may not know."""
    if "credits:read" not in call.actor.scopes:
        return None
    found = [each for each in credit_routes.balance(call).data if each.unit == TRAINING]
    return found[0] if found else BalanceBody(unit=TRAINING, granted=0, available=0, held=0, spent=0, expired=0)


def _voices(call: Call) -> list[VoiceBody]:
    """The stock voices that can speak here."""
    return [voice for voice in voice_routes.listed(call, _ALL_VOICES, search="", tag="stock").data if voice.ready]


def _drawings(subjects: tuple[str, ...]) -> list[Drawing]:
    by_subject = {drawing.subject: drawing for drawing in DRAWINGS}
    return [by_subject[subject] for subject in subjects]


def _numbers() -> dict[str, Rule]:
    """The rules whose limits are worth knowing before one records."""
    return {
        "too_short": file_rules.TOO_SHORT,
        "low_resolution": file_rules.RESOLUTION_LOW,
        "rate_low": file_rules.RATE_LOW,
        "listening": lip_rules.LITTLE_LISTENING,
    }


def _languages(settings: Settings) -> list[dict[str, Any]]:
    """Of statements: the words with a gap for the name, whether there are one-time words, and whether a link can ask
    for it."""
    by_link = limits.languages_of_links(settings)
    return [
        {
            "code": each.language,
            "name": each.name,
            "statement": each.wordings[0].template.replace(ORGANISATION, settings.organisation),
            "gap": NAME,
            "has_words": has_words(each),
            "by_link": each in by_link,
        }
        for each in languages(settings)
    ]


def _needs() -> dict[str, list[dict[str, Any]]]:
    """For each way to make a replica, whom it may show, and what that needs."""
    return {
        way: [requirement(_MATERIALS[way], subject).as_dict() for subject in subjects]
        for way, subjects in _SHOWN.items()
    }
