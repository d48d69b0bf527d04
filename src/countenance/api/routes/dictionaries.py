"""Pronunciation dictionaries."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from countenance.api.call import JSON, ONCE, ReadDictionaries, WriteDictionaries
from countenance.api.paging import Part
from countenance.api.problem import problems
from countenance.service.db.tables import PronunciationDictionary
from countenance.service.dictionaries import book
from countenance.service.dictionaries.errors import PATCH_INVALID
from countenance.service.errors import refused
from countenance.voice.pronunciation import parse
from countenance.wire.dictionaries import CreateDictionary, DictionaryBody, PatchStep, RuleBody
from countenance.wire.message import NOT_STORABLE, Page, is_storable
from countenance.wire.times import iso_ms

MAX_BYTES = 16 * 1024 * 1024
router = APIRouter(prefix="/v2/pronunciation-dictionaries", tags=["pronunciation dictionaries"])
_PATCH = {
    "requestBody": {
        "content": {JSON: {"schema": {"type": "array", "items": PatchStep.model_json_schema(by_alias=True)}}}
    }
}


@router.post(
    "",
    status_code=201,
    max_body_size=MAX_BYTES,
    dependencies=[ONCE],
    responses=problems(409, 410, 422),
    response_model=DictionaryBody,
)
def create(body: CreateDictionary, call: WriteDictionaries) -> Response:
    """A new dictionary; every sound in it is one that can be spoken."""

    checked = parse(body.model_dump())

    def work(session: Session) -> DictionaryBody:
        return _body(book.create(session, call.workspace_id, checked))

    return call.once(work, 201)


@router.get("")
def listed(call: ReadDictionaries, part: Part) -> Page[DictionaryBody]:
    """The workspace's dictionaries, newest first, without their rules."""
    with call.reading() as session:
        found = book.listed(session, call.workspace_id, limit=part.limit, offset=part.offset)
    return Page(data=[_body(row, with_rules=False) for row in found.rows], total_count=found.total)


@router.get("/{dictionary_id}")
def get(dictionary_id: str, call: ReadDictionaries) -> DictionaryBody:
    """One dictionary."""
    with call.reading() as session:
        return _body(book.get(session, call.workspace_id, dictionary_id))


@router.patch(
    "/{dictionary_id}",
    openapi_extra=_PATCH,
    responses={304: {"description": "Nothing changed."}, **problems(409, 422)},
    response_model=DictionaryBody,
)
def change(dictionary_id: str, body: list[dict[str, Any]], call: WriteDictionaries) -> Response:
    """Apply a JSON Patch (RFC 6902), wholly or not at all."""
    if not is_storable(body):
        raise refused(PATCH_INVALID, NOT_STORABLE)
    changed = book.change(call.service.database, call.workspace_id, dictionary_id, body)
    if changed is None:
        return Response(status_code=304)
    return Response(_body(changed).model_dump_json(), media_type=JSON)


@router.delete("/{dictionary_id}", status_code=204)
def delete(dictionary_id: str, call: WriteDictionaries) -> None:
    """Videos that are under way with it fail; those that are made stay."""
    with call.transaction() as session:
        book.delete(session, call.workspace_id, dictionary_id)


def _body(row: PronunciationDictionary, *, with_rules: bool = True) -> DictionaryBody:
    return DictionaryBody(
        pronunciation_dictionary_id=row.id,
        name=row.name,
        rules=[RuleBody.model_validate(rule) for rule in row.rules] if with_rules else None,
        rules_count=row.rules_count,
        created_at=iso_ms(row.created_at),
        updated_at=iso_ms(row.updated_at),
    )
