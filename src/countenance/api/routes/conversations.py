"""What belongs to live conversations, which are not part of this product: lists are empty, and the rest says so."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from countenance.api import errors
from countenance.api.call import ReadReplicas, WriteReplicas
from countenance.api.problem import problems
from countenance.errors import CountenanceError, Finding, Rule
from countenance.wire.message import Empty, Page

router = APIRouter(prefix="/v2", tags=["not offered"])
SUBJECTS = ("conversations", "personas", "pals", "documents", "objectives", "guardrails", "tools", "skills")


def _add(subject: str) -> None:
    unknown = errors.CONVERSATION_UNKNOWN if subject == "conversations" else errors.SUBJECT_UNKNOWN

    def listed(call: ReadReplicas) -> Page[dict[str, Any]]:
        """An empty list: live conversations are not part of this product."""
        return Page(data=[], total_count=0)

    def create(call: WriteReplicas) -> Empty:
        """Refused: live conversations are not part of this product."""
        raise _refusal(errors.NOT_OFFERED)

    def get(item_id: str, call: ReadReplicas) -> Empty:
        """There is none: live conversations are not part of this product."""
        raise _refusal(unknown)

    def change(item_id: str, call: WriteReplicas) -> Empty:
        """There is none: live conversations are not part of this product."""
        raise _refusal(unknown)

    router.add_api_route(f"/{subject}", listed, methods=["GET"], name=f"list_{subject}")
    router.add_api_route(f"/{subject}", create, methods=["POST"], name=f"create_{subject}", responses=problems(501))
    router.add_api_route(f"/{subject}/{{item_id}}", get, methods=["GET"], name=f"get_{subject}")
    for method in ("PATCH", "DELETE"):
        name = f"{method.lower()}_{subject}"
        router.add_api_route(f"/{subject}/{{item_id}}", change, methods=[method], name=name)


def _refusal(rule: Rule) -> CountenanceError:
    return CountenanceError(Finding(rule))


for _subject in SUBJECTS:
    _add(_subject)


@router.post("/conversations/{item_id}/end")
def end(item_id: str, call: WriteReplicas) -> Empty:
    """There is none: live conversations are not part of this product."""
    raise _refusal(errors.CONVERSATION_UNKNOWN)


@router.get("/pals/{item_id}/tools")
def tools_of(item_id: str, call: ReadReplicas) -> Page[dict[str, Any]]:
    """An empty list: live conversations are not part of this product."""
    return Page(data=[], total_count=0)


@router.post("/pals/{item_id}/tools", responses=problems(501))
def add_tool(item_id: str, call: WriteReplicas) -> Empty:
    """Refused: live conversations are not part of this product."""
    raise _refusal(errors.NOT_OFFERED)
