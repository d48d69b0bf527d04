"""What is said in a video can be read: on its page, and by whoever has a link to it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx2
from example_installation.history import History
from example_installation.replicas import uploaded
from sqlalchemy.orm import Session
from tests.portal.said import replica, videos

from countenance.portal.spoken_words import SpokenWords, spoken_words
from countenance.service.clock import now
from countenance.service.db.tables import Transcription, Video
from countenance.service.tasks.sources import MediaRef
from countenance.service.videos import life, transcriptions
from countenance.service.videos.transcriptions import NewTranscription
from countenance.service.videos.wanted import NewVideo
from countenance.voice.captions import vtt_of_sentences, vtt_of_words
from countenance.voice.speech import Sentence


def _words(portal: Any, video_id: str) -> SpokenWords | None:
    with portal.service.database.reading() as session:
        return spoken_words(session, session.get_one(Video, video_id))


def _asked(session: Session, portal: Any, **what: Any) -> str:
    wanted = NewVideo(replica_id=replica(portal), **what)
    return life.create(session, portal.service, portal.workspace_id, wanted, script_s=3).id


def _said(text: str, start_s: float, end_s: float) -> dict[str, Any]:
    return {"text": text, "start_s": start_s, "end_s": end_s, "probability": 0.9}


def _shared(portal: Any, video_id: str) -> str:
    """The token of a link to a video, once that is ready."""
    videos(portal).ready(video_id)
    return videos(portal).shared(video_id, timedelta(days=1))


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
        words = [_said("good", 0.1, 0.4), _said("morning", 0.5, 1.0)]
        heard = {"text": "good morning", "language": "en", "words": words, "duration_s": 1.0}
        transcriptions.complete(session, made, heard)
    captions = "WEBVTT\n\n00:00:00.100 --> 00:00:01.000\ngood morning\n"
    assert _words(portal, video_id) == SpokenWords("good morning", heard=True, captions=captions)
    token = _shared(portal, video_id)
    page = httpx2.get(f"{portal.url}/shared/{token}", timeout=60).text
    assert f'src="/shared/{token}/captions.vtt"' in page
    answer = httpx2.get(f"{portal.url}/shared/{token}/captions.vtt", timeout=60)
    assert (answer.text, answer.headers["content-type"]) == (captions, "text/vtt; charset=utf-8")
    with portal.service.database.transaction() as session:
        session.get_one(Transcription, made).deleted_at = now()
    assert _words(portal, video_id) is None


def test_a_script_has_captions_once_it_was_said(portal: Any) -> None:
    with portal.service.database.transaction() as session:
        video_id = _asked(session, portal, script="Welcome aboard.")
    words = _words(portal, video_id)
    assert words is not None
    assert not words.has_captions
    token = _shared(portal, video_id)
    captions = vtt_of_sentences((Sentence("Welcome aboard.", 0.2, 2.8),))
    page = httpx2.get(f"{portal.url}/shared/{token}", timeout=60).text
    assert f'<track kind="captions" label="What is said" src="/shared/{token}/captions.vtt"' in page
    answer = httpx2.get(f"{portal.url}/shared/{token}/captions.vtt", timeout=60)
    assert (answer.text, answer.headers["content-type"]) == (captions, "text/vtt; charset=utf-8")


def test_captions_are_short_and_end_where_a_sentence_or_the_voice_does() -> None:
    words = [
        _said("Good", 0.0, 0.2), _said("morning.", 0.3, 0.8), _said("Fish", 0.9, 1.2), _said("&", 1.2, 1.3),
        _said("chips", 1.3, 1.8), _said("later", 3.0, 3.4), *(_said("word", 3600 + at, 3600.5 + at) for at in range(8)),
    ]  # fmt: skip
    cues = vtt_of_words(words).strip().split("\n\n")[1:]
    assert [cue.split("\n")[1] for cue in cues] == [
        "Good morning.", "Fish &amp; chips", "later", "word word word word word word", "word word",
    ]  # fmt: skip
    assert cues[3].startswith("01:00:00.000 --> 01:00:05.500")


def test_whoever_has_a_link_can_read_it(filled: Any) -> None:
    page = httpx2.get(f"{filled.url}/shared/{filled.ids['share_open']}", timeout=60).text
    assert "What is said, to read" in page
    assert "Good morning, and welcome aboard." in page.partition("<details")[2]
