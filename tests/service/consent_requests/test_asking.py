"""Asking for consent is no way to write to anybody, with any text; a link's secret is kept no longer than needed."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from countenance.consent import phrase
from countenance.consent.language import language_of
from countenance.consent.rules import NAME_MISSING
from countenance.errors import CountenanceError
from countenance.people.errors import LANGUAGE_NEEDS_MODEL
from countenance.service.accounts import members
from countenance.service.clock import now
from countenance.service.consent_requests import answer, ask, expiry, limits
from countenance.service.consent_requests.errors import LINK_LANGUAGE, MAILS_SENT, NAME_ODD, REQUESTS_OPEN
from countenance.service.context import Service
from countenance.service.credits import ledger
from countenance.service.db.tables import ConsentRequest, Delivery, OutboxEvent, Replica, Workspace
from countenance.service.errors import REQUEST_INVALID
from countenance.service.notify import log
from countenance.service.notify.deliver import deliver
from countenance.service.notify.dispatch import dispatch
from countenance.service.notify.errors import DELIVERY_OVER
from countenance.service.replicas import life
from countenance.service.replicas.wanted import NewReplica
from countenance.service.tasks.sources import MediaRef
from countenance.settings import Settings

ADA = "ada@example.org"


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture
def replica(service: Service) -> str:
    """A replica that waits for somebody's consent."""
    with service.database.transaction() as session:
        session.add(Workspace(id="w1", name="", created_at=now()))
        session.flush()
        ledger.grant(session, "w1", ledger.TRAINING, 30, "a gift")
        wanted = NewReplica(footage=MediaRef(url="https://x.test/a.mp4"), consent_by_link=True)
        return life.create(session, service, "w1", wanted).id


def asked(service: Service, replica: str, name: str = "Ada Lovelace", email: str | None = ADA) -> tuple[str, str]:
    with service.database.transaction() as session:
        request, token = ask.create(session, service, "w1", replica, full_name=name, email=email)
        return request.id, token


def refusal(service: Service, replica: str, **more: str) -> str:
    with pytest.raises(CountenanceError) as caught:
        asked(service, replica, **more)
    return caught.value.finding.rule.id


def kept(service: Service) -> list[tuple[object, object, bool]]:
    """Link and address in each event, and whether it was dispatched."""
    with service.database.reading() as session:
        events = session.scalars(select(OutboxEvent).where(OutboxEvent.type == "consent.requested"))
        return [(bool(one.payload["url"]), one.payload["email"], one.dispatched_at is not None) for one in events]


@pytest.mark.parametrize(
    "name",
    [
        "You have won, see https://x.test",
        "Ada and/or Bob",
        "write to eve@x.test",
        "Call 555",
        "Call ٥٥٥",
        "Look at evil.test",
        "Ada\x00",
        "A" * 101,
    ],
)
def test_only_a_name_stands_where_a_name_belongs(service: Service, replica: str, name: str) -> None:
    assert refusal(service, replica, name=name) == NAME_ODD.id
    for nobody in ("123", "李明", "..."):
        assert refusal(service, replica, name=nobody) == NAME_MISSING.id
    for real in ("J.R.R. Tolkien", "Anne-Marie d'Arc, Ph.D", "Øystein Łoś", "A" * 100):
        asked(service, replica, real)
        with service.database.transaction() as session:
            session.execute(update(ConsentRequest).values(state="withdrawn"))


def test_a_link_speaks_only_a_language_with_one_time_words(service: Service, replica: str) -> None:
    for language in ("de", "es", "fr"):
        with pytest.raises(CountenanceError) as caught, service.database.transaction() as session:
            ask.create(session, service, "w1", replica, full_name="Ada", language=language, email=ADA)
        assert (caught.value.finding.rule, caught.value.finding.measured) == (LINK_LANGUAGE, language)
    with service.database.reading() as session:
        row = session.get_one(Replica, replica)
        assert (row.full_name, row.language, session.scalars(select(ConsentRequest)).all()) == (None, "en", [])
    assert kept(service) == []


def test_what_an_operator_adds_is_good_for_links_where_it_can_be_heard(settings: Settings, tmp_path: Path) -> None:
    german = language_of("de", settings).model_dump(mode="json")
    words = [f"wort{number}" for number in range(phrase.LEAST_WORDS)]
    told = german | {"phrase": "Meine Wörter sind {words}.", "phrase_words": words}
    (tmp_path / "de.json").write_text(json.dumps(told), "utf-8")
    deaf = settings.model_copy(update={"statements_dir": tmp_path})
    with pytest.raises(CountenanceError) as caught:
        limits.check_language("de", deaf)
    assert caught.value.finding.rule is LANGUAGE_NEEDS_MODEL
    hears = deaf.model_copy(update={"speech_model": tmp_path})
    limits.check_language("de", hears)
    offered = [[each.language for each in limits.languages_of_links(one)] for one in (settings, deaf, hears)]
    assert offered == [["en"], ["en"], ["en", "de"]]


