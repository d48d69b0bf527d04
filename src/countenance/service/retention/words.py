"""One-time words that nobody is to be heard with any more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from countenance.consent import phrase
from countenance.service.context import Service
from countenance.service.db.tables import Lipsync, Replica
from countenance.service.videos.rows import OPEN

_BEFORE_THE_END = ("waiting", "queued", "checking", "training")


def forget_old(service: Service, at: datetime) -> int:
    """Forget the words that expired a day before `at`; how many files those were.

    What is still to be made with words keeps them for as long as that takes: a check may wait in a queue, and a review
    for a human.
    """
    with service.database.reading() as session:
        kept = _in_use(session)
    return phrase.forget_old(service.settings, kept, at)


def _in_use(session: Session) -> set[str]:
    replicas = select(Replica.phrase_id).where(
        Replica.phrase_id.is_not(None), Replica.status.in_(_BEFORE_THE_END), Replica.deleted_at.is_(None)
    )
    claims = select(Lipsync.claim).where(Lipsync.status.in_(OPEN), Lipsync.deleted_at.is_(None))
    words = {str(claim.get("phrase_id")) for claim in session.scalars(claims)}
    return words | {str(phrase_id) for phrase_id in session.scalars(replicas)}
