"""The operator's commands on keys and credits, on an installation of their own."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from countenance.cli.exits import Exit
from countenance.server.first_start import first_key
from countenance.server.installation import installation
from countenance.service.accounts import workspaces
from countenance.service.accounts.actor import authenticate
from countenance.service.jobs.lease import own_data_folder
from countenance.settings import Settings

Command = Callable[..., Any]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with one workspace, which a server made."""
    with installation(Settings()) as service:
        assert first_key(service)
        assert first_key(service) is None
    return tmp_path / "data"


@pytest.fixture(autouse=True)
def as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """`--data` is for processes that are begun from here too, and a worker ends in its own way."""
    monkeypatch.setenv("COUNTENANCE_DATA_DIR", str(tmp_path / "data"))
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


def test_keys(command: Command, data: Path) -> None:
    made = command("keys", "create", "--name", "render farm", "--role", "viewer", "--data", str(data), "--json")
    assert made.code == Exit.OK
    text, key = made.result["key"]["text"], made.result["key"]["id"]
    with installation(Settings()) as service, service.database.transaction() as session:
        assert authenticate(session, text, "").role == "viewer"
    listed = command("keys", "list", "--json").result["keys"]
    assert {row["name"] for row in listed} == {"first key", "render farm"}
    assert "text" not in listed[0]
    assert text not in command("keys", "list").out
    assert command("keys", "revoke", key).code == Exit.OK
    assert {row["state"] for row in command("keys", "list", "--json").result["keys"] if row["id"] == key} == {"revoked"}
    unknown = command("keys", "revoke", "nobody", "--json")
    assert (unknown.code, unknown.result["error"]["rule"]) == (Exit.INPUT, "service.key_unknown")


def test_credits(command: Command, data: Path) -> None:
    done = command("credits", "grant", "7", "--reason", "a gift", "--days", "30", "--json")
    assert done.code == Exit.OK
    before = Settings().first_grant_trainings
    assert done.result["balance"]["available"] == before + 7
    shown = command("credits", "show", "--json").result
    assert [one["available"] for one in shown["balances"] if one["unit"] == "training"] == [before + 7]
    assert (shown["lines"][0]["kind"], shown["lines"][0]["change"]) == ("grant", 7)
    assert "video_second" in command("credits", "show").out
    for wrong in (["grant", "0"], ["grant", "5", "--unit", "hours"], ["grant", "5", "--reason", ""]):
        assert command("credits", *wrong).code == Exit.USAGE


def test_with_several_workspaces_one_is_named(command: Command, data: Path) -> None:
    with installation(Settings()) as service, service.database.transaction() as session:
        other = workspaces.create(session, service.settings, "Another").id
    told = command("credits", "show", "--json")
    assert told.code == Exit.USAGE
    assert other in told.result["error"]["detail"]
    assert command("credits", "show", "--workspace", other).code == Exit.OK
    assert command("keys", "list", "--workspace", "w0", "--json").result["error"]["rule"] == "service.workspace_unknown"


def test_migrate(command: Command, tmp_path: Path) -> None:
    for _ in range(2):
        done = command("migrate", "--data", str(tmp_path / "new"), "--json")
        assert (done.code, done.result["database"]) == (Exit.OK, "sqlite")
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "new" / "countenance.sqlite").stat().st_mode & 0o777 == 0o600


def test_another_database_than_postgresql_is_refused(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTENANCE_DATABASE_URL", "sqlite:////tmp/elsewhere.sqlite")
    done = command("migrate", "--json")
    assert (done.code, done.result["error"]["rule"]) == (Exit.INPUT, "server.database_setting")


@pytest.mark.parametrize("asked", [("serve",), ("worker",), ("migrate",)])
def test_a_data_folder_that_cannot_be_used_is_a_finding(
    command: Command, tmp_path: Path, asked: tuple[str, ...]
) -> None:
    (tmp_path / "file").write_text("no folder")
    for place in (tmp_path / "file", "/proc/nowhere"):
        done = command(*asked, "--data", place, "--json")
        assert (done.code, done.result["error"]["rule"]) == (Exit.INPUT, "service.data_unusable")
        assert str(place) in done.result["error"]["message"]
        assert "Traceback" not in done.err


def test_a_damaged_database_is_a_finding(command: Command, data: Path) -> None:
    for name in ("countenance.sqlite-wal", "countenance.sqlite-shm"):
        (data / name).unlink(missing_ok=True)
    (data / "countenance.sqlite").write_bytes(b"no database " * 1000)
    done = command("keys", "list", "--json")
    assert (done.code, done.result["error"]["rule"]) == (Exit.INPUT, "service.data_unusable")


@pytest.mark.parametrize("asked", [("keys", "list"), ("keys", "link"), ("credits", "show")])
def test_a_mistyped_data_folder_is_not_made(command: Command, tmp_path: Path, asked: tuple[str, ...]) -> None:
    for place in (tmp_path / "mistyped", "/proc/nowhere", __file__):
        done = command(*asked, "--data", place, "--json")
        assert (done.code, done.result["error"]["rule"]) == (Exit.INPUT, "server.no_installation")
        assert str(place) in done.result["error"]["message"]
    assert not (tmp_path / "mistyped").exists()


@pytest.mark.parametrize("asked", [("serve", "--no-worker"), ("worker", "--queue", "notify"), ("migrate",)])
def test_a_database_that_is_not_there_is_a_finding(
    command: Command, monkeypatch: pytest.MonkeyPatch, asked: tuple[str, ...]
) -> None:
    monkeypatch.setenv("COUNTENANCE_PORT", "0")
    monkeypatch.setenv("COUNTENANCE_DATABASE_URL", "postgresql://countenance:sesame@127.0.0.1:1/db")
    done = command(*asked, "--json")
    assert (done.code, done.result["error"]["rule"]) == (Exit.INPUT, "server.database_unreachable")
    assert "127.0.0.1, port 1" in done.result["error"]["detail"]
    assert "sesame" not in done.out + done.err
    assert "Traceback" not in done.err


def test_a_database_setting_that_cannot_be_read_does_not_tell_its_password(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTENANCE_DATABASE_URL", "postgresql://countenance:sesame@host:port/db")
    done = command("migrate", "--json")
    assert (done.code, done.result["error"]["rule"]) == (Exit.INPUT, "server.database_setting")
    assert "sesame" not in done.out + done.err


def test_a_link_leads_to_the_server_that_runs(command: Command, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = command("keys", "link")
    assert alone.out.startswith("http://127.0.0.1:8642/sign-in/")
    assert "guess" in alone.err
    with own_data_folder(Settings()) as tell:
        tell("http://127.0.0.1:38893")
        beside = command("keys", "link")
        assert (beside.out.partition("/sign-in/")[0], beside.err) == ("http://127.0.0.1:38893", "")
        given = command("keys", "link", "--url", "https://studio.example.org/", "--json").result
        assert given["url"].startswith("https://studio.example.org/sign-in/")
        monkeypatch.setenv("COUNTENANCE_PUBLIC_URL", "https://people.example.org")
        assert command("keys", "link").out.startswith("https://people.example.org/sign-in/")
    assert command("keys", "link", "--url", "studio").code == Exit.USAGE
