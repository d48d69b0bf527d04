"""What is said in a video can be read: on its page, and by whoever has a link to it."""

from __future__ import annotations

from typing import Any

import httpx2
from example_installation.history import History
from example_installation.replicas import uploaded
from sqlalchemy.orm import Session
from tests.portal.said import replica

from countenance.portal.spoken_words import SpokenWords, spoken_words
from countenance.service.clock import now
from countenance.service.db.tables import Transcription, Video
from countenance.service.tasks.sources import MediaRef
from countenance.service.videos import life, transcriptions
from countenance.service.videos.transcriptions import NewTranscription
from countenance.service.videos.wanted import NewVideo


def _words(portal: Any, video_id: str) -> SpokenWords | None:
    with portal.service.database.reading() as session:
        return spoken_words(session, session.get_one(Video, video_id))


def _asked(session: Session, portal: Any, **what: Any) -> str:
    wanted = NewVideo(replica_id=replica(portal), **what)
    return life.create(session, portal.service, portal.workspace_id, wanted, script_s=3).id


def test_a_script_is_read_without_its_signs_for_sounds(portal: Any) -> None:
    with portal.service.database.transaction() as session:
        video_id = _asked(session, portal, script="Welcome to [Kyiv](/kˈijɪv/), and aboard.")
    assert _words(portal, video_id) == SpokenWords("Welcome to Kyiv, and aboard.", heard=False)


def test_a_recording_is_read_once_it_was_written_down(portal: Any) -> None:
    upload = MediaRef(upload_id=uploaded(History(portal.service, portal.workspace_id, now())))
    with portal.service.database.transaction() as session:
        video_id = _asked(session, portal, audio=upload)
    assert _words(portal, video_id) is None
    with portal.service.database.transaction() as session:
        wanted = NewTranscription(media=upload)
        made = transcriptions.create(session, portal.service, portal.workspace_id, wanted).id
    assert _words(portal, video_id) is None
    with portal.service.database.transaction() as session:
        transcriptions.begin(session, made)
        transcriptions.complete(
            session, made, {"text": "good morning", "language": "en", "words": [], "duration_s": 1.0}
        )
    assert _words(portal, video_id) == SpokenWords("good morning", heard=True)
    with portal.service.database.transaction() as session:
        session.get_one(Transcription, made).deleted_at = now()
    assert _words(portal, video_id) is None


def test_whoever_has_a_link_can_read_it(filled: Any) -> None:
    page = httpx2.get(f"{filled.url}/shared/{filled.ids['share_open']}").text
    assert "What is said, to read" in page
    assert "Good morning, and welcome aboard." in page.partition("<details")[2]
