"""What somebody asks for who wants a replica, and whether it can be granted at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from countenance.consent import phrase, rules
from countenance.consent.declaration import declare
from countenance.consent.language import ENGLISH, language_of
from countenance.consent.policy import Subject, permit
from countenance.consent.receipt_content import Declaration, Material
from countenance.errors import CountenanceError, Finding
from countenance.service.consent_requests import limits
from countenance.service.errors import REQUEST_INVALID, refused
from countenance.service.tasks.sources import MediaRef
from countenance.settings import Settings
from countenance.voice.catalogue import voices
from countenance.voice.errors import UNKNOWN_VOICE
from countenance.wire.patterns import is_blank

NAME_MOST = 255
"""Characters of a name."""


@dataclass(frozen=True, slots=True)
class NewReplica:
    """A replica that is asked for. Give footage or a picture; what is left out follows from that."""

    name: str = ""
    model_name: str = "countenance-1"
    material: Material | None = None
    """None: a picture where there is one, else real footage"""
    subject: Subject | None = None
    """None: the person themselves; of synthetic footage nobody who exists"""
    full_name: str | None = None
    """of the person who agrees, as it is spoken in the statement"""
    language: str = ENGLISH
    """of the statement"""
    phrase_id: str | None = None
    """of the one-time words that were shown"""
    declarations: tuple[str, ...] = ()
    """ids of the responsibilities that are accepted; see `consent.declaration`"""
    footage: MediaRef | None = None
    consent: MediaRef | None = None
    """None where the statement opens the footage"""
    picture: MediaRef | None = None
    voice_name: str | None = None
    """the id of a stock voice, in any case; None for the person's own, or the default of a picture"""
    callback_url: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    consent_by_link: bool = False
    """The statement comes later, by a consent request; the replica waits for it."""

    @property
    def made_of(self) -> Material:
        return self.material or (Material.FOOTAGE if self.picture is None else Material.IMAGE)

    @property
    def shows(self) -> Subject:
        return self.subject or (Subject.INVENTED if self.made_of is Material.SYNTHETIC else Subject.SELF)

    @property
    def media(self) -> dict[str, MediaRef]:
        """The files by their role."""
        given = {"footage": self.footage, "consent": self.consent, "picture": self.picture}
        return {role: ref for role, ref in given.items() if ref is not None}


def accepted(
    wanted: NewReplica, workspace_id: str, settings: Settings, spoken_by: datetime | None = None
) -> tuple[Declaration, ...]:
    """The declarations that the workspace makes by this request, where nothing forbids it.

    What can be known without looking at the material is told now: a wrong request, missing consent or declarations,
    a subject of whom no replica is made, one-time words that are not good any more (or were not at `spoken_by`, when
    the recording of them was here), an unknown voice.

    Raises:
        CountenanceError: service.request_invalid, consent.name_missing, voice.unknown_voice, and what
            `consent.declaration.declare`, `consent.policy.permit`, `limits.check_name`, `language_of`, `phrase.recall`
            and, of a replica that waits for a link, `limits.check_language` find.
    """
    _check_shape(wanted)
    declared = tuple(declare(each, workspace_id) for each in dict.fromkeys(wanted.declarations))
    filmed = wanted.made_of is Material.FOOTAGE
    missing = permit(wanted.made_of, wanted.shows, has_consent=filmed, declarations=declared)
    if missing:
        raise CountenanceError(*missing)
    name = " ".join((wanted.full_name or "").split())
    if filmed and name:
        limits.check_name(name)
    if filmed and not wanted.consent_by_link:
        if not name:
            raise CountenanceError(Finding(rules.NAME_MISSING, detail="The field is `full_name`."))
        if wanted.phrase_id is not None:
            phrase.recall(wanted.phrase_id, wanted.full_name or "", settings, spoken_by, account=workspace_id)
    if filmed and wanted.consent_by_link:
        limits.check_language(wanted.language, settings)
    elif filmed:
        language_of(wanted.language, settings)
    return declared


def voice_of(wanted: str | None, settings: Settings) -> str | None:
    """The id of the voice that is meant, in whatever case it is written; None where none is.

    Raises:
        CountenanceError: voice.unknown_voice.
    """
    if not wanted:
        return None
    known = [voice.id for voice in voices(settings) if voice.info is not None]
    if wanted.lower() in known:
        return wanted.lower()
    raise CountenanceError(Finding(UNKNOWN_VOICE, detail=f"Known are {', '.join(known)}.", measured=wanted[:80]))


def name_of(wanted: str, otherwise: str) -> str:
    """A name as it is kept: without space around it, and another one where nothing of it is seen.

    Raises:
        CountenanceError: service.request_invalid for one that is too long.
    """
    name = wanted.strip()
    if len(name) > NAME_MOST:
        raise refused(REQUEST_INVALID, f"A name has at most {NAME_MOST} characters.", len(name))
    return otherwise if is_blank(name) else name


def _check_shape(wanted: NewReplica) -> None:
    pictured = wanted.made_of is Material.IMAGE
    if (wanted.footage is None) == (wanted.picture is None):
        raise refused(REQUEST_INVALID, "Give either footage or a picture.")
    if pictured != (wanted.picture is not None):
        raise refused(REQUEST_INVALID, f"The material “{wanted.made_of}” does not go with what was given.")
    if wanted.made_of is not Material.FOOTAGE and (wanted.consent is not None or wanted.consent_by_link):
        raise refused(REQUEST_INVALID, "Only real footage has a recorded consent; leave it out for other material.")
    if wanted.consent is not None and wanted.consent_by_link:
        raise refused(REQUEST_INVALID, "Either the consent is given, or a link asks for it.")
