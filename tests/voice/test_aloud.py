"""Web addresses, telephone numbers and money as people say them."""

from __future__ import annotations

import pytest

from countenance.errors import CountenanceError
from countenance.voice.aloud import written_out
from countenance.voice.english import read


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Visit www.example.com.", "Visit W W W dot example dot com."),
        (
            "See https://example.com/a-b/?x=1, now",
            "See example dot com slash a dash b slash question mark x equals 1, now",
        ),
        ("(https://docs.example.io/)", "(docs dot example dot I O)"),
        ("Mail ada.b@acme.co.uk!", "Mail ada dot b at acme dot co dot U K!"),
        ("Try example.org/start today.", "Try example dot org slash start today."),
        ("Read example.com and and/or.", "Read example.com and and/or."),
        ("Call +1 (555) 123-4567.", "Call plus 1, 5 5 5, 1 2 3, 4 5 6 7."),
        ("(555) 123-4567", "5 5 5, 1 2 3, 4 5 6 7"),
        ("555-123-4567", "5 5 5, 1 2 3, 4 5 6 7"),
        ("On 2025-03-14 from 3-7, +5 and 10.5", "On 2025-03-14 from 3-7, +5 and 10.5"),
        ("For 5,99 € or 20€ or 20 £.", "For €5.99 or €20 or £20."),
        ("Pay $20, 30 days free.", "Pay 20 dollars, 30 days free."),
        ("$1 (2 units), €5.09; 3 cats", "1 dollar (2 units), 5 euros and 9 cents; 3 cats"),
        ("$5 and 3 cats, $5, $6, $1,000, $1,234.56.", "$5 and 3 cats, $5, $6, $1,000, $1,234.56."),
        ("$1,200, 3 times", "1,200 dollars, 3 times"),
        ("$5.5 but $5.5 million and $5.50", "5.5 dollars but $5.5 million and $5.50"),
        ("Open 24/7, 1/2 off", "Open 24 7, 1/2 off"),
    ],
)
def test_what_is_written_short_is_said_long(written: str, said: str) -> None:
    assert written_out(written) == said


def test_only_what_costs_is_money() -> None:
    """The sounds of `dollars` come once."""
    (sentence,) = read("It costs $20, 30 days free.")
    assert sentence.text == "It costs $20, 30 days free."
    assert sum(part.count("dˈɑləɹ") for part in sentence.utterances) == 1


@pytest.mark.parametrize(
    ("script", "sentences"),
    [
        ("See No. 5 and Fig. 2. Then go.", ["See No. 5 and Fig. 2.", "Then go."]),
        ("It is Ada vs. Mr. Lo on Jan. 5. No. It is not.", ["It is Ada vs. Mr. Lo on Jan. 5.", "No.", "It is not."]),
        (
            "We are glad that you could all come to this\nplace today, where I will say a few words and\nI go.\nBye",
            [
                "We are glad that you could all come to this\nplace today, where I will say a few words and\nI go.",
                "Bye",
            ],
        ),
        ("apples\npears\n\nplums", ["apples", "pears", "plums"]),
        ("All that we have learned in the first year:\nmuch", ["All that we have learned in the first year:", "much"]),
    ],
)
def test_sentences_end_where_they_end(script: str, sentences: list[str]) -> None:
    assert [sentence.text for sentence in read(script)] == sentences


def test_a_wrapped_line_is_read_like_an_unwrapped_one() -> None:
    script = "We are glad that you could all come to this place"
    (wrapped,), (whole,) = read(script.replace(" place", "\nplace")), read(script)
    assert wrapped.utterances == whole.utterances


@pytest.mark.parametrize("tag", ["<break time='1s'/>", '<prosody rate="slow">', "</speak>", "<first_name>"])
def test_markup_is_not_read_aloud(tag: str) -> None:
    with pytest.raises(CountenanceError) as caught:
        read(f"Hello {tag} there.")
    assert caught.value.finding.rule.id == "voice.cannot_be_spoken"
    assert tag in caught.value.finding.message()


def test_signs_of_comparison_are_read() -> None:
    assert read("If a <b and c> d, stop.")
