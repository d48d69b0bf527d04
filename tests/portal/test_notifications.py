"""What was told to whom: e-mails as they look, tries, webhook endpoints, and people."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from example_installation import results
from example_installation.history import History
from example_installation.replicas import Replicas, uploaded
from playwright.sync_api import Page, expect
from sqlalchemy import select
from tests.portal.said import first, held

from countenance.consent.receipt_content import Material
from countenance.service.accounts import audit, keys, members
from countenance.service.accounts.scopes import EDITOR
from countenance.service.clock import now
from countenance.service.consent_requests import ask
from countenance.service.db.tables import Delivery
from countenance.service.notify import endpoints
from countenance.service.notify.deliver import deliver
from countenance.service.notify.dispatch import dispatch
from countenance.service.purge.purge import purge_replica
from countenance.service.replicas import life


def _replicas(portal: Any) -> Replicas:
    history = History(portal.service, portal.workspace_id, now())
    return Replicas(history, uploaded(history, days=3))


def _refused(portal: Any) -> str:
    """A replica whose footage was refused, of which the people of the workspace were written."""
    with portal.service.database.transaction() as session:
        members.add(session, portal.workspace_id, "producer@harbour.example", "owner")
    replicas = _replicas(portal)
    replica_id = replicas.asked("Ferry announcements", Material.SYNTHETIC, hours=2)
    replicas.checked(replica_id, results.REFUSED, hours=1)
    _deliver(portal)
    return replica_id


def _deliver(portal: Any) -> None:
    while dispatch(portal.service):
        pass
    with portal.service.database.reading() as session:
        mine = select(Delivery.id).where(Delivery.workspace_id == portal.workspace_id, Delivery.channel == "email")
        letters = session.scalars(mine.where(Delivery.state == "pending")).all()
    for each in letters:
        deliver(portal.service, each)


def test_an_email_is_shown_as_it_looked_until_what_it_tells_of_is_deleted(
    portal: Any, signed_in: Page, troubles: Any
) -> None:
    troubles.expect("Blocked script execution")  # of this test's own question to the frame
    replica_id = _refused(portal)
    signed_in.goto("/notifications?channel=email")
    signed_in.get_by_role("link", name="Ferry announcements could not be trained").click()
    letter = signed_in.frame_locator("iframe.letter")
    expect(letter.get_by_text("Here is what went wrong, and what to do differently.")).to_be_visible()
    signed_in.locator("iframe.letter").scroll_into_view_if_needed()
    picture = letter.get_by_alt_text("What was seen").first
    assert picture.evaluate("(each) => each.decode().then(() => each.naturalWidth > 100)")
    page = signed_in.request.get(f"{signed_in.url}/email")
    assert "sandbox allow-popups" in page.headers["content-security-policy"]
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "script" not in page.headers["content-security-policy"]
    assert "<script" not in page.text()
    with signed_in.context.expect_page() as opening:
        letter.get_by_role("link", name="See it").click()
    assert opening.value.url.startswith(f"{portal.url}/replicas/{replica_id}")
    opening.value.close()
    life.delete_and_cancel(portal.service, portal.workspace_id, replica_id, hard=True)
    purge_replica(portal.service, replica_id)
    signed_in.reload()
    expect(signed_in.get_by_text("was deleted, and this e-mail with it")).to_be_visible()
    expect(signed_in.locator("iframe")).to_have_count(0)
    assert signed_in.request.get(f"{signed_in.url}/email").status == 404


def test_where_nothing_was_told_yet_it_says_who_would_be(
    portal: Any, signed_in: Page, open_page: Callable[..., Page]
) -> None:
    signed_in.goto("/notifications")
    expect(signed_in.get_by_role("link", name="Add a webhook")).to_be_visible()
    signed_in.get_by_role("link", name="Add a person").click()
    expect(signed_in.get_by_label("E-mail address")).to_be_in_viewport()
    with portal.service.database.transaction() as session:
        key = keys.create(session, portal.workspace_id, "of somebody who may add nobody", EDITOR).text
    editor = open_page(key)
    editor.goto("/notifications")
    expect(editor.get_by_role("link", name="Add a webhook")).to_be_visible()
    expect(editor.get_by_role("link", name="Add a person")).to_have_count(0)


def test_until_somebody_is_added_the_owner_sees_what_they_would_be_written(portal: Any, signed_in: Page) -> None:
    replicas = _replicas(portal)
    replicas.checked(replicas.asked("Ferry announcements", Material.SYNTHETIC, hours=2), results.REFUSED, hours=1)
    _deliver(portal)
    signed_in.goto("/notifications/people")
    expect(signed_in.get_by_text("No mail server is set")).to_contain_text("mail/ of the data folder")
    signed_in.get_by_role("link", name="here", exact=True).click()
    expect(signed_in.locator(".messages li")).to_have_count(1)
    expect(signed_in.locator(".messages li")).to_contain_text("E-mail to The owner of this workspace")
    signed_in.get_by_role("link", name="Ferry announcements could not be trained").click()
    letter = signed_in.frame_locator("iframe.letter")
    expect(letter.get_by_text("Here is what went wrong, and what to do differently.")).to_be_visible()


def test_a_letter_for_somebody_else_gives_its_link_away_to_nobody(portal: Any, signed_in: Page) -> None:
    replicas = _replicas(portal)
    replica_id = replicas.asked("Portrait", link=True, person="Vera Novak", hours=2)
    with portal.service.database.transaction() as session:
        _, token = ask.create(session, portal.service, portal.workspace_id, replica_id, email="vera@home.example")
    _deliver(portal)
    signed_in.goto("/notifications")
    signed_in.get_by_role("link", name="Portrait asks for consent").click()
    letter = signed_in.frame_locator("iframe.letter")
    expect(letter.get_by_text("Dear Vera Novak")).to_be_visible()
    shown = signed_in.request.get(f"{signed_in.url}/email").text()
    assert "/consent/" in shown
    assert token not in shown
    assert token not in signed_in.content()
    expect(signed_in.get_by_role("button", name="Send again")).to_have_count(0)


def test_a_message_is_sent_again(portal: Any, signed_in: Page) -> None:
    _refused(portal)
    signed_in.goto("/notifications")
    signed_in.get_by_role("link", name="Ferry announcements").click()
    expect(signed_in.locator(".tries li")).to_have_count(1)
    first = signed_in.url
    signed_in.get_by_role("button", name="Send again").dblclick()
    expect(signed_in.get_by_text("It was not tried yet.")).to_be_visible()
    assert signed_in.url != first
    _deliver(portal)
    signed_in.goto("/notifications?state=delivered")
    expect(signed_in.locator(".messages li")).to_have_count(2)
    signed_in.goto("/notifications?state=failed")
    expect(signed_in.get_by_text("There is no such message.")).to_be_visible()


def test_tries_tell_what_the_receiver_answered(filled: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(filled.key, filled)
    page.goto("/notifications?channel=webhook&state=failed")
    page.locator(".messages a").first.click()
    expect(page.locator(".tries li")).to_have_count(3)
    expect(page.locator(".tries li").first).to_contain_text("Not taken status 500")
    expect(page.locator(".tries pre").first).to_contain_text("upstream is away")


def test_the_secret_of_an_endpoint_is_shown_once(portal: Any, signed_in: Page) -> None:
    signed_in.goto("/notifications/webhooks")
    signed_in.get_by_label("Address").fill("https://studio.example.org/hook")
    signed_in.get_by_label("video.ready").check()
    signed_in.get_by_role("button", name="Add the endpoint").dblclick()
    secret = signed_in.locator("#endpoint-secret").inner_text()
    expect(signed_in.locator(".once")).to_be_focused()
    with portal.service.database.reading() as session:
        (made,) = endpoints.listed(session, portal.workspace_id)
    assert (made.secret, made.types) == (secret, ["video.ready"])
    signed_in.reload()
    expect(signed_in.get_by_text("https://studio.example.org/hook", exact=True).first).to_be_visible()
    assert secret not in signed_in.content()
    signed_in.get_by_role("button", name="Show the secret of the workspace").click()
    expect(signed_in.locator("#workspace-secret")).to_contain_text("whsec_")
    expect(signed_in.locator("#shown-secret")).to_be_focused()
    with portal.service.database.reading() as session:
        assert audit.listed(session, portal.workspace_id).entries[0].action == "workspace.secret.read"
    signed_in.reload()
    expect(signed_in.locator("#workspace-secret")).to_have_count(0)
    with portal.service.database.transaction() as session:
        endpoints.get(session, portal.workspace_id, made.id).disabled_at = now()
    signed_in.goto("/notifications/webhooks")
    signed_in.get_by_role("button", name="Switch on").click()
    expect(signed_in.get_by_text("On", exact=True)).to_be_visible()
    signed_in.wait_for_load_state()  # before that its buttons open no dialogs
    signed_in.get_by_role("button", name="Delete https").click()
    signed_in.get_by_role("button", name="Delete it").click()
    expect(signed_in.get_by_text("There is none yet.")).to_be_visible()


def test_a_secret_that_is_shown_once_is_not_missed_for_another_one(signed_in: Page) -> None:
    signed_in.goto("/notifications/webhooks")
    adding = held(signed_in, re.compile("/notifications/webhooks$"))
    signed_in.get_by_label("Address").fill("https://studio.example.org/hook")
    signed_in.get_by_role("button", name="Add the endpoint").click()
    answer = first(signed_in, adding)
    signed_in.get_by_role("button", name="Show the secret of the workspace").evaluate("(button) => button.click()")
    signed_in.wait_for_timeout(500)
    answer.continue_()
    expect(signed_in.locator("#endpoint-secret")).to_contain_text("whsec_")
    signed_in.get_by_role("button", name="Show the secret of the workspace").click()
    expect(signed_in.locator("#workspace-secret")).to_contain_text("whsec_")


def test_a_test_is_sent_to_one_endpoint_alone(portal: Any, signed_in: Page) -> None:
    with portal.service.database.transaction() as session:
        for name in ("one", "two"):
            endpoints.create(session, portal.workspace_id, f"https://{name}.example.org/hook")
    signed_in.goto("/notifications/webhooks")
    signed_in.get_by_role("button", name="Send a test to https://two").click()
    expect(signed_in.get_by_text("It was not tried yet.")).to_be_visible()
    # The page looks again and again: whoever is at a button stays there, and what was refused stays told.
    again = signed_in.get_by_role("button", name="Send again")
    again.focus()
    signed_in.evaluate("document.getElementById('problems').textContent = 'It was refused.'")
    signed_in.wait_for_event("response")
    signed_in.wait_for_timeout(100)
    expect(again).to_be_focused()
    expect(signed_in.locator("#problems")).to_have_text("It was refused.")
    with portal.service.database.reading() as session:
        (sent,) = session.scalars(select(Delivery).where(Delivery.workspace_id == portal.workspace_id)).all()
    assert (sent.target, sent.state) == ("https://two.example.org/hook", "pending")
    deliver(portal.service, sent.id)  # refused at once: no name of this kind is looked up
    expect(signed_in.locator(".tries li")).to_have_count(1)
    signed_in.goto("/notifications")
    expect(signed_in.get_by_role("link", name="A webhook endpoint gets a test")).to_be_visible()


def test_people_are_added_changed_and_removed(portal: Any, signed_in: Page, troubles: Any) -> None:
    troubles.expect("status of 400|Error Code 400")
    signed_in.goto("/notifications/people")
    expect(signed_in.get_by_text("Nobody is written to")).to_be_visible()
    signed_in.get_by_label("E-mail address").fill(f"{'a' * 70}@harbour.example")
    signed_in.get_by_role("button", name="Add", exact=True).click()
    expect(signed_in.get_by_role("alert")).to_contain_text("This is not an e-mail address.")
    signed_in.get_by_label("E-mail address").fill("producer@harbour.example")
    signed_in.get_by_role("button", name="Add", exact=True).click()
    person = signed_in.locator(".rows li", has_text="producer@harbour.example")
    expect(person).to_contain_text("Gets e-mails")
    signed_in.wait_for_load_state()  # before that its buttons open no dialogs
    person.get_by_role("button", name="Change").click()
    signed_in.get_by_role("dialog").get_by_label("Gets e-mails").uncheck()
    signed_in.get_by_role("dialog").get_by_label("Role").select_option("editor")
    signed_in.get_by_role("button", name="Save").click()
    expect(person).to_contain_text("Gets none")
    expect(person).to_contain_text("editor")
    signed_in.wait_for_load_state()
    person.get_by_role("button", name="Remove").click()
    signed_in.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(signed_in.get_by_text("Nobody is written to")).to_be_visible()
