"""Keys, the audit log, and the workspace."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx2
from playwright.sync_api import Page, expect

from countenance.service.accounts import keys
from countenance.service.accounts.scopes import EDITOR, OWNER
from countenance.service.db.tables import ApiKey


def _status(portal: Any, key: str) -> int:
    return httpx2.get(f"{portal.url}/v2/workspace", headers={"x-api-key": key}, timeout=60).status_code


def test_a_key_is_shown_once_and_ends_when_it_is_revoked(portal: Any, signed_in: Page) -> None:
    signed_in.goto("/keys")
    signed_in.get_by_label("Name").fill("laptop")
    signed_in.get_by_text("Narrow it down further").click()
    signed_in.get_by_label("replicas:read").check()
    signed_in.get_by_label("credits:read").check()
    signed_in.get_by_label("Only from these networks").fill("127.0.0.0/8\n::1")
    signed_in.get_by_label(re.compile("Days until it expires")).fill("30")
    signed_in.get_by_role("button", name="Make the key").dblclick()
    text = signed_in.locator("#new-key").inner_text()
    assert _status(portal, text) == 200
    with portal.service.database.reading() as session:
        (made,) = [row for row in keys.listed(session, portal.workspace_id) if row.name == "laptop"]
    assert made.scopes == ["credits:read", "replicas:read"]
    assert made.allowed_addresses == ["127.0.0.0/8", "::1/128"]
    assert made.expires_at is not None
    signed_in.reload()
    expect(signed_in.locator("#new-key")).to_have_count(0)
    assert text not in signed_in.content()
    signed_in.get_by_role("link", name="laptop").click()
    signed_in.get_by_role("button", name="Revoke “laptop”").click()
    expect(signed_in.get_by_role("row", name=re.compile("laptop"))).to_contain_text("Revoked")
    assert _status(portal, text) == 401


def test_what_cannot_be_made_is_said_where_it_was_typed(signed_in: Page, troubles: Any) -> None:
    troubles.expect("status of 400|Error Code 400")
    signed_in.goto("/keys")
    signed_in.get_by_label("Name").fill("farm")
    signed_in.get_by_text("Narrow it down further").click()
    signed_in.get_by_label("Only from these networks").fill("somewhere")
    signed_in.get_by_role("button", name="Make the key").click()
    expect(signed_in.get_by_role("alert")).to_contain_text("An allowed address is an IP address or a network")
    expect(signed_in.get_by_role("alert")).to_be_in_viewport()
    assert signed_in.get_by_label("Name").input_value() == "farm"


def test_revoking_ends_what_came_of_a_key_and_signs_out(portal: Any, open_page: Callable[..., Page]) -> None:
    with portal.service.database.transaction() as session:
        second = keys.create(session, portal.workspace_id, "second", OWNER)
    page = open_page(second.text)
    page.goto("/keys")
    page.get_by_label("Name").fill("child")
    page.get_by_role("button", name="Make the key").click()
    child = page.locator("#new-key").inner_text()
    page.goto(f"/keys/{second.row.id}")
    revoking = page.locator("section", has=page.locator("#revoke"))
    expect(revoking).to_contain_text("nor with the key that was made with it: child")
    expect(revoking).to_contain_text("1 browser that is signed in")
    expect(revoking).to_contain_text("This browser is signed in with it.")
    expect(revoking).not_to_contain_text("last key of an owner")
    page.get_by_role("button", name="Revoke “second”").click()
    page.wait_for_url("**/sign-in?**")
    assert (_status(portal, child), _status(portal, portal.key)) == (401, 200)


def test_an_editor_sees_keys_and_changes_none(portal: Any, open_page: Callable[..., Page]) -> None:
    with portal.service.database.transaction() as session:
        editor = keys.create(session, portal.workspace_id, "editor’s key", EDITOR)
        first = session.get_one(ApiKey, portal.key.split("_")[1])
    page = open_page(editor.text)
    page.goto("/keys")
    expect(page.get_by_text("Only an owner of the workspace can make or revoke keys.")).to_be_visible()
    expect(page.locator("main form")).to_have_count(0)
    page.goto(f"/keys/{first.id}")
    expect(page.locator("main form")).to_have_count(0)
    page.goto("/keys/workspace")
    expect(page.locator("main form")).to_have_count(0)


def test_the_log_leads_to_what_it_is_about(filled: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(filled.key, filled)
    page.goto(f"/keys/audit?subject={filled.ids['receipt_revoked']}")
    taken_back = page.get_by_role("row", name=re.compile("took the consent back"))
    taken_back.get_by_role("link").last.click()
    page.wait_for_url(f"**/receipts/{filled.ids['receipt_revoked']}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_a_workspace_gets_another_name_and_days(portal: Any, signed_in: Page) -> None:
    signed_in.goto("/keys/workspace")
    signed_in.get_by_label("Name").fill("Lighthouse Films")
    signed_in.get_by_label("Days for which footage is kept").fill("14")
    signed_in.get_by_role("button", name="Save").click()
    expect(signed_in.locator(".who")).to_contain_text("Lighthouse Films")
    assert signed_in.get_by_label("Days for which footage is kept").input_value() == "14"
    signed_in.goto("/keys/audit")
    expect(signed_in.get_by_role("row", name=re.compile("changed the workspace"))).to_contain_text("first key")
    signed_in.get_by_label("Only of").fill("nothing")
    signed_in.get_by_role("button", name="Show").click()
    expect(signed_in.get_by_text("Nothing is noted of nothing.")).to_be_visible()
