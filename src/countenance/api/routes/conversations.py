"""What Tavus has and this product has not, live conversations above all: lists are empty, and the rest says so."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from countenance.api import errors
from countenance.api.call import ReadReplicas, WriteReplicas
from countenance.api.problem import problems
from countenance.errors import CountenanceError, Finding, Rule
from countenance.wire.message import Empty, Page

router = APIRouter(prefix="/v2", tags=["not offered"])
SUBJECTS = (
    *("conversations", "personas", "pals", "documents", "objectives", "guardrails", "tools", "skills"),
    *("deployments", "builder", "memories", "interactions", "replacements"),
)
_NOT_MADE = {"replacements": errors.REPLACEMENTS_NOT_MADE}
_UNKNOWN = {"conversations": errors.CONVERSATION_UNKNOWN}


def _add(subject: str) -> None:
    unknown, not_made = _UNKNOWN.get(subject, errors.SUBJECT_UNKNOWN), _NOT_MADE.get(subject, errors.NOT_OFFERED)

    def listed(call: ReadReplicas) -> Page[dict[str, Any]]:
        """An empty list: it is not part of this product."""
        return _none()

    def create(call: WriteReplicas) -> Empty:
        """Refused: it is not part of this product."""
        raise _refusal(not_made)

    def get(item_id: str, call: ReadReplicas) -> Empty:
        """There is none: it is not part of this product."""
        raise _refusal(unknown)

    def change(item_id: str, call: WriteReplicas) -> Empty:
        """There is none: it is not part of this product."""
        raise _refusal(unknown)

    router.add_api_route(f"/{subject}", listed, methods=["GET"], name=f"list_{subject}")
    router.add_api_route(f"/{subject}", create, methods=["POST"], name=f"create_{subject}", responses=problems(501))
    router.add_api_route(f"/{subject}/{{item_id}}", get, methods=["GET"], name=f"get_{subject}")
    for method in ("PATCH", "DELETE"):
        name = f"{method.lower()}_{subject}"
        router.add_api_route(f"/{subject}/{{item_id}}", change, methods=[method], name=name)


def _of_pals(subject: str) -> None:
    path = f"/pals/{{item_id}}/{subject}"

    def listed(item_id: str, call: ReadReplicas) -> Page[dict[str, Any]]:
        """An empty list: live conversations are not part of this product."""
        return _none()

    def create(item_id: str, call: WriteReplicas) -> Empty:
        """Refused: live conversations are not part of this product."""
        raise _refusal(errors.NOT_OFFERED)

    def create_one(item_id: str, part_id: str, call: WriteReplicas) -> Empty:
        """Refused: live conversations are not part of this product."""
        raise _refusal(errors.NOT_OFFERED)

    def change(item_id: str, part_id: str, call: WriteReplicas) -> Empty:
        """There is none: live conversations are not part of this product."""
        raise _refusal(errors.SUBJECT_UNKNOWN)

    router.add_api_route(path, listed, methods=["GET"])
    for method in ("POST", "PUT"):
        router.add_api_route(path, create, methods=[method], responses=problems(501))
    router.add_api_route(f"{path}/{{part_id}}", create_one, methods=["PUT"], responses=problems(501))
    for method in ("GET", "PATCH", "DELETE"):
        router.add_api_route(f"{path}/{{part_id}}", change, methods=[method])


def _none() -> Page[dict[str, Any]]:
    return Page(data=[], total_count=0)


def _refusal(rule: Rule) -> CountenanceError:
    return CountenanceError(Finding(rule))


@router.get("/documents/tags")
def tags(call: ReadReplicas) -> Page[dict[str, Any]]:
    """An empty list: live conversations are not part of this product."""
    return _none()


for _subject in SUBJECTS:
    _add(_subject)
for _subject in ("tools", "skills"):
    _of_pals(_subject)


@router.post("/conversations/{item_id}/end")
def end(item_id: str, call: WriteReplicas) -> Empty:
    """There is none: live conversations are not part of this product."""
    raise _refusal(errors.CONVERSATION_UNKNOWN)


@router.post("/documents/{item_id}/recrawl")
@router.post("/builder/{item_id}/append-messages")
@router.post("/builder/{item_id}/draft-fanout")
@router.post("/builder/{item_id}/publish")
def go_on(item_id: str, call: WriteReplicas) -> Empty:
    """There is none: live conversations are not part of this product."""
    raise _refusal(errors.SUBJECT_UNKNOWN)


@router.delete("/memories/{store}/{item_id}")
def forget(store: str, item_id: str, call: WriteReplicas) -> Empty:
    """There is none: live conversations are not part of this product."""
    raise _refusal(errors.SUBJECT_UNKNOWN)
