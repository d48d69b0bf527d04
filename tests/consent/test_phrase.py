from __future__ import annotations

import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from countenance.consent.language import language_of
from countenance.consent.phrase import draw, forget, forget_old, give_back, recall, same_name, spoken_share, use_up
from countenance.consent.statement import statement_for
from countenance.errors import CountenanceError
from countenance.people.speech import transcribe
from countenance.settings import Settings

NAME = "Maria Keller"
NOON = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", threads=1)


def refused(action: Callable[[], object]) -> str:
    with pytest.raises(CountenanceError) as caught:
        action()
    return caught.value.finding.rule.id


def test_words_are_good_for_half_an_hour_for_one_person_and_once(own: Settings) -> None:
    phrase = draw(NAME, language_of("en", own), own, NOON)
    assert len(set(phrase.words)) == 4
    assert recall(phrase.id, "  maria KELLER", own, NOON + timedelta(minutes=29)) == phrase
    assert refused(lambda: recall(phrase.id, NAME, own, NOON + timedelta(minutes=31))) == "consent.phrase_expired"
    assert refused(lambda: recall(phrase.id, "Peter Jones", own, NOON)) == "consent.phrase_unknown"
    use_up(phrase, own)
    assert refused(lambda: recall(phrase.id, NAME, own, NOON)) == "consent.phrase_unknown"
    assert refused(lambda: use_up(phrase, own)) == "consent.phrase_unknown"
    give_back(phrase, own)
    assert recall(phrase.id, NAME, own, NOON) == phrase


def test_whoever_has_used_them_may_go_on(own: Settings) -> None:
    phrase = draw(NAME, language_of("en", own), own, NOON)
    use_up(phrase, own, by="receipt 1")
    use_up(phrase, own, by="receipt 1")
    assert refused(lambda: use_up(phrase, own, by="receipt 2")) == "consent.phrase_unknown"
    assert refused(lambda: use_up(phrase, own)) == "consent.phrase_unknown"


@pytest.mark.parametrize("other", ["王芳", "!!!", "Дмитрий", ""])
def test_names_that_are_not_latin_are_names(own: Settings, other: str) -> None:
    phrase = draw("李明", language_of("en", own), own, NOON)
    assert recall(phrase.id, " 李明 ", own, NOON) == phrase
    assert refused(lambda: recall(phrase.id, other, own, NOON)) == "consent.phrase_unknown"
    assert not same_name("李明 Smith", f"{other} Smith")
    assert same_name("Анна-Мария О’Нил", "анна мария о'нил")


def test_words_are_good_for_the_workspace_that_asked_for_them(own: Settings) -> None:
    phrase = draw(NAME, language_of("en", own), own, NOON, account="w1")
    assert recall(phrase.id, NAME, own, NOON, account="w1") == phrase
    for account in ("w2", ""):
        assert refused(lambda account=account: recall(phrase.id, NAME, own, NOON, account)) == "consent.phrase_unknown"  # type: ignore[misc]
    anybodys = draw(NAME, language_of("en", own), own, NOON)
    assert recall(anybodys.id, NAME, own, NOON, account="w1") == anybodys


def test_old_words_are_forgotten_but_for_those_in_use(own: Settings) -> None:
    phrases = [draw(NAME, language_of("en", own), own, NOON) for _ in range(3)]
    use_up(phrases[0], own, by="receipt 1")
    use_up(phrases[1], own, by="receipt 2")
    folder = own.data_dir / "phrases"
    for path in folder.iterdir():
        os.utime(path, (NOON.timestamp(), NOON.timestamp()))
    assert forget_old(own, now=NOON + timedelta(hours=23)) == 0
    (folder / "others.json").symlink_to(folder / "gone meanwhile")
    assert forget_old(own, [phrases[0].id], NOON + timedelta(hours=25)) == 3
    (folder / "others.json").unlink()
    assert sorted(path.name for path in folder.iterdir()) == [f"{phrases[0].id}.json", f"{phrases[0].id}.used"]
    assert refused(lambda: recall(phrases[2].id, NAME, own, NOON)) == "consent.phrase_unknown"
    forget(phrases[0].id, own)
    assert not [*folder.iterdir()]
    assert forget_old(Settings(data_dir=own.data_dir / "none")) == 0


def test_a_machine_without_workspaces_forgets_by_itself(own: Settings) -> None:
    mine, theirs = (draw(NAME, language_of("en", own), own, NOON, account=account) for account in ("", "w1"))
    folder = own.data_dir / "phrases"
    for path in folder.iterdir():
        os.utime(path, (NOON.timestamp(), NOON.timestamp()))
    new = draw(NAME, language_of("en", own), own, NOON + timedelta(hours=25))
    assert {path.stem for path in folder.iterdir()} == {theirs.id, new.id}
    assert recall(theirs.id, NAME, own, NOON, "w1") == theirs
    assert refused(lambda: recall(mine.id, NAME, own, NOON)) == "consent.phrase_unknown"


@pytest.mark.parametrize("phrase_id", ["", "../../etc/passwd", "0" * 16, "g" * 16, "x" * 5000, "\0"])
def test_made_up_ids_are_unknown(own: Settings, phrase_id: str) -> None:
    assert refused(lambda: recall(phrase_id, NAME, own)) == "consent.phrase_unknown"


def test_nobody_else_can_read_them(own: Settings) -> None:
    phrase = draw(NAME, language_of("en", own), own)
    path = own.data_dir / "phrases" / f"{phrase.id}.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_damaged_file_is_unknown(own: Settings) -> None:
    phrase = draw(NAME, language_of("en", own), own)
    (own.data_dir / "phrases" / f"{phrase.id}.json").write_text("[]")
    assert refused(lambda: recall(phrase.id, NAME, own)) == "consent.phrase_unknown"


def test_a_language_without_words_says_so(own: Settings) -> None:
    assert refused(lambda: draw(NAME, language_of("de", own), own)) == "consent.phrase_no_words"


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    own = Settings(data_dir=tmp_path / "data")
    assert refused(lambda: draw(NAME, language_of("en", own), own)) == "consent.cannot_store"


def test_words_are_heard_when_spoken_and_others_are_not(own: Settings, voice: Callable[..., Any]) -> None:
    english = language_of("en", own)
    words = ("lantern", "tomato", "giraffe", "window")
    text = statement_for(NAME, own, one_time_words=words).text
    assert text.endswith("My one-time words are: lantern, tomato, giraffe, window.")
    heard = transcribe(voice(text), own)
    share, said, when = spoken_share(words, heard, english)
    assert (share, said) == (1.0, "lantern tomato giraffe window")
    assert when is not None
    assert when.start_s > 10.0
    assert spoken_share(("pirate", "museum", "acorn", "violin"), heard, english)[0] <= 0.25
    assert spoken_share(words[::-1], heard, english)[0] < 0.75
