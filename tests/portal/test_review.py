"""A human decides what the machine was not sure of."""

from __future__ import annotations

import re
from typing import Any

from example_installation import results
from example_installation.history import History
from example_installation.replicas import Replicas, uploaded
from playwright.sync_api import Page, expect
from sqlalchemy import select
from tests.portal.said import first, held

from countenance.consent.claim_rules import CLAIM_PARTLY
from countenance.consent.receipt_content import Material
from countenance.consent.rules import FACE_UNSURE
from countenance.errors import Finding
from countenance.service.accounts import audit
from countenance.service.clock import now
from countenance.service.credits.account import balance
from countenance.service.db.tables import Replica
from countenance.service.replicas import life


def _generated(portal: Any) -> str:
    """Footage that is said to be AI-generated, of which that is not certain."""
    history = History(portal.service, portal.workspace_id, now())
    replicas = Replicas(history, uploaded(history, days=3))
    made = replicas.asked("From the generator", Material.SYNTHETIC, hours=2)
    replicas.doubted(made, [Finding(CLAIM_PARTLY, detail="It was composed with captured media.")], hours=1)
    return made


def _filmed(portal: Any) -> str:
    """Real footage, and a statement of which it is not certain that the same person speaks it."""
    history = History(portal.service, portal.workspace_id, now())
    replicas = Replicas(history, uploaded(history, days=3))
    made = replicas.asked("Harbour tour", hours=2)
    replicas.begun(made, "check", hours=1)
    said = results.check(results.GOOD)
    doubt = Finding(FACE_UNSURE, measured=0.5).as_dict()
    verdict = {**said["clearance"]["consent"], "decision": "review", "findings": [doubt]}
    with history.ago(hours=1) as session:
        life.checked(
            session,
            portal.service,
            made,
            findings=[*said["findings"], doubt],
            clearance={**said["clearance"], "consent": verdict},
            ok=False,
        )
    return made


def _row(portal: Any, replica_id: str) -> Replica:
    with portal.service.database.reading() as session:
        row: Replica = session.get_one(Replica, replica_id)
        return row


def test_somebody_looks_and_confirms(portal: Any, signed_in: Page) -> None:
    made = _filmed(portal)
    signed_in.goto("/review")
    expect(signed_in.locator(".queue li")).to_contain_text("not certain to be one person's")
    signed_in.get_by_role("link", name="Look at Harbour tour").click()
    films = signed_in.locator(".recording video")
    expect(films).to_have_count(2)
    for film in films.all():
        signed_in.wait_for_function("(film) => film.readyState >= 1 && film.duration > 30", arg=film.element_handle())
    expect(signed_in.locator("blockquote").first).to_contain_text("Ada Winter")
    expect(signed_in.get_by_role("row", name="The same face in both recordings")).to_contain_text("Clear")
    with portal.service.database.reading() as session:
        noted = {entry.action for entry in audit.listed(session, portal.workspace_id, subject_id=made).entries}
    assert "replica.footage.read" in noted
    train = signed_in.get_by_role("button", name="It is right: train it")
    train.click()
    assert _row(portal, made).status == "waiting", "nobody has said who they are"
    signed_in.get_by_label("Your full name").fill("Ines Albrecht")
    train.click()
    assert _row(portal, made).status == "waiting", "nobody has said that they looked"
    signed_in.get_by_label("I have looked at the recordings").check()
    train.dblclick()
    expect(signed_in.get_by_role("status").get_by_role("link", name="Harbour tour")).to_be_visible()
    row = _row(portal, made)
    assert (row.status, row.reviewed_by) == ("queued", "Ines Albrecht")
    expect(signed_in.get_by_text("Nothing waits for you")).to_be_visible()


def test_a_decision_is_sent_once_however_long_the_next_page_takes(portal: Any, signed_in: Page) -> None:
    pages, sent = held(signed_in, re.compile(r"/review\?decided=")), []
    signed_in.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    signed_in.goto(f"/review/{_filmed(portal)}")
    signed_in.get_by_label("Your full name").fill("Ines Albrecht")
    signed_in.get_by_label("I have looked at the recordings").check()
    signed_in.evaluate("""() => addEventListener("htmx:afterRequest", () => setTimeout(() => {
      [...document.querySelectorAll("button")].find((each) => each.textContent.includes("It is right")).click();
    }), { once: true })""")
    signed_in.get_by_role("button", name="It is right: train it").click(no_wait_after=True)
    page = first(signed_in, pages)
    signed_in.wait_for_timeout(300)
    page.continue_()
    expect(signed_in.get_by_role("status").get_by_role("link", name="Harbour tour")).to_be_visible()
    assert len(sent) == 1


def test_somebody_looks_and_refuses(portal: Any, signed_in: Page, troubles: Any) -> None:
    made = _generated(portal)
    signed_in.goto(f"/review/{made}")
    expect(signed_in.locator(".recording video")).to_have_count(1)
    expect(signed_in.locator(".finding")).to_contain_text("It was composed with captured media.")
    expect(signed_in.locator(".finding")).to_contain_text("a camera recorded, confirm it.")
    expect(signed_in.locator("#claim + dl")).to_contain_text("in order, but anybody may have signed them")
    signed_in.get_by_label("Your full name").fill("Ines Albrecht")
    signed_in.get_by_label("I have looked at it").check()
    signed_in.get_by_label("Reason, if you refuse").fill("A camera filmed a real person here.")
    signed_in.get_by_role("button", name="Refuse it").click()
    signed_in.wait_for_url("**/review?decided=*")
    row = _row(portal, made)
    assert (row.status, row.error_type) == ("error", "service.review_refused")
    assert "Ines Albrecht: A camera filmed a real person here." in (row.error_message or "")
    with portal.service.database.reading() as session:
        left = balance(session, portal.workspace_id, "training")
    assert (left.held, left.spent) == (0, 0)
    troubles.expect("status of 409")
    signed_in.goto(f"/review/{made}")
    expect(signed_in.get_by_text("This replica does not wait for a human's review.")).to_be_visible()


def test_two_people_decide_at_once(portal: Any, signed_in: Page, troubles: Any) -> None:
    made = _generated(portal)
    signed_in.goto(f"/review/{made}")
    with portal.service.database.transaction() as session:
        life.review(session, portal.service, portal.workspace_id, made, "somebody else")
    troubles.expect("status of 409|Error Code 409")
    signed_in.get_by_label("Your full name").fill("Ines Albrecht")
    signed_in.get_by_label("I have looked at it").check()
    signed_in.get_by_role("button", name="Refuse it").click()
    expect(signed_in.get_by_role("alert")).to_contain_text("does not wait for a human's review")
    row = _row(portal, made)
    assert (row.status, row.reviewed_by) == ("queued", "somebody else")
    with portal.service.database.reading() as session:
        assert session.scalar(select(Replica.error_type).where(Replica.id == made)) is None
