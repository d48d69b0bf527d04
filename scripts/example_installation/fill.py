"""Everything that pages can show, in one workspace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from sqlalchemy import event

from countenance.consent.claim_rules import CLAIM_PARTLY
from countenance.consent.receipt_content import Material
from countenance.engine.errors import TOO_LITTLE_TO_LEARN
from countenance.errors import Finding
from countenance.service.accounts import audit, keys, workspaces
from countenance.service.accounts.scopes import OWNER
from countenance.service.clock import now
from countenance.service.consent_requests import answer, ask, expiry, revoke
from countenance.service.context import Service
from countenance.service.credits import ledger
from countenance.service.credits.account import balances
from countenance.service.db.tables import Replica
from countenance.service.purge.purge import purge_replica
from countenance.service.replicas import life, receipts
from countenance.voice.errors import CANNOT_BE_SPOKEN
from example_installation import account, results
from example_installation.history import History
from example_installation.replicas import Replicas, uploaded
from example_installation.reports import reported
from example_installation.videos import Videos

_SCRIPT = "Good morning, and welcome aboard. I will show you around the harbour in three minutes."
_NAMES = (
    "Spring lookbook", "Onboarding, part one", "Onboarding, part two", "Museum guide", "Weather at seven",
    "Harbour tour", "Safety briefing", "Recipe of the week", "Quarterly letter", "Kiosk, ground floor",
    "Kiosk, first floor", "Language course A1", "Language course A2", "Language course B1", "Fundraiser",
    "Board update", "Reading for children", "City walk", "Exhibition, room 4", "Trade fair stand",
    "Support: first steps", "Support: invoices", "Support: returns", "Team introduction", "Farewell",
    "Choir announcement", "Election explained", "Garden advice", "Cycling news", "Night bus",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filled:
    """A workspace, keys to it, and what to look at: ids by what they are examples of."""

    workspace_id: str
    key: str = field(repr=False)
    viewer_key: str = field(repr=False)
    empty_key: str = field(repr=False)
    """to another workspace, in which nothing has happened yet"""
    spent_key: str = field(repr=False)
    """to one that has no training left"""
    ids: Mapping[str, str] = field(default_factory=dict)
    """`completed`, `preview`, `training`, `stalled`, `waiting`, `review`, `refused`, `picture_refused`, `stock`, ...;
    `video_ready`, ...; tokens of links for consent: `link_open`, `link_declined`, ..."""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def fill(service: Service) -> Filled:
    """Make a workspace in which everything has happened already."""
    with _no_waiting_for_the_disk(service):
        return _filled(service)


@contextmanager
def _no_waiting_for_the_disk(service: Service) -> Iterator[None]:
    """What a loss of power would destroy is made anew."""

    def hurry(connection: Any, *_: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")

    event.listen(service.database.engine, "checkout", hurry)
    with patch("os.fsync", lambda _: None):
        yield
    event.remove(service.database.engine, "checkout", hurry)


def _filled(service: Service) -> Filled:
    today = now().replace(microsecond=0)
    beginning = History(service, "", today)
    with beginning.ago(days=41) as session:
        workspace = workspaces.create(session, service.settings, "Harbour Films")
    history = History(service, workspace.id, today)
    key, viewer_key = account.keys_made(history)
    account.people(history)
    account.webhooks(history)
    account.credits_given(history)
    replicas = Replicas(history, uploaded(history, days=40))
    _many(history, replicas)
    account.expired(history)
    account.told(history, days=4)
    ids = {**_ended(history, replicas), **_under_way(history, replicas), **_taken_back(history, replicas, key)}
    ids |= _links(history, replicas) | _spoken(history, ids)
    ids |= {f"upload_{verdict}": reported(history, verdict) for verdict in (results.GOOD, results.REFUSED)}
    account.told(history, minutes=50)
    _just_now(history, replicas, ids)
    ids |= account.ids(history)
    account.looked_at(history, key, {ids["completed"]: 53, ids["refused"]: 27})
    account.in_order_of_time(history)
    return Filled(workspace.id, key, viewer_key, _empty(service), _spent(service), ids)


def _empty(service: Service) -> str:
    with service.database.transaction() as session:
        workspace = workspaces.create(session, service.settings, "New studio")
        return keys.create(session, workspace.id, "first key", OWNER).text


def _spent(service: Service) -> str:
    with service.database.transaction() as session:
        workspace = workspaces.create(session, service.settings, "Busy studio")
        left = {each.unit: each.available for each in balances(session, workspace.id)}[ledger.TRAINING]
        ledger.hold(session, "spent", workspace.id, ledger.TRAINING, left, "replica", "all of them")
        ledger.capture(session, "spent")
        return keys.create(session, workspace.id, "first key", OWNER).text


def _many(history: History, replicas: Replicas) -> None:
    """Enough for several pages of the library."""
    for number, name in enumerate(_NAMES):
        hours = 24.0 * (35 - number) + number * 0.7
        made = replicas.asked(name, Material.SYNTHETIC, hours=hours)
        replicas.checked(made, hours=hours - 0.05)
        replicas.completed(made, replicas.faces[number % len(replicas.faces)], hours=hours - 0.3)


def _ended(history: History, replicas: Replicas) -> dict[str, str]:
    completed = replicas.asked("Ada Winter, studio", days=2, hours=5)
    replicas.checked(completed, days=2, hours=4.9)
    replicas.previewed(completed, "ada", days=2, hours=4.6)
    replicas.completed(completed, "ada", days=2, hours=4)
    refused = replicas.asked("Ferry announcements", Material.SYNTHETIC, days=1, hours=3)
    replicas.checked(refused, results.REFUSED, days=1, hours=2.9)
    pictured = replicas.asked("Sculptor, from a photograph", Material.IMAGE, days=1, hours=2)
    replicas.checked(pictured, results.PICTURE, days=1, hours=1.9)
    short = replicas.asked("Interview cut", Material.SYNTHETIC, hours=20)
    replicas.checked(short, hours=19.9)
    replicas.begun(short, "train", hours=19.8)
    replicas.failed(short, TOO_LITTLE_TO_LEARN, "Only 11 seconds of it can be used.", hours=19.7)
    preview_only = replicas.asked("Gallery host", Material.SYNTHETIC, hours=16)
    replicas.checked(preview_only, hours=15.9)
    replicas.previewed(preview_only, "lien", hours=15.7)
    replicas.failed(preview_only, TOO_LITTLE_TO_LEARN, "Refining stopped.", hours=15.2)
    with history.service.database.reading() as session:
        receipt_id = receipts.of_replica(session, history.workspace_id, completed)
    stock = replicas.asked("Mina, of the stock", Material.SYNTHETIC, hours=12)
    replicas.checked(stock, hours=11.9)
    replicas.completed(stock, "noor", hours=11)
    with history.service.database.transaction() as session:
        session.get_one(Replica, stock).workspace_id = None
    return {
        "completed": completed,
        "receipt": receipt_id,
        "refused": refused,
        "picture_refused": pictured,
        "training_failed": short,
        "preview_only": preview_only,
        "stock": stock,
    }


def _taken_back(history: History, replicas: Replicas, key: str) -> dict[str, str]:
    """A consent that was taken back: its receipt stays, and says so."""
    made = replicas.asked("Ada Winter, first take", days=7)
    replicas.checked(made, days=6.9)
    replicas.completed(made, "ada", days=6.8)
    with history.ago(days=3) as session:
        receipt_id = receipts.of_replica(session, history.workspace_id, made)
        audit.record(session, account.actor_of(key), history.workspace_id, receipts.REVOKED, "receipt", receipt_id)
    with history.then(days=3):
        receipts.revoke(history.service, receipt_id, "The person asked for it.")
    return {"receipt_revoked": receipt_id}


def _under_way(history: History, replicas: Replicas) -> dict[str, str]:
    preview = replicas.asked("Oskar at the desk", Material.SYNTHETIC, hours=2)
    replicas.checked(preview, hours=1.9)
    replicas.previewed(preview, "jonas", hours=1.2)
    stalled = replicas.asked("Lighthouse keeper", Material.SYNTHETIC, hours=4)
    replicas.checked(stalled, hours=3.9)
    replicas.begun(stalled, "train", hours=3.8)
    replicas.at_work(stalled, "watch all", 0.41, 900.0, hours=3.2)
    review = replicas.asked("Avatar from the generator", Material.SYNTHETIC, hours=6)
    doubt = Finding(CLAIM_PARTLY, file="footage.mp4", detail="A picture of it was composed with captured media.")
    replicas.doubted(review, [doubt], hours=5.9)
    return {"preview": preview, "stalled": stalled, "review": review}


def _just_now(history: History, replicas: Replicas, ids: dict[str, str]) -> None:
    """What happens at this moment, newest of all."""
    replicas.at_work(ids["preview"], "refine", 0.78, 95.0, seconds=2)
    checking = replicas.asked("Jonas reads the news", minutes=3)
    replicas.begun(checking, "check", minutes=2.5)
    replicas.at_work(checking, "check footage", 0.09, 240.0, seconds=2)
    training = replicas.asked("Noor, winter course", Material.SYNTHETIC, minutes=14)
    replicas.checked(training, minutes=13)
    replicas.begun(training, "train", minutes=12)
    replicas.at_work(training, "watch all", 0.37, 210.0, seconds=1)
    queued = replicas.asked("Ruth, second take", Material.SYNTHETIC, minutes=2)
    ids |= {"checking": checking, "training": training, "queued": queued}


def _links(history: History, replicas: Replicas) -> dict[str, str]:
    """Replicas that wait for somebody, and links in each of their states."""
    service = history.service
    ids: dict[str, str] = {}
    for state, person, days in (
        ("expired", "Hanna Brandt", 9.0),
        ("declined", "Piet de Vries", 6.0),
        ("withdrawn", "Maria Keller", 5.0),
        ("open", "Jonas Lindqvist", 1.0),
    ):
        replica_id = replicas.asked(f"{person}, portrait", link=True, person=person, days=days)
        with history.ago(days=days - 0.01) as session:
            request, token = ask.create(session, service, history.workspace_id, replica_id, email="person@home.example")
        ids |= {f"replica_{state}": replica_id, f"request_{state}": request.id, f"link_{state}": token}
    with history.ago(days=5.5) as session:
        answer.decline(session, service, ids["link_declined"])
    with history.ago(days=4.5) as session:
        ask.withdraw(session, history.workspace_id, ids["request_withdrawn"])
    with history.then(days=1.5):
        expiry.sweep(service)
    replica_id, token = _recorded(history, replicas, "Vera Novak", minutes=40)
    ids |= {"waiting": ids["replica_open"], "recorded": replica_id, "replica_recorded": replica_id}
    return {**ids, "link_recorded": token, **_agreed(history, replicas)}


def _recorded(history: History, replicas: Replicas, person: str, minutes: float) -> tuple[str, str]:
    """A statement that has come by a link: its replica, and the link's token."""
    service = history.service
    replica_id = replicas.asked(f"{person}, portrait", link=True, person=person, minutes=minutes)
    with history.ago(minutes=minutes - 1) as session:
        request, token = ask.create(session, service, history.workspace_id, replica_id)
    with history.then(minutes=minutes - 1):
        shown = answer.open_link(service, token)
    upload_id = uploaded(history, request.id, minutes=minutes - 34)
    with history.ago(minutes=minutes - 35) as session:
        answer.record(session, service, token, upload_id, shown.phrase.id)
    return replica_id, token


