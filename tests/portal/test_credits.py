"""Credits: what there is, and a statement that anybody can add up."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from example_installation.history import History
from example_installation.replicas import Replicas, uploaded
from playwright.sync_api import Page, expect

from countenance.consent.receipt_content import Material
from countenance.engine.errors import TOO_LITTLE_TO_LEARN
from countenance.service.accounts import keys
from countenance.service.accounts.scopes import VIEWER
from countenance.service.clock import now
from countenance.service.credits.account import balance
from countenance.service.replicas import life


def _trained(portal: Any) -> dict[str, str]:
    """A training that is complete, one that failed, one that was deleted meanwhile, and one that is under way."""
    history = History(portal.service, portal.workspace_id, now())
    replicas = Replicas(history, uploaded(history, days=3))
    made = {
        name: replicas.asked(name, Material.SYNTHETIC, hours=9 - number)
        for number, name in enumerate(("complete", "failed", "deleted", "under way"))
    }
    for name, replica_id in made.items():
        replicas.checked(replica_id, hours=4)
        replicas.begun(replica_id, "train", hours=3)
        if name == "complete":
            replicas.completed(replica_id, "ada", hours=2)
        elif name == "failed":
            replicas.failed(replica_id, TOO_LITTLE_TO_LEARN, hours=2)
    life.delete_and_cancel(portal.service, portal.workspace_id, made["deleted"])
    return made


def _lines(page: Page) -> list[list[str]]:
    return [row.locator("td").all_inner_texts() for row in page.locator("tbody tr").all()]


def test_a_statement_adds_up(portal: Any, signed_in: Page, tmp_path: Path) -> None:
    made = _trained(portal)
    signed_in.goto("/credits")
    with portal.service.database.reading() as session:
        left = balance(session, portal.workspace_id, "training")
    assert (left.held, left.spent) == (1, 1)
    expect(signed_in.locator("#unit-training + .figure")).to_have_text(f"{left.available} trainings available")
    changes: defaultdict[str, int] = defaultdict(int)
    for _, what, about, amount, change, after in reversed(_lines(signed_in)):
        unit = "training" if "training" in amount else "video"
        changes[unit] += int(change.replace("−", "-"))
        if unit == "training":
            assert after.split()[0] == str(changes[unit]), (what, about)
    assert changes["training"] == left.available
    expect(signed_in.locator(".check.good .verdict")).to_have_count(2)
    words = {about.split()[0]: what for _, what, about, *_ in reversed(_lines(signed_in)) if about}
    assert words["failed"] == "Released: it failed, nothing was charged"
    assert words["complete"] == "Spent: it is complete"
    deleted = signed_in.locator("tbody tr", has_text=f"deleted replica {made['deleted']}")
    expect(deleted.first).to_contain_text("deleted before it was complete, nothing was charged")
    hold = signed_in.locator("section", has=signed_in.locator("#holds"))
    expect(hold.get_by_role("link", name="under way")).to_have_attribute("href", f"/replicas/{made['under way']}")
    expect(hold).to_contain_text("1 training, while it trains")
    signed_in.get_by_label("What").select_option("video_second")
    signed_in.get_by_role("button", name="Show").click()
    expect(signed_in.locator("tbody tr")).to_have_count(1)
    signed_in.get_by_label("What").select_option("")
    signed_in.get_by_role("button", name="Show").click()
    expect(signed_in.locator("tbody tr")).not_to_have_count(1)
    signed_in.wait_for_load_state()
    with signed_in.expect_download() as downloading:
        signed_in.get_by_role("link", name="Download as CSV").click()
    downloading.value.save_as(tmp_path / "lines.csv")
    with (tmp_path / "lines.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(_lines(signed_in))
    assert sum(int(row["change"]) for row in rows if row["unit"] == "training") == left.available


def test_what_is_said_of_a_deleted_training_is_as_the_operator_has_it(
    portal: Any, signed_in: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = "or you delete it before it is complete, they are yours again"
    signed_in.goto("/credits")
    expect(signed_in.locator(".lead")).to_contain_text(free)
    monkeypatch.setitem(portal.service.settings.__dict__, "cancelled_training", "capture")
    signed_in.goto("/credits")
    expect(signed_in.locator(".lead")).not_to_contain_text(free)
    expect(signed_in.locator(".lead")).to_contain_text("is spent")


def test_somebody_who_may_only_look_sees_credits(portal: Any, open_page: Callable[..., Page], troubles: Any) -> None:
    with portal.service.database.transaction() as session:
        key = keys.create(session, portal.workspace_id, "display", VIEWER).text
    page = open_page(key)
    page.goto("/credits?month=1999-01&page=7&unit=nonsense")
    expect(page.get_by_role("link", name="Show everything")).to_be_visible()
    expect(page.get_by_role("navigation", name="Main").get_by_role("link")).to_have_text(
        ["Replicas", "Videos", "Credits", "Help"]
    )
    troubles.expect("status of 403")
    for path in ("/keys", "/notifications", "/review"):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_have_text("Your key may not do this")


def test_a_long_statement_has_pages(filled: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(filled.key, filled)
    page.goto("/credits?unit=training")
    newest = _lines(page)[0]
    moments = [moment for moment, *_ in _lines(page)]
    assert moments == sorted(moments, reverse=True)
    page.get_by_role("link", name="Older").click()
    expect(page.get_by_text("Page 2 of")).to_be_visible()
    page.wait_for_load_state()
    assert page.get_by_label("What").input_value() == "training"
    assert newest not in _lines(page)
    page.get_by_role("link", name="Newer").click()
    expect(page.get_by_text("Page 1 of")).to_be_visible()
    page.wait_for_load_state()
    assert _lines(page)[0] == newest
