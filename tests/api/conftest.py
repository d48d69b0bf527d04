"""The API over an installation of its own; only the durable queues, which are another process's part, stand still."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from countenance.api.app import create_app
from countenance.api.streams import Streams
from countenance.api.watch import Watch
from countenance.service.accounts import keys, workspaces
from countenance.service.accounts.limits import Limiter
from countenance.service.context import Service
from countenance.service.db.database import open_database
from countenance.service.db.migrate import migrate
from countenance.service.objects.open import open_objects
from countenance.settings import Settings


@dataclass
class StillQueue:
    """Keeps what it is given; nobody works."""

    enqueued: list[tuple[str, str, str]] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)

    def enqueue(self, session: Session, queue: str, job_id: str, task: str) -> None:
        self.enqueued.append((queue, job_id, task))

    def cancel(self, workflow_ids: Sequence[str]) -> None:
        self.cancelled += workflow_ids

    def forget(self, workflow_ids: Sequence[str]) -> None:
        """There is nothing to forget."""


@pytest.fixture(scope="session")
def still_queue() -> type[StillQueue]:
    return StillQueue


@pytest.fixture(scope="session")
def made_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all tables, to be copied."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("tables"), database_url=None)
    database = open_database(settings)
    migrate(database)
    database.dispose()
    return settings.data_dir / "countenance.sqlite"


@pytest.fixture
def service(tmp_path: Path, made_tables: Path) -> Iterator[Service]:
    settings = Settings(data_dir=tmp_path / "data", database_url=None, threads=1, requests_per_minute=0)
    settings.data_dir.mkdir(mode=0o700)
    shutil.copyfile(made_tables, settings.data_dir / "countenance.sqlite")
    database = open_database(settings)
    yield Service(settings, database, open_objects(settings), StillQueue())
    database.dispose()


@pytest.fixture(scope="session")
def described(made_tables: Path) -> Iterator[FastAPI]:
    """An application, to be asked what it is."""
    settings = Settings(data_dir=made_tables.parent, database_url=None)
    database = open_database(settings)
    yield create_app(Service(settings, database, open_objects(settings), StillQueue()))
    database.dispose()


@pytest.fixture
def app(described: FastAPI, service: Service) -> FastAPI:
    """One application for all tests, since its routes are put together at the first request, with a new service."""
    described.state.service = service
    described.state.watch = Watch(service)
    described.state.streams = Streams()
    described.state.limiter = Limiter(service.settings)
    return described


@pytest.fixture
def workspace_id(service: Service) -> str:
    with service.database.transaction() as session:
        return workspaces.create(session, service.settings, "Studio").id


@pytest.fixture
def key(service: Service, workspace_id: str) -> str:
    """An owner's key."""
    with service.database.transaction() as session:
        return keys.create(session, workspace_id, "tests", "owner").text


@pytest.fixture
def nobody(app: FastAPI) -> Iterator[TestClient]:
    """Somebody without a key."""
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def client(nobody: TestClient, key: str) -> TestClient:
    """The owner of the workspace."""
    nobody.headers["x-api-key"] = key
    return nobody
