"""A person, Ada, who has sent the statement by a link."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from countenance.consent import register
from countenance.consent.receipt_content import ReceiptContent
from countenance.consent.register import HoldingKind
from countenance.errors import CountenanceError
from countenance.service.accounts import members
from countenance.service.clock import now
from countenance.service.consent_requests import answer, ask, records, revoke
from countenance.service.context import Service
from countenance.service.credits import ledger
from countenance.service.db.tables import Replica, Upload, Workspace
from countenance.service.replicas import life
from countenance.service.replicas.wanted import NewReplica
from countenance.service.tasks.sources import MediaRef

ADA = "Ada Lovelace"
RECORDING = "u0000000000000001"


@dataclass(frozen=True)
class Ada:
    """What she does and sees by her link, and what a worker does with the replica of her."""

    service: Service
    replica: str
    token: str = field(repr=False)

    def take_back(self) -> bool:
        """Whether it had not been before."""
        with self.service.database.transaction() as session:
            revoked = revoke.revoke(session, self.token, self.service)
        revoke.carry_out(self.service, revoked)
        return revoked.is_new

    def standing(self) -> str:
        with self.service.database.reading() as session:
            request = answer.find(session, self.token)
            return revoke.standing(self.service, request, session.get_one(Replica, request.replica_id))

    def had(self, name: str) -> str | None:
        """What she is given of a signed record."""
        with self.service.database.reading() as session, suppress(CountenanceError):
            return records.text_of(session, self.service, answer.find(session, self.token), name)
        return None

    def begun(self, task: str) -> None:
        with self.service.database.transaction() as session:
            assert life.begin(session, self.replica, "check")
            if task == "train":
                assert life.checked(session, self.service, self.replica, findings=[], clearance=None, ok=True)
                assert life.begin(session, self.replica, "train")


@pytest.fixture
def replica(service: Service) -> str:
    """A replica that waits for Ada's consent."""
    with service.database.transaction() as session:
        session.add(Workspace(id="w1", name="", created_at=now()))
        session.flush()
        ledger.grant(session, "w1", ledger.TRAINING, 1, "a gift")
        ledger.grant(session, "w1", ledger.VIDEO_SECOND, 600, "a gift")
        members.add(session, "w1", "studio@example.org", "owner")
        hook = "https://hooks.example/countenance"
        wanted = NewReplica(footage=MediaRef(url="https://x.test/a.mp4"), consent_by_link=True, callback_url=hook)
        return life.create(session, service, "w1", wanted).id


@pytest.fixture
def token(service: Service, replica: str, tmp_path: Path) -> str:
    """Of the link by which Ada has sent the statement."""
    film = tmp_path / "me.webm"
    film.write_bytes(b"the face of Ada")
    service.objects.put(f"uploads/{RECORDING}/me.webm", film)
    with service.database.transaction() as session:
        request, token = ask.create(session, service, "w1", replica, full_name=ADA)
        kept = {"workspace_id": "w1", "filename": "me.webm", "bytes": 15, "part_bytes": 15, "state": "complete"}
        lies = {"object_key": f"uploads/{RECORDING}/me.webm", "consent_request_id": request.id}
        ends = {"created_at": now(), "expires_at": now() + timedelta(days=7)}
        session.add(Upload(id=RECORDING, **kept, **lies, **ends))
    answer.open_link(service, token)
    with service.database.transaction() as session:
        answer.record(session, service, token, RECORDING)
    return token


@pytest.fixture
def ada(service: Service, replica: str, token: str) -> Ada:
    """Ada, who has agreed."""
    return Ada(service, replica, token)


@pytest.fixture
def trained(service: Service, replica: str, ada: Ada, agreement: Callable[..., ReceiptContent], tmp_path: Path) -> str:
    """The receipt of the replica, which is complete."""
    receipt_id = register.issue(agreement(ADA), service.settings).id
    film = tmp_path / "footage.mp4"  # that `agreement` has made
    register.hold(receipt_id, HoldingKind.FOOTAGE, film, service.settings)
    ada.begun("train")
    with service.database.transaction() as session:
        life.complete(session, service, replica, life.Published(f"replicas/{replica}/bundle", receipt_id))
    return receipt_id
