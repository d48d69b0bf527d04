"""Whatever the API can do, both clients and the command line can do: one table says by what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import typer

from countenance.cli import over_http
from countenance.cli.main import app
from countenance.client import AsyncClient, Client
from countenance.client.call import Call
from countenance.client.operation import Events, Operation
from countenance.client.request import Request
from countenance.client.watching import Watching
from countenance.wire.consent import AskConsent, RecordConsent, WantStatement
from countenance.wire.dictionaries import CreateDictionary, Patch
from countenance.wire.images import CheckImage
from countenance.wire.members import AddMember
from countenance.wire.replicas import CreateReplica, UpdateReplica
from countenance.wire.uploads import BeginUpload, PartBody
from countenance.wire.videos import CreateVideo
from countenance.wire.webhooks import CreateEndpoint
from countenance.wire.works import CreateLipsync, CreateTranscription
from countenance.wire.workspace import CreateKey, UpdateWorkspace

_URL = "https://example.org/a.mp4"
_FILE = BeginUpload(filename="a.mp4", bytes=1)
_PART = PartBody(number=1, url="/v2/uploads/u/parts/1?token=t", bytes=1)


@dataclass(frozen=True)
class Way:
    """How an operation is done: by a method of the clients, and by a command."""

    method: str
    command: str
    given: tuple[Any, ...] = ()
    """to the method, so that it can be seen what it asks"""


OPERATIONS: Mapping[str, Way] = {
    "post_v2_replicas": Way("replicas.create", "replicas create", (CreateReplica(train_video_url=_URL),)),
    "get_v2_replicas": Way("replicas.list", "replicas list"),
    "get_v2_replicas_replica_id": Way("replicas.get", "replicas show", ("r",)),
    "patch_v2_replicas_replica_id": Way(
        "replicas.update", "replicas set-voice", ("r", UpdateReplica(default_voice_id="v"))
    ),
    "patch_v2_replicas_replica_id_name": Way("replicas.rename", "replicas rename", ("r", "name")),
    "delete_v2_replicas_replica_id": Way("replicas.delete", "replicas delete", ("r",)),
    "get_v2_replicas_replica_id_report": Way("replicas.report", "replicas report", ("r",)),
    "get_v2_replicas_replica_id_events": Way("replicas.events", "replicas events", ("r",)),
    "get_v2_replicas_replica_id_recordings": Way("replicas.recordings", "replicas recordings", ("r",)),
    "post_v2_replicas_replica_id_review": Way("replicas.review", "replicas review", ("r", "Ada")),
    "post_v2_replicas_image_validation": Way(
        "replicas.check_image", "replicas check-picture", (CheckImage(imageBase64="AA=="),)
    ),
    "post_v2_replicas_replica_id_consent_requests": Way("consent.ask", "replicas ask-consent", ("r", AskConsent())),
    "get_v2_replicas_replica_id_consent_requests": Way("consent.of_replica", "replicas consent-requests", ("r",)),
    "get_v2_replicas_replica_id_receipt": Way("consent.receipt_of", "receipts show", ("r",)),
    "get_v2_receipts_receipt_id": Way("consent.receipt", "receipts show", ("c",)),
    "post_v2_replicas_replica_id_receipt_revoke": Way("consent.revoke", "receipts revoke", ("r",)),
    "post_v2_consent_statements": Way(
        "consent.statement", "consent-requests statement", (WantStatement(full_name="Ada"),)
    ),
    "get_v2_consent_requests_request_id": Way("consent.get", "consent-requests show", ("c",)),
    "delete_v2_consent_requests_request_id": Way("consent.withdraw", "consent-requests withdraw", ("c",)),
    "get_v2_consent_links_token": Way("consent_links.show", "consent-links show", ("t",)),
    "post_v2_consent_links_token_record": Way(
        "consent_links.record", "consent-links record", ("t", RecordConsent(upload_id="u", phrase_id="p"))
    ),
    "post_v2_consent_links_token_decline": Way("consent_links.decline", "consent-links decline", ("t",)),
    "post_v2_consent_links_token_revoke": Way("consent_links.revoke", "consent-links revoke", ("t",)),
    "post_v2_consent_links_token_uploads": Way("consent_links.announce", "consent-links record", ("t", _FILE)),
    "get_v2_consent_links_token_uploads_upload_id": Way("consent_links.upload", "consent-links record", ("t", "u")),
    "delete_v2_consent_links_token_uploads_upload_id": Way(
        "consent_links.drop_upload", "consent-links record", ("t", "u")
    ),
    "post_v2_consent_links_token_uploads_upload_id_complete": Way(
        "consent_links.complete", "consent-links record", ("t", "u")
    ),
    "post_v2_videos": Way("videos.create", "videos create", (CreateVideo(replica_id="r", script="Hello."),)),
    "get_v2_videos": Way("videos.list", "videos list"),
    "get_v2_videos_video_id": Way("videos.get", "videos show", ("v",)),
    "patch_v2_videos_video_id_name": Way("videos.rename", "videos rename", ("v", "name")),
    "delete_v2_videos_video_id": Way("videos.delete", "videos delete", ("v",)),
    "post_v2_videos_video_id_shares": Way("videos.share", "videos share", ("v",)),
    "get_v2_videos_video_id_shares": Way("videos.shares", "videos shares", ("v",)),
    "delete_v2_videos_video_id_shares_share_id": Way("videos.unshare", "videos unshare", ("v", "s")),
    "post_v2_lipsync": Way(
        "lipsyncs.create", "lipsyncs create", (CreateLipsync(original_video_url=_URL, source_audio_url=_URL),)
    ),
    "get_v2_lipsync": Way("lipsyncs.list", "lipsyncs list"),
    "get_v2_lipsync_lipsync_id": Way("lipsyncs.get", "lipsyncs show", ("l",)),
    "delete_v2_lipsync_lipsync_id": Way("lipsyncs.delete", "lipsyncs delete", ("l",)),
    "post_v2_transcriptions": Way(
        "transcriptions.create", "transcriptions create", (CreateTranscription(media_url=_URL),)
    ),
    "get_v2_transcriptions": Way("transcriptions.list", "transcriptions list"),
    "get_v2_transcriptions_transcription_id": Way("transcriptions.get", "transcriptions show", ("t",)),
    "delete_v2_transcriptions_transcription_id": Way("transcriptions.delete", "transcriptions delete", ("t",)),
    "get_v2_voices": Way("voices.list", "workspace voices"),
    "get_v2_voices_voice_id": Way("voices.get", "workspace voice", ("v",)),
    "post_v2_pronunciation_dictionaries": Way(
        "dictionaries.create", "dictionaries create", (CreateDictionary(name="d"),)
    ),
    "get_v2_pronunciation_dictionaries": Way("dictionaries.list", "dictionaries list"),
    "get_v2_pronunciation_dictionaries_dictionary_id": Way("dictionaries.get", "dictionaries show", ("d",)),
    "patch_v2_pronunciation_dictionaries_dictionary_id": Way(
        "dictionaries.change", "dictionaries change", ("d", Patch([]))
    ),
    "delete_v2_pronunciation_dictionaries_dictionary_id": Way("dictionaries.delete", "dictionaries delete", ("d",)),
    "post_v2_uploads": Way("uploads.announce", "uploads send", (_FILE,)),
    "get_v2_uploads_upload_id": Way("uploads.get", "uploads show", ("u",)),
    "put_v2_uploads_upload_id_parts_number": Way("uploads.put", "uploads send", (_PART, b"x")),
    "post_v2_uploads_upload_id_complete": Way("uploads.complete", "uploads send", ("u",)),
    "post_v2_uploads_upload_id_report": Way("uploads.check", "uploads check", ("u",)),
    "get_v2_uploads_upload_id_report": Way("uploads.report", "uploads report", ("u",)),
    "delete_v2_uploads_upload_id": Way("uploads.delete", "uploads delete", ("u",)),
    "get_v2_media_token": Way("media.download", "media download", ("/v2/media/t", Path("a.mp4"))),
    "get_v2_credits": Way("workspace.credits", "workspace credits"),
    "get_v2_credits_statement": Way("workspace.statement", "workspace statement"),
    "post_v2_webhook_endpoints": Way(
        "webhooks.create", "webhooks create", (CreateEndpoint(url="https://example.org/hook"),)
    ),
    "get_v2_webhook_endpoints": Way("webhooks.list", "webhooks list"),
    "get_v2_webhook_endpoints_endpoint_id": Way("webhooks.get", "webhooks show", ("e",)),
    "post_v2_webhook_endpoints_endpoint_id_enable": Way("webhooks.enable", "webhooks enable", ("e",)),
    "post_v2_webhook_endpoints_endpoint_id_test": Way("webhooks.test", "webhooks test", ("e",)),
    "delete_v2_webhook_endpoints_endpoint_id": Way("webhooks.delete", "webhooks delete", ("e",)),
    "get_v2_webhook_secret": Way("webhooks.secret", "webhooks secret"),
    "get_v2_webhook_deliveries": Way("webhooks.deliveries", "deliveries list"),
    "get_v2_webhook_deliveries_delivery_id": Way("webhooks.delivery", "deliveries show", ("d",)),
    "post_v2_webhook_deliveries_delivery_id_resend": Way("webhooks.resend", "deliveries resend", ("d",)),
    "get_v2_workspace": Way("workspace.get", "workspace show"),
    "patch_v2_workspace": Way("workspace.update", "workspace update", (UpdateWorkspace(name="w"),)),
    "get_v2_workspace_members": Way("members.list", "members list"),
    "post_v2_workspace_members": Way("members.add", "members add", (AddMember(email="a@example.org"),)),
    "delete_v2_workspace_members_member_id": Way("members.remove", "members remove", ("m",)),
    "get_v2_workspace_keys": Way("workspace.keys", "workspace keys"),
    "post_v2_workspace_keys": Way("workspace.create_key", "workspace create-key", (CreateKey(name="k"),)),
    "delete_v2_workspace_keys_key_id": Way("workspace.revoke_key", "workspace revoke-key", ("k",)),
    "get_v2_workspace_audit": Way("workspace.audit", "workspace audit"),
    "get_healthz": Way("server.alive", "server health"),
    "get_readyz": Way("server.ready", "server ready"),
    "get_metrics": Way("server.metrics", "server metrics"),
}
COMPOSED = {
    "replicas.wait": "replicas wait",
    "videos.wait": "videos wait",
    "videos.download": "videos download",
    "lipsyncs.wait": "lipsyncs wait",
    "lipsyncs.download": "lipsyncs download",
    "transcriptions.wait": "transcriptions wait",
    "uploads.send": "uploads send",
    "uploads.wait": "uploads check",
    "consent_links.send": "consent-links record",
}
"""What takes several operations."""
_NOT_OFFERED = ("post_v2_voices",)
"""Beside everything with the tag `not offered`: what always answers that it is not part of this product."""


@pytest.fixture(scope="module")
def described(server: str) -> dict[str, tuple[str, str]]:
    """Operation id -> method and path, of all that is offered; `faces` are `replicas`, by another name."""
    paths = httpx2.get(f"{server}/openapi.json", timeout=60).json()["paths"]
    return {
        operation["operationId"]: (method.upper(), path)
        for path, operations in paths.items()
        for method, operation in operations.items()
        if "not offered" not in operation["tags"]
        and operation["operationId"] not in _NOT_OFFERED
        and not path.startswith("/v2/faces")
    }


def test_every_operation_has_a_way(described: dict[str, tuple[str, str]]) -> None:
    assert sorted(described) == sorted(OPERATIONS)


def test_a_method_asks_what_it_is_said_to_ask(described: dict[str, tuple[str, str]]) -> None:
    for name, way in OPERATIONS.items():
        method, path = described[name]
        asked = _asked(way)
        shape = re.sub(r"\\{\w+\\}", r"[^/]+", re.escape(path))
        assert (asked.method, bool(re.fullmatch(shape, asked.url.partition("?")[0]))) == (method, True), (name, asked)


def _asked(way: Way) -> Request:
    """The first request of the method."""
    operation = _methods()[way.method]
    if isinstance(operation, Events):
        return Watching(*way.given).request
    described = operation.described_by(*way.given)
    if isinstance(described, Call):
        return described.request
    next(described)  # opens the file
    described.close()
    return Request("GET", way.given[0])


def test_both_clients_have_every_method_and_no_other() -> None:
    told = {way.method for way in OPERATIONS.values()} | set(COMPOSED)
    assert set(_methods()) == told
    with Client("http://127.0.0.1:9", "k") as client:
        awaiting = AsyncClient("http://127.0.0.1:9", "k")
        for name in told:
            group, _, method = name.partition(".")
            assert callable(getattr(getattr(client, group), method))
            assert callable(getattr(getattr(awaiting, group), method))


def test_every_command_has_its_operation() -> None:
    told = {way.command for way in OPERATIONS.values()} | set(COMPOSED.values())
    groups = [group.info.name or "" for group in over_http.GROUPS]
    there = {name for name in _commands(typer.main.get_command(app), "") if name.split()[0] in groups}
    assert there == told


def _methods() -> dict[str, Operation[Any, Any] | Events]:
    with Client("http://127.0.0.1:9", "k") as client:
        groups = {name: type(group) for name, group in vars(client).items() if not name.startswith("_")}
    return {
        f"{name}.{method}": operation
        for name, group in groups.items()
        for method, operation in vars(group).items()
        if isinstance(operation, (Operation, Events))
    }


def _commands(group: Any, prefix: str) -> Iterator[str]:
    for name, each in group.commands.items():
        if hasattr(each, "commands"):
            yield from _commands(each, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}"
