from __future__ import annotations

import pytest

from countenance.consent.judge import Decision, spoken_findings, spoken_scores
from countenance.consent.language import Wording, language_of, languages
from countenance.consent.spoken import Heard, hear
from countenance.consent.statement import statement_for
from countenance.people.speech import Transcript, Word
from countenance.settings import Settings

NAME, ORGANISATION = "Maria Keller", "Countenance"
SETTINGS = Settings()
ENGLISH = language_of("en", SETTINGS)
FULL = statement_for(NAME, SETTINGS).text


def transcript(text: str, pauses: dict[int, float] | None = None) -> Transcript:
    """Three words a second, with pauses before some of them."""
    words, time_s = [], 0.0
    for i, word in enumerate(text.split()):
        time_s += (pauses or {}).get(i, 0.0)
        words.append(Word(word, time_s, time_s + 0.3, 0.9))
        time_s += 1 / 3
    return Transcript(tuple(words), text)


def listen(text: str, name: str = NAME, pauses: dict[int, float] | None = None, language: str = "en") -> Heard:
    return hear(transcript(text, pauses), name, ORGANISATION, language_of(language, SETTINGS))


def wrong(text: str, name: str = NAME, language: str = "en") -> set[str]:
    return {finding.rule.id for finding in spoken_findings(listen(text, name, language=language))}


def test_the_statement_as_written() -> None:
    heard = listen(FULL)
    assert wrong(FULL) == set()
    assert (heard.coverage, heard.extra, heard.negations, heard.missing_phrases) == (1.0, 0.0, (), ())
    assert (heard.name, heard.organisation) == ("maria keller", "countenance")
    assert heard.span is not None
    assert heard.span.start_s == 0.0
    assert {score.id: score.decision for score in spoken_scores(heard)} == {
        "words": Decision.ACCEPTED,
        "name": Decision.ACCEPTED,
        "organisation": Decision.ACCEPTED,
    }


EVERY = [(spoken.language, wording) for spoken in languages(SETTINGS) for wording in spoken.wordings]


@pytest.mark.parametrize(("language", "wording"), EVERY, ids=lambda value: getattr(value, "version", value))
def test_every_accepted_wording(language: str, wording: Wording) -> None:
    text = wording.fill(NAME, ORGANISATION)
    assert listen(text, language=language).wording == wording
    assert wrong(text, language=language) == set()
    assert "consent.name_not_heard" in wrong(wording.fill("Peter Jones", ORGANISATION), language=language)
    assert "consent.organisation_not_heard" in wrong(wording.fill(NAME, "Acme Robotics"), language=language)
    for phrase in wording.key_phrases:
        assert "consent.statement_not_spoken" in wrong(text.replace(phrase, "sing"), language=language)


@pytest.mark.parametrize(
    ("language", "old", "new"),
    [
        ("de", "meine Einwilligung", "nicht meine Einwilligung"),
        ("de", "meine Einwilligung", "keinesfalls niemals meine Einwilligung"),
        ("fr", "je donne", "je ne donne pas"),
        ("fr", "je donne", "je n'donne"),
        ("es", "y doy", "y no doy"),
        ("es", "y doy", "y nunca doy"),
    ],
)
def test_a_denial_in_another_language_fails(language: str, old: str, new: str) -> None:
    text = language_of(language, SETTINGS).wordings[0].fill(NAME, ORGANISATION)
    assert old in text
    assert "consent.negated" in wrong(text.replace(old, new), language=language)


# As a recogniser wrote them down for synthetic voices.
MISHEARD = [
    "My name is Mario Keller, I'm the person speaking here, and I give my consent to countenance to create an "
    "artificial intelligence clone of me from the video and voice samples that I provide. I understand that this "
    "clone can be used to make videos that look and sound like me.",
    "My name is Marie the Keller and the person speaking here and I give my consent to accountants to create a "
    "artificial intelligence clone of me from the video and voice samples that I provide, I understand that this "
    "clone can be used to make videos that look and sound like me.",
    "My name is Marita Keller. I am the person speaking here, and I give my consent to count an inch to create an "
    "A.I. clone of me from the video and voice samples that I provide. I understand that this clone can be used to "
    "make videos that look and sound like me.",
    "I, Mario Keller, I'm currently speaking and give consent to countenance to create an AI clone of me by using "
    "the audio and video samples I provide. I understand that this AI clone can be used to create videos that look "
    "and sound like me.",
]


