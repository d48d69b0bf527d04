"""Videos, lip-synced films, transcriptions, voices, credits, webhooks, and what is not offered."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from countenance.engine import background
from countenance.errors import CountenanceError
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.db.tables import Replica, Transcription, Video, VideoShare
from countenance.service.objects.errors import LINK_INVALID
from countenance.service.videos import life, shares
from countenance.service.videos.errors import SHARE_OVER
from countenance.service.videos.wanted import look_of
from countenance.wire.videos import COLOURS

USUAL = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
"""moments, but for those of videos"""


@pytest.fixture
def replica_id(client: TestClient, service: Service) -> str:
    """A replica that can speak, with a voice of its own."""
    wanted = {"train_video_url": "https://example.org/a.mp4", "synthetic": True, "replica_name": "Rio"}
    made = str(client.post("/v2/replicas", json=wanted).json()["replica_id"])
    with service.database.transaction() as session:
        row = session.get_one(Replica, made)
        row.status, row.has_voice = "completed", True
    return made


def _video(client: TestClient, replica_id: str, **fields: object) -> dict[str, Any]:
    answer = client.post("/v2/videos/", json={"replica_id": replica_id, "script": "Hello there.", **fields})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_a_video_is_shown_as_tavus_shows_it(client: TestClient, service: Service, replica_id: str) -> None:
    made = _video(client, replica_id, video_name="Greeting", callback_url="", fast=False)
    assert made["status"] == "queued"
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", made["created_at"])
    with service.database.transaction() as session:
        life.begin(session, made["video_id"])
        life.complete(session, made["video_id"], life.Published(f"videos/{made['video_id']}/video.mp4", 1.5))
    body = client.get(f"/v2/videos/{made['video_id']}", params={"verbose": True}).json()
    assert (body["status"], body["generation_progress"]) == ("ready", "100/100")
    assert body["replica_id"] == body["face_id"] == replica_id
    assert body["data"] == {"script": "Hello there.", "audio_url": None}
    assert body["download_url"] == body["stream_url"]
    assert body["credits_used"] == 2
    rows = client.get("/v2/videos", params={"page": 0, "face_id": replica_id}).json()
    assert (rows["total_count"], rows["data"][0]["video_name"]) == (1, "Greeting")
    path = f"/v2/videos/{made['video_id']}"
    assert client.patch(f"{path}/name", json={"video_name": "Hi"}).status_code == 204
    assert client.get(path).json()["video_name"] == "Hi"
    assert client.delete(path, params={"hard": True}).status_code == 204
    assert (client.get(path).status_code, client.get(path).json()["error"]) == (404, "Invalid video_id")


@pytest.mark.parametrize("blank", ["", "   ", "\u2003\n"])
def test_a_name_that_is_blank_is_no_name(client: TestClient, replica_id: str, blank: str) -> None:
    video_id = _video(client, replica_id)["video_id"]
    dictionaries = "/v2/pronunciation-dictionaries"
    dictionary_id = client.post(dictionaries, json={"name": " Names "}).json()["id"]
    places = {
        f"/v2/replicas/{replica_id}/name": "replica_name",
        f"/v2/faces/{replica_id}/name": "face_name",
        f"/v2/faces/{replica_id}": "face_name",
        f"/v2/videos/{video_id}/name": "video_name",
    }
    for path, field in places.items():
        assert client.patch(path, json={field: blank}).status_code == 400, path
        assert client.patch(path, json={field: f" Ada{blank} "}).status_code in (200, 204), path
    assert client.post(dictionaries, json={"name": blank}).status_code == 400
    to_blank = [{"op": "replace", "path": "/name", "value": blank}]
    assert client.patch(f"{dictionaries}/{dictionary_id}", json=to_blank).status_code == 422
    names = [
        client.get(f"/v2/replicas/{replica_id}").json()["replica_name"],
        client.get(f"/v2/videos/{video_id}").json()["video_name"],
        client.get(f"{dictionaries}/{dictionary_id}").json()["name"],
    ]
    assert names == ["Ada", "Ada", "Names"]


@pytest.mark.parametrize("unseen", ["\u200b\u2060\ufeff", "\u3164", " \u00ad\u202e\x07"])
def test_what_is_not_seen_is_blank(client: TestClient, replica_id: str, unseen: str) -> None:
    made = _video(client, replica_id, video_name=unseen)
    path = f"/v2/videos/{made['video_id']}"
    assert client.get(path).json()["video_name"] == made["video_name"] == made["video_id"]
    for name_path, field in ((f"{path}/name", "video_name"), (f"/v2/replicas/{replica_id}/name", "replica_name")):
        refused = client.patch(name_path, json={field: unseen})
        assert (refused.status_code, f"{field}: This must not be blank." in refused.text) == (400, True)
    refused = client.post("/v2/videos", json={"replica_id": replica_id, "script": unseen})
    assert (refused.status_code, "The script is empty." in refused.json()["detail"]) == (400, True)
    dictionary = client.post("/v2/pronunciation-dictionaries", json={"name": "Names"}).json()
    to_unseen = [{"op": "replace", "path": "/name", "value": unseen}]
    assert client.patch(f"/v2/pronunciation-dictionaries/{dictionary['id']}", json=to_unseen).status_code == 422
    for seen in ("👩\u200d🚀", "نام\u200cها", "가"):
        assert client.patch(f"{path}/name", json={"video_name": seen}).status_code == 204
        assert client.get(path).json()["video_name"] == seen


def test_captions_are_fetched_by_their_link(
    client: TestClient, service: Service, replica_id: str, tmp_path: Path
) -> None:
    video_id = _video(client, replica_id)["video_id"]
    path, prefix = f"/v2/videos/{video_id}", f"videos/{video_id}"
    assert client.get(path).json()["captions_url"] is None
    (tmp_path / "captions.vtt").write_text("WEBVTT\n\n00:00:00.200 --> 00:00:01.000\nHello there.\n")
    service.objects.put(f"{prefix}/captions.vtt", tmp_path / "captions.vtt", "text/vtt")
    with service.database.transaction() as session:
        life.begin(session, video_id)
        published = life.Published(f"{prefix}/video.mp4", 1.5, captions_key=f"{prefix}/captions.vtt")
        life.complete(session, video_id, published)
    url = client.get(path).json()["captions_url"]
    answer = client.get(url, headers={"x-api-key": ""})
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, "text/vtt")
    assert answer.content == (tmp_path / "captions.vtt").read_bytes()
    assert client.delete(path, params={"hard": True}).status_code == 204
    assert client.get(url, headers={"x-api-key": ""}).status_code != 200


def test_videos_are_found_by_their_names(client: TestClient, replica_id: str) -> None:
    made = [
        _video(client, replica_id, video_name=name)["video_id"] for name in ("Harbour tour", "100 % wool", "harbour")
    ]
    wanted = {"HARBOUR": [made[2], made[0]], "0 %": [made[1]], "%": [made[1]], made[0]: [made[0]], "_": []}
    for search, ids in wanted.items():
        rows = client.get("/v2/videos", params={"search": search}).json()
        assert ([row["video_id"] for row in rows["data"]], rows["total_count"]) == (ids, len(ids)), search


def test_a_video_is_shared_by_links_that_end(client: TestClient, service: Service, replica_id: str) -> None:
    video_id = _video(client, replica_id)["video_id"]
    path = f"/v2/videos/{video_id}/shares"
    early = client.post(path, json={})
    assert (early.status_code, early.json()["error_type"]) == (409, "service.share_not_ready")
    with service.database.transaction() as session:
        life.begin(session, video_id)
        life.complete(session, video_id, life.Published(f"videos/{video_id}/video.mp4", 1.5))
    assert client.post(path, json={"valid_s": 31 * 24 * 3600}).status_code == 400
    once = {"Idempotency-Key": "share"}
    first = client.post(path, json={"valid_s": 3600, "may_download": True}, headers=once).json()
    assert client.post(path, json={"valid_s": 3600, "may_download": True}, headers=once).json() == first
    second = client.post(path, json={"shows_name": False}).json()
    token = second["url"].rpartition("/shared/")[2]

    def opened() -> shares.Shared:
        with service.database.reading() as session:
            return shares.opened(session, service.settings, token)

    assert (opened().video.id, opened().share.shows_name) == (video_id, False)
    rows = client.get(path).json()
    assert [(row["share_id"], row["state"]) for row in rows["data"]] == [
        (second["share_id"], "open"),
        (first["share_id"], "open"),
    ]
    for _ in range(2):
        assert client.delete(f"{path}/{second['share_id']}").status_code == 204
    other = _video(client, replica_id)["video_id"]
    assert client.delete(f"/v2/videos/{other}/shares/{first['share_id']}").status_code == 404
    with pytest.raises(CountenanceError) as revoked:
        opened()
    assert revoked.value.finding.rule is SHARE_OVER
    with service.database.transaction() as session:
        session.get_one(VideoShare, first["share_id"]).expires_at = now()
    states = [(row["state"], row["url"]) for row in client.get(path).json()["data"]]
    assert states == [("revoked", None), ("expired", None)]
    noted = [entry["action"] for entry in client.get("/v2/workspace/audit").json()["data"]]
    assert (noted.count("video.share"), noted.count("video.share.revoke")) == (2, 2)


def test_a_link_ends_with_its_video(client: TestClient, service: Service, replica_id: str) -> None:
    video_id = _video(client, replica_id)["video_id"]
    with service.database.transaction() as session:
        life.begin(session, video_id)
        life.complete(session, video_id, life.Published(f"videos/{video_id}/video.mp4", 1.5))
    url = client.post(f"/v2/videos/{video_id}/shares", json={}).json()["url"]
    assert client.delete(f"/v2/videos/{video_id}").status_code == 204
    with service.database.reading() as session, pytest.raises(CountenanceError) as over:
        shares.opened(session, service.settings, url.rpartition("/")[2])
    assert over.value.finding.rule is SHARE_OVER
    for token in ("nothing", "a.b", url.rpartition("/")[2] + "x"):
        with service.database.reading() as session, pytest.raises(CountenanceError) as unknown:
            shares.opened(session, service.settings, token)
        assert unknown.value.finding.rule is LINK_INVALID


def test_what_a_video_is_asked_for(client: TestClient, service: Service, replica_id: str) -> None:
    plain = _video(client, replica_id)["video_id"]
    red = _video(client, replica_id, background_colour="#ff0000", voice_name="HIBARI")["video_id"]
    clear = _video(client, replica_id, transparent_background=True, properties={"start_with_wave": True})["video_id"]
    with service.database.reading() as session:
        kept = [session.get_one(Video, video_id).properties for video_id in (plain, red, clear)]
    assert [look_of(properties) for properties in kept] == [(None, False), ("#ff0000", False), (None, True)]
    assert (kept[0], kept[2]["start_with_wave"]) == ({}, True)


def test_no_file_of_the_server_is_a_background(client: TestClient, service: Service, replica_id: str) -> None:
    own: dict[str, Any] = {"colour": "/etc/hostname", "transparent": True}
    own["countenance:look"] = dict(own)
    made = _video(client, replica_id, properties=own, background_colour="#fff")["video_id"]
    with service.database.reading() as session:
        assert look_of(session.get_one(Video, made).properties) == ("#fff", False)
    plain = _video(client, replica_id, properties=own)["video_id"]
    with service.database.reading() as session:
        assert look_of(session.get_one(Video, plain).properties) == (None, False)


def test_the_colours_are_those_of_the_engine() -> None:
    assert set(COLOURS) == set(background.COLOURS)


@pytest.mark.parametrize(
    "wrong",
    [
        {"replica_id": "r000000000000"},
        {"script": None},
        {"script": "a", "audio_url": "https://example.org/a.wav"},
        {"background_url": "https://example.org/page"},
        {"pronunciation_dictionary_id": "pd_1"},
        {"voice_name": "nobody"},
        {"background_colour": "url(x)"},
        {"background_colour": "src"},
        {"background_colour": "/etc/hostname"},
    ],
)
def test_a_wrong_video_is_refused(client: TestClient, replica_id: str, wrong: dict[str, Any]) -> None:
    answer = client.post("/v2/videos", json={"replica_id": replica_id, "script": "Hello.", **wrong})
    assert answer.status_code == 400, answer.text
    if "replica_id" in wrong:
        assert answer.json()["error"] == "Invalid replica_id"
    assert client.get("/v2/videos").json()["total_count"] == 0


def test_credits_run_out(client: TestClient, replica_id: str) -> None:
    wanted = {"replica_id": replica_id, "script": "word " * 19_000}
    answers = [client.post("/v2/videos", json=wanted) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 402]
    assert answers[-1].json()["error_type"] == "service.out_of_credits"
    assert client.get("/v2/videos").json()["total_count"] == 3


def test_lipsync_and_transcription(client: TestClient, service: Service) -> None:
    film = {"original_video_url": "https://example.org/a.mp4", "source_audio_url": "https://example.org/a.wav"}
    refused = client.post("/v2/lipsync", json=film)
    assert refused.status_code == 400, "nobody agreed"
    made = client.post("/v2/lipsync/", json={**film, "full_name": "Ada Lovelace", "lipsync_name": "Film"})
    assert (made.status_code, made.json()["status"]) == (200, "started"), made.text
    path = f"/v2/lipsync/{made.json()['lipsync_id']}"
    assert client.get(path).json()["lipsync_name"] == "Film"
    assert client.delete(path).status_code == 204
    assert client.get(path).status_code == 404
    words = client.post("/v2/transcriptions", json={"audio_url": "https://example.org/a.wav"})
    path = f"/v2/transcriptions/{words.json()['transcription_id']}"
    assert (client.get(path).json()["words"], client.get(path).json()["standing"]) == (None, "waiting")
    said: dict[str, Any] = {"text": "Hello.", "language": "en", "duration_s": 1.0}
    said["words"] = [{"text": "Hello.", "start_s": 0.1, "end_s": 0.5, "probability": 0.9}]
    with service.database.transaction() as session:
        session.get_one(Transcription, words.json()["transcription_id"]).transcript = said
    listed = client.get("/v2/transcriptions", params={"limit": 1000}).json()
    assert listed["total_count"] == 1
    assert [(row["text"], row["words"]) for row in listed["data"]] == [("Hello.", None)]
    assert client.get(path).json()["words"] == said["words"]
    assert client.delete(path).status_code == 204


def test_voices(client: TestClient, replica_id: str) -> None:
    body = client.get("/v2/voices", params={"page": 0, "limit": 100}).json()
    assert (body["page"], body["limit"]) == (1, 100)
    assert body["data"][0]["tags"][0] == "stock"
    assert body["data"][-1]["replica_id"] == replica_id
    found = client.get("/v2/voices", params={"search": "HIBA"}).json()
    assert [voice["voice_id"] for voice in found["data"]] == ["hibari"]
    assert client.get("/v2/voices", params={"tag": "personal"}).json()["total_count"] == 1
    assert client.get("/v2/voices/Hibari").json()["voice_name"] == "hibari"
    assert client.get("/v2/voices/nobody").status_code == 404
    assert client.post("/v2/voices", json={}).status_code == 501


def test_a_replica_gets_its_own_voice_back(client: TestClient, replica_id: str) -> None:
    path = f"/v2/faces/{replica_id}"
    for voice in ("hibari", replica_id):
        assert client.patch(path, json={"default_voice_id": voice}).json()["default_voice_id"] == voice
    assert client.patch(path, json={"default_voice_id": "nobody"}).status_code == 400


def test_the_statement_tells_every_movement(client: TestClient, replica_id: str) -> None:
    _video(client, replica_id)
    lines = client.get("/v2/credits/statement", params={"limit": 2}).json()
    assert lines["total_count"] == 4
    assert [(line["kind"], line["unit"]) for line in lines["data"]] == [
        ("hold", "video_second"),
        ("hold", "training"),
    ]
    assert all(re.fullmatch(USUAL, line["at"]) for line in lines["data"]), lines
    words = client.post("/v2/consent-statements", json={"full_name": "Ada Lovelace"}).json()
    assert re.fullmatch(USUAL, words["expires_at"]), words
    assert client.get("/v2/workspace").json()["role"] == "owner"


def test_an_endpoint_is_told_its_secret_once(client: TestClient) -> None:
    wanted = {"url": "https://example.org/hook", "types": ["replica.completed"]}
    made = client.post("/v2/webhook-endpoints", json=wanted)
    assert made.status_code == 201, made.text
    assert made.json()["secret"].startswith("whsec_")
    path = f"/v2/webhook-endpoints/{made.json()['endpoint_id']}"
    assert client.get(path).json() == {**made.json(), "secret": None}
    assert client.post(f"{path}/enable").json()["disabled_at"] is None
    assert client.get("/v2/webhook-endpoints").json()["total_count"] == 1
    assert client.post("/v2/webhook-endpoints", json={"url": "https://example.org", "types": ["x"]}).status_code == 400
    assert client.get("/v2/webhook-deliveries").json() == {"data": [], "total_count": 0}
    assert client.post("/v2/webhook-deliveries/e1-0/resend").status_code == 404
    assert client.delete(path).status_code == 204
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://example.org/hook", "not encrypted"),
        ("https://example.org:8443/hook", "port other than 443"),
        ("https://10.0.0.1/hook", "not on the internet"),
        ("https://[fd00::1]/hook", "not on the internet"),
        ("https://169.254.169.254/hook", "not on the internet"),
        ("https://studio.internal/hook", "not on the internet"),
        ("https://user:word@example.org/hook", "user name or password"),
    ],
)
def test_an_endpoint_that_would_never_be_told_is_refused(
    app: FastAPI, client: TestClient, service: Service, url: str, why: str
) -> None:
    refused = client.post("/v2/webhook-endpoints", json={"url": url})
    assert (refused.status_code, refused.json()["findings"][0]["rule"]) == (400, "service.url_refused")
    assert why in refused.json()["detail"]
    allowed = "example.org, 10.0.0.0/8, fd00::/8, studio.internal"
    settings = service.settings.model_copy(update={"webhook_allow": allowed})
    app.state.service = Service(settings, service.database, service.objects, service.queue)
    is_never = "169.254" in url or "@" in url
    assert client.post("/v2/webhook-endpoints", json={"url": url}).status_code == (400 if is_never else 201)


@pytest.mark.parametrize(
    "subject",
    [
        *("conversations", "personas", "pals", "documents", "objectives", "guardrails", "tools", "skills"),
        *("deployments", "builder", "memories", "interactions", "pals/p1/tools", "pals/p1/skills"),
    ],
)
def test_conversations_are_not_offered(client: TestClient, subject: str) -> None:
    assert client.get(f"/v2/{subject}/", params={"page": 0, "sort": "desc"}).json() == {"data": [], "total_count": 0}
    refused = client.post(f"/v2/{subject}/", json={"name": "x"})
    assert refused.status_code == 501
    assert "not part of this product" in refused.json()["error"]


def test_words_in_films_are_not_replaced(client: TestClient) -> None:
    assert client.get("/v2/replacements").json() == {"data": [], "total_count": 0}
    refused = client.post("/v2/replacements", json={})
    assert (refused.status_code, refused.json()["error_type"]) == (501, "api.replacements_not_made")
    assert client.get("/v2/replacements/x1").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "documents/tags", 200),
        ("POST", "documents/d1/recrawl", 404),
        ("PUT", "pals/p1/skills/", 501),
        ("PUT", "pals/p1/skills/s1", 501),
        ("PATCH", "pals/p1/skills/s1", 404),
        ("DELETE", "memories/store/m1", 404),
        ("POST", "builder/b1/publish", 404),
    ],
)
def test_what_tavus_s_clients_ask_of_it_besides(client: TestClient, method: str, path: str, status: int) -> None:
    answer = client.request(method, f"/v2/{path}", json={} if method in ("POST", "PUT", "PATCH") else None)
    assert answer.status_code == status
    assert status == 200 or "not part of this product" in answer.json()["detail"]
