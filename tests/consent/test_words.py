from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countenance.consent.language import language_of
from countenance.consent.words import likeness
from countenance.settings import Settings

ENGLISH = language_of("en", Settings())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("I'm speaking, and I don't agree!", "i am speaking and i do not agree"),
        ("It cannot be; it can't. They won’t.", "it can not be it can not they will not"),
        ("an Artificial  Intelligence clone", "an ai clone"),
        ("an A.I. clone", "an ai clone"),
        ("Łukasz Sørensen-Müller, François O'Connor", "lukasz sorensen muller francois oconnor"),
        ("21 of the 9 lives, at 90; 123", "twenty one of the nine lives at ninety 123"),
        ("Twenty-one. It's mine, that’s all.", "twenty one it is mine that is all"),
        ("", ""),
        ("李小龙", ""),
    ],
)
def test_tokens(text: str, wanted: str) -> None:
    assert ENGLISH.tokens(text) == wanted.split()


# What a recogniser that was not told the names wrote for synthetic voices that spoke them.
HEARD = [
    ("Siobhan O'Connor", "xiaobhan okanur"),
    ("Katarzyna Wójcik", "katarzina wachsik"),
    ("Chidi Okonkwo", "chidi akanbo"),
    ("Leila Haddad", "leo headed"),
    ("Wei Zhang", "weijiang"),
    ("Anna Schmidt", "anishmet"),
    ("Fatima Zahra", "fatim azar"),
    ("Oluwaseun Adeyemi", "alluasuna diomy"),
    ("José García Hernández", "jose garza hernandez"),
    ("Björn Ásgeirsson", "bjorn asjerson"),
    ("Priya Raghunathan", "priya raghanathan"),
]


@pytest.mark.parametrize(("name", "heard"), HEARD)
def test_a_misheard_name_is_still_like_itself(name: str, heard: str) -> None:
    assert likeness(name, heard) >= 0.65
    others = [likeness(other, heard) for other, _ in HEARD if other != name]
    assert max(others) < 0.5


def test_a_name_of_vowels_is_like_itself() -> None:
    assert likeness("Ai Ueha", "Ai Ueha") == 1.0


def test_different_names_are_unlike() -> None:
    assert likeness("Maria Keller", "Peter Jones") < 0.3
    assert likeness("Maria Keller", "") == 0.0


_names = st.text(st.characters(categories=["L", "Zs", "Pd"]), max_size=30)


@settings(deadline=None)
@given(_names, _names)
def test_likeness_is_symmetric_and_bounded(a: str, b: str) -> None:
    assert likeness(a, b) == pytest.approx(likeness(b, a))
    assert 0.0 <= likeness(a, b) <= 1.0


@settings(deadline=None)
@given(st.text(st.characters(min_codepoint=97, max_codepoint=122), min_size=1, max_size=20))
def test_a_word_is_most_like_itself(word: str) -> None:
    assert likeness(word, word) >= 0.5
