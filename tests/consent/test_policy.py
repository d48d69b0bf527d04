"""Who needs consent, and who has to declare what: the whole table."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from pathlib import Path

import pytest

from countenance.consent.declaration import AI_GENERATED, IDS, LIKENESS, PICTURE_RIGHTS, declare
from countenance.consent.policy import Subject, permit, requirement
from countenance.consent.receipt_content import Declaration, Material

CONSENT, NOTHING = True, False
TABLE: dict[tuple[Material, Subject], tuple[bool, set[str], str | None]] = {
    (Material.FOOTAGE, Subject.SELF): (CONSENT, set(), None),
    (Material.FOOTAGE, Subject.OTHER): (CONSENT, set(), None),
    (Material.FOOTAGE, Subject.PUBLIC_FIGURE): (NOTHING, set(), "consent.public_figure_real"),
    (Material.FOOTAGE, Subject.DECEASED): (NOTHING, set(), "consent.deceased_real"),
    (Material.FOOTAGE, Subject.INVENTED): (NOTHING, set(), "consent.nobody_filmed"),
    (Material.SYNTHETIC, Subject.SELF): (NOTHING, {AI_GENERATED}, None),
    (Material.SYNTHETIC, Subject.OTHER): (NOTHING, {AI_GENERATED, LIKENESS}, None),
    (Material.SYNTHETIC, Subject.PUBLIC_FIGURE): (NOTHING, {AI_GENERATED, LIKENESS}, None),
    (Material.SYNTHETIC, Subject.DECEASED): (NOTHING, {AI_GENERATED, LIKENESS}, None),
    (Material.SYNTHETIC, Subject.INVENTED): (NOTHING, {AI_GENERATED}, None),
    (Material.IMAGE, Subject.SELF): (NOTHING, {PICTURE_RIGHTS}, None),
    (Material.IMAGE, Subject.OTHER): (NOTHING, {PICTURE_RIGHTS, LIKENESS}, None),
    (Material.IMAGE, Subject.PUBLIC_FIGURE): (NOTHING, {PICTURE_RIGHTS, LIKENESS}, None),
    (Material.IMAGE, Subject.DECEASED): (NOTHING, {PICTURE_RIGHTS, LIKENESS}, None),
    (Material.IMAGE, Subject.INVENTED): (NOTHING, {PICTURE_RIGHTS}, None),
}
NOW = datetime(2026, 1, 2, tzinfo=UTC)


def _declared(ids: tuple[str, ...] | set[str]) -> list[Declaration]:
    return [declare(one, "acme", NOW) for one in ids]


def test_the_table_is_whole() -> None:
    assert set(TABLE) == set(itertools.product(Material, Subject))


@pytest.mark.parametrize(("material", "subject"), TABLE)
def test_what_is_required(material: Material, subject: Subject) -> None:
    needed = requirement(material, subject)
    refused = needed.refused.id if needed.refused else None
    assert (needed.consent, set(needed.declarations), refused) == TABLE[material, subject]
    assert needed.as_dict()["refused"] == refused


@pytest.mark.parametrize(("material", "subject"), TABLE)
@pytest.mark.parametrize("has_consent", [False, True])
def test_what_is_permitted(material: Material, subject: Subject, has_consent: bool) -> None:
    """Every subset of the declarations, with a consent recording and without."""
    consent, declarations, refused = TABLE[material, subject]
    for count in range(len(IDS) + 1):
        for given in itertools.combinations(IDS, count):
            found = permit(material, subject, has_consent=has_consent, declarations=_declared(given))
            told = [(finding.rule.id, finding.measured) for finding in found]
            if refused:
                assert told == [(refused, None)]
                continue
            expected: list[tuple[str, str | None]] = []
            if consent and not has_consent:
                expected.append(("consent.needed", None))
            expected += [("consent.declaration_missing", one) for one in IDS if one in declarations - set(given)]
            assert sorted(told, key=str) == sorted(expected, key=str)


def test_a_missing_declaration_is_shown_in_full() -> None:
    (finding,) = permit(Material.SYNTHETIC, Subject.INVENTED, has_consent=False)
    assert "This footage is AI-generated: no camera recorded" in finding.message()


def test_other_words_are_no_declaration() -> None:
    true = declare(AI_GENERATED, "acme", NOW)
    for said in (
        Declaration(AI_GENERATED, "Some of it is generated.", true.version, "acme", true.when),
        Declaration(AI_GENERATED, true.wording, "0", "acme", true.when),
        Declaration("something", true.wording, true.version, "acme", true.when),
    ):
        assert permit(Material.SYNTHETIC, Subject.INVENTED, has_consent=True, declarations=[said])
    assert permit(Material.SYNTHETIC, Subject.INVENTED, has_consent=False, declarations=[true]) == ()


def test_the_page_says_the_same() -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "consent-policy.md"
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.read_text("utf-8").splitlines()]
    names = {material.value for material in Material}
    told = {
        (Material(row[0]), Subject(row[1])): (row[2] == "needed", set(row[3].replace("`", "").split(", ")), row[4])
        for row in rows
        if len(row) == 5 and row[0] in names
    }
    expected = {
        key: (consent, declarations or {""}, f"`{refused}`" if refused else "")
        for key, (consent, declarations, refused) in TABLE.items()
    }
    assert told == expected
