"""A replica that failed, for whoever starts again with it: what was said of it, and what stopped it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from countenance.api.call import Call
from countenance.api.routes import replicas
from countenance.consent.policy import Subject
from countenance.consent.receipt_content import Material
from countenance.errors import CountenanceError
from countenance.portal.standing import worst
from countenance.service.consent_requests import ask
from countenance.service.replicas import find
from countenance.wire.problem import FindingBody

_WAYS: Mapping[str, str] = {Material.SYNTHETIC: "generated", Material.IMAGE: "picture"}
_FAILED = ("error", "preview_only")


@dataclass(frozen=True, slots=True)
class Again:
    """A replica that failed."""

    replica_id: str
    name: str
    way: str
    """`own`, `other`, `generated` or `picture`: what it was made from"""
    subject: str
    full_name: str
    """of who agreed, or was to; empty where nobody has to"""
    language: str
    """of the statement"""
    by_link: bool
    """whether the person was asked by a link"""
    voice: str
    """the stock voice that was chosen, or empty"""
    stopped: list[FindingBody]
    others: list[FindingBody]
    told: str
    """what is said of it where nothing was found"""

    @property
    def carried(self) -> dict[str, Any]:
        """What the next one begins with."""
        names = ("replica_id", "name", "way", "subject", "full_name", "language", "by_link", "voice")
        return {name: getattr(self, name) for name in names}


def again(call: Call, replica_id: str) -> Again | None:
    """None of what is not there any more, belongs to others, or did not fail."""
    try:
        body = replicas.get(replica_id, call)
        with call.reading() as session:
            row = find.own(session, call.workspace_id, replica_id)
            by_link = bool(ask.of_replica(session, call.workspace_id, replica_id))
    except CountenanceError:
        return None
    if row.status not in _FAILED:
        return None
    found = worst(body.findings)
    is_filmed = row.material == Material.FOOTAGE
    is_own = row.subject == Subject.SELF and not by_link
    return Again(
        replica_id=replica_id,
        name=body.replica_name,
        way=_WAYS.get(row.material, "own" if is_own else "other"),
        subject=row.subject,
        full_name=(row.full_name or "") if is_filmed else "",
        language=row.language,
        by_link=by_link,
        voice=row.voice_name or "",
        stopped=[each for each in found if each.severity == "error"],
        others=[each for each in found if each.severity != "error"],
        told=body.error_message or "",
    )
