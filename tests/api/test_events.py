"""A training that is watched, by a server that listens on a socket."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import update

from countenance.api.streams import Streams
from countenance.api.watch import Watch
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.db.tables import ApiKey, Job, Replica
from countenance.service.replicas import life
from countenance.service.replicas.life import Published
from countenance.service.replicas.wanted import NewReplica
from countenance.service.tasks.sources import MediaRef

_PUBLISHED = Published(bundle="replicas/r/1/bundle", receipt_id="x")


@pytest.fixture
def server(app: FastAPI, service: Service) -> Iterator[str]:
    """The URL of a server that looks twenty times a second."""
    app.state.watch = Watch(service, every_s=0.05)
    running = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, timeout_graceful_shutdown=1))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    running.should_exit = True
    thread.join(10)


@pytest.fixture
def training(service: Service, workspace_id: str) -> str:
    """A replica that is being trained."""
    footage = MediaRef(url="https://example.org/a.mp4")
    with service.database.transaction() as session:
        made = life.create(session, service, workspace_id, NewReplica(full_name="Ada Lovelace", footage=footage)).id
        life.begin(session, made, "check")
        life.checked(session, service, made, findings=[], clearance=None, ok=True)
        life.begin(session, made, "train")
    _progress(service, made, 0.2)
    return made


def _progress(service: Service, replica_id: str, fraction: float) -> None:
    with service.database.transaction() as session:
        job = session.get_one(Job, session.get_one(Replica, replica_id).job_id)
        job.state, job.fraction, job.stage, job.heartbeat_at = "running", fraction, "fit", now()


Told = list[dict[str, Any]]


def _until_all_have(count: int, *listeners: Told) -> None:
    """Wait until every listener was told so many events."""
    deadline = time.monotonic() + 20
    while any(len(told) < count for told in listeners):
        assert time.monotonic() < deadline, [len(told) for told in listeners]
        time.sleep(0.02)


def _listen(url: str, key: str, told: Told, **headers: str) -> Told:
    """The events until the stream ends; they are in `told` as they come."""
    with httpx2.stream("GET", url, headers={"x-api-key": key, **headers}, timeout=20) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        event: dict[str, Any] = {}
        for line in answer.iter_lines():
            name, _, value = line.partition(": ")
            if name == "data":
                event["data"] = json.loads(value)
            elif name in ("event", "id"):
                event[name] = value
            elif not line and event:
                told.append(event)
                event = {}
    return told


def test_everybody_who_watches_is_told_to_the_end(server: str, service: Service, key: str, training: str) -> None:
    url = f"{server}/v2/replicas/{training}/events"
    told: list[Told] = [[] for _ in range(10)]
    with ThreadPoolExecutor(10) as pool:
        listening = [pool.submit(_listen, url, key, each) for each in told]
        _until_all_have(1, *told)
        refused = httpx2.get(url, headers={"x-api-key": key}, timeout=60)
        assert (refused.status_code, refused.json()["error_type"]) == (429, "api.streams_open")
        _progress(service, training, 0.5)
        _until_all_have(2, *told)
        with service.database.transaction() as session:
            life.preview_ready(session, service, training, _PUBLISHED)
        _until_all_have(3, *told)
        with service.database.transaction() as session:
            life.complete(session, service, training, _PUBLISHED)
        for each in listening:
            each.result(20)
    for events in told:
        seen = [(e["event"], e["data"]["training_progress"], e["data"]["finetune_status"]) for e in events]
        assert seen == [
            ("progress", "20/100", None),
            ("progress", "50/100", None),
            ("progress", "50/100", "training"),
            ("end", "100/100", "completed"),
        ]
        assert events[0]["data"]["standing"] == "working"
    marks = {event["id"] for event in told[0]}
    assert len(marks) == 4
    assert [event["id"] for event in _listen(url, key, [])] == [told[0][-1]["id"]]


def test_a_deletion_ends_it(server: str, service: Service, key: str, training: str) -> None:
    url = f"{server}/v2/faces/{training}/events"
    with ThreadPoolExecutor(1) as pool:
        told: Told = []
        first = pool.submit(_listen, url, key, told)
        _until_all_have(1, told)
        _progress(service, training, 0.6)
        _until_all_have(2, told)
        with service.database.transaction() as session:
            life.delete(session, service, session.get_one(Replica, training).workspace_id or "", training)
        first.result(20)
    assert [event["data"].get("training_progress") for event in told] == ["20/100", "60/100", None]
    assert told[-1]["data"]["status"] == "deleted"


def test_whoever_comes_back_is_not_told_the_same_again(server: str, service: Service, key: str, training: str) -> None:
    url = f"{server}/v2/replicas/{training}/events"
    with httpx2.stream("GET", url, headers={"x-api-key": key}, timeout=20) as answer:
        mark = next(line for line in answer.iter_lines() if line.startswith("id: ")).removeprefix("id: ")
    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(_listen, url, key, [], **{"last-event-id": mark})
        time.sleep(0.5)
        with service.database.transaction() as session:
            life.fail(session, service, training, [])
        told = second.result(20)
    assert [(event["event"], event["data"]["status"]) for event in told] == [("end", "error")]


def test_there_must_be_such_a_replica(server: str, key: str) -> None:
    answer = httpx2.get(f"{server}/v2/replicas/r000000000000/events", headers={"x-api-key": key}, timeout=60)
    assert answer.status_code == 404
    assert answer.json()["error"] == "Invalid replica_id"


def test_no_stream_is_open_for_ever(server: str, app: FastAPI, key: str, training: str) -> None:
    app.state.streams = Streams(longest_s=0.5)
    url = f"{server}/v2/replicas/{training}/events"
    for _ in range(11):
        told = _listen(url, key, [])
        assert [event["event"] for event in told] == ["progress"]
        app.state.streams.longest_s = 0.1


def test_a_key_that_is_revoked_watches_no_more(
    server: str, app: FastAPI, service: Service, key: str, training: str
) -> None:
    app.state.streams = Streams(checked_every_s=0.1)
    with ThreadPoolExecutor(1) as pool:
        told: Told = []
        listening = pool.submit(_listen, f"{server}/v2/replicas/{training}/events", key, told)
        _until_all_have(1, told)
        _progress(service, training, 0.6)
        _until_all_have(2, told)
        with service.database.transaction() as session:
            session.execute(update(ApiKey).values(revoked_at=now()))
        listening.result(10)
    assert [event["event"] for event in told] == ["progress", "progress"]
