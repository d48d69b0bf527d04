"""Webhooks: signed, tried again, given up, sent anew; to a real receiver."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from countenance.errors import CountenanceError
from countenance.service.accounts import members
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.credits import ledger
from countenance.service.db.tables import Delivery, OutboxEvent, Replica, WebhookEndpoint, Workspace
from countenance.service.jobs.handlers import registry
from countenance.service.jobs.worker import Worker
from countenance.service.notify import endpoints, log
from countenance.service.notify.deliver import ACTION, deliver
from countenance.service.notify.dispatch import dispatch
from countenance.service.notify.signing import workspace_secret
from countenance.service.notify.webhook import payload_of
from countenance.service.outbox import emit
from countenance.service.replicas import events, life
from countenance.service.replicas.wanted import NewReplica
from countenance.service.tasks.sources import MediaRef
from countenance.service.videos import life as videos
from countenance.service.videos.events import tell_video
from countenance.service.videos.wanted import NewVideo

_EVENT = {"replica_id": "r1", "status": "error", "error_message": "The face turns away – from the camera."}


class Receiver:
    """A server that remembers what it was sent, and answers as it is told."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        """statuses of the next answers; 200 after that"""
        self.got: list[tuple[dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                status = receiver.answers.pop(0) if receiver.answers else 200
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", f"{receiver.url}elsewhere")
                self.send_header("Content-Length", "5000")
                self.end_headers()
                self.wfile.write(b"x" * 5000)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


@pytest.fixture
def reachable(service: Service) -> Service:
    """The installation, which may speak to servers of this machine."""
    settings = service.settings.model_copy(update={"webhook_allow": "127.0.0.1", "webhook_schedule_s": (0, 0.1, 0.2)})
    with service.database.transaction() as session:
        session.add(Workspace(id="w1", name="", created_at=now()))
    return Service(settings, service.database, service.objects, service.queue)


def _happens(service: Service, callback_url: str | None = None, type: str = "replica.error") -> str:
    with service.database.transaction() as session:
        return emit(session, "w1", type, "replica", "r1", dict(_EVENT), callback_url).id


def _deliveries(service: Service) -> list[Delivery]:
    with service.database.reading() as session:
        return [delivery for delivery, _ in log.listed(session, "w1")[0]]


def _webhooks(service: Service) -> list[Delivery]:
    """Without the letter to the owner."""
    return [delivery for delivery in _deliveries(service) if delivery.channel == "webhook"]


def test_a_callback_gets_tavus_s_body_signed(reachable: Service, receiver: Receiver) -> None:
    event = _happens(reachable, receiver.url)
    assert dispatch(reachable) == 1
    assert dispatch(reachable) == 0
    (delivery,) = _webhooks(reachable)
    assert deliver(reachable, delivery.id) is None
    assert deliver(reachable, delivery.id) is None
    ((headers, body),) = receiver.got
    told = json.loads(body)
    assert _EVENT.items() <= told.items()
    assert headers["webhook-id"] == event
    verifier = Webhook(workspace_secret("w1", reachable.settings))
    assert verifier.verify(body.decode(), headers) == told
    with pytest.raises(WebhookVerificationError):
        verifier.verify(body.decode().replace("error", "ready"), headers)
    (delivery,) = _webhooks(reachable)
    assert (delivery.state, delivery.attempts) == ("delivered", 1)
    with reachable.database.reading() as session:
        (tried,) = log.attempts(session, delivery.id)
    assert (tried.status, len(tried.answer)) == (200, 0), "nothing is kept of what a server inside says"


@pytest.mark.parametrize("status", [500, 404, 302])
def test_what_is_not_taken_is_tried_again_and_given_up(reachable: Service, receiver: Receiver, status: int) -> None:
    receiver.answers = [status] * 3
    _happens(reachable, receiver.url)
    dispatch(reachable)
    (delivery,) = _webhooks(reachable)
    waits = [deliver(reachable, delivery.id) for _ in range(3)]
    assert waits[0] is not None
    assert waits[1] is not None
    assert 0.08 < waits[0] < 0.12
    assert 0.17 < waits[1] < 0.23
    assert waits[2] is None
    (delivery,) = _webhooks(reachable)
    assert (delivery.state, delivery.attempts, len(receiver.got)) == ("failed", 3, 3)
    with reachable.database.transaction() as session:
        again = log.resend(session, reachable, "w1", delivery.id)
    assert deliver(reachable, again.id) is None
    assert {one.state for one in _webhooks(reachable)} == {"failed", "delivered"}
    assert receiver.got[0][0]["webhook-id"] == receiver.got[-1][0]["webhook-id"]


def test_endpoints_are_told_of_the_types_that_they_want_and_switched_off_when_gone(
    reachable: Service, receiver: Receiver
) -> None:
    with reachable.database.transaction() as session:
        all_of_them = endpoints.create(session, "w1", receiver.url)
        endpoints.create(session, "w1", receiver.url, ["video.ready"])
        members.add(session, "w1", "ada@example.org")
        members.add(session, "w1", "ben@example.org", notified=False)
    _happens(reachable)
    dispatch(reachable)
    told = {(one.channel, one.endpoint_id, one.target) for one in _deliveries(reachable)}
    assert told == {("webhook", all_of_them.id, receiver.url), ("email", None, "ada@example.org")}
    receiver.answers = [410]
    (webhook,) = _webhooks(reachable)
    assert deliver(reachable, webhook.id) is None
    headers, body = receiver.got[0]
    assert Webhook(all_of_them.secret).verify(body.decode(), headers)
    with reachable.database.reading() as session:
        assert session.get_one(WebhookEndpoint, all_of_them.id).disabled_at is not None
        assert session.query(OutboxEvent).filter_by(type="endpoint.disabled").count() == 1
    _happens(reachable)
    dispatch(reachable)
    assert len(_webhooks(reachable)) == 1
    with reachable.database.transaction() as session:
        endpoints.enable(session, "w1", all_of_them.id)
        endpoints.remove(session, "w1", all_of_them.id)
        assert len(endpoints.listed(session, "w1")) == 1


def test_an_endpoint_that_has_failed_for_days_is_switched_off(reachable: Service, receiver: Receiver) -> None:
    with reachable.database.transaction() as session:
        endpoint = endpoints.create(session, "w1", receiver.url)
    for days, disabled in ((0, False), (6, True)):
        receiver.answers = [500]
        event = _happens(reachable)
        dispatch(reachable)
        with reachable.database.transaction() as session:
            row = session.get_one(WebhookEndpoint, endpoint.id)
            if row.failing_since is not None:
                row.failing_since = now() - timedelta(days=days)
        deliver(reachable, f"{event}-0")
        with reachable.database.reading() as session:
            assert (session.get_one(WebhookEndpoint, endpoint.id).disabled_at is not None) == disabled


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize("key", [None, "videos/v1/video.mp4"])
def test_a_video_is_told_with_its_page_and_its_file(service: Service, key: str | None) -> None:
    settings = service.settings.model_copy(update={"public_url": "https://studio.example.org/"})
    with service.database.transaction() as session:
        session.add(Workspace(id="w1", name="", created_at=now()))
        session.flush()
        ledger.grant(session, "w1", ledger.TRAINING, 1, "a gift")
        ledger.grant(session, "w1", ledger.VIDEO_SECOND, 60, "a gift")
        footage = MediaRef(url="https://x.test/a.mp4")
        replica = life.create(session, service, "w1", NewReplica(footage=footage, full_name="Ada")).id
        video = videos.create(session, service, "w1", NewVideo(replica, script="Hello."))
        video.status, video.video_key = "ready" if key else "error", key
        tell_video(session, video)
        (event,) = session.query(OutboxEvent).filter_by(subject_id=video.id)
        made = video.id
    told = payload_of(Service(settings, service.database, service.objects, service.queue), event)
    assert told["hosted_url"] == f"https://studio.example.org/videos/{made}"
    assert told["download_url"] == told["stream_url"]
    assert (told["download_url"] or "").startswith("https://studio.example.org/v2/media/") == bool(key)
    assert told["face_id"] == told["replica_id"] == replica


@pytest.mark.parametrize("backend", ["sqlite"])
def test_of_a_replica_that_was_deleted_nobody_is_told_that_it_can_speak(reachable: Service, receiver: Receiver) -> None:
    with reachable.database.transaction() as session:
        ledger.grant(session, "w1", ledger.TRAINING, 1, "a gift")
        footage = MediaRef(url="https://x.test/a.mp4")
        replica = life.create(session, reachable, "w1", NewReplica(footage=footage, full_name="Ada"))
        replica.callback_url, replica.status = receiver.url, "preview"
        events.tell(session, replica, events.PREVIEW)
    with reachable.database.transaction() as session:
        life.delete(session, reachable, "w1", replica.id)
    dispatch(reachable)
    (callback,) = _webhooks(reachable)
    assert deliver(reachable, callback.id) is None
    assert receiver.got == []


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_preview_is_not_told_behind_the_end(reachable: Service, receiver: Receiver) -> None:
    with reachable.database.transaction() as session:
        ledger.grant(session, "w1", ledger.TRAINING, 1, "a gift")
        footage = MediaRef(url="https://x.test/a.mp4")
        replica = life.create(session, reachable, "w1", NewReplica(footage=footage, full_name="Ada"))
        replica.callback_url, replica.status = receiver.url, "preview"
        endpoint = endpoints.create(session, "w1", receiver.url)
        events.tell(session, replica, events.PREVIEW)
    receiver.answers = [200, 500]
    dispatch(reachable)
    callback, webhook = sorted(_webhooks(reachable), key=lambda one: one.id)
    assert deliver(reachable, callback.id) is None
    assert deliver(reachable, webhook.id) is not None
    with reachable.database.transaction() as session:
        row = session.get_one(Replica, replica.id)
        row.status = "completed"
        events.tell(session, row, events.COMPLETED)
        session.get_one(WebhookEndpoint, endpoint.id).failing_since = None
    dispatch(reachable)
    for one in _deliveries(reachable):
        deliver(reachable, one.id)
    told = [json.loads(body)["finetune_status"] for _, body in receiver.got]
    assert told == ["training", "training", "completed", "completed"]
    assert json.loads(receiver.got[0][1])["status"] == "ready"
    with reachable.database.reading() as session:
        assert session.get_one(Delivery, webhook.id).state == "failed"
        assert session.get_one(WebhookEndpoint, endpoint.id).failing_since is None, "it is not the endpoint's fault"


def test_private_addresses_are_not_spoken_to(service: Service, receiver: Receiver) -> None:
    with service.database.transaction() as session:
        session.add(Workspace(id="w1", name="", created_at=now()))
    _happens(service, receiver.url)
    dispatch(service)
    (delivery,) = _webhooks(service)
    assert deliver(service, delivery.id) is None
    assert not receiver.got
    assert _webhooks(service)[0].state == "failed"


def test_what_is_another_workspace_s_is_unknown(reachable: Service, receiver: Receiver) -> None:
    with reachable.database.transaction() as session:
        session.add(Workspace(id="w2", name="", created_at=now()))
        endpoint = endpoints.create(session, "w1", receiver.url)
    event = _happens(reachable, receiver.url)
    dispatch(reachable)
    with reachable.database.transaction() as session:
        for act in (
            lambda: endpoints.get(session, "w2", endpoint.id),
            lambda: endpoints.remove(session, "w2", endpoint.id),
            lambda: log.get(session, "w2", f"{event}-0"),
            lambda: log.resend(session, reachable, "w2", f"{event}-0"),
        ):
            with pytest.raises(CountenanceError, match="There is no such"):
                act()
        with pytest.raises(CountenanceError, match="types"):
            endpoints.create(session, "w1", receiver.url, ["replica.forgotten"])


def test_a_worker_delivers_and_tries_again_by_itself(reachable: Service, receiver: Receiver) -> None:
    receiver.answers = [500, 500]
    with reachable.database.transaction() as session:
        members.add(session, "w1", "ada@example.org")
    quick = reachable.settings.model_copy(update={"poll_s": 0.1})
    service = Service(quick, reachable.database, reachable.objects, reachable.queue)
    with Worker(service, registry(ACTION), ["notify"], alone=True):
        _happens(service, receiver.url)
        dispatch(service)
        ended = threading.Event()
        for _ in range(200):
            if {one.state for one in _deliveries(service)} == {"delivered"}:
                break
            ended.wait(0.1)
    assert {(one.channel, one.state, one.attempts) for one in _deliveries(service)} == {
        ("webhook", "delivered", 3),
        ("email", "delivered", 1),
    }
