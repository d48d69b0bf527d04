"""Web addresses, telephone numbers and money as people say them."""

from __future__ import annotations

import time

import pytest

from countenance.errors import CountenanceError
from countenance.voice.aloud import written_out
from countenance.voice.english import read


def spoken(text: str) -> list[str]:
    return [" ".join(sentence.utterances) for sentence in read(text)]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "Version 2.3.1, v1.2.3 and 192.168.0.1",
            "Version 2 point 3 point 1, v1 point 2 point 3 and 192 dot 168 dot 0 dot 1",
        ),
        ("On 5.5.2024 and 12.10.23", "On 5.5.2024 and 12.10.23"),
        ("100 000 people, 1\u202f234\u202f567 €, $12\xa0500", "100,000 people, 1,234,567 €, $12,500"),
        ("In 2020 300 000 of 12 345 678", "In 2020 300,000 of 12,345,678"),
        ("In 1999 100 came, 555 123 4567", "In 1999 100 came, 5 5 5, 1 2 3, 4 5 6 7"),
        (
            "Call 020 7946 0958, 1-800-555-0199 or 555-0199",
            "Call 0 2 0, 7 9 4 6, 0 9 5 8, 1, 8 0 0, 5 5 5, 0 1 9 9 or 555-0199",
        ),
        (
            "Call 911. Zip code 90210, account number 1234567",
            "Call 9 1 1. Zip code 9 0 2 1 0, account number 1 2 3 4 5 6 7",
        ),
        ("$1.2bn, £3m, 2bn people, 1.5M views", "$1.2 billion, £3m, 2 billion people, 1.5 million views"),
        ("$5-10 million, £5m–£6m, $5-$6", "5 to 10 million dollars, 5 to 6 million pounds, 5 to 6 dollars"),
        ("$5/month, £9.99/yr", "$5 per month, £9.99 per year"),
        (
            "US$5, C$10, A$2bn, CHF 20, 5 USD",
            "5 dollars, 10 Canadian dollars, 2 billion Australian dollars, 20 Swiss francs, 5 dollars",
        ),
        ("$1.99, ¥5000", "1 dollar and 99 cents, ¥5000"),
        ("won 98-102. 10-20%, 1.5-2.5, 6-4.", "won 98 to 102. 10 to 20%, 1.5 to 2.5, 6 to 4."),
        ("4-3-3, 2025-03-14, 747-400, 7 - 2 = 5", "4-3-3, 2025-03-14, 747 400, 7 minus 2 = 5"),
        ("9am-5pm, 9:00-17:00, Mon-Fri, on Tue.", "9am to 5pm, 9:00 to 17:00, Monday to Friday, on Tue."),
        ("The ratio is 3:1; Genesis 1:1 at 10:05", "The ratio is 3 to 1; Genesis 1:1 at 10:05"),
        ("2 1/2 cups, 1/2 cup, 1½, 9/11, 50/50", "2 and a half cups, 1/2 cup, 1 and a half, 9 11, 50 50"),
        (
            "120/80 mmHg, 5 mg/kg, 1 mg/L, 12 m²",
            "120 over 80 millimeters of mercury, 5 milligrams per kilogram, 1 milligram per liter, 12 square meters",
        ),
        ("100 m in 9.58 s, 2 tsp, 5'10\" tall", "100 meters in 9.58 seconds, 2 teaspoons, 5 foot 10 tall"),
        ("1920x1080, 5 × 3, 10x more, 0x1F", "1920 by 1080, 5 by 3, 10 times more, 0x1F"),
        ("up .5 or ±3, ≥ 5, −5, CO₂", "up point 5 or  plus or minus 3,  at least  5, -5, C O 2"),
        (
            "Henry VIII, King Charles III, Elizabeth II's",
            "Henry the eighth, King Charles the third, Elizabeth the second's",
        ),
        ("George C. Scott, Grade C, Mary I think, Louis C.K.", "George C. Scott, Grade C, Mary I think, Louis C.K."),
        ("Chapter IV, Super Bowl LVIII, WWII", "Chapter 4, Super Bowl 58, World War 2"),
        (
            "C# and F#, Gen Z, p. 12, c. 1850, 3% YoY",
            "C sharp and F sharp, Generation Z, page 12, circa 1850, 3% year over year",
        ),
        ("PLEASE READ THIS NOW. JOIN US. SHE did.", "PLEASE READ this NOW. JOIN us. she did."),
        ("US GDP AND UK CPI. WHO and IT.", "US GDP AND UK CPI. WHO and IT."),
        ('rose "6.1" or [2,500]', "rose 6.1 or 2,500"),
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
        ("On 2025-03-14 from 3-7, +5 and 10.5", "On 2025-03-14 from 3 to 7, +5 and 10.5"),
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
        ("The U.S. Government met J.R.R. Tolkien. Go.", ["The U.S. Government met J.R.R. Tolkien.", "Go."]),
        ("She is in the U.S. He is not.", ["She is in the U.S.", "He is not."]),
        ("At 7 p.m. Eastern, c. 1850, approx. 5.", ["At 7 p.m. Eastern, c. 1850, approx. 5."]),
        ("We met at 7 p.m. Sharp.", ["We met at 7 p.m.", "Sharp."]),
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


@pytest.mark.parametrize(
    ("written", "like"),
    [
        ("He said no.", "He said know."),
        ("We saw the Sun.", "We saw the son."),
        ("Queen Victoria and King Charles.", "Queen, Victoria and King, Charles."),
        ("Grade C is USB Type C.", "Grade see is USB Type see."),
    ],
)
def test_a_word_is_not_taken_for_a_short_form(written: str, like: str) -> None:
    def sounds(text: str) -> str:
        return "".join(character for part in spoken(text) for character in part if character.isalpha())

    assert sounds(written) == sounds(like)


@pytest.mark.parametrize(
    "text", ["1 " * 4999, "1-" * 4999, "1.1." * 2499, "12 345 " * 1400, "1" * 9999, "A " * 4999, "$1-" * 3333]
)
def test_a_long_row_of_numbers_is_read_in_time(text: str) -> None:
    began = time.process_time()
    written_out(text)
    assert time.process_time() - began < 2.0


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
