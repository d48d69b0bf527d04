"""Pronunciation dictionaries over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from countenance.errors import CountenanceError
from countenance.service.context import Service
from countenance.service.db.database import Database
from countenance.service.dictionaries import book
from countenance.voice import pronunciation
from countenance.voice.ipa import spoken_form

PATH = "/v2/pronunciation-dictionaries"
RULE = {"text": "Ada", "pronunciation": "ay dah", "type": "alias"}


@pytest.fixture
def made(client: TestClient) -> str:
    answer = client.post(f"{PATH}/", json={"name": "Names", "rules": [RULE]})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    assert body["uuid"] == body["id"] == body["pronunciation_dictionary_id"]
    return str(body["uuid"])


def test_a_dictionary_is_kept_as_it_was_given(client: TestClient, made: str) -> None:
    body = client.get(f"{PATH}/{made}").json()
    assert made.startswith("pd_")
    assert body["rules"] == [{**RULE, "alphabet": None, "case_sensitive": False, "word_boundaries": True}]
    row = client.get(PATH, params={"page": 0}).json()["data"][0]
    assert (row["uuid"], row["rules"], row["rules_count"]) == (made, None, 1)


@pytest.mark.parametrize(
    "rule",
    [
        {**RULE, "type": "ipa", "pronunciation": "ʘ"},
        {**RULE, "text": ""},
        {**RULE, "text": "a" * 201},
        {**RULE, "type": "sound"},
    ],
)
def test_what_cannot_be_spoken_is_refused(client: TestClient, rule: dict[str, Any]) -> None:
    assert client.post(PATH, json={"name": "Names", "rules": [rule]}).status_code == 400


def test_a_patch_changes_it(client: TestClient, made: str) -> None:
    patch = [
        {"op": "test", "path": "/name", "value": "Names"},
        {"op": "replace", "path": "/name", "value": "People"},
        {"op": "add", "path": "/rules/-", "value": {"text": "Bob", "pronunciation": "ˈbɑb", "type": "ipa"}},
    ]
    changed = client.patch(f"{PATH}/{made}", json=patch, headers={"content-type": "application/json-patch+json"})
    assert changed.status_code == 200, changed.text
    assert changed.json()["name"] == "People"
    assert [rule["text"] for rule in client.get(f"{PATH}/{made}").json()["rules"]] == ["Ada", "Bob"]


def test_a_patch_that_changes_nothing(client: TestClient, made: str) -> None:
    for patch in ([], [{"op": "replace", "path": "/name", "value": "Names"}]):
        answer = client.patch(f"{PATH}/{made}", json=patch)
        assert (answer.status_code, answer.content) == (304, b"")


@pytest.mark.parametrize(
    "patch",
    [
        [{"op": "test", "path": "/name", "value": "Other"}],
        [{"op": "replace", "path": "/nothing/there", "value": 1}],
        [{"op": "add", "path": "/id", "value": "pd_1"}],
        [{"op": "replace", "path": "/name", "value": ""}],
        [{"op": "replace", "path": "", "value": 7}],
        [{"op": "remove", "path": ""}],
        [{"op": "jump", "path": "/name"}],
        [{"path": "/name"}],
        [{"op": "add", "path": "/rules/-", "value": {"text": "Bob", "pronunciation": "ʘ", "type": "ipa"}}],
        [{"op": "add", "path": "/rules/-", "value": RULE}],
        [{"op": "add", "path": "/rules", "value": "abc"}],
        [{"op": "copy", "from": "/rules", "path": "/rules/-"}] * 40,
    ],
)
def test_a_bad_patch_changes_nothing(client: TestClient, made: str, patch: list[dict[str, Any]]) -> None:
    before = client.get(f"{PATH}/{made}").json()
    answer = client.patch(f"{PATH}/{made}", json=patch)
    assert answer.status_code == 422, answer.text
    assert answer.json()["error_type"] == "service.patch_invalid"
    assert client.get(f"{PATH}/{made}").json() == before


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"op": "test", "path": "/name", "value": "Other"}, "`/name` has another value"),
        ({"op": "copy", "from": "/x", "path": "/name"}, "there is no place `/x` or no place `/name`"),
        ({"op": "move", "from": "/rules/9", "path": "/name"}, "there is no place `/rules/9` or no place `/name`"),
        ({"op": "add", "path": "/name/x", "value": 1}, "there is no place `/name/x`"),
        ({"op": "replace", "path": "/rules/abc/text", "value": 1}, "there is no place `/rules/abc/text`"),
        ({"op": "jump", "path": "/name"}, "Unknown operation 'jump'"),
    ],
)
def test_what_is_wrong_with_a_patch_is_told_in_words(
    client: TestClient, made: str, step: dict[str, Any], said: str
) -> None:
    answer = client.patch(f"{PATH}/{made}", json=[{"op": "test", "path": "/name", "value": "Names"}, step])
    assert answer.status_code == 422, answer.text
    assert f"Operation 2: {said}. " in answer.json()["detail"]


def test_it_is_deleted_once(client: TestClient, made: str) -> None:
    assert client.delete(f"{PATH}/{made}").status_code == 204
    assert client.delete(f"{PATH}/{made}").status_code == 404
    used = {"replica_id": "r1", "script": "Hello.", "pronunciation_dictionary_id": made}
    assert client.post("/v2/videos", json=used).status_code == 400


def test_a_large_dictionary_keeps_nobody_waiting(
    client: TestClient, service: Service, made: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing: list[bool] = []
    parsed: list[bool] = []
    transaction = Database.transaction

    @contextmanager
    def watched(database: Database) -> Iterator[Session]:
        with transaction(database) as session:
            writing.append(True)
            yield session
            writing.pop()

    def watched_form(ipa: str) -> str:
        parsed.append(bool(writing))
        return spoken_form(ipa)

    monkeypatch.setattr(Database, "transaction", watched)
    monkeypatch.setattr(pronunciation, "spoken_form", watched_form)
    rule = {"text": "Bob", "pronunciation": "ˈbɑb", "type": "ipa"}
    other = client.post(PATH, json={"name": "Others", "rules": [rule]}, headers={"idempotency-key": "once"}).json()
    patch = [{"op": "add", "path": "/rules/-", "value": rule}]
    assert client.patch(f"{PATH}/{made}", json=patch).json()["rules_count"] == 2
    wanted = {"replica_id": "r1", "script": "Bob.", "pronunciation_dictionary_id": other["uuid"]}
    client.post("/v2/videos", json=wanted)
    assert parsed
    assert not any(parsed)


def test_changes_that_come_at_once_are_all_kept(service: Service, workspace_id: str) -> None:
    with service.database.transaction() as session:
        made = book.create(session, workspace_id, pronunciation.parse({"name": "Names", "rules": []})).id

    def change(number: int) -> None:
        rule = {"text": f"word{number}", "pronunciation": "x", "type": "alias"}
        while True:
            with suppress(CountenanceError):
                book.change(service.database, workspace_id, made, [{"op": "add", "path": "/rules/-", "value": rule}])
                return

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(change, range(12)))
    with service.database.reading() as session:
        found = book.get(session, workspace_id, made)
        assert (len(found.rules), found.rules_count) == (12, 12)
    with service.database.reading() as session:
        (listed,) = book.listed(session, workspace_id).rows
        assert "rules" not in vars(listed), "a list reads no rules"


def test_dictionaries_are_not_without_number(client: TestClient, service: Service, workspace_id: str) -> None:
    with service.database.transaction() as session:
        for number in range(100):
            book.create(session, workspace_id, pronunciation.parse({"name": f"{number}", "rules": []}))
    answer = client.post(PATH, json={"name": "One more", "rules": []})
    assert (answer.status_code, answer.json()["error_type"]) == (409, "service.dictionaries_too_many")


def test_a_patch_is_small(client: TestClient, made: str) -> None:
    patch = [{"op": "replace", "path": "/name", "value": "a" * (2 * 1024 * 1024)}]
    assert client.patch(f"{PATH}/{made}", json=patch).status_code == 413
