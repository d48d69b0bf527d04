"""Which HTTP status an entry of the error catalogue has, and Tavus's own words where its clients look for them."""

from __future__ import annotations

from countenance.api import errors as api
from countenance.consent import receipt_rules
from countenance.errors import Rule
from countenance.service import errors as service
from countenance.service.accounts import errors as accounts
from countenance.service.consent_requests import errors as consent_requests
from countenance.service.credits.errors import OUT_OF_CREDITS
from countenance.service.dictionaries.errors import DICTIONARIES_TOO_MANY, DICTIONARY_CHANGING, PATCH_INVALID
from countenance.service.notify import errors as notify
from countenance.service.objects import errors as objects
from countenance.service.replicas.errors import NO_RECEIPT, NOTHING_TO_REVIEW, RECEIPT_UNKNOWN
from countenance.service.uploads import errors as uploads
from countenance.service.videos import errors as videos

OTHERWISE = 400
_STATUS: dict[int, tuple[Rule, ...]] = {
    401: (accounts.KEY_INVALID, accounts.KEY_EXPIRED, accounts.SESSION_OVER),
    402: (OUT_OF_CREDITS,),
    403: (accounts.ADDRESS_NOT_ALLOWED, accounts.SCOPE_MISSING, objects.LINK_INVALID, api.FOREIGN_PAGE),
    404: (
        service.REPLICA_UNKNOWN,
        service.VIDEO_UNKNOWN,
        service.LIPSYNC_UNKNOWN,
        service.TRANSCRIPTION_UNKNOWN,
        service.DICTIONARY_UNKNOWN,
        accounts.KEY_UNKNOWN,
        accounts.WORKSPACE_UNKNOWN,
        accounts.MEMBER_UNKNOWN,
        objects.OBJECT_MISSING,
        api.PATH_UNKNOWN,
        api.VOICE_NOT_FOUND,
        api.SUBJECT_UNKNOWN,
        consent_requests.REQUEST_UNKNOWN,
        notify.ENDPOINT_UNKNOWN,
        uploads.UPLOAD_UNKNOWN,
        uploads.REPORT_UNKNOWN,
        notify.DELIVERY_UNKNOWN,
        videos.SHARE_UNKNOWN,
        NO_RECEIPT,
        RECEIPT_UNKNOWN,
        receipt_rules.RECEIPT_NOT_HELD,
    ),
    405: (api.METHOD_NOT_ALLOWED,),
    409: (
        accounts.IDEMPOTENCY_RUNNING,
        DICTIONARIES_TOO_MANY,
        DICTIONARY_CHANGING,
        NOTHING_TO_REVIEW,
        consent_requests.NOT_WAITING,
        consent_requests.REQUESTS_OPEN,
        notify.DELIVERY_OVER,
        notify.ENDPOINTS_TOO_MANY,
        videos.SHARE_NOT_READY,
        videos.SHARES_OPEN,
        uploads.UPLOAD_CLOSED,
        uploads.UPLOAD_IN_USE,
        uploads.UPLOAD_INCOMPLETE,
        uploads.UPLOAD_COMPLETING,
        uploads.UPLOADS_OPEN,
        uploads.LINK_UPLOADS,
        uploads.PART_ELSEWHERE,
    ),
    410: (
        objects.LINK_EXPIRED,
        accounts.SIGN_IN_LINK_USED,
        consent_requests.REQUEST_CLOSED,
        consent_requests.REQUEST_EXPIRED,
        accounts.IDEMPOTENCY_GONE,
        videos.SHARE_OVER,
    ),
    413: (api.TOO_LARGE, uploads.UPLOAD_TOO_LARGE),
    416: (objects.RANGE_OUTSIDE,),
    422: (accounts.IDEMPOTENCY_MISMATCH, PATCH_INVALID),
    429: (
        accounts.RATE_LIMITED,
        consent_requests.MAILS_SENT,
        api.STREAMS_OPEN,
        videos.TRANSCRIPTIONS_OPEN,
        uploads.REPORTS_OPEN,
    ),
    500: (service.INTERNAL,),
    501: (api.NOT_OFFERED, api.REPLACEMENTS_NOT_MADE, api.VOICES_NOT_MADE),
    503: (
        objects.STORE_UNREACHABLE,
        objects.LINK_KEY,
        api.BUSY,
        receipt_rules.REGISTER_UNUSABLE,
        receipt_rules.KEY_UNREADABLE,
        receipt_rules.KEY_EXPOSED,
    ),
}
_BY_RULE = {rule.id: status for status, rules in _STATUS.items() for rule in rules}
_OURS = ("people.weight_missing", "people.weight_altered")
"""what the operator has to put right, whatever was asked"""
_WORDS = {
    accounts.KEY_INVALID.id: "Invalid access token",
    accounts.KEY_EXPIRED.id: "Invalid access token",
    service.REPLICA_UNKNOWN.id: "Invalid replica_id",
    service.VIDEO_UNKNOWN.id: "Invalid video_id",
    service.LIPSYNC_UNKNOWN.id: "Invalid lipsync_id",
    service.TRANSCRIPTION_UNKNOWN.id: "Invalid transcription_id",
    api.CONVERSATION_UNKNOWN.id: "Invalid conversation_id",
}


def status_of(rule_id: str) -> int:
    """The HTTP status of an error."""
    if rule_id in _BY_RULE:
        return _BY_RULE[rule_id]
    return 503 if rule_id in _OURS else OTHERWISE


def words_of(rule_id: str) -> str | None:
    """What Tavus says in `error` and `message`; None where our own words are said."""
    return _WORDS.get(rule_id)
