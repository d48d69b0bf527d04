"""Pronunciation dictionaries: what is replaced, what is left, and what a wrong file is told."""

from __future__ import annotations

import json
import re
import time
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from countenance.errors import CountenanceError
from countenance.settings import Settings
from countenance.voice.catalogue import speak
from countenance.voice.english import CONSONANTS, VOWELS, read
from countenance.voice.errors import DICTIONARY_INVALID, SPOKEN_TOO_LONG, UNKNOWN_SOUND
from countenance.voice.ipa import UnknownSoundError, spoken_form
from countenance.voice.pronunciation import Dictionary, load, parse, pronounced
from countenance.voice.speech import PAUSE, WORD_GAP


def _rule(text: str, said: str, kind: str = "alias", **more: Any) -> dict[str, Any]:
    return {"text": text, "pronunciation": said, "type": kind, **more}


def _dictionary(*rules: dict[str, Any]) -> Dictionary:
    return parse({"name": "names", "rules": list(rules)})


@pytest.mark.parametrize(
    ("rules", "text", "expected"),
    [
        ([_rule("SQL", "sequel")], "SQL, sql; MySQL and SQL's", "sequel, sequel; MySQL and sequel's"),
        ([_rule("SQL", "sequel", case_sensitive=True)], "SQL and sql", "sequel and sql"),
        ([_rule("SQL", "sequel", word_boundaries=False)], "MySQL2", "Mysequel2"),
        ([_rule("New", "old"), _rule("New York", "the Apple")], "New York, New Jersey", "the Apple, old Jersey"),
        ([_rule("a", "b"), _rule("b", "a")], "a b a", "b a b"),
        ([_rule("US", "U.S.", case_sensitive=True), _rule("us", "you and me")], "US us", "U.S. you and me"),
        ([_rule("C++", "see plus plus")], "C++ C++11 C+", "see plus plus see plus plus11 C+"),
        ([_rule("Zoë", "Zoey")], unicodedata.normalize("NFD", "Zoë's Zoë"), "Zoey's Zoey"),
        ([_rule("Zo", "Zed")], unicodedata.normalize("NFD", "Zoë"), unicodedata.normalize("NFD", "Zoë")),
        ([_rule("wɪn", "lose")], "[Nguyen](/wˈɪn/) wɪn", "[Nguyen](/wˈɪn/) lose"),
        ([_rule("Dr. Li", "ˈli", "ipa")], "Dr. Li.", "[Dr Li](/lˈi/)."),
        ([_rule("?!", "hʌ", "ipa", word_boundaries=False)], "So?!", "So[word](/hˈʌ/)"),
        ([], "Nothing.", "Nothing."),
    ],
)
def test_what_is_replaced(rules: list[dict[str, Any]], text: str, expected: str) -> None:
    assert pronounced(text, _dictionary(*rules)) == expected


WORDS = st.sampled_from(["Ada", "ada", "ADA", "Ada Lo", "Canada", "É", "É", "İ", "ß", "(", " ", ".", "'", "x"])
TEXTS = st.one_of(st.lists(WORDS).map("".join), st.text())


@settings(deadline=None)
@given(TEXTS, st.sampled_from(["Ada", "ada lo", "é", "İ", "ß", "("]), st.booleans(), st.booleans())
@example("İAda", "Ada", False, False)
def test_other_text_is_never_touched(text: str, word: str, case_sensitive: bool, whole: bool) -> None:
    """What was put in is taken out again, and the rest with the word in its place is the text."""
    mark = "\N{OBJECT REPLACEMENT CHARACTER}"
    text = text.replace(mark, "")
    rule = _rule(word, mark, case_sensitive=case_sensitive, word_boundaries=whole)
    kept = pronounced(text, _dictionary(rule)).split(mark)
    at = 0
    for number, part in enumerate(kept):
        if number:
            found = next(
                text[at : at + n] for n in (1, 2, 3, 4, 5, 6, 7)
                if unicodedata.normalize("NFC", text[at : at + n]).lower() == unicodedata.normalize("NFC", word).lower()
                and text[at + n :].startswith(part)
            )  # fmt: skip
            at += len(found)
        assert text.startswith(part, at)
        at += len(part)
    assert at == len(text)


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["L", "M", "N", "P", "S", "Cs"])))
def test_a_text_without_the_word_stays(text: str) -> None:
    assert pronounced(text, _dictionary(_rule("Ada", "Eve", word_boundaries=False))) == text


