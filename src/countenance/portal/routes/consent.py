"""Where a person agrees to a replica of them, or does not."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from countenance.api import public
from countenance.api.context import base_url, service_of
from countenance.errors import CountenanceError
from countenance.portal.contact import link_to
from countenance.portal.limits import limits_for
from countenance.portal.page import headers, public_page
from countenance.portal.qr import qr_svg
from countenance.service.consent_requests import answer, records
from countenance.service.consent_requests.errors import REQUEST_UNKNOWN

router = APIRouter(include_in_schema=False)
_MODULES = (
    "camera",
    "checks",
    "consent-given",
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
_LONGEST = 128
"""No link has more characters at its end."""


@router.api_route("/consent/{token}", methods=["GET", "HEAD"])
def consent(request: Request, token: str) -> Response:
    """The page of a link. What it stands for is asked of the API by the page itself: programs that only look at links,
    as messengers do, draw no words."""
    try:
        public.count_link(request, token)
    except CountenanceError as error:
        if error.finding.rule.id != REQUEST_UNKNOWN.id:
            raise
        # The page says so itself, and asks as anybody's.
        public.count(request)
    settings = service_of(request).settings
    contact, own_path = settings.contact.strip(), f"/consent/{quote(token, safe='')}"
    return public_page(
        request,
        "consent/page.html",
        organisation=settings.organisation,
        contact=contact,
        contact_link=link_to(contact),
        own_path=own_path,
        own_link=(own := f"{base_url(request)}{own_path}"),
        square=qr_svg(own, "The address as a QR code") if len(token) <= _LONGEST else None,
        limits=limits_for(settings, "consent_link"),
        modules=_MODULES,
    )


@router.api_route("/consent/{token}/{name}", methods=["GET", "HEAD"])
def record(request: Request, token: str, name: str) -> Response:
    """A signed record of what the person agreed to, or took back, as a file of their own."""
    service = service_of(request)
    public.count_link(request, token)
    with service.database.reading() as session:
        text = records.text_of(session, service, answer.find(session, token), name)
    kind = "application/x-pem-file" if name == records.KEY else "application/jose"
    sent = {**headers(request), "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, headers=sent, media_type=kind)
