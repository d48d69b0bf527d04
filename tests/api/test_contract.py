"""What Tavus's clients rely on is in our description; see `tavus_contract`."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from countenance.wire.consent import WantStatement
from countenance.wire.dictionaries import RuleBody
from countenance.wire.message import Request
from countenance.wire.replicas import CreateReplica, ReplicaProperties
from countenance.wire.videos import CreateVideo
from countenance.wire.works import CreateLipsync
from countenance.wire.workspace import CreateKey


def _table() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tavus_contract", Path(__file__).with_name("tavus_contract.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


OPERATIONS = _table().OPERATIONS
Schema = dict[str, Any]


@pytest.fixture(scope="module")
def document(described: FastAPI) -> Schema:
    return described.openapi()


@pytest.mark.parametrize("known", OPERATIONS, ids=lambda known: f"{known.method} {known.path} {known.source}")
def test_an_operation_is_as_clients_know_it(document: Schema, known: Any) -> None:
    paths = {re.sub(r"\{\w+\}", "{}", path): path for path in document["paths"]}
    operation = document["paths"][paths[known.path]][known.method.lower()]
    assert str(known.status) in operation["responses"]
    assert {str(status) for status in known.refusals} <= set(operation["responses"])
    query = {f"?{parameter['name']}" for parameter in operation.get("parameters", ()) if parameter["in"] == "query"}
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    assert set(known.request) <= query | set(_resolved(document, body).get("properties", {}))
    if known.response:
        answered = operation["responses"][str(known.status)]["content"]["application/json"]["schema"]
        for field in known.response:
            place, _, kind = field.partition(": ")
            assert kind.removesuffix("?") in _kinds(document, answered, place), place
            assert not kind.endswith("?") or "null" in _kinds(document, answered, place), place


def test_an_idempotency_key_is_described_where_it_is_honoured(described: FastAPI, document: Schema) -> None:
    told = {
        (method.upper(), path)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if any(each["name"] == "idempotency-key" for each in operation.get("parameters", ()))
    }
    honoured = {
        (method, route.path)
        for route in iter_route_contexts(described.routes)
        if route.endpoint is not None and "once" in route.endpoint.__code__.co_names
        for method in route.methods or ()
    }
    assert told == honoured
    assert len(told) > 10


def test_what_a_stream_tells_is_described(document: Schema) -> None:
    for name in ("replicas", "faces"):
        answer = document["paths"][f"/v2/{name}/{{replica_id}}/events"]["get"]["responses"]["200"]
        told = answer["content"]["text/event-stream"]["itemSchema"]["properties"]
        assert told["event"]["enum"] == ["progress", "end"]
        shapes = [_resolved(document, each)["properties"] for each in told["data"]["contentSchema"]["anyOf"]]
        assert "training_progress" in shapes[0]
        assert shapes[1]["status"]["const"] == "deleted"


_WANTED = {
    CreateReplica: {"train_video_url": "https://example.org/a.mp4"},
    CreateVideo: {"replica_id": "r1", "script": "Hello."},
    CreateLipsync: {"original_video_url": "https://example.org/a.mp4", "source_audio_url": "https://example.org/a.wav"},
    ReplicaProperties: {},
    CreateKey: {"name": "k"},
    RuleBody: {"text": "Ada", "pronunciation": "ay dah", "type": "alias"},
    WantStatement: {"full_name": "Ada"},
}


@pytest.mark.parametrize("message", _WANTED, ids=lambda message: message.__name__)
def test_null_is_what_is_not_sent(document: Schema, message: type[Request]) -> None:
    wanted, schemas = _WANTED[message], document["components"]["schemas"]
    optional = {name for name, field in message.model_fields.items() if not field.is_required()} - set(wanted)
    assert optional
    assert message.model_validate({**wanted, **dict.fromkeys(optional)}) == message.model_validate(wanted)
    described = schemas.get(f"{message.__name__}-Input") or schemas[message.__name__]
    for name in optional:
        assert "null" in _types(document, described["properties"][name]), name


def _kinds(document: Schema, schema: Schema, place: str) -> set[str]:
    """The types of a field: `data[].replica_id`."""
    for part in place.split("."):
        name = part.removesuffix("[]")
        schema = _resolved(document, _resolved(document, schema)["properties"][name])
        if part.endswith("[]"):
            arrays = [_resolved(document, each) for each in schema.get("anyOf", [schema])]
            schema = next(each for each in arrays if each.get("type") == "array")["items"]
    return _types(document, schema)


def _types(document: Schema, schema: Schema) -> set[str]:
    schema = _resolved(document, schema)
    if "anyOf" in schema:
        return set().union(*(_types(document, each) for each in schema["anyOf"]))
    return {schema["type"]} if "type" in schema else set()


def _resolved(document: Schema, schema: Schema) -> Schema:
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema
