from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from countenance.consent.judge import spoken_findings
from countenance.consent.spoken import hear
from countenance.consent.statement import OWN_WORDING, WORDINGS, statement_for
from countenance.people.speech import transcribe
from countenance.settings import Settings


def test_the_statement_names_person_and_organisation() -> None:
    statement = statement_for("Ada Winter", "Acme")
    assert (statement.version, statement.language) == ("en-1", "en")
    assert statement.text.startswith(
        "My name is Ada Winter. I am the person speaking here, and I give my consent to Acme"
    )
    assert "{" not in statement.text


def test_braces_in_a_name_are_only_braces() -> None:
    assert "{organisation}x" in statement_for("{organisation}x", "Acme").text.replace("Acme", "{organisation}")


def test_a_published_wording_never_changes() -> None:
    """Recordings refer to it by its version: change the text, and the version must change too."""
    assert OWN_WORDING.template == (
        "My name is {name}. I am the person speaking here, and I give my consent to {organisation} to create an "
        "artificial intelligence clone of me from the video and voice samples that I provide. I understand that this "
        "clone can be used to make videos that look and sound like me."
    )
    assert len({wording.version for wording in WORDINGS}) == len(WORDINGS)


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
    text = statement_for(name, "Countenance").text.replace(*change)
    heard = hear(transcribe(voice(text), settings), name, "Countenance")
    assert {finding.rule.id for finding in spoken_findings(heard)} == rules
