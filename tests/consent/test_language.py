from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from countenance.consent.language import language_of, languages
from countenance.consent.statement import statement_for
from countenance.consent.words import likeness, words_of
from countenance.errors import CountenanceError
from countenance.settings import Settings

OWN = {
    "language": "nl",
    "name": "Nederlands",
    "wordings": [
        {
            "version": "nl-1",
            "template": "Ik ben {name} en ik geef {organisation} toestemming om een kloon van mij te maken.",
            "key_phrases": ["toestemming"],
        }
    ],
    "negations": ["niet", "geen", "nooit"],
}


def store(folder: Path, name: str = "nl.json", **changes: Any) -> Settings:
    (folder / name).write_text(json.dumps({**OWN, **changes}), "utf-8")
    return Settings(statements_dir=folder)


def refusal(settings: Settings, code: str = "nl") -> tuple[str, str]:
    with pytest.raises(CountenanceError) as caught:
        language_of(code, settings)
    return caught.value.finding.rule.id, caught.value.finding.message()


def test_english_comes_first_and_others_are_there() -> None:
    assert [language.language for language in languages(Settings())] == ["en", "de", "es", "fr"]


def test_a_language_of_ones_own(tmp_path: Path) -> None:
    settings = store(tmp_path)
    statement = statement_for("Jan Smit", settings, language="nl")
    assert (statement.version, statement.language) == ("nl-1", "nl")
    assert statement.text.startswith("Ik ben Jan Smit en ik geef Countenance toestemming")
    assert "nl" in {language.language for language in languages(settings)}


def test_a_language_that_nobody_brought(tmp_path: Path) -> None:
    rule, message = refusal(Settings(statements_dir=tmp_path), "xx")
    assert rule == "consent.unknown_language"
    assert "There are: de, en, es, fr." in message


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"negations": []}, "negations"),
        ({"wordings": []}, "wordings"),
        ({"wordings": [{**OWN["wordings"][0], "template": "Ik ben {name}."}]}, "{organisation}"),  # type: ignore[dict-item]
        ({"wordings": [{**OWN["wordings"][0], "key_phrases": ["jawel"]}]}, "jawel"),  # type: ignore[dict-item]
        ({"language": "fr"}, "its name says nl"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_faulty_file_says_what_is_wrong(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    rule, message = refusal(store(tmp_path, **changes))
    assert rule == "consent.statement_file_invalid"
    assert "nl.json" in message
    assert said in message


def test_what_is_not_json_is_said_too(tmp_path: Path) -> None:
    (tmp_path / "nl.json").write_bytes(b"\xff\x00{")
    assert refusal(Settings(statements_dir=tmp_path))[0] == "consent.statement_file_invalid"


def test_a_mended_file_is_read_again(tmp_path: Path) -> None:
    assert refusal(store(tmp_path, negations=[]))[0] == "consent.statement_file_invalid"
    assert language_of("nl", store(tmp_path)).name == "Nederlands"


@pytest.mark.parametrize("language", languages(Settings()), ids=lambda language: language.language)
def test_one_time_words_are_unlike_each_other_and_deny_nothing(language: Any) -> None:
    words = language.phrase_words
    if not words:
        assert language.language != "en"
        return
    assert len(set(words)) == len(words) >= 256
    statement = {token for wording in language.wordings for token in language.tokens(wording.template)}
    for word in words:
        assert words_of(word) == [word] == language.tokens(word)
        assert word not in {*language.negations, *language.fillers, *statement}
        # Two words may sound alike only so far that the recogniser's slip for one is not taken for the other.
        assert max(likeness(word, other) for other in words if other != word) < 0.75
