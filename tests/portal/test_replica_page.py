"""The page of one replica, in each of its states: what it shows, what it offers, and to whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from example_installation.fill import Filled
from playwright.sync_api import Page, expect


def test_a_finished_replica_shows_how_good_it_is_and_who_agreed(filled: Any, open_page: Callable[..., Page]) -> None:
    page, replica_id = open_page(filled.key, filled), filled.ids["completed"]
    page.goto(f"/replicas/{replica_id}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ada Winter, studio")
    assert (page.locator("#film").get_attribute("src") or "").startswith("/v2/media/")
    expect(page.get_by_role("link", name="Say something")).to_have_attribute(
        "href", f"/videos/new?replica={replica_id}"
    )
    follows = page.locator(".figures li").filter(has_text="Lips follow the sound")
    expect(follows).to_contain_text("Very well")
    expect(follows).to_contain_text("0.81 of 1; 0.02 by chance")
    expect(follows.get_by_text("How far the lips of the replica")).to_be_hidden()
    follows.locator("summary").click()
    expect(follows.get_by_text("How far the lips of the replica")).to_be_visible()
    consent = page.locator("#consent")
    expect(consent).to_contain_text("The person agreed")
    expect(consent).to_contain_text("As it was heard: word for word.")
    consent.get_by_text("How it was judged").click()
    face = consent.get_by_role("row").filter(has_text="The same face in both recordings")
    expect(face).to_contain_text("Yes")
    expect(face).to_contain_text("0.99")
    expect(page.locator(".one-videos .replica")).to_have_count(6)
    assert page.get_by_role("link", name="All 8").get_attribute("href") == f"/videos?replica={replica_id}"
    expect(page.locator(".history")).to_contain_text("The preview could speak")
    expect(page.get_by_text("1 training was used")).to_be_visible()
    expect(page.locator("#snippet-curl")).to_contain_text(replica_id)
    page.get_by_text("Python", exact=True).click()
    expect(page.locator("#snippet-python")).to_be_visible()
    expect(page.locator("#snippet-curl")).to_be_hidden()


def test_what_went_wrong_comes_first_and_its_pictures_are_shown_large(
    filled: Any, open_page: Callable[..., Page]
) -> None:
    page = open_page(filled.key, filled)
    page.goto(f"/replicas/{filled.ids['refused']}")
    failed = page.locator(".one-failed")
    expect(failed.locator(":scope > .findings .finding")).to_have_count(1)
    expect(failed.locator(".finding").first).to_contain_text("More than one face is in the picture.")
    expect(failed.locator(".unfold .finding").first).to_be_hidden()
    failed.get_by_text("Also noticed (7)").click()
    expect(failed.locator(".unfold .finding").first).to_be_visible()
    expect(page.get_by_text("No credit was charged")).to_have_count(1)
    expect(page.get_by_role("link", name="Start again")).to_have_count(1)
    assert page.get_by_role("link", name="Start again").get_attribute("href") == f"/new?again={filled.ids['refused']}"
    button = failed.get_by_role("button", name="Show the picture large: More than one face is in the picture.")
    button.click()
    expect(page.locator("#large-picture")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#large")).to_be_hidden()
    expect(button).to_be_focused()
    lane = page.get_by_role("img", name="More than one face is in the picture.: 00:09 to 00:12")
    expect(lane).to_be_visible()
    page.get_by_text("Everything else was fine").click()
    expect(page.locator(".fine")).to_contain_text("Light")
    expect(page.locator(".fine")).not_to_contain_text("One person, alone")


def test_each_state_says_what_is_and_what_to_do(filled: Any, open_page: Callable[..., Page]) -> None:
    page, ids = open_page(filled.key, filled), filled.ids
    expected = {
        "preview": ("It can speak already. Mouth and voice are being refined", "Say something"),
        "stalled": ("appears here, once a worker goes on", None),
        "review": ("The check left a doubt about what it is made from", "Look and listen"),
        "preview_only": ("refining it failed", "Say something"),
        "replica_declined": ("The person who was asked does not agree", "Start again"),
        "replica_expired": ("expired", None),
        "replica_withdrawn": ("The link was taken back.", "Make a link"),
        "waiting": ("The person has a link and has not answered yet.", "See the link"),
        "training_failed": ("Only 11 seconds of it can be used.", "Start again"),
        "stock": ("The stock of this server", "Say something"),
    }
    for name, (says, offers) in expected.items():
        page.goto(f"/replicas/{ids[name]}")
        main = page.locator("main").inner_text()
        assert says in main, (name, main)
        if offers:
            assert page.locator(".one-do").inner_text().strip() == offers, name
    expect(page.locator("#revoke")).to_have_count(0)
    expect(page.get_by_role("link", name="Delete")).to_have_count(0)


def test_a_doubt_leads_to_the_very_replica_that_it_is_about(filled: Any, open_page: Callable[..., Page]) -> None:
    page, replica_id = open_page(filled.key, filled), filled.ids["review"]
    for path, link in (("/?state=training", f"#step-{replica_id}"), (f"/replicas/{replica_id}", "#do-review"),
                       (f"/replicas/{replica_id}", ".one-caption a")):  # fmt: skip
        page.goto(path)
        page.locator(link).click()
        page.wait_for_url(f"**/review/{replica_id}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_whoever_may_only_look_is_offered_nothing_else(
    filled: Any, content: Filled, open_page: Callable[..., Page]
) -> None:
    page, ids = open_page(content.viewer_key, filled), filled.ids
    for name in ("completed", "waiting", "review", "refused"):
        page.goto(f"/replicas/{ids[name]}")
        expect(page.locator("#consent")).to_be_visible()
        for words in ("Rename", "Delete", "Say something", "Start again", "Look and listen", "Take the consent back"):
            expect(page.get_by_role("link", name=words, exact=True)).to_have_count(0)
        expect(page.get_by_role("button", name="Make the link")).to_have_count(0)
        expect(page.get_by_role("button", name="Take it back")).to_have_count(0)
    page.goto(f"/replicas/{ids['completed']}")
    expect(page.get_by_role("link", name="See the receipt")).to_be_visible()


def test_a_replica_of_others_is_not_there(filled: Any, signed_in: Page, troubles: Any) -> None:
    troubles.expect("status of 404")
    for path in ("", "/parts", "/revoke"):
        answer = signed_in.goto(f"/replicas/{filled.ids['completed']}{path}")
        assert answer is not None
        assert answer.status == 404
