"""Dictionaries: made, found, changed, deleted. What is stored was checked by `voice.pronunciation`, which takes seconds
for a large one and is therefore never done inside a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import CursorResult, func, select, update
from sqlalchemy.orm import Session, defer

from countenance.service.accounts import idempotency, workspaces
from countenance.service.clock import now
from countenance.service.db.database import Database
from countenance.service.db.tables import PronunciationDictionary
from countenance.service.dictionaries.errors import DICTIONARIES_TOO_MANY, DICTIONARY_CHANGING
from countenance.service.dictionaries.patch import patched
from countenance.service.errors import DICTIONARY_UNKNOWN, refused
from countenance.service.ids import new_id
from countenance.voice import pronunciation

_TRIES = 3
_TICK = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Page:
    """Some dictionaries, and how many there are in all."""

    rows: Sequence[PronunciationDictionary]
    total: int


def create(session: Session, workspace_id: str, checked: pronunciation.Dictionary) -> PronunciationDictionary:
    """A new dictionary, of what `voice.pronunciation.parse` has checked before the transaction.

    Raises:
        CountenanceError: service.dictionaries_too_many.
    """
    workspaces.take_turns(session, workspace_id)
    there = select(func.count()).where(PronunciationDictionary.workspace_id == workspace_id)
    found = session.scalar(there) or 0
    if found >= (DICTIONARIES_TOO_MANY.limit or 0):
        raise refused(DICTIONARIES_TOO_MANY, measured=float(found))
    moment = now()
    made = PronunciationDictionary(
        id=new_id("pd_"),
        workspace_id=workspace_id,
        name=checked.name,
        rules=_as_stored(checked),
        rules_count=len(checked.entries),
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
    """The newest first, without their rules, which are not read."""
    mine = select(PronunciationDictionary).where(PronunciationDictionary.workspace_id == workspace_id)
    total = session.scalar(mine.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    bare = mine.options(defer(PronunciationDictionary.rules, raiseload=True))
    newest = bare.order_by(PronunciationDictionary.created_at.desc(), PronunciationDictionary.id.desc())
    return Page(session.scalars(newest.limit(limit).offset(offset)).all(), total)


def change(
    database: Database, workspace_id: str, dictionary_id: str, patch: Sequence[Any]
) -> PronunciationDictionary | None:
    """Apply a JSON Patch, all or nothing; the dictionary after it, or None if it changed nothing.

    In transactions of its own: another change that comes in between is taken into account, and not undone.

    Raises:
        CountenanceError: service.dictionary_unknown, service.patch_invalid, service.dictionary_changing.
    """
    for _ in range(_TRIES):
        with database.reading() as session:
            found = get(session, workspace_id, dictionary_id)
        before = {"name": found.name, "rules": found.rules}
        checked = patched(before, patch)
        values = {"name": checked.name, "rules": _as_stored(checked)}
        if values == before:
            return None
        with database.transaction() as session:
            unchanged = update(PronunciationDictionary).where(
                PronunciationDictionary.id == dictionary_id, PronunciationDictionary.updated_at == found.updated_at
            )
            moment = max(now(), found.updated_at + _TICK)
            done = session.execute(unchanged.values(**values, rules_count=len(checked.entries), updated_at=moment))
            if isinstance(done, CursorResult) and done.rowcount == 1:
                return session.get_one(PronunciationDictionary, dictionary_id)
    raise refused(DICTIONARY_CHANGING)


def delete(session: Session, workspace_id: str, dictionary_id: str) -> None:
    """Videos that are under way with it fail; those that are made stay.

    Raises:
        CountenanceError: service.dictionary_unknown.
    """
    session.delete(get(session, workspace_id, dictionary_id))
    idempotency.forget(session, workspace_id, [dictionary_id])


def _as_stored(checked: pronunciation.Dictionary) -> list[dict[str, Any]]:
    return [entry.model_dump() for entry in checked.entries]
