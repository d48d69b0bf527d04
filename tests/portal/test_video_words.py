"""What is said of videos: how they stand, what they are, and where they come from."""

from __future__ import annotations

from typing import Any

import pytest

from countenance.portal.video_words import background_of, origin_of, told_of_video, voice_of
from countenance.service.clock import now
from countenance.service.db.tables import Replica, Video
from countenance.service.videos.waiting import FOR_REPLICA
from countenance.service.videos.wanted import NewVideo
from countenance.settings import Settings
from countenance.wire.videos import VideoBody, VideoData


def _body(**fields: Any) -> VideoBody:
    known = {
        "video_id": "v",
        "video_name": "V",
        "status": "generating",
        "hosted_url": "/videos/v",
        "created_at": "",
        "updated_at": "",
        "replica_id": "r",
        "data": VideoData(script="Hello."),
        "generation_progress": "41/100",
        "standing": "working",
        "credits_used": 0,
    }
    return VideoBody.model_validate(known | fields)


@pytest.mark.parametrize(
    ("fields", "key", "percent"),
    [
        ({"status": "queued", "standing": "waiting", "stage": FOR_REPLICA}, "waiting", None),
        ({"status": "queued", "standing": "waiting", "stage": "queued"}, "queued", None),
        ({"stage": "render", "seconds_left": 8.0}, "making", 41),
        ({"standing": "stalled", "stage": "render"}, "paused", 41),
        ({"status": "ready", "standing": "done"}, "ready", None),
        ({"status": "error", "standing": "done", "error_details": "No."}, "failed", None),
    ],
)
def test_how_it_stands(fields: dict[str, Any], key: str, percent: int | None) -> None:
    told = told_of_video(_body(**fields))
    assert (told.key, told.percent, told.is_final) == (key, percent, key in ("ready", "failed"))
    assert bool(told.news) is told.is_final


def test_no_more_is_said_of_a_person_than_is_known() -> None:
    agreed = origin_of(Replica(material="footage", subject="self", receipt_id="c1"))
    assert "agreed" in agreed
    others = [
        Replica(material="footage", subject="self"),
        Replica(material="synthetic", subject="invented", receipt_id="c1"),
        Replica(material="synthetic", subject="public-figure", receipt_id="c1"),
        Replica(material="image", subject="self", receipt_id="c1"),
        Replica(material="footage", subject="self", receipt_id="c1", purged_at=now()),
        None,
    ]
    told = [origin_of(each) for each in others]
    assert not any("agreed" in each for each in told)
    assert "shows nobody" in told[1]
    assert "answers for the likeness" in told[2]
    assert "right to that picture" in told[3]
    assert told[4] == told[5]


def test_what_is_heard_and_what_is_behind() -> None:
    settings = Settings()
    spoken, heard = Video(script="Hello.", properties={}), Video(script=None, properties={})
    own, none = Replica(has_voice=True), Replica(has_voice=False)
    assert voice_of(heard, own, settings) == "The recording that was given"
    assert voice_of(spoken, own, settings) == "The replica’s own voice"
    assert voice_of(spoken, none, settings) == "The voice of this server"
    assert voice_of(Video(script="Hello.", voice_name="hibari"), own, settings) == "Hibari"
    for wanted, told in (
        ({}, "As filmed"),
        ({"colour": "green"}, "Green"),
        ({"colour": "#123456"}, "#123456"),
        ({"transparent": True}, "Transparent"),
    ):
        kept = NewVideo("r", script="Hello.", **wanted).kept
        assert background_of(Video(properties=kept), frozenset()) == told
    assert background_of(spoken, frozenset({"background"})) == "A picture or a film"