def _agreed(history: History, replicas: Replicas) -> dict[str, str]:
    """A consent by a link that stands, one that the person took back by the same link, and one that was erased."""
    service = history.service
    ids: dict[str, str] = {}
    for state, person, face, days in (("active", "Amara Diallo", "noor", 12.0), ("revoked", "Emil Holm", "hugo", 11.0)):
        own = replace(replicas, upload_id=uploaded(history, days=days + 1))  # it goes with what failed from it
        replica_id, token = _recorded(history, own, person, days * 1440)
        replicas.checked(replica_id, days=days - 0.1)
        replicas.completed(replica_id, face, days=days - 0.2)
        ids |= {f"replica_{state}": replica_id, f"link_{state}": token}
    with history.ago(days=8) as session:
        revoked = revoke.revoke(session, ids["link_revoked"], service)
    with history.then(days=8):
        revoke.carry_out(service, revoked)
        purge_replica(service, ids["replica_revoked"])
    ended, ids["link_ended"] = _recorded(history, replicas, "Ines Sorel", 9.0 * 1440)
    with history.ago(days=7) as session:
        life.delete(session, service, history.workspace_id, ended, hard=True)
    with history.then(days=7):
        purge_replica(service, ended)
    return ids


def _spoken(history: History, ids: Mapping[str, str]) -> dict[str, str]:
    """Videos in each of their states."""
    videos = Videos(history)
    ready = videos.asked("Welcome aboard", ids["completed"], _SCRIPT, days=1, hours=20)
    videos.ready(ready, days=1, hours=19.9)
    for number, name in enumerate(("Safety on deck", "Timetable in winter", "Ferry to the islands", "Lost property")):
        made = videos.asked(name, ids["completed"], _SCRIPT, hours=30 - number)
        videos.ready(made, hours=29.9 - number)
    failed = videos.asked("In Old Norse", ids["completed"], "ᚠᚢᚦᚬᚱᚴ", hours=9)
    videos.failed(failed, CANNOT_BE_SPOKEN, "The first word that cannot be read is “ᚠᚢᚦᚬᚱᚴ”.", hours=8.9)
    waiting = videos.asked("As soon as it can speak", ids["stalled"], _SCRIPT, hours=2)
    generating = videos.asked("Good evening", ids["completed"], _SCRIPT, minutes=4)
    videos.begun(generating, 0.56, 21.0, seconds=2)
    queued = videos.asked("Good night", ids["completed"], _SCRIPT, minutes=1)
    return {
        "share_open": videos.shared(ready, timedelta(days=7), hours=5),
        "share_expired": videos.shared(ready, timedelta(hours=2), hours=6),
        "share_revoked": videos.shared(ready, timedelta(days=7), taken_back=True, hours=7),
        "video_ready": ready,
        "video_error": failed,
        "video_waiting": waiting,
        "video_generating": generating,
        "video_queued": queued,
    }
