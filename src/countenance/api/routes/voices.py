"""Voices: those of the stock, and those of the workspace's replicas."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import select

from countenance.api import errors
from countenance.api.call import ReadReplicas, WriteReplicas
from countenance.api.paging import Part
from countenance.api.problem import problems
from countenance.api.shown import voices as shown
from countenance.errors import CountenanceError, Finding
from countenance.service.db.tables import Replica
from countenance.voice.catalogue import voices
from countenance.wire.message import Empty
from countenance.wire.voices import VoiceBody, VoicePage

router = APIRouter(prefix="/v2/voices", tags=["voices"])


@router.get("")
def listed(
    call: ReadReplicas,
    part: Part,
    search: Annotated[str, Query(description="Part of an id, a label or a tag, in any case.")] = "",
    tag: Annotated[str, Query(description="`stock`, `personal`, `female`, `male`, a language, ...")] = "",
) -> VoicePage:
    """The voices that scripts can be spoken with: stock voices first, then replicas' own."""
    found = [voice for voice in _all(call) if _fits(voice, search.casefold(), tag.casefold())]
    on_page = found[part.offset : part.offset + part.limit]
    return VoicePage(data=on_page, total_count=len(found), page=part.page, limit=part.limit)


@router.post("", responses=problems(501), status_code=201)
def create(call: WriteReplicas) -> Empty:
    """Not part of this product: a person's voice comes with a replica, to which that person agrees."""
    raise CountenanceError(Finding(errors.VOICES_NOT_MADE))


@router.get("/{voice_id}")
def get(voice_id: str, call: ReadReplicas) -> VoiceBody:
    """One voice, by its id in any case."""
    for voice in _all(call):
        if voice.voice_id == voice_id.lower():
            return voice
    raise CountenanceError(Finding(errors.VOICE_NOT_FOUND, measured=voice_id[:80]))


def _all(call: ReadReplicas) -> list[VoiceBody]:
    own = select(Replica).where(
        Replica.workspace_id == call.workspace_id, Replica.has_voice.is_(True), Replica.deleted_at.is_(None)
    )
    with call.reading() as session:
        rows = session.scalars(own.order_by(Replica.created_at.desc(), Replica.id.desc())).all()
    return [*map(shown.stock, voices(call.service.settings)), *map(shown.personal, rows)]


def _fits(voice: VoiceBody, search: str, tag: str) -> bool:
    texts = [text.casefold() for text in (voice.voice_id, voice.label, *voice.tags)]
    return any(search in text for text in texts) and (not tag or tag in texts[2:])
