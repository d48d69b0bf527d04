"""What browsers are told to check is what the rules say."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import SecretStr

from countenance.consent import rules as consent
from countenance.errors import Rule
from countenance.footage import portrait_rules, rules
from countenance.media import errors as media
from countenance.portal.limits import limits_for
from countenance.portal.policy import connect_sources
from countenance.service.fetch.sniff import AUDIO, IMAGE, VIDEO
from countenance.service.uploads import bucket
from countenance.service.uploads import errors as uploads
from countenance.service.uploads.names import kinds_of
from countenance.settings import Settings

_CATALOGUE: dict[str, Rule] = {
    rule.id: rule for rule in (*consent.RULES, *rules.RULES, *portrait_rules.RULES, *media.RULES, *uploads.RULES)
}
_SET = {"media.file_too_large", "media.too_long", "media.picture_too_large", "service.upload_too_large"}
"""Settings may set other limits."""


def _told(limits: dict[str, Any]) -> list[dict[str, Any]]:
    by_purpose = [told for purpose in limits["purposes"].values() for told in purpose["rules"].values()]
    return by_purpose + list(limits["live"].values())


def test_every_rule_is_told_as_the_catalogue_has_it() -> None:
    limits = json.loads(json.dumps(limits_for(Settings())))
    assert set(limits["purposes"]) == {"consent", "consent_link", "training", "picture", "sound"}
    for told in _told(limits):
        rule = _CATALOGUE[told["rule"]]
        assert (told["title"], told["remedy"], told["unit"]) == (rule.title, rule.remedy, rule.unit)
        assert told["severity"] == rule.severity
        if told["rule"] not in _SET:
            assert told["limit"] == rule.limit


def test_settings_set_their_limits() -> None:
    settings = Settings(max_file_bytes=20_000_000, max_duration_s=120, max_pixels=1_000_000)
    purposes = limits_for(settings)["purposes"]
    for name, purpose in purposes.items():
        assert purpose["rules"]["too_large"]["limit"] == 20, name
    film = purposes["training"]["rules"]
    assert (film["too_long"]["limit"], film["too_many_pixels"]["limit"]) == (120, 1)
    roomy = limits_for(Settings(max_file_bytes=10**9), "consent", "consent_link")["purposes"]
    assert set(roomy) == {"consent", "consent_link"}
    assert [roomy[name]["rules"]["too_large"]["limit"] for name in ("consent", "consent_link")] == [1000, 200]


def test_what_is_offered_is_what_uploads_take() -> None:
    wanted = {"video": VIDEO, "image": IMAGE, "sound": AUDIO}
    for purpose in limits_for(Settings())["purposes"].values():
        assert purpose["accept"]
        for suffix in purpose["accept"]:
            assert wanted[purpose["kind"]] in kinds_of(f"a{suffix}"), suffix
            assert suffix[1:].upper() in purpose["accept_text"]


@pytest.mark.parametrize(
    "options",
    [
        {"endpoint": "http://127.0.0.1:9000"},
        {"endpoint": "https://s3.example.com/", "virtual_hosted_style_request": True},
        {"region": "eu-central-1"},
        {"aws_region": "eu-central-1", "aws_virtual_hosted_style_request": "true"},
        {},
    ],
)
def test_pages_may_send_parts_to_where_parts_are_signed_for(options: dict[str, Any]) -> None:
    keys = {"access_key_id": "a", "secret_access_key": "b"}
    settings = Settings(objects_url="s3://bucket/prefix", objects_options=SecretStr(json.dumps(options | keys)))
    wanted = {"Bucket": "bucket", "Key": "k", "UploadId": "u", "PartNumber": 1, "ContentLength": 1}
    signed = bucket._client(settings).generate_presigned_url("upload_part", Params=wanted)
    own, store = connect_sources(settings)
    assert own == "'self'"
    assert signed.startswith(f"{store}/")


def test_without_a_store_pages_send_here_only() -> None:
    assert connect_sources(Settings(objects_url=None)) == ["'self'"]
