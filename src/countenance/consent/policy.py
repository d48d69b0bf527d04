"""Who needs to have agreed, and who must answer for what: one table over what the material is and whom it shows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from countenance.consent import claim_rules as rules
from countenance.consent.declaration import AI_GENERATED, LIKENESS, PICTURE_RIGHTS, is_current, wording_of
from countenance.consent.receipt_content import Declaration, Material
from countenance.errors import Finding, Rule


class Subject(StrEnum):
    """Whom the material shows, as the account says that makes the replica."""

    SELF = "self"
    OTHER = "other"
    """Another living person."""
    PUBLIC_FIGURE = "public-figure"
    DECEASED = "deceased"
    INVENTED = "invented"
    """Nobody: this person does not exist."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """What has to be there before a replica may be made."""

    material: Material
    subject: Subject
    consent: bool
    """Whether the person has to agree in a recording; who owns the account makes no difference."""
    declarations: tuple[str, ...]
    """Ids of `consent.declaration` that the account has to declare."""
    refused: Rule | None = None
    """Why it may not be made at all."""

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "material": self.material.value,
            "subject": self.subject.value,
            "consent": self.consent,
            "declarations": list(self.declarations),
            "refused": self.refused and self.refused.id,
        }


_REFUSED: Mapping[tuple[Material, Subject], Rule] = {
    (Material.FOOTAGE, Subject.PUBLIC_FIGURE): rules.PUBLIC_FIGURE_REAL,
    (Material.FOOTAGE, Subject.DECEASED): rules.DECEASED_REAL,
    (Material.FOOTAGE, Subject.INVENTED): rules.NOBODY_FILMED,
}
_DECLARED: Mapping[Material, tuple[str, ...]] = {
    Material.FOOTAGE: (),
    Material.SYNTHETIC: (AI_GENERATED,),
    Material.IMAGE: (PICTURE_RIGHTS,),
}
_ANSWERED_FOR = (Subject.OTHER, Subject.PUBLIC_FIGURE, Subject.DECEASED)
"""Whose likeness somebody else has to answer for, where they did not agree themselves."""


def requirement(material: Material, subject: Subject) -> Requirement:
    """What this material of this subject needs; total over both."""
    refused = _REFUSED.get((material, subject))
    if refused is not None:
        return Requirement(material, subject, consent=False, declarations=(), refused=refused)
    filmed = material is Material.FOOTAGE
    likeness = (LIKENESS,) if not filmed and subject in _ANSWERED_FOR else ()
    return Requirement(material, subject, consent=filmed, declarations=(*_DECLARED[material], *likeness))


def permit(
    material: Material, subject: Subject, *, has_consent: bool, declarations: Collection[Declaration] = ()
) -> tuple[Finding, ...]:
    """What is missing; nothing if the replica may be made.

    `has_consent` says that a recording of the statement is there; whether it holds, `consent.verify` judges. What is
    refused stays so whatever is offered: then the refusal is the only finding.
    """
    needed = requirement(material, subject)
    if needed.refused is not None:
        return (Finding(needed.refused),)
    missing = [Finding(rules.CONSENT_NEEDED)] if needed.consent and not has_consent else []
    given = {declared.id for declared in declarations if is_current(declared)}
    for wanted in needed.declarations:
        if wanted not in given:
            missing.append(Finding(rules.DECLARATION_MISSING, detail=f"“{wording_of(wanted).text}”", measured=wanted))
    return tuple(missing)
