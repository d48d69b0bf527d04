from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from countenance.consent.judge import spoken_findings
from countenance.consent.language import language_of, languages
from countenance.consent.spoken import hear
from countenance.consent.statement import statement_for
from countenance.people.speech import transcribe
from countenance.settings import Settings


def test_the_statement_names_person_and_organisation() -> None:
    statement = statement_for("Ada Winter", Settings(organisation="Acme"))
    assert (statement.version, statement.language) == ("en-1", "en")
    assert statement.text.startswith(
        "My name is Ada Winter. I am the person speaking here, and I give my consent to Acme"
    )
    assert "{" not in statement.text


def test_braces_in_a_name_are_only_braces() -> None:
    text = statement_for("{organisation}x", Settings(organisation="Acme")).text
    assert text.startswith("My name is {organisation}x. ")
    assert "consent to Acme to" in text


def test_a_published_wording_never_changes() -> None:
    """Recordings refer to it by its version: change the text, and the version must change too."""
    spoken = languages(Settings())
    assert spoken[0].wordings[0].template == (
        "My name is {name}. I am the person speaking here, and I give my consent to {organisation} to create an "
        "artificial intelligence clone of me from the video and voice samples that I provide. I understand that this "
        "clone can be used to make videos that look and sound like me."
    )
    versions = [wording.version for language in spoken for wording in language.wordings]
    assert len(set(versions)) == len(versions)


@pytest.mark.parametrize(
    ("name", "change", "rules"),
    [
        ("Maria Keller", ("", ""), set()),
        ("Siobhan O'Connor", ("", ""), set()),
        ("Maria Keller", ("I give", "I do not give"), {"consent.negated"}),
        ("Maria Keller", ("Maria Keller", "Peter Jones"), {"consent.name_not_heard"}),
        ("Maria Keller", ("Countenance", "Acme Robotics"), {"consent.organisation_not_heard"}),
    ],
)
def test_it_is_understood_when_spoken(
    voice: Callable[..., Any], settings: Settings, name: str, change: tuple[str, str], rules: set[str]
) -> None:
    text = statement_for(name, settings).text.replace(*change)
    heard = hear(transcribe(voice(text), settings), name, "Countenance", language_of("en", settings))
    assert {finding.rule.id for finding in spoken_findings(heard)} == rules
