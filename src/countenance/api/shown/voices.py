"""Voices as they are answered."""

from __future__ import annotations

from countenance.service.db.tables import Replica
from countenance.voice.catalogue import Listing
from countenance.wire.status import USABLE
from countenance.wire.voices import VoiceBody


def stock(listing: Listing) -> VoiceBody:
    """A voice of this installation; one of a plug-in that does not work says why."""
    info = listing.info
    known = [info.sex, *info.languages] if info else []
    return VoiceBody(
        voice_id=listing.id,
        voice_name=listing.id,
        label=info.name if info else listing.id,
        tags=["stock", *known],
        languages=list(info.languages) if info else [],
        ready=listing.problem is None,
        problem=listing.problem.message() if listing.problem else None,
    )


def personal(replica: Replica) -> VoiceBody:
    """The voice of a replica, which only that replica speaks with."""
    return VoiceBody(
        voice_id=replica.id,
        voice_name="personal",
        label=replica.name,
        replica_id=replica.id,
        tags=["personal", replica.language],
        languages=[replica.language],
        ready=replica.status in USABLE,
    )
