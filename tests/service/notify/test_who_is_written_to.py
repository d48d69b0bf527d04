"""Who is written to: members, and nobody else; on an installation that nobody has set up yet, its owner by files."""

from __future__ import annotations

import email
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from pydantic import SecretStr

from countenance.service.accounts import members
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.db.tables import Delivery, Replica, Workspace
from countenance.service.notify.deliver import deliver
from countenance.service.notify.dispatch import dispatch
from countenance.service.notify.mail.send import OWNER
from countenance.service.replicas.events import COMPLETED, ERROR, tell

_PICTURE = b"\xff\xd8\xff\xe0 a picture of a face turned away"
_TURNED = {
    "rule": "footage.face_turned",
    "severity": "error",
    "title": "The face turns away from the camera.",
    "evidence": "turned.jpg",
    "remedy": "Look into the camera all through.",
}


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture
def fresh(service: Service) -> Service:
    """An installation as its first start leaves it: a workspace, and nobody in it."""
    with service.database.transaction() as session:
        session.add(Workspace(id="w1", name="", created_at=now()))
    return service


def _with_smtp(service: Service) -> Service:
    settings = service.settings.model_copy(update={"smtp_url": SecretStr("smtp://127.0.0.1:1")})
    return Service(settings, service.database, service.objects, service.queue)


def _ends(service: Service, tmp_path: Path, *types: str) -> list[str]:
    """Replicas end thus, and it is told; to whom."""
    picture = tmp_path / "turned.jpg"
    picture.write_bytes(_PICTURE)
    service.objects.put("replicas/r0/report/turned.jpg", picture)
    with service.database.transaction() as session:
        for number, type in enumerate(types):
            replica = Replica(
                id=f"r{number}",
                workspace_id="w1",
                name="Rio",
                status="error" if type == ERROR else "completed",
                material="footage",
                subject="self",
                declarations=[],
                model_name="phoenix-4",
                properties={},
                created_at=now(),
                updated_at=now(),
                findings=[_TURNED] if type == ERROR else [],
            )
            session.add(replica)
            session.flush()
            tell(session, replica, type)
    dispatch(service)
    with service.database.reading() as session:
        told = [(each.id, each.target) for each in session.query(Delivery)]
    for delivery_id, _ in told:
        deliver(service, delivery_id)
    return [target for _, target in told]


def _letters(service: Service) -> list[EmailMessage]:
    files = sorted((service.settings.data_dir / "mail").glob("*.eml"))
    return [email.message_from_bytes(each.read_bytes(), policy=default) for each in files]


@pytest.mark.parametrize(("type", "said"), [(ERROR, "Rio could not be trained"), (COMPLETED, "Rio is ready")])
def test_where_nobody_was_added_the_owner_finds_letters_in_the_data_folder(
    fresh: Service, tmp_path: Path, type: str, said: str
) -> None:
    assert _ends(fresh, tmp_path, type) == [OWNER]
    (letter,) = _letters(fresh)
    assert letter["Subject"] == said
    assert letter["To"] == OWNER
    assert letter["To"].addresses[0].display_name == "The owner of this workspace"
    pictures = [part for part in letter.walk() if part.get_content_maintype() == "image"]
    assert [part.get_payload(decode=True) for part in pictures] == ([_PICTURE] if type == ERROR else [])


@pytest.mark.parametrize("notified", [True, False])
def test_as_soon_as_somebody_was_added_only_members_are_written_to(
    fresh: Service, tmp_path: Path, notified: bool
) -> None:
    with fresh.database.transaction() as session:
        members.add(session, "w1", "ada@example.org", notified=notified)
    assert _ends(fresh, tmp_path, ERROR, COMPLETED) == ["ada@example.org"] * 2 * notified
    assert [letter["To"] for letter in _letters(fresh)] == ["ada@example.org"] * 2 * notified


def test_a_mail_server_is_given_nothing_for_an_owner_without_an_address(fresh: Service, tmp_path: Path) -> None:
    assert _ends(_with_smtp(fresh), tmp_path, ERROR, COMPLETED) == []


def test_what_was_for_the_owner_stays_a_file_though_a_mail_server_is_set_meanwhile(
    fresh: Service, tmp_path: Path
) -> None:
    _ends(fresh, tmp_path, ERROR)
    (file,) = (fresh.settings.data_dir / "mail").iterdir()
    file.unlink()
    with fresh.database.transaction() as session:
        (delivery,) = session.query(Delivery)
        delivery.state = "pending"
    assert deliver(_with_smtp(fresh), delivery.id) is None
    assert [letter["To"] for letter in _letters(fresh)] == [OWNER]
