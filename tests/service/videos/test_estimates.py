"""What a video holds is never less than it takes."""

from __future__ import annotations

import pytest

from countenance.errors import CountenanceError
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.credits import ledger
from countenance.service.credits.account import balance
from countenance.service.db.tables import CreditHold, PronunciationDictionary, Replica, Workspace
from countenance.service.tasks.sources import MediaRef
from countenance.service.videos import life
from countenance.service.videos.estimate import spoken_seconds
from countenance.service.videos.wanted import NewVideo, script_seconds
from countenance.voice.errors import SPOKEN_TOO_LONG

SPOKEN_S = {
    "Hello.": 1.1,
    "Good morning everybody, and welcome back to the second lecture of this course about the history of the river. "
    "Today we will look at bridges, and at those who built them.": 9.8,
    "Internationalization, telecommunication infrastructure, and electroencephalographically characteristic "
    "responsibilities notwithstanding.": 9.2,
    "In 1999 there were 1234567 people, 45.6% of them born on 31/12/1987; call +49 30 123456789 now.": 19.5,
    "I do. We go on. It is so. No! Why? He is at it. A b c d e f g.": 8.8,
    "The FBI, CIA, NATO, UNESCO and HTML, CSS, API, URL, XML, JSON.": 7.5,
    "WWW. HTTP. XYZ-QRS.": 5.6,
    "One\n\nTwo\n\nThree\n\nFour": 3.4,
    "$1,250,000.75 & €30 @ 5% = £7 #9 * ^": 9.5,
}
"""As the default voice, which is not the fastest, has spoken them."""


@pytest.mark.parametrize(("script", "spoken_s"), SPOKEN_S.items())
def test_a_script_never_takes_longer_than_is_held(script: str, spoken_s: float) -> None:
    assert spoken_s * 1.2 < script_seconds(script) < spoken_s * 3 + 3


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_dictionary_makes_a_script_longer_and_a_url_holds_what_is_left(service: Service) -> None:
    moment = now()
    with service.database.transaction() as session:
        session.add(Workspace(id="w1", name="", created_at=moment))
        session.flush()
        ledger.grant(session, "w1", ledger.VIDEO_SECOND, 500, "a gift")
        kept = {"created_at": moment, "updated_at": moment, "material": "image", "subject": "self"}
        more = {"declarations": [], "properties": {}, "model_name": "m", "name": "n"}
        session.add(Replica(id="r1", workspace_id="w1", status="completed", **kept, **more))
        said = {"text": "AI", "pronunciation": "word " * 60, "type": "alias"}
        session.add(
            PronunciationDictionary(
                id="pd_1", workspace_id="w1", name="d", rules=[said], created_at=moment, updated_at=moment
            )
        )
    held = {}
    for name, wanted in {
        "plain": NewVideo("r1", script="AI."),
        "said": NewVideo("r1", script="AI.", dictionary_id="pd_1"),
        "sound": NewVideo("r1", audio=MediaRef(url="https://x.test/a.wav")),
    }.items():
        seconds = spoken_seconds(service, "w1", wanted)
        with service.database.transaction() as session:
            ledger.grant(session, "w1", ledger.VIDEO_SECOND, 50, "over, and not taken back yet", moment)
            job_id = life.create(session, service, "w1", wanted, seconds).job_id
            held[name] = session.get_one(CreditHold, job_id or "").amount
    assert held["plain"] < 10 < 38 <= held["said"]
    assert held["sound"] == 500 - held["plain"] - held["said"]
    with service.database.transaction() as session:
        assert balance(session, "w1", ledger.VIDEO_SECOND).available == 0


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_dictionary_makes_no_script_endless(service: Service) -> None:
    moment = now()
    with service.database.transaction() as session:
        session.add(Workspace(id="w1", name="", created_at=moment))
        session.flush()
        rules = [{"text": "a", "pronunciation": "b" * 500, "type": "alias", "word_boundaries": False}]
        kept = {"created_at": moment, "updated_at": moment}
        session.add(PronunciationDictionary(id="pd_1", workspace_id="w1", name="d", rules=rules, **kept))
    wanted = NewVideo("r1", script="a" * 20_000, dictionary_id="pd_1")
    with pytest.raises(CountenanceError) as caught:
        spoken_seconds(service, "w1", wanted)
    assert caught.value.finding.rule is SPOKEN_TOO_LONG
    assert spoken_seconds(service, "w2", wanted) is None, "another workspace's dictionary"
