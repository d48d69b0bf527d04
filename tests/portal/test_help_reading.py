"""Help in a browser: addresses that lead to one rule or answer, and the search among the messages."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from countenance.portal.help.catalogue import rules_by_id


@pytest.mark.parametrize(
    "address", ["/help/errors#footage.face_turned", "/help/guidelines#footage.face_turned", "/help/questions#deleting"]
)
def test_an_address_opens_what_it_leads_to(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator(f'[id="{address.partition("#")[2]}"]')).to_be_in_viewport()


def test_a_drawing_leads_to_a_rule_that_was_folded_away(page: Page) -> None:
    page.goto("/help/guidelines")
    rule = page.locator('[id="footage.someone_passes"]')
    expect(rule).to_be_hidden()
    page.get_by_role("link", name="A second face is in the picture for a moment").click()
    expect(rule).to_be_in_viewport()


def test_messages_are_found_by_words_and_by_id(page: Page) -> None:
    page.goto("/help/errors")
    rules = page.locator(".rules > li")
    expect(rules).to_have_count(len(rules_by_id()))
    field = page.get_by_label("Search the messages")
    field.fill("  Second FACE ")
    expect(page.locator('[id="footage.someone_passes"]')).to_be_visible()
    expect(page.locator('[id="footage.too_short"]')).to_be_hidden()
    expect(page.get_by_role("heading", name="Notifications")).to_be_hidden()
    expect(page.get_by_role("status").filter(has_text="found")).to_have_text(re.compile(r"\d+ messages found\."))
    field.fill("footage.too_short")
    expect(rules.filter(visible=True)).to_have_count(1)
    field.fill("nothing of this kind")
    expect(page.locator("#hits")).to_contain_text("Try fewer")
    field.fill("")
    expect(rules.filter(visible=True)).to_have_count(len(rules_by_id()))


def test_a_message_that_is_filtered_away_is_shown_when_an_address_leads_to_it(page: Page) -> None:
    page.goto("/help/errors")
    page.get_by_label("Search the messages").fill("footage.too_short")
    page.evaluate("location.hash = '#consent.other_face'")
    expect(page.locator('[id="consent.other_face"]')).to_be_in_viewport()


def test_without_scripts_everything_is_there(open_page: Callable[..., Page]) -> None:
    page = open_page(java_script_enabled=False)
    page.goto("/help/errors#consent.other_face")
    expect(page.locator('[id="consent.other_face"]')).to_be_in_viewport()
    expect(page.get_by_label("Search the messages")).to_be_hidden()
    page.goto("/help/questions")
    page.get_by_text("What does a failed training cost?").click()
    expect(page.get_by_text("Whatever ends a training before its replica is complete")).to_be_visible()


def test_somebody_who_is_signed_in_keeps_the_navigation(signed_in: Page) -> None:
    signed_in.goto("/help/guidelines")
    navigation = signed_in.get_by_role("navigation", name="Main")
    expect(navigation.get_by_role("link", name="Help")).to_have_attribute("aria-current", "page")
