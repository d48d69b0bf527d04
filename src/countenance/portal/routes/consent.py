"""Where a person agrees to a replica of them, or does not."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from countenance.api.context import service_of
from countenance.portal.contact import link_to
from countenance.portal.limits import limits_for
from countenance.portal.page import public_page

router = APIRouter(include_in_schema=False)
_MODULES = (
    "camera",
    "checks",
    "consent-words",
    "elements",
    "kept",
    "problem",
    "recorder",
    "recorder-parts",
    "take",
    "teleprompter",
    "upload-progress",
    "uploader",
    "watch",
)
"""What the page's script imports, so that browsers fetch it at once."""


@router.api_route("/consent/{token}", methods=["GET", "HEAD"])
def consent(request: Request, token: str) -> Response:
    """The page of a link. What it stands for is asked of the API by the page itself: programs that only look at links,
    as messengers do, draw no words."""
    settings = service_of(request).settings
    contact = settings.contact.strip()
    return public_page(
        request,
        "consent/page.html",
        organisation=settings.organisation,
        contact=contact,
        contact_link=link_to(contact),
        limits=limits_for(settings, "consent_link"),
        modules=_MODULES,
    )
