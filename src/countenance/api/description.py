"""How the API describes itself (`/openapi.json`)."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from countenance.api.routes.events import END, PROGRESS
from countenance.wire.problem import Problem
from countenance.wire.replicas import ReplicaEvent, ReplicaGone

TEXT = (
    "Digital replicas of people, with proof that they agreed. Compatible with Tavus's API v2: the same paths and "
    "fields, under its older names (replica) and its newer ones (face) at once. Fields of our own come beside them."
)
_REF = "#/components/schemas/{model}"
_EVENT = {
    "event": {"type": "string", "enum": [PROGRESS, END]},
    "data": {
        "type": "string",
        "contentMediaType": "application/json",
        "contentSchema": {
            "anyOf": [{"$ref": _REF.format(model=each.__name__)} for each in (ReplicaEvent, ReplicaGone)]
        },
    },
}
"""What FastAPI does not know of a stream."""


def operation_id(route: APIRoute) -> str:
    """`get_v2_replicas_replica_id`."""
    path = route.path_format.replace("{", "").replace("}", "").replace("-", "_").strip("/").replace("/", "_")
    method = min(route.methods or {"get"}).lower()
    return f"{method}_{path}"


def install(app: FastAPI) -> None:
    """The description knows the shape of every problem, and does not claim answers that are never given."""

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            app.openapi_schema = _completed(document)
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]


def _completed(document: dict[str, Any]) -> dict[str, Any]:
    models = document.setdefault("components", {}).setdefault("schemas", {})
    told = Problem.model_json_schema(ref_template=_REF, mode="serialization")
    models.update(told.pop("$defs", {}))
    models["Problem"] = told
    for unused in ("HTTPValidationError", "ValidationError"):
        models.pop(unused, None)
    for message in (ReplicaEvent, ReplicaGone):
        models[message.__name__] = message.model_json_schema(ref_template=_REF, mode="serialization")
    for operations in document["paths"].values():
        for operation in operations.values():
            answers = operation["responses"]
            if "HTTPValidationError" in str(answers.get("422", "")):
                del answers["422"]  # what cannot be read is answered with 400
            if stream := answers.get("200", {}).get("content", {}).get("text/event-stream"):
                stream["itemSchema"]["properties"].update(_EVENT)
    return document
