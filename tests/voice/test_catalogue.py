"""Which voices there are, and that a plug-in that does not work stops nothing but itself."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest

from countenance.errors import CountenanceError
from countenance.settings import Settings
from countenance.voice import catalogue, hibari
from countenance.voice.catalogue import DEFAULT_VOICE, speak, voices
from countenance.voice.errors import PLUGIN_FAILED, SOUNDS_NOT_READ, UNKNOWN_VOICE
from countenance.voice.pronunciation import parse
from countenance.voice.speech import Sentence

PLUG_IN = Path(__file__).parent / "plug_in"
SETTINGS = Settings(threads=1)

VOICE = """
import sys
import numpy as np
from countenance.voice.speech import Phone, Sentence, Speech
from countenance.voice.voice import VoiceInfo

class Odd:
    info = VoiceInfo({id!r}, "Odd", "unknown", ("en",), "MIT", "a test")
    def speak(self, text, settings):
        sound = np.full(8000, 0.1, np.float32)
        {body}

def voices(settings):
    return [Odd()]
"""


@pytest.fixture
def humming(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(PLUG_IN))


@pytest.fixture
def plug_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """`plug_in(source, entry="voices")` installs a package whose module holds this source."""

    def install(source: str, entry: str = "voices") -> None:
        name = f"odd_{abs(hash((source, entry)))}"
        (tmp_path / f"{name}.py").write_text(source)
        info = tmp_path / f"{name}-2.1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.4\nName: odd-voices\nVersion: 2.1\n")
        (info / "entry_points.txt").write_text(f"[countenance.voices]\nodd = {name}:{entry}\n")
        monkeypatch.syspath_prepend(str(tmp_path))

    return install


def test_the_built_in_voices_are_listed_first_and_ready() -> None:
    listings = voices(SETTINGS)
    assert listings[0].id == DEFAULT_VOICE
    assert {listing.info.sex for listing in listings if listing.info} >= {"female", "male"}
    assert all(listing.source == "countenance" and listing.problem is None for listing in listings)
    assert len({listing.id for listing in listings}) == len(listings)


def test_the_default_is_the_stock_voice_and_loads_no_plug_in(plug_in, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    plug_in("raise SystemExit('loaded')")
    spoken = speak("Hello.", SETTINGS)
    assert np.array_equal(spoken.samples, hibari.speak("Hello.", SETTINGS).samples)


def test_marks_that_nobody_sees_are_not_spoken() -> None:
    spoken = speak("\ufeffGood mor\u00adning,\u200b \u2068you\u2069.", SETTINGS)
    assert np.array_equal(spoken.samples, hibari.speak("Good morning, you.", SETTINGS).samples)
    assert [sentence.text for sentence in spoken.sentences] == ["Good morning, you."]


@pytest.mark.usefixtures("humming")
def test_a_plug_in_is_found_and_speaks() -> None:
    found = {listing.id: listing for listing in voices(SETTINGS)}["humming"]
    assert found.source == "humming-voice 1.0"
    assert found.problem is None
    spoken = speak("one two three", SETTINGS, "humming")
    assert spoken.duration_s == pytest.approx(0.75)
    assert spoken.phones == ()


@pytest.mark.usefixtures("humming")
def test_sounds_are_not_given_to_a_voice_that_does_not_read_them() -> None:
    ipa = parse({"name": "n", "rules": [{"text": "three", "pronunciation": "fɹiː", "type": "ipa"}]})
    with pytest.raises(CountenanceError, match='"three"') as caught:
        speak("one two three", SETTINGS, "humming", ipa)
    assert caught.value.finding.rule is SOUNDS_NOT_READ
    alias = parse({"name": "n", "rules": [{"text": "three", "pronunciation": "three and a half", "type": "alias"}]})
    assert speak("one two three", SETTINGS, "humming", alias).duration_s == pytest.approx(1.5)


def test_an_unknown_voice_names_those_that_are_known() -> None:
    with pytest.raises(CountenanceError, match="hibari, kumo") as caught:
        speak("Hello.", SETTINGS, "nobody")
    assert caught.value.finding.rule is UNKNOWN_VOICE
    assert caught.value.finding.measured == "nobody"


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("import nothing_of_this_name", "ModuleNotFoundError"),
        ("raise SystemExit(3)", "SystemExit"),
        ("def voices(settings): raise RuntimeError('no licence')", "no licence"),
        ("def voices(settings): return None", "TypeError"),
        ("def voices(settings): return [object()]", "AttributeError"),
        ("class V: info = 'loud'\ndef voices(settings): return [V()]", "str instead of VoiceInfo"),
        (VOICE.format(id="Not An Id!", body="pass"), "'Not An Id!'"),
        (VOICE.format(id="odd", body="pass").replace('("en",)', "None"), "TypeError"),
        (VOICE.format(id="odd", body="pass").replace('"unknown"', '"tenor"'), "tenor|a sex other"),
        ("voice = 1", "AttributeError"),
    ],
)
def test_a_broken_plug_in_is_listed_beside_the_others(source: str, told: str, plug_in) -> None:  # type: ignore[no-untyped-def]
    plug_in(source)
    broken = voices(SETTINGS)[-1]
    assert (broken.id, broken.info, broken.source) == ("odd", None, "odd-voices 2.1")
    assert broken.problem is not None
    assert broken.problem.rule is PLUGIN_FAILED
    assert re.search(told, broken.problem.detail)
    assert voices(SETTINGS)[0].problem is None
    with pytest.raises(CountenanceError, match=r"odd-voices 2\.1") as caught:
        speak("Hello.", SETTINGS, "odd")
    assert caught.value.finding.rule is UNKNOWN_VOICE


def test_a_plug_in_cannot_take_the_name_of_another_voice(plug_in) -> None:  # type: ignore[no-untyped-def]
    plug_in(VOICE.format(id=DEFAULT_VOICE, body="return Speech(sound, 8000, ())"))
    listings = voices(SETTINGS)
    assert listings[-1].problem is not None
    assert listings[-1].problem.rule is PLUGIN_FAILED
    assert speak("Hello.", SETTINGS).sample_rate == 24_000


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("return None", "NoneType instead of Speech"),
        ("raise OSError('out of breath')", "out of breath"),
        ("sys.exit(1)", "SystemExit"),
        ("return Speech(sound, 0, ())", "sample rate is 0"),
        ("return Speech(sound, 22050.0, ())", "sample rate is 22050.0"),
        ("return Speech(sound.astype(float), 8000, ())", "float64"),
        ("return Speech(sound[None], 8000, ())", r"\(1, 8000\)"),
        ("return Speech([0.1], 8000, ())", "list"),
        ("return Speech(sound[:0], 8000, ())", "no sound"),
        ("return Speech(sound * 0, 8000, ())", "silence"),
        ("return Speech(sound * np.nan, 8000, ())", "not all numbers"),
        ("return Speech(sound * 30, 8000, ())", "reach 3"),
        ("return Speech(np.full(8000 * 1900, 0.1, np.float32), 8000, ())", "1900 s"),
        ("return Speech(sound, 8000, [1])", "tuple of Phone"),
        ("return Speech(sound, 8000, (Phone('a', 0.0, 0.5),))", "do not follow"),
        ("return Speech(sound, 8000, (Phone('a', 0.0, 0.6), Phone('b', 0.5, 1.0)))", "do not follow"),
        ("return Speech(sound, 8000, (Phone('a', 0.0, float('nan')), Phone('b', 0.5, 1.0)))", "not all numbers"),
        ("return Speech(sound, 8000, (Phone('ab', 0.0, 1.0),))", "one character"),
        ("return Speech(sound, 8000, (), ['Hello.'])", "tuple of Sentence"),
        ("return Speech(sound, 8000, (), (Sentence('Hello.', 0.0, 1.5),))", "within the sound"),
        ("return Speech(sound, 8000, (), (Sentence('Hel', 0.0, 0.6), Sentence('lo.', 0.5, 1.0)))", "within the sound"),
        ("return Speech(sound, 8000, (), (Sentence('Hello.', float('nan'), 1.0),))", "within the sound"),
        ("return Speech(sound, 8000, (), (Sentence('Hello.', 0.0, 0.5, (0.7,)),))", "within the sound"),
        ("return Speech(sound, 8000, (), (Sentence('Goodbye.', 0.0, 1.0),))", "parts of the text"),
        ("return Speech(sound, 8000, (), (Sentence('lo.', 0.0, 0.5), Sentence('Hel', 0.5, 1.0)))", "parts of the text"),
        ("return Speech(sound, 8000, (), (Sentence(None, 0.0, 1.0),))", "parts of the text"),
    ],
)
def test_nonsense_is_told_with_the_name_of_who_gave_it(body: str, told: str, plug_in) -> None:  # type: ignore[no-untyped-def]
    plug_in(VOICE.format(id="odd", body=body))
    with pytest.raises(CountenanceError, match=told) as caught:
        speak("Hello.", SETTINGS, "odd")
    assert caught.value.finding.rule is PLUGIN_FAILED
    assert "odd of odd-voices 2.1" in caught.value.finding.detail


def test_what_a_plug_in_may_give(plug_in) -> None:  # type: ignore[no-untyped-def]
    plug_in(VOICE.format(id="odd", body="return Speech(sound, 8000, (Phone('a', 0.0, 0.5), Phone('_', 0.5, 1.0)))"))
    assert [phone.symbol for phone in speak("Hello.", SETTINGS, "odd").phones] == ["a", "_"]
    assert speak("Hello.", SETTINGS, "odd").sentences == ()


def test_a_plug_in_may_tell_when_it_says_what(plug_in) -> None:  # type: ignore[no-untyped-def]
    plug_in(VOICE.format(id="odd", body="return Speech(sound, 8000, (), (Sentence(text[1:], 0.25, 0.75),))"))
    assert speak(' "Hello." ', SETTINGS, "odd").sentences == (Sentence('"Hello."', 0.25, 0.75),)


def test_a_voice_without_its_weights_is_listed_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    installed = metadata.distribution

    def without_extra(name: str) -> metadata.Distribution:
        if name.startswith("kokoro"):
            raise metadata.PackageNotFoundError(name)
        return installed(name)

    monkeypatch.setattr(metadata, "distribution", without_extra)
    listings = {listing.id: listing for listing in catalogue.voices(SETTINGS)}
    assert listings["hibari"].problem is None
    problem = listings["kumo"].problem
    assert problem is not None
    assert "countenance[voices]" in problem.detail
    with pytest.raises(CountenanceError, match=r"countenance\[voices\]") as caught:
        speak("Hello.", Settings(threads=1, organisation="nobody has loaded the weights for these settings"), "kumo")
    assert caught.value.finding.rule.id == "people.weight_missing"
