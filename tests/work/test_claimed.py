"""What a task says of material, and how much of it is of another time."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from countenance.clearance import Request, examine
from countenance.consent.declaration import declare
from countenance.consent.language import ENGLISH, language_of
from countenance.consent.phrase import draw
from countenance.consent.policy import Subject
from countenance.consent.receipt_content import Material
from countenance.errors import CountenanceError
from countenance.settings import Settings
from countenance.work.task import Claimed, task_in

NAME = "Maria Keller"
EARLIER = datetime.now(UTC) - timedelta(hours=3)


def written(folder: Path, **given: object) -> Path:
    whole = {"material": "footage", "subject": "self", "account": "w1", "footage": "a.mp4", **given}
    (folder / "task.json").write_text(json.dumps(whole))
    return folder


def test_declarations_are_of_the_time_in_which_they_were_made(tmp_path: Path) -> None:
    made = declare("ai-generated", "w1", EARLIER)
    folder = written(tmp_path, declarations=[asdict(made), "likeness"], received_at=EARLIER.isoformat())
    request = task_in(folder, Claimed).request(folder)
    assert request.declarations[0] == made
    assert (request.declarations[1].id, request.declarations[1].who) == ("likeness", "w1")
    assert request.declarations[1].when > made.when
    assert request.received_at == EARLIER


@pytest.mark.parametrize(
    "given",
    [
        {"declarations": [{"id": "ai-generated", "wording": NAME}]},
        {"received_at": "2026-11-01T12:00:00"},
        {"received_at": NAME},
    ],
)
def test_a_malformed_claim_quotes_nothing(tmp_path: Path, given: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"task\.json") as caught:
        task_in(written(tmp_path, **given), Claimed)
    assert NAME not in str(caught.value)


def test_what_is_no_json_quotes_nothing(tmp_path: Path) -> None:
    (tmp_path / "task.json").write_text(f'{{"name": "{NAME}')
    with pytest.raises(ValueError, match=r"task\.json") as caught:
        task_in(tmp_path, Claimed)
    assert NAME not in str(caught.value)


def test_words_that_were_good_when_the_statement_came_are_good(tmp_path: Path) -> None:
    own = Settings(data_dir=tmp_path / "data", account="w1")
    words = draw(NAME, language_of(ENGLISH, own), own, EARLIER, account="w1")
    request = Request(
        footage=tmp_path / "a.mp4",
        material=Material.FOOTAGE,
        subject=Subject.SELF,
        name=NAME,
        consent=tmp_path / "b.mp4",
        phrase_id=words.id,
    )
    said = []
    for received_at in (None, EARLIER + timedelta(minutes=31), EARLIER + timedelta(minutes=29)):
        with pytest.raises(CountenanceError) as caught:
            examine(replace(request, received_at=received_at), own)
        said.append(caught.value.finding.rule.id)
    # The recordings are not there: who gets as far as that was not refused for the words.
    assert said == ["consent.phrase_expired", "consent.phrase_expired", "media.file_missing"]