@pytest.mark.parametrize("text", MISHEARD)
def test_slips_of_the_recogniser_are_forgiven(text: str) -> None:
    assert wrong(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "Okay, is it on? Let me start. " + FULL,
        "My name is Maria Keller. I am the person, um, sorry. " + FULL,
        FULL.replace("give my consent", "give my uh consent"),
        FULL.replace("to create", "to to create"),
    ],
)
def test_stumbling_is_forgiven(text: str) -> None:
    assert wrong(text) == set()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("I give", "I do not give"),
        ("I give", "I don't give"),
        ("I give", "I would never give"),
        ("I give my", "I give no"),
        ("I give my", "I refuse my"),
        ("I give my", "I withdraw my"),
        ("can be used", "cannot be used"),
        ("can be used", "can't be used"),
        ("My name", "It is not true that my name"),
        ("like me.", "like me, not."),
        ("to create", "as a joke to create"),
        ("Keller", "Keller never"),
        ("to Countenance", "to nobody at Countenance"),
        ("Maria Keller", "Maria not Keller"),
        ("to Countenance", "to Countenance only if I am paid"),
    ],
)
def test_a_denial_fails(old: str, new: str) -> None:
    assert old in FULL
    assert "consent.negated" in wrong(FULL.replace(old, new))


def test_one_time_words_belong_to_the_statement() -> None:
    words = ("lantern", "tomato", "giraffe", "window")
    count = len(FULL.split())
    text = f"{FULL} My one-time words are: {', '.join(words)}."
    beside = hear(transcript(text), NAME, ORGANISATION, ENGLISH, words)
    assert beside.one_time_words == 1.0
    assert beside.span is not None
    assert beside.span.end_s > transcript(FULL).words[-1].end_s + 2
    far = hear(transcript(text, {count: 20.0}), NAME, ORGANISATION, ENGLISH, words)
    assert far.one_time_words == 0.0


def test_talk_after_a_pause_is_no_denial() -> None:
    text = FULL + " It is not raining and that is never a bad thing."
    after = len(FULL.split())
    assert listen(text, pauses={after: 1.0}).negations == ()
    assert listen(text).negations == ("not",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        FULL[: len(FULL) // 2],
        FULL[FULL.index("I understand") :],
        "Hi, Maria Keller here. You may make a digital copy of me from my videos, that is fine with me, Countenance.",
        " ".join(reversed(FULL.split())),
        FULL.replace("give my consent", "took my consent"),
        FULL.replace(
            "to create", "to play with for one day and then to delete for ever from all of your disks to create"
        ),
    ],
)
def test_something_else_is_no_consent(text: str) -> None:
    assert "consent.statement_not_spoken" in wrong(text)


@pytest.mark.parametrize("name", ["Peter Jones", "Ivan Petrov", "Ana Beatriz Souza", "Yuki Tanaka"])
def test_another_name_is_refused(name: str) -> None:
    assert wrong(FULL, name) == {"consent.name_not_heard"}
    heard = listen(statement_for(name, SETTINGS).text)
    finding = next(iter(spoken_findings(heard)))
    assert f"“{' '.join(name.lower().split())}”" in finding.detail


def test_a_half_understood_name_is_for_a_human() -> None:
    text = statement_for("Enai and van Minh", SETTINGS).text
    assert wrong(text, "Nguyen Van Minh") == {"consent.name_unsure"}


def test_no_name_at_all() -> None:
    assert "consent.name_not_heard" in wrong(FULL.replace("My name is Maria Keller. ", ""))
