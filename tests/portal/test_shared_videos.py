"""Links to videos: made, opened by whoever has one, and ended."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from playwright.sync_api import Page, expect
from sqlalchemy import select
from tests.portal.said import first, held, ready_video, until

from countenance.service.clock import now
from countenance.service.db.tables import AuditEntry, VideoShare

_SEEN = "document.querySelector('#player').readyState >= 2"


def _shared(page: Page, video_id: str, **ticks: bool) -> str:
    """Make a link in the dialog; the link."""
    page.goto(f"/videos/{video_id}")
    page.get_by_role("button", name="Share", exact=True).click()
    for name, ticked in ticks.items():
        page.locator(f"input[name={name}]").set_checked(ticked)
    page.get_by_role("button", name="Make the link").click()
    return page.locator("#made-link").inner_text()


def _noted(portal: Any, video_id: str) -> list[tuple[str, str]]:
    wanted = select(AuditEntry).where(AuditEntry.subject_id == video_id).order_by(AuditEntry.id)
    with portal.service.database.reading() as session:
        return [(each.actor.partition(":")[0], each.action) for each in session.scalars(wanted)]


def test_somebody_without_an_account_sees_a_shared_video(
    portal: Any, signed_in: Page, phone: Page, troubles: Any
) -> None:
    video_id = ready_video(portal)
    link = _shared(signed_in, video_id, may_download=True)
    assert link.startswith(f"{portal.url}/shared/")
    expect(signed_in.locator("#links .copyable")).to_have_count(1)
    phone.goto(link)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Welcome aboard")
    expect(phone.locator(".video-said")).to_contain_text("AI-generated person")
    until(phone, _SEEN)
    phone.evaluate("document.querySelector('#player').currentTime = 2")
    until(phone, "document.querySelector('#player').currentTime >= 2 && " + _SEEN)
    with phone.expect_download() as download:
        phone.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "Welcome aboard.mp4"
    noted = _noted(portal, video_id)
    assert ("key", "video.share") in noted
    assert ("share", "video.share.read") in noted
    assert ("share", "video.media.read") in noted
    # It ends while it is being watched: neither the page nor the film is there any more, nor any part of it.
    signed_in.get_by_role("button", name="Close").click()
    signed_in.get_by_role("button", name=re.compile("End it now")).click()
    expect(signed_in.locator("#links summary")).to_have_text("1 that has ended")
    troubles.expect("status of 410")
    assert phone.request.get(f"{link}/video", headers={"Range": "bytes=0-9"}).status == 410
    phone.reload()
    expect(phone.get_by_role("heading", level=1)).to_have_text("This link has ended")
    assert ("key", "video.share.revoke") in _noted(portal, video_id)


def test_of_two_links_that_are_ended_at_once_the_list_tells_the_truth(portal: Any, signed_in: Page) -> None:
    video_id = ready_video(portal)
    for _ in range(2):
        _shared(signed_in, video_id)
    signed_in.get_by_role("button", name="Close").click()
    asked = held(signed_in, "**/end")
    signed_in.evaluate("for (const each of document.querySelectorAll('#links .grave')) each.click()")
    first(signed_in, asked).continue_()
    expect(signed_in.locator("#links summary")).to_be_visible()
    for each in asked[1:]:
        each.continue_()
    signed_in.wait_for_timeout(500)
    left = select(VideoShare).where(VideoShare.video_id == video_id, VideoShare.revoked_at.is_(None))

    def open_links() -> int:
        with portal.service.database.reading() as session:
            return len(session.scalars(left).all())

    end = time.monotonic() + 30
    while signed_in.locator("#links .copyable").count() != open_links():  # either may still change
        assert time.monotonic() < end
        signed_in.wait_for_timeout(100)


def test_a_link_ends_by_itself_and_with_its_video(portal: Any, signed_in: Page, page: Page, troubles: Any) -> None:
    troubles.expect("status of 4(10|04)")
    video_id = ready_video(portal, "Not for everybody")
    links = [_shared(signed_in, video_id, shows_name=False) for _ in range(2)]
    answer = page.goto(links[0])
    assert answer is not None
    assert answer.headers["cache-control"] == "no-store"
    assert "Not for everybody" not in page.content()
    expect(page.get_by_role("link", name="Download")).to_have_count(0)
    film = page.request.get(f"{links[0]}/video", headers={"Range": "bytes=10-19"})
    assert (film.status, len(film.body()), film.headers["cache-control"]) == (206, 10, "private, max-age=0")
    assert "Not for" not in film.headers["content-disposition"]
    with portal.service.database.transaction() as session:
        for share in session.scalars(select(VideoShare).where(VideoShare.video_id == video_id).limit(1)):
            share.expires_at = now() - timedelta(seconds=1)
    states = [page.request.get(link).status for link in links]
    assert sorted(states) == [200, 410]
    still_good = links[states.index(200)]
    signed_in.goto(f"/videos/{video_id}/delete")
    expect(signed_in.get_by_text("nor by the link to it that is open")).to_be_visible()
    signed_in.get_by_role("button", name="Delete", exact=True).click()
    signed_in.wait_for_url("**/videos")
    assert page.request.get(f"{still_good}/still").status == 410
    page.goto(still_good)
    expect(page.get_by_role("heading", level=1)).to_have_text("This link has ended")
    page.goto(still_good[:-4])
    expect(page.get_by_role("heading", level=1)).to_have_text("This link does not work")


def test_who_may_only_look_makes_and_ends_no_link(
    filled: Any, content: Any, open_page: Callable[..., Page], troubles: Any
) -> None:
    page = open_page(content.viewer_key, filled)
    ready = filled.ids["video_ready"]
    page.goto("/videos")
    expect(page.locator(".more")).to_have_count(0)
    expect(page.get_by_role("link", name="Say something")).to_have_count(0)
    page.goto(f"/videos/{ready}")
    until(page, _SEEN)
    expect(page.get_by_role("link", name="Download")).to_be_visible()
    for words in ("Share", "Rename", "Delete", "Say something else", "End it now"):
        expect(page.get_by_text(words, exact=True)).to_have_count(0)
    troubles.expect("status of 403")
    for path in (f"/videos/{ready}/delete", "/videos/new"):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_have_text("Your key may not do this")
    sent = page.request.post(f"/videos/{ready}/shares", form={"period": "day"}, headers={"Origin": filled.url})
    assert sent.status == 403
