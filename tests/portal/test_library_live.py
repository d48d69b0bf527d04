"""The library follows what is under way, by one stream for each page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from example_installation.history import History
from example_installation.replicas import uploaded
from playwright.sync_api import Page, expect

from countenance.api.browsers import COOKIE
from countenance.service.accounts import sessions
from countenance.service.clock import now
from countenance.service.credits import ledger
from countenance.service.credits.account import balance

_SLOW = 90_000
_COUNT_STREAMS = """
  window.streams = [];
  window.EventSource = class extends EventSource {
    constructor(...given) { super(...given); window.streams.push(given[0]); }
  };
"""


@pytest.fixture
def ask(portal: Any) -> Callable[[str], str]:
    """Ask for a replica by the API, as a program does; its id."""

    def asked(name: str) -> str:
        upload_id = uploaded(History(portal.service, portal.workspace_id, now()))
        wanted = {"replica_name": name, "train_upload_id": upload_id, "synthetic": True}
        answer = httpx2.post(f"{portal.url}/v2/replicas", json=wanted, headers={"x-api-key": portal.key}, timeout=60)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["replica_id"])

    return asked


def test_a_training_is_followed_until_it_is_ready(worker: Any, signed_in: Page, ask: Callable[[str], str]) -> None:
    worker.engine(stays_at="learn")
    replica_id = ask("Ada Winter")
    signed_in.goto("/")
    signed_in.evaluate("() => (window.is_the_same_page = true)")
    card = signed_in.locator(f"#card-{replica_id}")
    standing = card.locator(".standing")
    expect(standing.locator("progress")).to_be_visible(timeout=_SLOW)
    expect(standing).to_contain_text("worker’s sign of life: ")
    expect(card.locator("img")).to_have_count(0)
    worker.engine(stays_at="refine")
    signed_in.focus(f"#more-{replica_id}")
    expect(standing).to_have_attribute("data-state", "preview", timeout=_SLOW)
    expect(card.locator(".look img")).to_be_visible()
    signed_in.focus(f"#step-{replica_id}")
    worker.engine()
    expect(standing).to_have_attribute("data-state", "ready", timeout=_SLOW)
    expect(signed_in.locator("#toasts")).to_have_text("“Ada Winter” is ready.")
    expect(signed_in.locator(f"#step-{replica_id}")).to_be_focused()
    expect(standing.locator("progress")).to_have_count(0)
    assert signed_in.evaluate("() => window.is_the_same_page"), "without a reload"


def test_a_training_that_fails_says_so_by_itself_also_after_a_break(
    worker: Any, signed_in: Page, ask: Callable[[str], str], troubles: Any
) -> None:
    troubles.expect("ERR_INTERNET_DISCONNECTED|htmx:sseError|ERR_")
    worker.engine(fate="refused", stays_at="look")
    replica_id = ask("Ada Winter")
    signed_in.goto("/")
    expect(signed_in.locator(f"#card-{replica_id} progress")).to_be_visible(timeout=_SLOW)
    signed_in.context.set_offline(True)
    lost = signed_in.locator("#lost")
    expect(lost).to_be_visible()
    signed_in.context.set_offline(False)
    expect(lost).to_be_hidden(timeout=_SLOW)
    worker.engine(fate="refused")
    button = signed_in.locator(f"#why-{replica_id}")
    expect(signed_in.locator("#toasts")).to_contain_text("“Ada Winter” has failed: ", timeout=_SLOW)
    expect(button).to_be_visible()
    button.hover()
    told = signed_in.locator(f"#why-{replica_id}-told")
    expect(told).to_contain_text("No credit was charged.")
    expect(told.locator(".evidence").first).to_be_visible()


def test_it_is_deleted_during_training_by_two_who_do_not_know_of_each_other(
    worker: Any, signed_in: Page, portal: Any, ask: Callable[[str], str]
) -> None:
    worker.engine(stays_at="look")
    replica_id = ask("Ada Winter")
    signed_in.goto("/")
    expect(signed_in.locator(f"#card-{replica_id} progress")).to_be_visible(timeout=_SLOW)
    other = signed_in.context.new_page()
    other.goto("/")
    for page in (signed_in, other):
        page.click(f"#more-{replica_id}")
        page.get_by_role("link", name="Delete").click()
        expect(page.get_by_role("dialog")).to_contain_text("Deleting stops that at once")
    other.get_by_role("button", name="Delete and stop the training").dblclick()
    expect(other.get_by_text("It can no longer be used.")).to_be_visible()
    expect(other.locator(".replica")).to_have_count(0)
    expect(signed_in.locator(f"#card-{replica_id} .standing")).to_have_attribute("data-state", "gone")
    signed_in.get_by_role("button", name="Delete and stop the training").click()
    expect(signed_in.get_by_text("It was deleted already.")).to_be_visible()
    with portal.service.database.reading() as session:
        left = balance(session, portal.workspace_id, ledger.TRAINING)
    assert (left.held, left.spent) == (0, 0)
    assert left.available == left.granted


def test_a_stream_shows_nothing_of_others_and_ends_when_all_is_final(filled: Any, portal: Any) -> None:
    with portal.service.database.transaction() as session:
        mine = sessions.begin(session, portal.key, "127.0.0.1")
    with filled.service.database.transaction() as session:
        theirs = sessions.begin(session, filled.key, "127.0.0.1")
    wanted = {"replicas": f"{filled.ids['completed']},{filled.ids['refused']}"}
    told = _stream(portal.url, mine, wanted)
    assert told == ["event: end"]
    told = _stream(filled.url, theirs, wanted)
    assert told == [*sorted(f"event: replica-{each}" for each in wanted["replicas"].split(",")), "event: end"]
    refused = httpx2.get(f"{portal.url}/live", headers={"accept": "text/event-stream"}, timeout=60)
    assert refused.status_code == 401


def _stream(url: str, token: str, wanted: dict[str, str]) -> list[str]:
    answer = httpx2.get(f"{url}/live", params=wanted, headers={"cookie": f"{COOKIE}={token}"}, timeout=20)
    assert answer.status_code == 200
    events = [line for line in answer.text.splitlines() if line.startswith("event: ")]
    return [*sorted(events[:-1]), *events[-1:]]


def test_a_page_has_one_stream_or_none(open_page: Callable[..., Page], filled: Any) -> None:
    page = open_page(filled.key, filled)
    page.add_init_script(_COUNT_STREAMS)
    page.goto("/?search=winter course")
    page.wait_for_function("() => window.streams.length > 0")
    assert page.evaluate("() => window.streams.length") == 1
    page.goto("/?search=cycling")  # to its end: by then the other page had its stream
    assert page.evaluate("() => [document.readyState, window.streams.length]") == ["complete", 0]
