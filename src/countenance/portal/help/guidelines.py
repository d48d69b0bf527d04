"""What is asked of those who record, as the page of guidelines shows it; from the rules that are applied."""

from __future__ import annotations

from dataclasses import dataclass

from countenance.consent import rules as consent
from countenance.consent.declaration import AI_GENERATED, LIKENESS, PICTURE_RIGHTS, Wording, wording_of
from countenance.consent.liveness_rules import RULES as LIVENESS
from countenance.consent.policy import Requirement, Subject, requirement
from countenance.consent.receipt_content import Material
from countenance.errors import Severity
from countenance.footage.guidelines import Group, groups

OF_THE_OPERATOR = (
    consent.UNKNOWN_LANGUAGE,
    consent.STATEMENT_FILE_INVALID,
    consent.PHRASE_NO_WORDS,
    consent.CANNOT_STORE,
)
"""Rules for consent that are no matter of the recording."""
_CONSENT = """\
The person reads the statement aloud, word for word and in one go: alone, looking into the camera, in good light and a
quiet room. Face and voice must be those of the footage, and the mouth must speak what is heard."""
_ORDER = list(Severity)

MATERIALS = {
    Material.FOOTAGE: "Real footage",
    Material.SYNTHETIC: "AI-generated footage",
    Material.IMAGE: "One picture",
}
SUBJECTS = {
    Subject.SELF: "Yourself",
    Subject.OTHER: "Another living person",
    Subject.PUBLIC_FIGURE: "A public figure",
    Subject.DECEASED: "Somebody who has died",
    Subject.INVENTED: "A person who does not exist",
}

MEANINGS = {
    AI_GENERATED: "it is AI-generated",
    LIKENESS: "you answer for the likeness",
    PICTURE_RIGHTS: "you may use the picture",
}
"""What is declared, in a few words; the wordings themselves are `consent.declaration`'s."""


@dataclass(frozen=True, slots=True)
class Case:
    """What one kind of material of one subject needs, with the declarations written out."""

    needed: Requirement
    declarations: tuple[Wording, ...]


def sections() -> tuple[Group, ...]:
    """The groups of rules in the order of the page, the gravest rules of each first."""
    spoken = tuple(rule for rule in (*consent.RULES, *LIVENESS) if rule not in OF_THE_OPERATOR)
    agreed = Group("consent", "The recording in which the person agrees", _CONSENT, spoken)
    return tuple(
        Group(
            each.name, each.title, each.asked, tuple(sorted(each.rules, key=lambda rule: _ORDER.index(rule.severity)))
        )
        for each in (*groups(), agreed)
        if each.rules
    )


def who_agrees() -> dict[Subject, tuple[Case, ...]]:
    """For each subject a case for each material, in the order of `MATERIALS`."""
    return {subject: tuple(_case(material, subject) for material in MATERIALS) for subject in SUBJECTS}


def declared(cases: dict[Subject, tuple[Case, ...]]) -> tuple[Wording, ...]:
    """Every declaration that one of these cases needs, once."""
    return tuple(
        {wording.id: wording for row in cases.values() for case in row for wording in case.declarations}.values()
    )


def _case(material: Material, subject: Subject) -> Case:
    needed = requirement(material, subject)
    return Case(needed, tuple(map(wording_of, needed.declarations)))
