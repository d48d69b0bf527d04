"""Replicas are made to say something, and what they say is followed, found, watched, renamed and deleted."""

from __future__ import annotations

import io
import re
import time
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import FilePayload, Page, expect
from sqlalchemy import func, select
from tests.portal.said import asked_video, bundle_of, first, held, ready_video, replica, until, videos

from countenance.api.paging import Paging
from countenance.service.credits import ledger
from countenance.service.credits.account import balance
from countenance.service.db.tables import MediaSource, Replica, Video
from countenance.service.dictionaries import book
from countenance.service.replicas import life as replicas
from countenance.service.videos import life
from countenance.service.videos.wanted import look_of, script_seconds
from countenance.voice.pronunciation import parse

_SCRIPT = "Good morning. The ferry to the island leaves at half past seven."
_SHOWN = "document.querySelector('#player')?.readyState >= 1"


@pytest.fixture
def sound() -> FilePayload:
    """Four seconds of a tone."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        tone = 8000 * np.sin(np.arange(4 * 16_000) * 0.1)
        file.writeframes(tone.astype(np.int16).tobytes())
    return {"name": "greeting.wav", "mimeType": "audio/wav", "buffer": out.getvalue()}


def _rows(portal: Any) -> list[Video]:
    with portal.service.database.reading() as session:
        wanted = select(Video).where(Video.workspace_id == portal.workspace_id).order_by(Video.created_at)
        return list(session.scalars(wanted))


def _make(page: Page) -> None:
    """Once it is told what it costs, which moves the button."""
    expect(page.locator("#say-cost")).to_contain_text("left.")
    page.get_by_role("button", name="Make the video").click()


def test_of_many_replicas_the_newest_are_listed_and_the_others_named(
    portal: Any, signed_in: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("Ada", "Bea"):
        replica(portal, name)
    video = videos(portal).asked("Old", replica(portal, "Cleo"), "Good morning.")
    signed_in.goto("/videos/new")
    expect(signed_in.get_by_text("The newest are listed.")).to_have_count(0)
    monkeypatch.setattr("countenance.portal.say._MOST_SHOWN", Paging(limit=1, page=1))
    monkeypatch.setattr("countenance.portal.routes.videos._MOST_REPLICAS", Paging(limit=1, page=1))
    signed_in.goto("/videos/new")
    expect(signed_in.get_by_text("The newest are listed.")).to_be_visible()
    signed_in.goto("/videos")
    older = signed_in.get_by_role("option", name="Older ones: from their own pages")
    expect(older).to_have_js_property("disabled", True)
    expect(signed_in.locator(f"a[href='/videos/{video}']").first).to_be_visible()


def test_a_script_becomes_a_video_before_ones_eyes(portal: Any, worker: Any, signed_in: Page) -> None:
    worker.engine(stays_at="speak")
    replica(portal)
    page = signed_in
    page.goto("/videos")
    page.get_by_role("link", name="Say something").click()
    page.select_option("#replica_id", label="Ada")
    page.fill("#script", _SCRIPT)
    cost = page.locator("#say-cost")
    expect(cost).to_contain_text(f"{script_seconds(_SCRIPT)} s of video at most")
    expect(cost).to_contain_text(f"{len(_SCRIPT)} characters")
    page.check("input[value=colour]")
    page.check("input[name=background_colour][value=blue]")
    page.fill("#video_name", "Timetable")
    page.get_by_role("button", name="Make the video").dblclick()
    page.wait_for_url(re.compile(r"/videos/[0-9a-f]{10}$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Timetable")
    expect(page.locator(".video-making progress")).to_be_visible()
    worker.engine()
    expect(page.locator("#toasts")).to_contain_text("is ready")
    expect(page.locator("#player")).to_be_visible()
    until(page, _SHOWN)
    facts = page.locator(".video-side")
    for words in ("Blue", "3 s of video", "Ada"):
        expect(facts).to_contain_text(words)
    made = _rows(portal)
    assert [(each.script, look_of(each.properties)) for each in made] == [(_SCRIPT, ("blue", False))]
    with portal.service.database.reading() as session:
        assert balance(session, portal.workspace_id, ledger.VIDEO_SECOND).spent == 3
    # Back at the form, which is the same one: what was made already is not made again; what was changed is.
    page.go_back()
    _make(page)
    page.wait_for_url(f"**/videos/{made[0].id}")
    page.reload()
    assert len(_rows(portal)) == 1
    page.go_back()
    page.fill("#script", "Good night.")
    expect(cost).to_contain_text("11 characters")
    _make(page)
    expect(page.locator(".video-script")).to_have_text("Good night.")
    assert len(_rows(portal)) == 2


def test_a_recording_is_sent_and_spoken(portal: Any, worker: Any, signed_in: Page, sound: FilePayload) -> None:
    ada = replica(portal)
    page = signed_in
    page.goto(f"/videos/new?replica={ada}")
    page.check("input[name=says][value=audio]")
    _make(page)
    expect(page.locator("#say-wait")).to_have_text("Choose a recording first.")
    page.set_input_files("#audio", {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no sound"})
    expect(page.locator("#audio-findings .finding.error").first).to_be_visible()
    page.set_input_files("#audio", sound)
    expect(page.locator("#audio-there")).to_have_text(re.compile("greeting.wav is here"))
    expect(page.locator("#audio-findings")).to_be_empty()
    expect(page.locator("#say-cost")).to_contain_text("4 s of video at most")
    page.get_by_role("button", name="Make the video").click()
    expect(page.locator("#player")).to_be_visible()
    expect(page.locator(".video-side")).to_contain_text("The recording that was given")
    (made,) = _rows(portal)
    with portal.service.database.reading() as session:
        wanted = select(MediaSource.role).where(MediaSource.subject_id == made.id)
        assert list(session.scalars(wanted)) == ["audio"]


def test_a_picture_from_ones_own_disk_is_put_behind(portal: Any, worker: Any, signed_in: Page, troubles: Any) -> None:
    troubles.expect("status of 4")
    ada = replica(portal)
    page = signed_in
    page.goto(f"/videos/new?replica={ada}")
    page.fill("#script", _SCRIPT)
    page.check("input[name=background][value=file]")
    page.set_input_files("#behind", {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no picture"})
    expect(page.locator("#behind-findings")).to_contain_text("Files of this kind are not taken.")
    page.fill("#background_source_url", "https://example.org/beach.jpg")
    picture = cv2.imencode(".png", np.full((90, 160, 3), 120, np.uint8))[1].tobytes()
    page.set_input_files("#behind", {"name": "wall.png", "mimeType": "image/png", "buffer": picture})
    expect(page.locator("#behind-there")).to_have_text(re.compile("wall.png is here"))
    expect(page.locator("#background_source_url")).to_have_value("")
    page.get_by_role("button", name="Make the video").click()
    expect(page.locator("#player")).to_be_visible()
    expect(page.locator(".video-side")).to_contain_text("A picture or a film")
    (made,) = _rows(portal)
    with portal.service.database.reading() as session:
        (source,) = session.scalars(select(MediaSource).where(MediaSource.subject_id == made.id))
        assert (source.role, source.url, source.content_type) == ("background", None, "image/png")
    page.goto(f"/videos/new?again={made.id}")
    expect(page.locator("#behind-there")).to_be_visible()
    page.fill("#background_source_url", "https://example.org/beach.jpg")
    expect(page.locator("#behind-there")).to_be_hidden()
    expect(page.locator("[name=background_upload_id]")).to_have_value("")


def test_before_there_is_a_picture_the_replicas_is_shown(
    portal: Any, worker: Any, signed_in: Page, tmp_path: Path
) -> None:
    worker.engine(seconds=120)
    ada, key = replica(portal), "still.jpg"
    made = videos(portal).asked("Not made yet", ada, _SCRIPT)
    (tmp_path / key).write_bytes(cv2.imencode(".jpg", np.full((90, 160, 3), 120, np.uint8))[1].tobytes())
    portal.service.objects.put(f"replicas/{ada}/{key}", tmp_path / key, "image/jpeg")
    with portal.service.database.transaction() as session:
        session.get_one(Replica, ada).thumbnail_key = f"replicas/{ada}/{key}"
    for path in ("/videos", f"/replicas/{ada}"):
        signed_in.goto(path)
        expect(signed_in.locator(".library .look img.faint")).to_be_visible()
    life.delete_and_cancel(portal.service, portal.workspace_id, made)


def test_a_video_waits_for_a_replica_in_training(portal: Any, worker: Any, signed_in: Page) -> None:
    waits_for = replica(portal, "Noor", status="training")
    page = signed_in
    page.goto(f"/videos/new?replica={waits_for}")
    expect(page.locator("#say-coming")).to_be_visible()
    page.fill("#script", _SCRIPT)
    expect(page.locator("#say-cost")).to_contain_text(f"{len(_SCRIPT)} characters")
    _make(page)
    expect(page.get_by_text("as soon as the replica can speak")).to_be_visible()
    page.goto("/videos")
    card = page.locator(".library > li")
    expect(card.locator(".badge")).to_have_text("Waits for its replica")
    with portal.service.database.transaction() as session:
        replicas.preview_ready(session, portal.service, waits_for, replicas.Published(bundle_of(waits_for), None))
    expect(page.locator("#toasts")).to_contain_text("is ready")
    expect(card.locator(".badge")).to_have_text("Ready")
    expect(card.locator(".look img")).to_be_visible()


def test_what_went_wrong_is_seen_and_mended(portal: Any, worker: Any, signed_in: Page) -> None:
    worker.engine("broken")
    ada = replica(portal)
    made = asked_video(portal, "In Norse", ada, "Góðan dag.")
    page = signed_in
    page.goto("/videos")
    why = page.locator(f"#why-{made}")
    expect(why).to_contain_text("It is no good.")
    told = page.locator(f"#why-{made}-told")
    page.locator("#search").focus()
    for _ in range(12):
        page.keyboard.press("Tab")
        if why.evaluate("(each) => each === document.activeElement"):
            break
    expect(told).to_be_visible()
    page.keyboard.press("Escape")
    expect(told).to_be_hidden()
    why.hover()
    expect(told).to_contain_text("Nothing was charged.")
    told.get_by_role("link", name="Change it and try again").click()
    expect(page.locator("#script")).to_have_value("Góðan dag.")
    expect(page.locator("#replica_id")).to_have_value(ada)
    expect(page.locator("#video_name")).to_have_value("In Norse")
    page.goto(f"/videos/{made}")
    expect(page.locator(".video-main .finding")).to_contain_text("It is no good.")
    expect(page.locator(".video-main")).to_contain_text("This cost nothing")


def test_a_video_is_deleted_while_it_is_made(
    portal: Any, worker: Any, signed_in: Page, open_page: Callable[..., Page], troubles: Any
) -> None:
    worker.engine(stays_at="speak")
    made = asked_video(portal, "Too long", replica(portal), _SCRIPT)
    other = open_page(portal.key)
    other.goto("/videos")
    page = signed_in
    page.goto(f"/videos/{made}")
    expect(page.locator(".video-making .badge")).to_have_text("Being made")
    page.get_by_role("link", name="Delete").click()
    expect(page.get_by_text("Deleting ends the work on it at once")).to_be_visible()
    page.get_by_label("Type Too long to confirm").fill("Too short")
    expect(page.get_by_role("button", name="Erase everything")).to_be_disabled()
    page.get_by_label("Type Too long to confirm").fill("Too long")
    page.get_by_role("button", name="Erase everything").click()
    page.wait_for_url("**/videos")
    expect(page.get_by_text("Nothing has been said yet")).to_be_visible()
    expect(other.locator(".library > li")).to_contain_text("It was deleted.")
    deadline = time.monotonic() + 20
    while _rows(portal)[0].purged_at is None:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    with portal.service.database.reading() as session:
        credit = balance(session, portal.workspace_id, ledger.VIDEO_SECOND)
        assert (credit.spent, credit.held) == (0, 0)
    troubles.expect("status of 404")
    page.goto(f"/videos/{made}")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing at this address")


def test_videos_are_found_and_renamed(portal: Any, signed_in: Page) -> None:
    ready_video(portal, "Harbour tour")
    ready_video(portal, "Museum guide")
    page = signed_in
    page.goto("/videos")
    cards = page.locator(".library > li")
    expect(cards).to_have_count(2)
    page.fill("#search", "HARB")
    expect(cards).to_have_count(1)
    expect(page.locator("#count")).to_have_text("1 video")
    page.get_by_label("Failed").check()
    expect(page.get_by_text("There is no video whose name has “HARB” in it and that fits the filters.")).to_be_visible()
    page.go_back()
    expect(cards).to_have_count(1)
    expect(page.get_by_label("All", exact=True)).to_be_checked()
    page.wait_for_load_state()  # going back loads the page anew: before that its links lead to pages
    page.get_by_role("button", name="More about Harbour tour").click()
    page.get_by_role("link", name="Rename").click()
    page.get_by_label("Name", exact=True).fill("Harbour tour, in winter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Harbour tour, in winter")).to_be_visible()
    page.wait_for_url("**/videos?search=HARB*")
    # It moves while one looks at it.
    page.get_by_role("button", name="Play Harbour tour, in winter").click()
    until(page, "!document.querySelector('.look video').paused")


def test_a_page_whose_last_video_is_deleted_shows_the_one_before(
    portal: Any, signed_in: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("countenance.portal.routes.videos.PER_PAGE", 1)
    for name in ("Harbour tour", "Museum guide"):
        ready_video(portal, name)
    signed_in.goto("/videos?page=2")
    signed_in.get_by_role("button", name="More about Harbour tour").click()
    signed_in.get_by_role("link", name="Delete").click()
    signed_in.get_by_role("button", name="Delete", exact=True).click()
    expect(signed_in.get_by_role("link", name="Museum guide")).to_be_visible()


def test_a_video_whose_page_was_not_answered_is_shown_all_the_same(portal: Any, signed_in: Page, troubles: Any) -> None:
    troubles.expect("ERR_FAILED|htmx:sendError")
    video_id = videos(portal).asked("Harbour tour", replica(portal), "Good morning.")
    signed_in.clock.install()
    signed_in.goto(f"/videos/{video_id}")
    expect(signed_in.locator("#making")).to_be_visible()
    pages = held(signed_in, re.compile(f"/videos/{video_id}$"))
    videos(portal).ready(video_id)
    first(signed_in, pages).abort()
    signed_in.wait_for_timeout(100)
    signed_in.clock.fast_forward(6000)
    first(signed_in, pages, at=1).continue_()
    expect(signed_in.locator("#player")).to_be_visible()


def test_what_cannot_be_is_told_in_the_form(portal: Any, signed_in: Page, troubles: Any) -> None:
    ada = replica(portal)
    with portal.service.database.transaction() as session:
        names: dict[str, Any] = {
            "name": "Names",
            "rules": [{"text": "Koenji", "pronunciation": "Co-en-jee", "type": "alias"}],
        }
        book.create(session, portal.workspace_id, parse(names))
        available = balance(session, portal.workspace_id, ledger.VIDEO_SECOND).available
        ledger.hold(session, "other work", portal.workspace_id, ledger.VIDEO_SECOND, available - 5, "video", "other")
    page = signed_in
    page.goto(f"/videos/new?replica={ada}")
    page.select_option("#dictionary", label="Names, 1 word")
    page.fill("#script", _SCRIPT)
    expect(page.locator("#say-cost .note.bad")).to_contain_text("Too little is left: 5 s.")
    troubles.expect("status of 40[02]")
    page.get_by_role("button", name="Make the video").click()
    expect(page.locator("#say-problems .finding")).to_contain_text("too few credits")
    expect(page.locator("#script")).to_have_value(_SCRIPT)
    expect(page.locator("#say-problems")).to_be_focused()
    page.check("input[name=background][value=file]")
    page.evaluate("document.querySelector('#say').noValidate = true")
    page.get_by_role("button", name="Make the video").click()
    expect(page.locator("#say-problems")).to_contain_text("Choose a picture or a film for the background")
    with portal.service.database.reading() as session:
        count = select(func.count()).where(Video.workspace_id == portal.workspace_id)
        assert session.scalar(count) == 0
