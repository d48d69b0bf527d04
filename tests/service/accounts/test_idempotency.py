"""The same request twice is one request, also at once and after a crash."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from countenance.errors import CountenanceError, Rule
from countenance.service.accounts.errors import (
    IDEMPOTENCY_GONE,
    IDEMPOTENCY_KEY_INVALID,
    IDEMPOTENCY_MISMATCH,
    IDEMPOTENCY_RUNNING,
)
from countenance.service.accounts.idempotency import (
    ABANDONED,
    KEPT,
    Answer,
    claim,
    fingerprint,
    forget,
    forget_old,
    free,
    keep,
)
from countenance.service.accounts.workspaces import create
from countenance.service.clock import now
from countenance.service.db.database import Database
from countenance.service.db.tables import IdempotencyKey
from countenance.settings import Settings

_PATH = "/v2/replicas"


def _ask(database: Database, workspace: str, key: str = "k", body: bytes = b"{}", path: str = _PATH) -> Answer | None:
    with database.transaction() as session:
        answer = claim(session, workspace, key, "POST", path, body)
        if answer is None:
            keep(session, workspace, key, 200, f"made of {len(body)}")
        return answer


def _refusal(database: Database, workspace: str, key: str = "k", body: bytes = b"{}", path: str = _PATH) -> Rule:
    with pytest.raises(CountenanceError) as caught:
        _ask(database, workspace, key, body, path)
    return caught.value.finding.rule


def _age(database: Database, by: timedelta) -> None:
    with database.transaction() as session:
        session.execute(update(IdempotencyKey).values(created_at=now() - by))


def test_the_first_answer_is_given_again(database: Database, workspace: str) -> None:
    assert _ask(database, workspace) is None
    assert _ask(database, workspace) == Answer(200, "made of 2")
    assert _refusal(database, workspace, body=b"{ }") is IDEMPOTENCY_MISMATCH
    assert _refusal(database, workspace, path="/v2/videos") is IDEMPOTENCY_MISMATCH
    assert _ask(database, workspace, key="other") is None
    with database.transaction() as session:
        other = create(session, Settings(), "Other").id
    assert _ask(database, other) is None


def test_an_answer_about_what_was_purged_is_gone(database: Database, workspace: str) -> None:
    for key, size in (("k", 2), ("other", 3)):
        _ask(database, workspace, key, b"x" * size)
    with database.transaction() as session:
        forget(session, workspace, ["made of 2", "nothing else"])
        forget(session, "another", ["made of 3"])
    assert _refusal(database, workspace, body=b"xx") is IDEMPOTENCY_GONE
    assert _ask(database, workspace, "other", b"xxx") == Answer(200, "made of 3")


def test_a_request_that_failed_or_died_leaves_the_key_free(database: Database, workspace: str) -> None:
    def die() -> None:
        with database.transaction() as session:
            assert claim(session, workspace, "k", "POST", _PATH, b"{}") is None
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        die()
    assert _ask(database, workspace, body=b"something else") is None


def test_work_that_outlives_its_claim(database: Database, workspace: str) -> None:
    with database.transaction() as session:
        assert claim(session, workspace, "k", "POST", _PATH, b"{}") is None
    assert _refusal(database, workspace) is IDEMPOTENCY_RUNNING
    _age(database, ABANDONED - timedelta(minutes=1))
    assert _refusal(database, workspace) is IDEMPOTENCY_RUNNING
    _age(database, ABANDONED)
    assert _ask(database, workspace) is None
    assert _ask(database, workspace) == Answer(200, "made of 2")


def test_a_claim_can_be_given_back_but_no_answer(database: Database, workspace: str) -> None:
    with database.transaction() as session:
        claim(session, workspace, "k", "POST", _PATH, b"{}")
    with database.transaction() as session:
        free(session, workspace, "k")
    assert _ask(database, workspace) is None
    with database.transaction() as session:
        free(session, workspace, "k")
    assert _ask(database, workspace) == Answer(200, "made of 2")


def test_answers_are_kept_for_seven_days(database: Database, workspace: str) -> None:
    _ask(database, workspace)
    _age(database, KEPT - timedelta(minutes=1))
    with database.transaction() as session:
        assert forget_old(session, now()) == 0
    assert _ask(database, workspace) is not None
    _age(database, KEPT)
    assert _ask(database, workspace, body=b"new") is None
    _age(database, KEPT)
    with database.transaction() as session:
        assert forget_old(session, now()) == 1
    assert _ask(database, workspace) is None


def test_of_many_at_once_one_works_and_all_are_answered(database: Database, workspace: str) -> None:
    together, worked = threading.Barrier(6), []

    def ask(_: int) -> Answer:
        together.wait()
        with database.transaction() as session:
            answer = claim(session, workspace, "k", "POST", _PATH, b"{}")
            if answer is None:
                worked.append(threading.get_ident())
                time.sleep(0.05)
                answer = Answer(201, "the one")
                keep(session, workspace, "k", answer.status, answer.body)
            return answer

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(ask, range(6)))
    assert len(worked) == 1
    assert answers == [Answer(201, "the one")] * 6
    with database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(IdempotencyKey)) == 1


def test_odd_keys_are_refused(database: Database, workspace: str) -> None:
    for key in ("", " ", "a b", "x" * 256, "naïve", "a\n", "\x7f"):
        assert _refusal(database, workspace, key=key) is IDEMPOTENCY_KEY_INVALID


@given(st.tuples(st.text(), st.text(), st.binary()), st.tuples(st.text(), st.text(), st.binary()))
def test_different_requests_have_different_fingerprints(
    one: tuple[str, str, bytes], two: tuple[str, str, bytes]
) -> None:
    same = (one[0].upper(), *one[1:]) == (two[0].upper(), *two[1:])
    assert (fingerprint(*one) == fingerprint(*two)) == same
    moved = (one[0] + "/", one[1], b"/" + one[2])
    assert fingerprint(*moved) != fingerprint(one[0], "/" + one[1] + "/", one[2])


_STEP = st.tuples(st.sampled_from("ab"), st.sampled_from([b"1", b"2"]), st.sampled_from(["ok", "crash", "committed"]))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(_STEP, max_size=8))
def test_any_order_of_requests_and_crashes(
    database: Database, workspace: str, steps: list[tuple[str, bytes, str]]
) -> None:
    """Against a model: what each key holds."""
    held: dict[str, tuple[bytes, Answer | None]] = {}
    for key, body, end in steps:
        outcome: Answer | Rule | None = None
        try:
            with database.transaction() as session:
                outcome = claim(session, workspace, key, "POST", _PATH, body)
                if outcome is None and end == "ok":
                    keep(session, workspace, key, 200, body.decode())
                elif outcome is None and end == "crash":
                    raise ZeroDivisionError
        except CountenanceError as error:
            outcome = error.finding.rule
        except ZeroDivisionError:
            pass
        if key in held:
            before, answer = held[key]
            assert outcome == (IDEMPOTENCY_MISMATCH if before != body else answer or IDEMPOTENCY_RUNNING)
        else:
            assert outcome is None
            if end != "crash":
                held[key] = (body, Answer(200, body.decode()) if end == "ok" else None)
    with database.transaction() as session:
        for row in session.scalars(select(IdempotencyKey)):
            session.delete(row)
