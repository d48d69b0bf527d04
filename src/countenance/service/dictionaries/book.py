"""Dictionaries: made, found, changed, deleted. What is stored was checked by `voice.pronunciation`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from countenance.service.clock import now
from countenance.service.db.tables import PronunciationDictionary
from countenance.service.dictionaries.patch import patched
from countenance.service.errors import DICTIONARY_UNKNOWN, refused
from countenance.service.ids import new_id
from countenance.voice import pronunciation


@dataclass(frozen=True, slots=True)
class Page:
    """Some dictionaries, and how many there are in all."""

    rows: Sequence[PronunciationDictionary]
    total: int


def create(session: Session, workspace_id: str, name: str, rules: Sequence[Any]) -> PronunciationDictionary:
    """A new dictionary; `rules` as decoded JSON.

    Raises:
        CountenanceError: voice.dictionary_invalid, voice.unknown_sound.
    """
    checked = pronunciation.parse({"name": name, "rules": [*rules]})
    moment = now()
    made = PronunciationDictionary(
        id=new_id("pd_"),
        workspace_id=workspace_id,
        name=checked.name,
        rules=_as_stored(checked),
        created_at=moment,
        updated_at=moment,
    )
    session.add(made)
    session.flush()
    return made


def get(session: Session, workspace_id: str, dictionary_id: str) -> PronunciationDictionary:
    """Raises CountenanceError service.dictionary_unknown."""
    found = session.get(PronunciationDictionary, dictionary_id)
    if found is None or found.workspace_id != workspace_id:
        raise refused(DICTIONARY_UNKNOWN, measured=dictionary_id[:40])
    return found


def listed(session: Session, workspace_id: str, *, limit: int = 10, offset: int = 0) -> Page:
    """The newest first."""
    mine = select(PronunciationDictionary).where(PronunciationDictionary.workspace_id == workspace_id)
    total = session.scalar(select(func.count()).select_from(mine.subquery())) or 0
    newest = mine.order_by(PronunciationDictionary.created_at.desc(), PronunciationDictionary.id.desc())
    return Page(session.scalars(newest.limit(limit).offset(offset)).all(), total)


def change(session: Session, workspace_id: str, dictionary_id: str, patch: Sequence[Any]) -> bool:
    """Apply a JSON Patch, all or nothing; whether it changed anything.

    Raises:
        CountenanceError: service.dictionary_unknown, service.patch_invalid.
    """
    found = get(session, workspace_id, dictionary_id)
    before = {"name": found.name, "rules": found.rules}
    checked = patched(before, patch)
    after = {"name": checked.name, "rules": _as_stored(checked)}
    if after == before:
        return False
    found.name, found.rules, found.updated_at = checked.name, _as_stored(checked), now()
    return True


def delete(session: Session, workspace_id: str, dictionary_id: str) -> None:
    """Videos that are under way with it fail; those that are made stay.

    Raises:
        CountenanceError: service.dictionary_unknown.
    """
    session.delete(get(session, workspace_id, dictionary_id))


def _as_stored(checked: pronunciation.Dictionary) -> list[dict[str, Any]]:
    return [entry.model_dump() for entry in checked.entries]
