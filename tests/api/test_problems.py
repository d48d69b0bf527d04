"""Whatever is wrong is told in one shape, which problem-aware clients and Tavus's can both read."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil

import pytest
from fastapi import FastAPI, Request
from starlette.testclient import TestClient
from starlette.types import Message

import countenance
from countenance.api.app import create_app
from countenance.api.problem import PATTERNS, answer
from countenance.api.status_codes import status_of
from countenance.errors import CountenanceError, Finding, Rule
from countenance.service.context import Service

_MEMBERS = {
    "type", "title", "status", "detail", "instance", "error", "message", "error_type", "findings", "request_id",
}  # fmt: skip


def _rules() -> list[Rule]:
    found: dict[str, Rule] = {}
    for module in pkgutil.walk_packages(countenance.__path__, "countenance."):
        if module.name.endswith(("errors", "rules")):
            held = vars(importlib.import_module(module.name)).get("RULES", ())
            found.update({rule.id: rule for rule in held})
    return list(found.values())


def test_every_entry_of_the_catalogue_is_answered_alike(described: FastAPI) -> None:
    request = Request({"type": "http", "method": "GET", "path": "/v2/x", "headers": [], "app": described})
    rules = _rules()
    assert len(rules) > 200
    for rule in rules:
        response = answer(request, CountenanceError(Finding(rule)).findings)
        assert 400 <= response.status_code < 600, rule.id
        assert response.status_code == status_of(rule.id)
        assert (response.status_code >= 500) == (rule.id in _FAULTS), rule.id


_FAULTS = {
    "api.busy", "api.not_offered", "api.replacements_not_made", "api.voices_not_made", "consent.key_exposed",
    "consent.key_unreadable", "consent.register_unusable",
    "people.weight_altered", "people.weight_missing",
    "service.internal", "service.link_key", "service.store_unreachable",
}  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v2/replicas/zzz", 404),
        ("GET", "/v2/videos/zzz", 404),
        ("GET", "/v2/nothing", 404),
        ("PUT", "/v2/replicas", 405),
        ("POST", "/v2/replicas", 400),
        ("GET", "/v2/conversations/c1", 400),
        ("POST", "/v2/conversations", 501),
        ("POST", "/v2/pals/", 501),
        ("GET", "/v2/pals/p1", 404),
    ],
)
def test_a_problem_has_one_shape(client: TestClient, method: str, path: str, status: int) -> None:
    plain = client.request(method, path)
    assert plain.status_code == plain.json()["status"] == status
    assert plain.headers["content-type"] == "application/json"
    assert set(plain.json()) == _MEMBERS
    assert plain.json()["request_id"] == plain.headers["x-request-id"]
    aware = client.request(method, path, headers={"accept": "application/problem+json"})
    assert aware.headers["content-type"] == "application/problem+json"


def test_tavus_words(client: TestClient, nobody: TestClient) -> None:
    assert client.get("/v2/conversations/c1").json()["error"] == "Invalid conversation_id"
    nobody.headers.pop("x-api-key", None)
    for headers in ({}, {"x-api-key": "wrong"}, {"authorization": "Bearer wrong"}):
        refused = nobody.get("/v2/replicas", headers=headers)
        assert refused.status_code == 401
        assert refused.json()["message"] == refused.json()["error"] == "Invalid access token"


def test_what_was_sent_is_not_repeated(client: TestClient) -> None:
    url = "https://example.org/a.mp4?signature=secret"
    for body in ({"train_video_url": [url]}, {"train_video_url": url, "train_image_url": url}):
        assert "secret" not in client.post("/v2/replicas", json=body).text
    assert client.post("/v2/replicas", content=b"{", headers={"content-type": "application/json"}).status_code == 400


@pytest.mark.parametrize("odd", [r"a\u0000b", r"\ud800", r"\u0000"])
def test_what_no_database_takes_is_refused(client: TestClient, odd: str) -> None:
    json = {"content-type": "application/json"}
    bodies = {
        "/v2/replicas": f'{{"train_video_url": "https://example.org/a.mp4", "synthetic": true, "face_name": "{odd}"}}',
        "/v2/videos": f'{{"replica_id": "r1", "script": "{odd}"}}',
        "/v2/pronunciation-dictionaries": f'{{"name": "{odd}"}}',
    }
    for path, body in bodies.items():
        refused = client.post(path, content=body, headers=json)
        assert (refused.status_code, refused.json()["error_type"]) == (400, "service.request_invalid"), refused.text
    assert client.get("/v2/replicas/r%00").status_code == 400
    assert client.get("/v2/replicas?model_name=%00").status_code == 400


def test_numbers_that_json_does_not_have_are_refused(client: TestClient) -> None:
    for number in ("NaN", "1e999", "-Infinity"):
        body = f'{{"replica_id": "r1", "script": "Hello.", "properties": {{"deep": [{number}]}}}}'
        refused = client.post("/v2/videos", content=body, headers={"content-type": "application/json"})
        assert (refused.status_code, refused.json()["error_type"]) == (400, "service.request_invalid"), refused.text


@pytest.mark.parametrize("depth", [300, 900, 100_000])
def test_what_lies_deep_is_no_fault(client: TestClient, depth: int) -> None:
    body = f'{{"replica_id": "r1", "script": "Hello.", "properties": {{"deep": {"[" * depth}{"]" * depth}}}}}'
    answer = client.post("/v2/videos", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["error"] == "Invalid replica_id") == (400, False), answer.text


def test_a_request_that_is_too_large_is_refused(client: TestClient) -> None:
    answer = client.post("/v2/videos", json={"replica_id": "r1", "script": "a" * 3_000_000})
    assert answer.status_code == 413
    assert set(answer.json()) == _MEMBERS


def test_a_fault_tells_nothing_of_the_inside(service: Service) -> None:
    app = create_app(service)

    @app.get("/fault")
    def fault() -> None:
        raise RuntimeError("the password is 1234")

    with TestClient(app) as client:
        answer = client.get("/fault")
    assert answer.status_code == 500
    assert answer.json()["error_type"] == "service.internal"
    assert "1234" not in answer.text
    assert answer.headers["x-request-id"] == answer.json()["request_id"]


def test_what_belongs_to_a_workspace_is_not_kept_on_the_way(client: TestClient) -> None:
    for path in ("/v2/replicas", "/v2/videos/zzz"):
        headers = client.get(path).headers
        assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff")


def test_an_id_of_the_caller_is_kept_if_it_is_plain(client: TestClient) -> None:
    given = client.get("/healthz", headers={"x-request-id": "trace-0123456789"})
    assert given.headers["x-request-id"] == "trace-0123456789"
    assert client.get("/healthz", headers={"x-request-id": "a b"}).headers["x-request-id"] != "a b"


@pytest.mark.parametrize("path", ["/v2/pronunciation-dictionaries", "/v2/faces/image-validation", "/v2/videos"])
@pytest.mark.parametrize("chunked", [False, True])
def test_nothing_large_is_read_of_somebody_without_a_key(app: FastAPI, key: str, path: str, chunked: bool) -> None:
    length = (b"transfer-encoding", b"chunked") if chunked else (b"content-length", b"300000")

    def asked(*headers: tuple[bytes, bytes]) -> tuple[int, int]:
        """The status, and how often the body was asked for."""
        reads, statuses = 0, []

        async def receive() -> Message:
            nonlocal reads
            reads += 1
            return {"type": "http.request", "body": b"[" * 300_000, "more_body": False}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        told = [length, (b"content-type", b"application/json"), *headers]
        where = {"path": path, "raw_path": path.encode(), "root_path": "", "query_string": b"", "scheme": "http"}
        line = {"type": "http", "http_version": "1.1", "method": "POST"}
        ends = {"client": ("127.0.0.1", 1), "server": ("testserver", 80)}
        asyncio.run(app({**line, **where, **ends, "headers": told}, receive, send))
        return statuses[0], reads

    assert asked() == (401, 0)
    assert asked((b"x-api-key", b"cnt_0_0_0")) == (401, 0)
    assert asked((b"authorization", b"Basic " + key.encode())) == (401, 0)
    for header in ((b"x-api-key", key.encode()), (b"authorization", b"Bearer " + key.encode())):
        status, reads = asked(header)
        assert status == 400
        assert reads > 0


def test_somebody_with_a_link_sends_little(nobody: TestClient) -> None:
    sent = nobody.post(
        "/v2/consent-links/x/record", content=b"[" * 70_000, headers={"content-type": "application/json"}
    )
    assert sent.status_code == 413


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_a_body_that_is_not_said_to_be_json(client: TestClient, kind: str | None) -> None:
    headers = {"content-type": kind} if kind else {}
    for path, body in (("/v2/videos", b'{"replica_id": "r1", "script": "Hello."}'), ("/v2/replicas", b"{}")):
        refused = client.post(path, content=body, headers=headers)
        assert (refused.status_code, refused.json()["error_type"]) == (400, "api.malformed")
        assert "`Content-Type: application/json`" in refused.json()["detail"]
        assert "dictionary" not in refused.text
    patched = client.patch("/v2/pronunciation-dictionaries/pd_1", content=b"[]", headers=headers)
    assert (patched.status_code, patched.json()["error_type"]) == (400, "api.malformed")


def test_what_is_wrong_with_a_body_is_said_of_it(client: TestClient) -> None:
    json = {"content-type": "application/json"}
    told = {
        b'{"replica_id": "r1", ': "character 21",
        b"[]": "The body: This must be a JSON object.",
        b'"hello"': "The body: This must be a JSON object.",
        b"": "The body: This is missing.",
    }
    for body, words in told.items():
        refused = client.post("/v2/videos", content=body, headers=json)
        assert refused.status_code == 400
        assert words in refused.json()["detail"], refused.text
        assert "header" not in refused.json()["detail"], refused.text


def test_which_part_of_an_address_is_wrong_is_said(client: TestClient) -> None:
    told = {
        "/v2/replicas/%00": "The path has the character NUL (%00) in it.",
        "/v2/replicas?limit=1&model_name=%00": "The parameter `model_name` has the character NUL (%00) in it.",
        "/v2/replicas?limit=x": "The parameter `limit`: ",
        "/v2/credits/statement?month=May": "The parameter `month`: This must be a month such as `2026-11`.",
    }
    for path, words in told.items():
        refused = client.get(path)
        assert (refused.status_code, refused.json()["error_type"]) == (400, "service.request_invalid")
        assert words in refused.json()["detail"], refused.text
        assert "JSON" not in refused.text


@pytest.mark.parametrize(
    ("path", "field", "value", "words"),
    [
        ("/v2/workspace/members", "email", "ada", "This must be an e-mail address."),
        ("/v2/workspace/keys", "name", "  ", "This must not be blank."),
        ("/v2/consent-statements", "full_name", "  ", "This must not be blank."),
        ("/v2/workspace/keys", "name", "\u200b\u2060 \ufeff", "This must not be blank."),
        ("/v2/pronunciation-dictionaries", "name", "\u3164\u00ad", "This must not be blank."),
        ("/v2/webhook-endpoints", "url", "ftp://example.org", "This must be a URL that begins with `https://`."),
        ("/v2/uploads", "sha256", "x", "This must be a SHA-256 in 64 digits"),
        ("/v2/videos", "background_colour", "mauve", "This must be green, blue, white, black, or"),
    ],
)
def test_patterns_are_told_in_words(client: TestClient, path: str, field: str, value: str, words: str) -> None:
    others = {"filename": "a.mp4", "bytes": 1, "replica_id": "r1", "script": "Hello."}
    refused = client.post(path, json={**others, field: value})
    assert refused.status_code == 400
    assert f"{field}: {words}" in refused.json()["detail"], refused.text
    assert "pattern" not in refused.text


def test_every_pattern_has_words(described: FastAPI) -> None:
    def patterns(part: object) -> set[str]:
        if isinstance(part, dict):
            own = {part["pattern"]} if isinstance(part.get("pattern"), str) else set()
            return own.union(*map(patterns, part.values()))
        return set().union(*map(patterns, part)) if isinstance(part, list) else set()

    assert patterns(described.openapi()) == set(PATTERNS)
