"""Whatever is sent that the description allows, the answer is one that it names, in the shape that it says."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import BaseSchema
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy.orm import Session

from countenance.api.app import create_app
from countenance.consent.declaration import AI_GENERATED
from countenance.consent.receipt_content import Material
from countenance.service.accounts import keys, workspaces
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.db.database import open_database
from countenance.service.db.tables import Upload
from countenance.service.dictionaries import book
from countenance.service.objects.open import open_objects
from countenance.service.replicas import life
from countenance.service.replicas.wanted import NewReplica
from countenance.service.tasks.sources import MediaRef
from countenance.settings import Settings
from countenance.voice.pronunciation import parse


def no_fault(ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case[Any]) -> None:
    """501 says what is not part of this product; everything else from 500 on is a fault."""
    assert response.status_code < 500 or response.status_code == 501, response.text


_CHECKS = [
    no_fault,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


_QUICK = settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    database=None,
)


@pytest.fixture(scope="session")
def api(
    tmp_path_factory: pytest.TempPathFactory, made_tables: Path, still_queue: type
) -> Iterator[tuple[BaseSchema, str, dict[str, str]]]:
    """The description of an application, loaded from it, and an owner's key, and what is there."""
    own = Settings(data_dir=tmp_path_factory.mktemp("schema"), database_url=None, threads=1, requests_per_minute=0)
    shutil.copyfile(made_tables, own.data_dir / "countenance.sqlite")
    database = open_database(own)
    service = Service(own, database, open_objects(own), still_queue())
    with database.transaction() as session:
        workspace = workspaces.create(session, own, "Studio")
        key = keys.create(session, workspace.id, "schema", "owner").text
        there = {
            "replica_id": _replica(session, service, workspace.id),
            "upload_id": _upload(session, workspace.id),
            "dictionary_id": book.create(session, workspace.id, parse({"name": "Names", "rules": []})).id,
        }
    yield schemathesis.openapi.from_asgi("/openapi.json", create_app(service)), key, there
    database.dispose()


def _upload(session: Session, workspace_id: str) -> str:
    made = Upload(
        id="u0123456789abcdef",
        workspace_id=workspace_id,
        filename="me.mp4",
        bytes=10,
        part_bytes=10,
        state="complete",
        media={"kind": "video", "duration_s": 60.0},
        created_at=now(),
        expires_at=now(),
        completed_at=now(),
    )
    session.add(made)
    return made.id


def _replica(session: Session, service: Service, workspace_id: str) -> str:
    footage = MediaRef(url="https://example.org/footage.mp4")
    wanted = NewReplica(material=Material.SYNTHETIC, declarations=(AI_GENERATED,), footage=footage)
    return life.create(session, service, workspace_id, wanted).id


def test_every_answer_is_described(api: tuple[BaseSchema, str, dict[str, str]]) -> None:
    schema, key, there = api
    count = 0
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        if operation.path.endswith("/events"):
            continue  # an answer without an end: see `test_events`
        count += 1

        @_QUICK
        @given(case=operation.as_strategy(), exists=st.booleans())
        def answered(case: schemathesis.Case[Any], exists: bool) -> None:
            if exists:
                case.path_parameters.update({name: there[name] for name in case.path_parameters if name in there})
            case.call_and_validate(headers={"x-api-key": key}, checks=_CHECKS)

        answered()
    assert count > 80
