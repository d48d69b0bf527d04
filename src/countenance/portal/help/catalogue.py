"""The error catalogue: the rules of all rooms that a page can speak of, in the order in which they are shown.

The documentation (`scripts/write_error_catalogue.py`) shows these and, after them, those of the rooms above this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from countenance.api.errors import RULES as API
from countenance.consent.claim_rules import RULES as CLAIM
from countenance.consent.liveness_rules import RULES as LIVENESS
from countenance.consent.receipt_rules import RULES as RECEIPT
from countenance.consent.rules import RULES as CONSENT
from countenance.engine.archive_rules import RULES as ARCHIVE
from countenance.engine.errors import RULES as ENGINE
from countenance.engine.external.errors import RULES as EXTERNAL
from countenance.engine.mark_rules import RULES as MARK
from countenance.errors import Rule, amount
from countenance.footage.portrait_rules import RULES as PORTRAIT
from countenance.footage.rules import RULES as FOOTAGE
from countenance.media.credential_rules import RULES as CREDENTIALS
from countenance.media.errors import RULES as MEDIA
from countenance.people.errors import RULES as PEOPLE
from countenance.portrait.errors import RULES as SPEAKING_PICTURE
from countenance.service.accounts.errors import RULES as ACCOUNTS
from countenance.service.consent_requests.errors import RULES as CONSENT_REQUESTS
from countenance.service.credits.errors import RULES as CREDITS
from countenance.service.db.errors import RULES as DATABASE
from countenance.service.dictionaries.errors import RULES as DICTIONARIES
from countenance.service.errors import RULES as SERVICE
from countenance.service.fetch.errors import RULES as FETCH
from countenance.service.jobs.errors import RULES as JOBS
from countenance.service.notify.errors import RULES as NOTIFY
from countenance.service.objects.errors import RULES as OBJECTS
from countenance.service.replicas.errors import RULES as REPLICAS
from countenance.service.uploads.errors import RULES as UPLOADS
from countenance.service.videos.errors import RULES as VIDEOS
from countenance.stock.errors import RULES as STOCK
from countenance.voice.errors import RULES as VOICE
from countenance.warrant_rules import RULES as WARRANT


@dataclass(frozen=True, slots=True)
class Room:
    """Rules on one subject."""

    id: str
    """Its anchor on the page; no rule's id is like it, for those have a dot."""
    title: str
    text: str
    """What these rules are about, in a sentence."""
    rules: tuple[Rule, ...]


ROOMS: tuple[Room, ...] = (
    Room("files", "Files", "What can be wrong with a file before anyone looks at what it shows.", MEDIA),
    Room(
        "credentials",
        "Content credentials",
        "What can be wrong with signing videos, and with what signed videos say.",
        CREDENTIALS,
    ),
    Room("footage", "Footage", "What is asked of a recording that is to train a replica.", FOOTAGE),
    Room("pictures", "Pictures", "What is asked of a still picture that is to become a replica.", PORTRAIT),
    Room("consent", "Consent", "What is asked of the recording in which the person agrees.", (*CONSENT, *LIVENESS)),
    Room(
        "claims",
        "Who needs to agree",
        "Whose likeness may be used, and whether the claim AI-generated holds.",
        CLAIM,
    ),
    Room("receipts", "Receipts", "What can be wrong with the signed record of a consent, and with keys.", RECEIPT),
    Room(
        "models",
        "Models",
        "What can be wrong with the models that measure people, and with material too poor for them.",
        PEOPLE,
    ),
    Room("voices", "Voices", "What can be wrong with a script that is to be spoken.", VOICE),
    Room("engine", "Engine", "What can go wrong in training and in speaking.", (*ENGINE, *ARCHIVE, *MARK)),
    Room(
        "external-engines",
        "External engines",
        "What can go wrong with an engine in a process of its own.",
        EXTERNAL,
    ),
    Room(
        "speaking-pictures",
        "Speaking pictures",
        "What can keep a picture from being animated, or makes it less natural.",
        SPEAKING_PICTURE,
    ),
    Room("synthetic-people", "Synthetic people", "What rendering people who do not exist needs.", STOCK),
    Room("warrants", "Warrants", "What can keep a training from going on where a check ended.", WARRANT),
    Room(
        "service",
        "Service",
        "What can be wrong with a request, and with the server.",
        (*SERVICE, *API, *DATABASE, *JOBS),
    ),
    Room("accounts", "Accounts", "What can be wrong with who asks, from where, and how often.", ACCOUNTS),
    Room("credits", "Credits", "What can be wrong with paying.", CREDITS),
    Room(
        "replicas",
        "Replicas and videos",
        "What can be wrong with what is asked for.",
        (*REPLICAS, *VIDEOS, *DICTIONARIES),
    ),
    Room("links", "Consent by link", "What can be wrong with a link that asks a person to agree.", CONSENT_REQUESTS),
    Room(
        "media",
        "Media from elsewhere",
        "What can be wrong with URLs, uploads and stored files.",
        (*FETCH, *UPLOADS, *OBJECTS),
    ),
    Room("notifications", "Notifications", "What can be wrong with webhooks and e-mails.", NOTIFY),
)


def rules_by_id() -> Mapping[str, Rule]:
    """All of them, by their ids."""
    return {rule.id: rule for room in ROOMS for rule in room.rules}


def limit_of(rule: Rule) -> str:
    """`10 s`, `85 % of the words`; empty for a rule without a limit."""
    if rule.limit is None:
        return ""
    return amount(rule.limit, rule.unit)
