from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from countenance.consent.declaration import AI_GENERATED, IDS, declare, is_current, wording_of
from countenance.consent.receipt_content import FileEvidence, Kind, Material, ReceiptContent
from countenance.errors import CountenanceError


def test_a_declaration_says_who_said_what_and_when() -> None:
    east = datetime(2026, 3, 1, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    said = declare(AI_GENERATED, " acme ", east)
    assert (said.id, said.version, said.who) == ("ai-generated", "1", "acme")
    assert said.when == "2026-02-28T23:30:00.000+00:00"
    assert said.wording.startswith("This footage is AI-generated: ")


def test_now_is_meant_where_nothing_else_is_said() -> None:
    before = datetime.now(UTC)
    when = datetime.fromisoformat(declare(AI_GENERATED, "acme").when)
    assert timedelta(seconds=-1) < when - before < timedelta(seconds=10)


@pytest.mark.parametrize("declaration_id", IDS)
def test_wordings_are_sentences(declaration_id: str) -> None:
    wording = wording_of(declaration_id)
    assert wording.id == declaration_id
    assert wording.text.endswith(".")
    assert is_current(declare(declaration_id, "acme"))


def test_what_is_not_declared() -> None:
    with pytest.raises(CountenanceError) as caught:
        declare("ai_generated", "acme")
    assert caught.value.finding.rule.id == "consent.declaration_unknown"
    with pytest.raises(ValueError, match="somebody"):
        declare(AI_GENERATED, "  ")
    with pytest.raises(ValueError, match="zone"):
        declare(AI_GENERATED, "acme", datetime(2026, 1, 1))
    assert not is_current(replace(declare(AI_GENERATED, "acme"), wording="Whatever."))


def test_a_receipt_can_hold_it() -> None:
    from countenance.consent.receipt_content import check_content

    footage = FileEvidence("a.mp4", 1, "0" * 64)
    content = ReceiptContent(
        Kind.DECLARATION,
        Material.SYNTHETIC,
        "Acme",
        {"footage": footage},
        declarations=(declare(AI_GENERATED, "acme"),),
    )
    check_content(content)
