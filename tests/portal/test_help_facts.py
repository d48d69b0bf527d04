"""What answers say in words of their own is what the code does; other figures in them come from it."""

from __future__ import annotations

from datetime import timedelta
from importlib.resources import files

import pytest

from countenance.consent import phrase
from countenance.engine import footage_choice
from countenance.portal.help.questions import SUBJECTS
from countenance.service.uploads import expire
from countenance.settings import Settings

ANSWERS = {question.id: " ".join(question.answer) for subject in SUBJECTS for question in subject.questions}
DEFAULT = Settings.model_construct()
FACTS = (
    ("how-long", "the three minutes that teach most", footage_choice.MOST_LEARNED_S, 180.0),
    ("preview", "the best 40 seconds", footage_choice.PREVIEW_S, 40.0),
    ("one-time-words", "four words", phrase.WORD_COUNT, 4),
    ("signed-out", "12 hours unless they chose otherwise", DEFAULT.session_hours, 12.0),
    ("stuck", "within about a minute", DEFAULT.lease_s, 60.0),
    ("deleted-training", "Unless they chose so, that is free too", DEFAULT.cancelled_training, "release"),
    ("claim-refused", "Where the operator chose that such cases", DEFAULT.contradiction, "refuse"),
    ("footage-kept", "Until the replica is deleted for good, or", DEFAULT.keep_footage_days, None),
    ("footage-kept", "deleted after a week", expire._UNUSED, timedelta(days=7)),
    ("where", "a speech service if the operator has named one", DEFAULT.speech_service_url, None),
    ("marked", "The operator can also have a label put into the picture", DEFAULT.visible_mark, ""),
)


@pytest.mark.parametrize(
    ("question", "said", "is_so", "wanted"), FACTS, ids=[f"{each[0]}: {each[1]}" for each in FACTS]
)
def test_a_figure_in_an_answer_applies(question: str, said: str, is_so: object, wanted: object) -> None:
    assert said in ANSWERS[question]
    assert is_so == wanted


def test_the_languages_of_the_statement_are_those_that_are_named() -> None:
    assert "English, German, French and Spanish" in ANSWERS["consent-languages"]
    built_in = {each.name for each in files("countenance.consent").joinpath("statements").iterdir()}
    assert built_in == {"en.json", "de.json", "fr.json", "es.json"}