@pytest.mark.parametrize("email", ["ada", "ada@x.test, eve@x.test", "Ada <ada@x.test>", "a@x.test\nBcc: b@x.test"])
def test_an_address_is_one_address(service: Service, replica: str, email: str) -> None:
    assert refusal(service, replica, email=email) == REQUEST_INVALID.id


def test_a_replica_has_three_open_links(service: Service, replica: str) -> None:
    first, *_ = [asked(service, replica)[0] for _ in range(3)]
    assert refusal(service, replica) == REQUESTS_OPEN.id
    with service.database.transaction() as session:
        ask.withdraw(session, "w1", first)
    asked(service, replica)
    with service.database.transaction() as session:
        session.execute(update(ConsentRequest).values(expires_at=now() - timedelta(seconds=1)))
    asked(service, replica)


def test_a_workspace_asks_fifty_people_a_day(service: Service, replica: str) -> None:
    for number in range(50):
        request, _ = asked(service, replica)
        if number % 2:
            dispatch(service)
        with service.database.transaction() as session:
            session.get_one(ConsentRequest, request).state = "withdrawn"
    assert refusal(service, replica) == MAILS_SENT.id
    with service.database.transaction() as session:
        ask.create(session, service, "w1", replica, full_name="Ada")
    dispatch(service)
    with service.database.transaction() as session:
        session.execute(update(Delivery).values(created_at=now() - timedelta(days=1)))
    asked(service, replica)


def test_the_secret_of_a_link_is_kept_until_it_has_arrived(service: Service, replica: str) -> None:
    request, token = asked(service, replica)
    assert kept(service) == [(True, ADA, False)]
    dispatch(service)
    assert kept(service) == [(True, ADA, True)]
    with service.database.reading() as session:
        (delivery,) = session.scalars(select(Delivery))
    assert deliver(service, delivery.id) is None
    (letter,) = (service.settings.data_dir / "mail").iterdir()
    assert token in letter.read_text().replace("=\n", "")
    assert kept(service) == [(False, ADA, True)]
    with pytest.raises(CountenanceError) as caught, service.database.transaction() as session:
        log.resend(session, service, "w1", delivery.id)
    assert caught.value.finding.rule is DELIVERY_OVER
    assert answer.open_link(service, token).request.id == request


@pytest.mark.parametrize("end", ["withdrawn", "declined", "expired", "deleted"])
@pytest.mark.parametrize("dispatched", [False, True])
def test_of_a_closed_link_nothing_is_sent(service: Service, replica: str, end: str, dispatched: bool) -> None:
    with service.database.transaction() as session:  # or the owner would be written to of the replica's end
        members.add(session, "w1", "office@harbour.example", notified=False)
    request, token = asked(service, replica)
    if dispatched:
        dispatch(service)
    with service.database.transaction() as session:
        if end == "withdrawn":
            ask.withdraw(session, "w1", request)
        elif end == "declined":
            answer.decline(session, service, token)
        elif end == "expired":
            session.get_one(ConsentRequest, request).expires_at = now() - timedelta(seconds=1)
        else:
            life.delete(session, service, "w1", replica)
    if end == "expired":
        assert expiry.sweep(service) == 1
    assert kept(service) == [(False, None if end == "deleted" else ADA, True)]
    dispatch(service)
    with service.database.reading() as session:
        deliveries = session.scalars(select(Delivery)).all()
    for delivery in deliveries:
        deliver(service, delivery.id)
        assert end != "deleted" or ADA not in delivery.target
    assert not (service.settings.data_dir / "mail").exists()
    with service.database.reading() as session:
        assert {each.state for each in session.scalars(select(Delivery))} == ({"failed"} if dispatched else set())


def test_a_link_that_expires_before_the_sweep_is_not_sent(service: Service, replica: str) -> None:
    request, _ = asked(service, replica)
    dispatch(service)
    with service.database.transaction() as session:
        session.get_one(ConsentRequest, request).expires_at = now() - timedelta(seconds=1)
        (delivery,) = session.scalars(select(Delivery))
    assert deliver(service, delivery.id) is None
    assert not (service.settings.data_dir / "mail").exists()
    with pytest.raises(CountenanceError) as caught, service.database.transaction() as session:
        log.resend(session, service, "w1", delivery.id)
    assert caught.value.finding.rule is DELIVERY_OVER


def test_opening_a_link_keeps_nobody_waiting_and_leaves_no_words_of_one_that_is_closed(
    service: Service, replica: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    request, token = asked(service, replica)
    drawn = phrase.draw

    def draw_while_it_is_withdrawn(*given: Any, **more: Any) -> phrase.OneTimePhrase:
        with service.database.transaction() as session:  # would wait for whoever holds one
            ask.withdraw(session, "w1", request)
        return drawn(*given, **more)

    monkeypatch.setattr(phrase, "draw", draw_while_it_is_withdrawn)
    with pytest.raises(CountenanceError, match="closed"):
        answer.open_link(service, token)
    assert not [*(service.settings.data_dir / "phrases").iterdir()]
    with service.database.transaction(), pytest.raises(CountenanceError) as caught:
        answer.open_link(service, "unknown")
    assert caught.value.finding.rule.id == "service.consent_request_unknown"
