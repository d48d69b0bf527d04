"""Every page in every state that it has, in the order of docs/screenshots. Whoever makes a page adds it here."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from string import Template
from typing import TYPE_CHECKING, cast

from playwright.sync_api import Page

from example_installation import recording
from example_installation.pages import Sight, Who
from example_installation.serving import BROKEN

if TYPE_CHECKING:
    from playwright._impl._api_structures import SetCookieParam

_REMEMBER = """([text, address]) => {
  sessionStorage.setItem("countenance.new", text);
  history.replaceState(null, "", address);
}"""
_HOLD = """(id) => {
  const channel = new BroadcastChannel("countenance.new");
  channel.onmessage = ({ data }) => data.id === id && channel.postMessage({ id, is_mine: true });
}"""
_CLOSED = "[data-shown-for]:not([hidden])"
Act = Callable[[Page, Mapping[str, str]], object]


def _clicked(*selectors: str, then: str = "") -> Act:
    """Click on one after the other, with ids as in addresses, until something is there."""

    def act(page: Page, ids: Mapping[str, str]) -> None:
        for selector in selectors:
            page.click(Template(selector).substitute(ids))
        if then:
            page.wait_for_selector(Template(then).substitute(ids))

    return act


def _drafted(step: str, then: str, **draft: object) -> Act:
    """In the middle of making a replica: this is what was done for it so far."""

    def act(page: Page, ids: Mapping[str, str]) -> None:
        known = {**ids, "here": page.evaluate("location.origin")}
        text = Template(json.dumps({"id": "example", "guided": True, "declared": [], **draft})).substitute(known)
        page.evaluate(_REMEMBER, [text, f"?step={step}"])
        page.reload()
        page.wait_for_selector(then)

    return act


def _elsewhere(page: Page, ids: Mapping[str, str]) -> None:
    """The same draft is open in another tab."""
    other = page.context.new_page()
    other.goto("/help")
    other.evaluate(_HOLD, "example")
    _drafted("material", "#elsewhere:not([hidden])", way="generated")(page, ids)


def _signed_out(page: Page, ids: Mapping[str, str]) -> None:
    """The session is over in the middle of work."""
    _drafted(
        "consent",
        "#draw-words:visible",
        way="own",
        consent={"full_name": "Ada Winter", "language": "en", "how": "record"},
    )(page, ids)
    kept = page.context.cookies()
    page.context.clear_cookies()
    page.click("#draw-words")
    page.wait_for_selector("#consent-problem a")
    page.context.add_cookies(cast("list[SetCookieParam]", kept))  # for whoever looks once more


_BEFORE_THE_CAMERA = _drafted(
    "material",
    ".prompter-text:visible",
    way="own",
    material={"how": "record"},
    consent={"full_name": "Ada Winter", "language": "en", "how": "opens"},
)


def _camera_on(page: Page, ids: Mapping[str, str]) -> None:
    recording.before_the_camera(page)
    _BEFORE_THE_CAMERA(page, ids)
    page.click("#footage-recorder .recorder-actions button:visible")
    page.wait_for_selector("#footage-recorder[data-state=ready]")


def _recording(page: Page, ids: Mapping[str, str]) -> None:
    _camera_on(page, ids)
    page.click("#footage-recorder .recorder-record")
    page.wait_for_selector("#footage-recorder[data-state=recording]")


def _recorded(page: Page, ids: Mapping[str, str]) -> None:
    recording.kept(page, "example")
    _drafted(
        "material",
        "#footage-use:visible",
        way="own",
        material={"how": "record", "name": recording.NAME, "recorded": True},
        consent={"full_name": "Ada Winter", "language": "en", "how": "opens"},
    )(page, ids)
    page.wait_for_function("() => document.querySelector('#footage-recorder video').readyState > 1")


def _cut_off(page: Page, ids: Mapping[str, str]) -> None:
    """The connection is lost while footage is sent."""
    recording.kept(page, "example")
    recording.half_sent(page)
    material = {"how": "file", "name": recording.NAME, "sending": True}
    _drafted("material", "#material-sending[data-state=sending]", way="generated", material=material)(page, ids)
    recording.cut_off(page)
    page.wait_for_selector("#material-sending[data-state=waiting]")


def _checking(page: Page, ids: Mapping[str, str]) -> None:
    recording.half_checked(page, ids["upload_good"])
    material = {"name": "ferry.mp4", "upload_id": "$upload_good"}
    _drafted("check", "#check-stage:text('Looking at the footage')", way="generated", material=material)(page, ids)


def _wrong_key(page: Page, ids: Mapping[str, str]) -> None:
    page.fill("#key", "cnt_that_is_not_one")
    page.click("form .main")
    page.wait_for_selector(".findings")


def _refused_here(page: Page, ids: Mapping[str, str]) -> None:
    """A form asks for what the service refuses."""
    page.click("[data-opens=share]")
    page.evaluate("document.querySelector('[name=period]:checked').checked = false")
    page.click("dialog[open] .main")
    page.wait_for_selector("dialog[open] .problems .note")


def _lost(page: Page, ids: Mapping[str, str]) -> None:
    page.evaluate("dispatchEvent(new Event('offline'))")
    page.wait_for_selector("#lost")


def _focused(selector: str, then: str) -> Act:
    def act(page: Page, ids: Mapping[str, str]) -> None:
        page.focus(Template(selector).substitute(ids))
        page.wait_for_selector(Template(then).substitute(ids))

    return act


SIGHTS: tuple[Sight, ...] = (
    Sight("library", "/", "the library of replicas"),
    Sight("library-why", "/?search=ferry", "what went wrong with one",
          act=_focused("#why-$refused", "#why-$refused-told:popover-open")),
    Sight("library-menu", "/?search=studio", "what can be done with one",
          act=_clicked("#more-$completed", then="#menu-$completed:popover-open")),
    Sight("library-rename", "/?search=studio", "another name",
          act=_clicked("#more-$completed", "#menu-$completed a >> nth=0", then="dialog[open] form")),
    Sight("library-delete", "/?search=studio", "what deleting erases",
          act=_clicked("#more-$completed", "#menu-$completed a >> nth=1", then="dialog[open] form")),
    Sight("library-nothing-fits", "/?search=zzz", "a search that finds nothing"),
    Sight("library-viewer", "/?page=2", "the second page, for somebody who may only look", Who.VIEWER),
    Sight("library-empty", "/", "before the first replica", Who.NEWCOMER),
    Sight("replica", "/replicas/$completed", "a replica that is ready"),
    Sight("replica-preview", "/replicas/$preview", "one that can speak while it is refined"),
    Sight("replica-training", "/replicas/$training", "one in training"),
    Sight("replica-stalled", "/replicas/$stalled", "one whose worker is gone"),
    Sight("replica-waiting", "/replicas/$waiting", "one that waits for somebody's consent"),
    Sight("replica-withdrawn", "/replicas/$replica_withdrawn", "one whose link was taken back"),
    Sight("replica-taken-back", "/replicas/$replica_revoked", "one whose person took the consent back", status=410),
    Sight("replica-refused", "/replicas/$refused", "one that was refused, and why"),
    Sight("replica-picture-refused", "/replicas/$picture_refused", "a picture that was refused"),
    Sight("replica-review", "/replicas/$review", "one that waits for a human"),
    Sight("replica-preview-only", "/replicas/$preview_only", "one that could not be refined"),
    Sight("replica-stock", "/replicas/$stock", "one of the stock"),
    Sight("replica-revoke", "/replicas/$completed/revoke", "what taking a consent back means"),
    Sight("receipt", "/receipts/$receipt", "a consent receipt"),
    Sight("receipt-revoked", "/receipts/$receipt_revoked", "a receipt of a consent that was taken back"),
    Sight("create", "/new", "what one has", waits_for="#steps-and-step:not([hidden])"),
    Sight("create-guide", "/new", "what makes a good recording", act=_clicked(
        "[data-step=have] label:has([value=own])", "[data-step=have] [data-onward]",
        then="[data-step=guide]:not([hidden])")),
    Sight("create-consent", "/new", "the statement", act=_clicked(
        "[data-step=have] label:has([value=own])", "[data-step=have] [data-onward]", "[data-step=guide] [data-onward]",
        then="[data-step=consent]:not([hidden])")),
    Sight("create-consent-link", "/new", "asking somebody else by a link", act=_drafted(
        "consent", "#email:visible", way="other",
        consent={"full_name": "Ada Winter", "language": "en", "how": "link"})),
    Sight("create-material", "/new", "recording the footage", act=_BEFORE_THE_CAMERA),
    Sight("create-camera", "/new", "a camera that is on", act=_camera_on),
    Sight("create-recording", "/new", "footage that is being recorded", act=_recording),
    Sight("create-recorded", "/new", "what was recorded, before it is sent", act=_recorded),
    Sight("create-sending", "/new", "a connection that is lost while footage is sent", act=_cut_off),
    Sight("create-checking", "/new", "a check that is under way", act=_checking),
    Sight("create-check-good", "/new", "footage that can be used", act=_drafted(
        "check", "#timeline svg", way="generated", material={"name": "ferry.mp4", "upload_id": "$upload_good"})),
    Sight("create-check", "/new", "what was found in footage, before anything is paid for", act=_drafted(
        "check", "#timeline svg", way="generated", material={"name": "ferry.mp4", "upload_id": "$upload_refused"})),
    Sight("create-finish", "/new", "what is declared, and what it costs", act=_drafted(
        "create", "#summary dd", way="generated", subject="deceased", report={"ok": True},
        material={"name": "ferry.mp4", "upload_id": "$upload_good"})),
    Sight("create-link", "/new", "the link for somebody who is asked", act=_drafted(
        "made", "#square svg", way="other", consent={"full_name": "Ada Winter", "how": "link"},
        made={"replica_id": "$waiting", "name": "Ada Winter", "by_link": True, "link": {
            "url": "$here/consent/$link_open", "expires_at": "2027-01-07T12:00:00Z", "full_name": "Ada Winter"}})),
    Sight("create-again", "/new?again=$refused", "starting again with one that failed", alike=6,
          waits_for="#again:not([hidden])"),
    Sight("create-elsewhere", "/new", "what is being made in another tab", act=_elsewhere),
    Sight("create-signed-out", "/new", "a session that is over in the middle of work", act=_signed_out,
          goes_wrong="status of 401"),
    Sight("create-no-training", "/new", "for somebody who has no training left", Who.SPENT,
          waits_for="#steps-and-step:not([hidden])"),
    Sight("create-viewer", "/new", "for somebody who may only look", Who.VIEWER),
    Sight("videos", "/videos", "the videos"),
    Sight("videos-empty", "/videos", "before the first video", Who.NEWCOMER),
    Sight("video", "/videos/$video_ready", "a video that is ready"),
    Sight("video-share", "/videos/$video_ready", "a link for somebody without an account",
          act=_clicked("[data-opens=share]", then="dialog[open] form")),
    Sight("video-share-refused", "/videos/$video_ready", "a form that was refused", act=_refused_here,
          goes_wrong="status of 400|Error Code 400"),
    Sight("video-generating", "/videos/$video_generating", "a video that is being made"),
    Sight("video-waiting", "/videos/$video_waiting", "a video that waits for its replica"),
    Sight("video-error", "/videos/$video_error", "a video that could not be made"),
    Sight("video-new", "/videos/new?replica=$completed", "saying something"),
    Sight("shared", "/shared/$share_open", "a video, for whoever has its link", Who.NOBODY),
    Sight("shared-over", "/shared/$share_revoked", "a link that has ended", Who.NOBODY, status=410),
    Sight("credits", "/credits", "balance and statement"),
    Sight("credits-empty", "/credits", "before anything was spent", Who.NEWCOMER),
    Sight("notifications", "/notifications", "what was told to whom"),
    Sight("notifications-failed", "/notifications?state=failed", "what could not be delivered"),
    Sight("notifications-email", "/notifications/$message_email_delivered", "an e-mail as it was sent"),
    Sight("notifications-webhook", "/notifications/$message_webhook_failed", "a webhook that was not answered"),
    Sight("notifications-empty", "/notifications", "before anything was told", Who.NEWCOMER),
    Sight("webhooks", "/notifications/webhooks", "webhook endpoints"),
    Sight("people", "/notifications/people", "who gets e-mails"),
    Sight("keys", "/keys", "keys"),
    Sight("key", "/keys/$key_narrow", "a key with narrow rights"),
    Sight("audit", "/keys/audit", "who did what"),
    Sight("workspace", "/keys/workspace", "the workspace"),
    Sight("review", "/review", "what waits for a human"),
    Sight("review-one", "/review/$review", "a doubt, and its decision"),
    Sight("review-empty", "/review", "nothing to decide", Who.NEWCOMER),
    Sight("sign-in", "/sign-in", "signing in", Who.NOBODY),
    Sight("sign-in-wrong", "/sign-in", "a key that is not valid", Who.NOBODY, _wrong_key, goes_wrong="status of 401"),
    Sight("sign-in-over", "/sign-in?next=%2Fkeys&over=1", "a session that is over", Who.NOBODY),
    Sight("sign-in-link", "/sign-in/some-token", "signing in with a link", Who.NOBODY),
    Sight("consent", "/consent/$link_open", "a person is asked", Who.NOBODY, waits_for="#ask:not([hidden])"),
    Sight("consent-declines", "/consent/$link_open", "a person is about to decline", Who.NOBODY,
          _clicked("#decline", then="#decline-sure:not([hidden])")),
    Sight("consent-recorded", "/consent/$link_recorded", "a statement has come", Who.NOBODY, waits_for=_CLOSED),
    Sight("consent-takes-back", "/consent/$link_active", "a person is about to take it back", Who.NOBODY,
          _clicked("#revoke", then="#revoke-sure:not([hidden])"), waits_for=_CLOSED),
    Sight("consent-revoked", "/consent/$link_revoked", "a person has taken it back", Who.NOBODY, waits_for=_CLOSED),
    Sight("consent-ended", "/consent/$link_ended", "the organisation has ended it", Who.NOBODY, waits_for=_CLOSED),
    Sight("consent-declined", "/consent/$link_declined", "a person has declined", Who.NOBODY, waits_for=_CLOSED),
    Sight("consent-expired", "/consent/$link_expired", "nobody answered in time", Who.NOBODY, waits_for=_CLOSED),
    Sight("consent-withdrawn", "/consent/$link_withdrawn", "a question was taken back", Who.NOBODY, waits_for=_CLOSED),
    Sight("consent-unknown", "/consent/nobodys", "a link that does not work", Who.NOBODY, waits_for=_CLOSED,
          missing=True),
    Sight("help", "/help", "help", Who.NOBODY),
    Sight("help-guidelines", "/help/guidelines", "guidelines, good beside bad", Who.NOBODY, alike=6),
    Sight("help-errors", "/help/errors", "every message, and what to do", Who.NOBODY, alike=4),
    Sight("help-questions", "/help/questions", "questions and answers", Who.OWNER, alike=6),
    Sight("connection-lost", "/videos", "a server that does not answer any more", Who.NEWCOMER, _lost),
    Sight("forbidden", "/keys", "a page that this key may not see", Who.VIEWER, status=403),
    Sight("refused", "/review/$completed", "something that cannot be done now", status=409),
    Sight("broken", BROKEN, "a fault of the server", status=500),
    Sight("not-found", "/nothing-here", "a page that does not exist", status=404),
)  # fmt: skip