@pytest.mark.parametrize(
    ("ipa", "spoken"),
    [
        ("/həˈloʊ/", "həlˈO"),
        ("ˈt͡ʃɑːrli", "ʧˈɑɹli"),
        ("dʒɔɪ", "ʤˈY"),
        ("ˈwɪn", "wˈɪn"),
        ("ˌɪn.təˈnæʃ.ən.l̩", "ˌɪntənˈæʃənᵊl"),
        ("ˈnɜːrs", "nˈɜɹs"),
        ("[ˈgəʊtə]", "ɡˈOtə"),
        ("ˈnuː ˈjɔrk", "nˈu jˈɔɹk"),
        ("ˈfaʊst", "fˈWst"),
        ("kafka", "kˈɑfkɑ"),
    ],
)
def test_ipa_in_the_characters_of_the_voices(ipa: str, spoken: str) -> None:
    assert spoken_form(ipa) == spoken


@pytest.mark.parametrize(
    ("ipa", "symbols"), [("baχ", ("χ",)), ("ɲœ", ("ɲ", "œ")), ("bɔ̃ɲ", ("ɔ̃", "ɲ")), ("ˈ.", ()), ("A", ("A",))]
)
def test_sounds_that_english_does_not_have_are_named(ipa: str, symbols: tuple[str, ...]) -> None:
    with pytest.raises(UnknownSoundError) as caught:
        spoken_form(ipa)
    assert caught.value.symbols == symbols


@settings(deadline=None)
@given(st.text(alphabet=sorted((VOWELS | CONSONANTS) - set("AIOWYT")) + list("ˈˌː. "), max_size=12))
@example("w")
def test_whatever_is_spoken_is_in_the_inventory(ipa: str) -> None:
    try:
        spoken = spoken_form(ipa)
    except UnknownSoundError:
        assert not re.search(r"\w", ipa.replace("ˈ", "").replace("ˌ", "").replace("ː", ""))
        return
    assert set(spoken) <= VOWELS | CONSONANTS | set("ˈˌ ")
    assert not re.search("[ˈˌ](?![" + "".join(VOWELS) + "])", spoken)
    heard = "".join(part for sentence in read(f"Say [this](/{spoken}/) now.") for part in sentence.utterances)
    assert spoken in heard


def test_sounds_are_spoken_as_they_are_given() -> None:
    dictionary = _dictionary(_rule("Nguyen", "/wɪn/", "ipa"), _rule("Łódź", "/wuːtʃ/", "ipa"))
    speech = speak("Nguyen’s sister met Nguyen in Łódź.", Settings(threads=1), pronunciations=dictionary)
    words = re.split(f"[{WORD_GAP}{PAUSE}]", "".join(phone.symbol for phone in speech.phones).strip(PAUSE))
    assert (words[0], words[3], words[-1]) == ("wɪnz", "wɪn", "wuʧ")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "Line 1, column 1"),
        ('{\n "name": "n",\n "rules": [,]\n}', "Line 3, column 12"),
        ("3", "the file is no object with `name` and `rules`."),
        ("[" * 100_000, "recursion"),
        ('{"rules": []}', "name is missing."),
        (json.dumps({"name": "x" * 256}), "name is longer than 255 characters."),
        (json.dumps({"name": "n", "rules": [_rule("a", "b"), _rule("", "b")]}), "entry 2, text is empty."),
        (json.dumps({"name": "n", "rules": [_rule(" ", "b")]}), "entry 1, text is blank."),
        (json.dumps({"name": "n", "rules": [_rule("x" * 201, "b")]}), "longer than 200 characters"),
        (json.dumps({"name": "n", "rules": [_rule("a", "x" * 501)]}), "longer than 500 characters"),
        (
            json.dumps({"name": "n", "rules": [_rule("a", "b", "arpabet")]}),
            "entry 1, type is neither 'alias' nor 'ipa'.",
        ),
        (
            json.dumps({"name": "n", "rules": [_rule("a", "b", case_sensitive="yes")]}),
            "entry 1, case_sensitive is neither true nor false.",
        ),
        (json.dumps({"name": "n", "rules": [_rule("a", "b", case="x")]}), "entry 1, case is not known."),
        (
            json.dumps({"name": "n", "rules": [{"text": "a"}]}),
            "entry 1, pronunciation is missing; entry 1, type is missing.",
        ),
        (json.dumps({"name": "n", "rules": [_rule("a", "b"), _rule("A", "c")]}), 'Entry 2: "A" stands there twice'),
        (json.dumps({"name": "n", "rules": [_rule(f"w{i}", "b") for i in range(10_001)]}), "more than 10,000 entries"),
    ],
)
def test_a_wrong_file_is_told_where(content: str, told: str, tmp_path: Path) -> None:
    file = tmp_path / "names.json"
    file.write_text(content)
    with pytest.raises(CountenanceError, match=re.escape(told)) as caught:
        load(file)
    assert caught.value.finding.rule is DICTIONARY_INVALID
    assert caught.value.finding.file == str(file)


