"""What an account declares where nobody has to agree: the wordings, and who said which of them when.

A wording never changes once it was shown to anybody: a new one is a new version, at the end of its list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from countenance.consent.claim_rules import DECLARATION_UNKNOWN
from countenance.consent.receipt_content import Declaration
from countenance.errors import CountenanceError, Finding

AI_GENERATED = "ai-generated"
LIKENESS = "likeness"
PICTURE_RIGHTS = "picture-rights"


@dataclass(frozen=True, slots=True)
class Wording:
    """A sentence that is shown before it is declared."""

    id: str
    version: str
    text: str


_WORDINGS: Mapping[str, tuple[Wording, ...]] = {
    AI_GENERATED: (
        Wording(
            AI_GENERATED,
            "1",
            "This footage is AI-generated: no camera recorded the person who is seen in it, and it was not made by "
            "altering a recording of a person.",
        ),
    ),
    LIKENESS: (
        Wording(
            LIKENESS,
            "1",
            "I accept responsibility for this likeness: I have the right to use it, I will deceive nobody about its "
            "being made by a machine, and I answer for what is said with it.",
        ),
    ),
    PICTURE_RIGHTS: (
        Wording(
            PICTURE_RIGHTS,
            "1",
            "I have the right to make a replica from this picture, and if it shows a real person, that person knows "
            "and does not object, or cannot be asked.",
        ),
    ),
}
IDS = tuple(_WORDINGS)


def wording_of(declaration_id: str) -> Wording:
    """The wording in force.

    Raises:
        CountenanceError: consent.declaration_unknown.
    """
    if declaration_id not in _WORDINGS:
        raise CountenanceError(
            Finding(DECLARATION_UNKNOWN, detail=f"There are {', '.join(IDS)}.", measured=declaration_id)
        )
    return _WORDINGS[declaration_id][-1]


def declare(declaration_id: str, who: str, when: datetime | None = None) -> Declaration:
    """`who` (an account; `receipt.account_of(settings)` knows it) declares the wording in force, now or `when`.

    Raises:
        CountenanceError: consent.declaration_unknown.
        ValueError: without a name, or with a time of no known zone.
    """
    if not who.strip():
        raise ValueError("a declaration needs somebody who makes it")
    if when is not None and when.tzinfo is None:
        raise ValueError("a declaration needs a time of a known zone")
    wording = wording_of(declaration_id)
    at = (when or datetime.now(UTC)).astimezone(UTC)
    return Declaration(wording.id, wording.text, wording.version, who.strip(), at.isoformat(timespec="milliseconds"))


def is_current(declaration: Declaration) -> bool:
    """Whether this is a wording in force, word for word."""
    versions = _WORDINGS.get(declaration.id)
    newest = versions[-1] if versions else None
    return newest is not None and (newest.version, newest.text) == (declaration.version, declaration.wording)