def test_a_file_may_be_a_list_of_rules_alone(tmp_path: Path) -> None:
    file = tmp_path / "names.json"
    file.write_text(json.dumps([_rule("SQL", "sequel")]))
    read = load(file)
    assert (read.name, pronounced("SQL", read)) == ("names", "sequel")
    for rules, told in (([_rule("SQL", "")], "entry 1, pronunciation is empty."), ([3], "entry 1 is no object.")):
        file.write_text(json.dumps(rules))
        with pytest.raises(CountenanceError, match=re.escape(told)):
            load(file)
    with pytest.raises(CountenanceError, match="the file is no object with `name` and `rules`"):
        parse([_rule("SQL", "sequel")])


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    (tmp_path / "noise").write_bytes(b"\xff\xfe\x00")
    for file in (tmp_path / "gone.json", tmp_path, tmp_path / "noise"):
        with pytest.raises(CountenanceError) as caught:
            load(file)
        assert caught.value.finding.rule is DICTIONARY_INVALID


def test_sounds_that_cannot_be_spoken_are_told_with_their_entry() -> None:
    with pytest.raises(CountenanceError, match=r'Entry 2 \("Bach", bɑχ\): χ') as caught:
        _dictionary(_rule("a", "b"), _rule("Bach", "bɑχ", "ipa"))
    assert caught.value.finding.rule is UNKNOWN_SOUND


def test_a_dictionary_as_a_server_gives_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "names.json"
    rule = _rule("Łódź", "wuːtʃ", "ipa", alphabet="ipa", case_sensitive=True, word_boundaries=False)
    file.write_text(json.dumps({"uuid": "d1", "name": "n", "created_at": "now", "rules": [rule]}), encoding="utf-8")
    assert [entry.text for entry in load(file).entries] == ["Łódź"]


def test_ten_thousand_entries_take_no_time() -> None:
    dictionary = _dictionary(*(_rule(f"word{i}", f"w{i}") for i in range(10_000)))
    text = "word77 other " * 1500
    assert pronounced(text, dictionary) == "w77 other " * 1500


@pytest.mark.parametrize("boundaries", [True, False])
def test_words_that_begin_alike_take_no_time(boundaries: bool) -> None:
    dictionary = _dictionary(*(_rule("a" + "z" * i, "b", word_boundaries=boundaries) for i in range(1, 200)))
    began = time.process_time()
    assert pronounced("a" * 20_000, dictionary) == "a" * 20_000
    assert time.process_time() - began < 0.5


def test_what_grows_too_long_is_not_made() -> None:
    dictionary = _dictionary(_rule("a", "b" * 500, word_boundaries=False))
    assert len(pronounced("a" * 400, dictionary)) == 200_000
    for text in ("a" * 401, "[word](/wˈɜɹd/) " * 20_000):
        with pytest.raises(CountenanceError) as caught:
            pronounced(text, dictionary)
        assert caught.value.finding.rule is SPOKEN_TOO_LONG


def test_the_longest_is_found_among_words_that_begin_each_other() -> None:
    texts = [("ab" * 100)[:length] for length in (1, 2, 3, 5, 8, 13, 100)] + ["abac", "b", "ba ba"]
    dictionary = _dictionary(*(_rule(text, f"<{len(text)}{text[-1]}>", word_boundaries=False) for text in texts))
    place, script, expected = 0, "abababab abac abba ba bab" + "ab" * 60, ""
    while place < len(script):
        found = max((text for text in texts if script.startswith(text, place)), key=len, default="")
        expected += f"<{len(found)}{found[-1]}>" if found else script[place]
        place += len(found) or 1
    assert pronounced(script, dictionary) == expected
